// News for the list of calls: looks again when something changed, sounds when somebody calls. Without it the page
// reloads itself and makes no sound.
"use strict";
(() => {
  const list = document.getElementById("calls");
  const unlock = document.getElementById("sound");
  const lost = document.getElementById("lost");
  if (!list || !window.EventSource) return;
  const title = document.title.replace(/^\(\d+\) /, "");
  let audio = null;

  // Three tones, high enough for a busy hall and soft at both ends.
  const chime = () => {
    if (!audio) return;
    [988, 784, 1175].forEach((pitch, place) => {
      const tone = audio.createOscillator();
      const loudness = audio.createGain();
      const begin = audio.currentTime + place * 0.28;
      tone.frequency.value = pitch;
      loudness.gain.setValueAtTime(0.0001, begin);
      loudness.gain.exponentialRampToValueAtTime(0.5, begin + 0.03);
      loudness.gain.exponentialRampToValueAtTime(0.0001, begin + 0.26);
      tone.connect(loudness).connect(audio.destination);
      tone.start(begin);
      tone.stop(begin + 0.28);
    });
    list.dataset.sounded = String(Number(list.dataset.sounded || 0) + 1);
  };

  const flash = () => {
    document.body.classList.remove("flash");
    // Reading the size restarts the animation.
    void document.body.offsetWidth;
    document.body.classList.add("flash");
  };

  // `live` says that nobody touched anything: a page that looks by itself keeps nobody signed in.
  const look = async () => {
    const answer = await fetch(location.pathname + "?live", { headers: { accept: "text/html" }, redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("calls");
    if (!fresh) throw new Error("no list");
    list.replaceChildren(...fresh.childNodes);
    const waiting = list.querySelectorAll(".call.waiting").length;
    document.title = waiting > 0 ? `(${waiting}) ${title}` : title;
  };

  const failed = () => { if (lost) lost.hidden = false; };

  const listen = () => {
    const news = new EventSource("/staff/events");
    news.addEventListener("open", () => { if (lost) lost.hidden = true; });
    news.addEventListener("calls", () => look().catch(failed));
    news.addEventListener("ring", () => {
      flash();
      chime();
      look().catch(failed);
    });
    news.addEventListener("error", failed);
  };

  if (unlock) {
    unlock.hidden = false;
    // A browser lets a page sound only after somebody pressed something on it.
    unlock.addEventListener("click", async () => {
      audio = audio || new AudioContext();
      await audio.resume();
      chime();
      unlock.hidden = true;
      const on = document.getElementById("sound-on");
      if (on) on.hidden = false;
    });
  }
  listen();
})();
