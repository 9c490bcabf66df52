// Keeps the page of tonight's guests as it is now: looks when something changes, and every half minute for the deadlines.
// Without it the page reloads itself.
"use strict";
(() => {
  const place = document.getElementById("tonight");
  if (!place || !window.EventSource) return;
  const address = `/lodging/${encodeURIComponent(place.dataset.place)}`;
  // Milliseconds between two looks without news.
  const EVERY = 30_000;

  // How long after a touch somebody is taken to be filling in a form, in milliseconds.
  const AT_WORK = 60_000;
  let touched = -AT_WORK;
  place.addEventListener("input", () => { touched = performance.now(); });

  // What somebody is filling in is left alone.
  const busy = () => {
    const active = document.activeElement;
    if (performance.now() - touched < AT_WORK) return true;
    return active !== null && place.contains(active) && /^(INPUT|SELECT|TEXTAREA)$/.test(active.tagName);
  };

  const lost = (yes) => {
    const mark = document.getElementById("lost");
    if (mark) mark.hidden = !yes;
  };

  // `live` says that nobody touched anything: a page that looks by itself keeps nobody signed in.
  const look = async () => {
    if (busy()) return;
    const answer = await fetch(`${address}?live`, { headers: { accept: "text/html" }, redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("tonight");
    if (!fresh) throw new Error("no list");
    if (!busy() && fresh.innerHTML !== place.innerHTML) place.replaceChildren(...fresh.childNodes);
  };
  const again = () => look().then(() => lost(false), () => lost(true));

  const news = new EventSource(`${address}/events`);
  news.addEventListener("stays", again);
  news.addEventListener("calls", again);
  news.addEventListener("error", () => lost(true));
  setInterval(again, EVERY);
})();
