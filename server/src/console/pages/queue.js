// Keeps the list of the queue as it is now. Without it the page reloads itself.
"use strict";
(() => {
  const list = document.getElementById("queue");
  const lost = document.getElementById("lost");
  if (!list || !window.EventSource) return;
  let waits = false;

  // What somebody is writing is not taken from under their hands.
  const busy = () => {
    const field = document.activeElement;
    return list.contains(field) && ["INPUT", "SELECT"].includes(field.tagName);
  };

  // `live` says that nobody touched anything: a page that looks by itself keeps nobody signed in.
  const look = async () => {
    if (busy()) {
      waits = true;
      return;
    }
    waits = false;
    const address = new URL(location.href);
    address.searchParams.delete("said");
    const query = address.searchParams.toString();
    const answer = await fetch(`${address.pathname}?${query ? query + "&" : ""}live`, { headers: { accept: "text/html" }, redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("queue");
    if (!fresh) throw new Error("no list");
    if (busy()) {
      waits = true;
      return;
    }
    const open = [...list.querySelectorAll("details[open]")].map((part) => part.id);
    for (const id of open) fresh.querySelector(`details[id="${CSS.escape(id)}"]`)?.setAttribute("open", "");
    list.replaceChildren(...fresh.childNodes);
    if (lost) lost.hidden = true;
  };

  const failed = () => { if (lost) lost.hidden = false; };
  const news = new EventSource("/staff/events");
  news.addEventListener("open", () => look().catch(failed));
  news.addEventListener("queue", () => look().catch(failed));
  // Whoever works with the queue sees that somebody calls; the page of calls sounds.
  const calling = document.getElementById("calling");
  const calls = async () => {
    const answer = await fetch("/staff?live", { headers: { accept: "text/html" }, redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    calling.hidden = page.querySelector(".call.waiting") === null;
    calling.classList.toggle("emergency", page.querySelector(".call.waiting.emergency") !== null);
  };
  for (const heard of ["ring", "calls"]) news.addEventListener(heard, () => calls().catch(failed));
  news.addEventListener("error", failed);
  list.addEventListener("focusout", () => setTimeout(() => { if (waits) look().catch(failed); }, 0));
})();
