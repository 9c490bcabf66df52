// News for the list of calls: looks again when something changed, sounds when somebody calls. Without it the page
// reloads itself and makes no sound.
"use strict";
(() => {
  const list = document.getElementById("calls");
  const unlock = document.getElementById("sound");
  const lost = document.getElementById("lost");
  if (!list || !window.EventSource) return;
  // How often an emergency sounds until somebody is on their way, in milliseconds.
  const AGAIN = 4_000;
  const title = document.title.replace(/^\(\d+\) /, "");
  let audio = null;

  // Tones of so many hertz, one after the other, soft at both ends.
  const tones = (pitches, length, volume) => {
    pitches.forEach((pitch, place) => {
      const tone = audio.createOscillator();
      const loudness = audio.createGain();
      const begin = audio.currentTime + place * length;
      tone.frequency.value = pitch;
      loudness.gain.setValueAtTime(0.0001, begin);
      loudness.gain.exponentialRampToValueAtTime(volume, begin + 0.03);
      loudness.gain.exponentialRampToValueAtTime(0.0001, begin + length - 0.02);
      tone.connect(loudness).connect(audio.destination);
      tone.start(begin);
      tone.stop(begin + length);
    });
    list.dataset.sounded = String(Number(list.dataset.sounded || 0) + 1);
  };

  const emergency = () => list.querySelector(".call.emergency.waiting") !== null;

  // High enough for a busy hall; an emergency is louder, longer, and like nothing else.
  const sound = () => {
    if (!audio) return;
    if (emergency()) {
      tones([1397, 1047, 1397, 1047, 1397, 1047, 1397, 1047], 0.2, 1);
      list.dataset.alarmed = String(Number(list.dataset.alarmed || 0) + 1);
    } else {
      tones([988, 784, 1175], 0.28, 0.5);
    }
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
      // What it sounds like depends on who calls; without an answer it sounds all the same.
      look().catch(failed).then(sound);
    });
    news.addEventListener("error", failed);
  };

  if (unlock) {
    unlock.hidden = false;
    // A browser lets a page sound only after somebody pressed something on it.
    unlock.addEventListener("click", async () => {
      audio = audio || new AudioContext();
      await audio.resume();
      sound();
      unlock.hidden = true;
      const on = document.getElementById("sound-on");
      if (on) on.hidden = false;
    });
  }
  setInterval(() => { if (audio && emergency()) sound(); }, AGAIN);
  listen();
})();
