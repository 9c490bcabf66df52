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
  // One connection for the page: `live.js` hears the server and tells.
  document.addEventListener("news", ({ detail }) => {
    if (detail === "error") failed();
    else if (["open", "queue"].includes(detail)) look().catch(failed);
  });
  list.addEventListener("focusout", () => setTimeout(() => { if (waits) look().catch(failed); }, 0));
})();
