// News for whoever is to hear that somebody calls, on whatever page they are: shows how many wait, sounds, and keeps the
// list of calls as it is now. Tells the page's other scripts what it heard. Without it pages reload themselves and make no
// sound.
"use strict";
(() => {
  const list = document.getElementById("calls");
  const bar = document.getElementById("calling");
  const unlock = document.getElementById("sound");
  const lost = document.getElementById("lost");
  if (!window.EventSource) return;
  // How often an emergency sounds until somebody is on their way, in milliseconds.
  const AGAIN = 4_000;
  const title = document.title.replace(/^\(\d+\) /, "");
  const seen = document.body.dataset;
  let audio = null;
  let urgent = false;

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
    seen.sounded = String(Number(seen.sounded || 0) + 1);
  };

  const sounds = () => audio !== null && audio.state === "running";

  // High enough for a busy hall; an emergency is louder, longer, and like nothing else.
  const sound = () => {
    if (!sounds()) return;
    if (urgent) {
      tones([1397, 1047, 1397, 1047, 1397, 1047, 1397, 1047], 0.2, 1);
      seen.alarmed = String(Number(seen.alarmed || 0) + 1);
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
    const answer = await fetch("/staff?live", { headers: { accept: "text/html" }, redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("calls");
    if (!fresh) throw new Error("no list");
    const waiting = fresh.querySelectorAll(".call.waiting").length;
    urgent = fresh.querySelector(".call.emergency.waiting") !== null;
    document.title = waiting > 0 ? `(${waiting}) ${title}` : title;
    if (bar) {
      bar.hidden = waiting === 0;
      bar.classList.toggle("emergency", urgent);
      const count = bar.querySelector("strong");
      if (count) count.textContent = String(waiting);
    }
    if (list) list.replaceChildren(...fresh.childNodes);
  };

  const failed = () => { if (lost) lost.hidden = false; };
  const tell = (news) => document.dispatchEvent(new CustomEvent("news", { detail: news }));

  const listen = () => {
    const news = new EventSource("/staff/events");
    news.addEventListener("open", () => {
      if (lost) lost.hidden = true;
      tell("open");
    });
    news.addEventListener("calls", () => look().catch(failed));
    news.addEventListener("queue", () => tell("queue"));
    news.addEventListener("ring", () => {
      flash();
      // What it sounds like depends on who calls; without an answer it sounds all the same.
      look().catch(failed).then(sound);
    });
    news.addEventListener("error", () => {
      failed();
      tell("error");
    });
  };

  // A browser lets a page sound only after somebody touched it, or came from a page of ours that they touched.
  const awaken = async () => {
    audio = audio || new AudioContext();
    if (audio.state !== "running") await audio.resume();
    // Before the list of calls it stays, to be tried.
    if (!list && unlock) unlock.hidden = true;
  };

  if (unlock) {
    for (const touched of ["pointerdown", "keydown"]) {
      document.addEventListener(touched, () => awaken().catch(() => {}), { once: true });
    }
    unlock.hidden = false;
    awaken().catch(() => {});
    // Said aloud, so that whoever turns it on knows that it can be heard.
    unlock.addEventListener("click", async () => {
      await awaken();
      sound();
      unlock.hidden = true;
      const on = document.getElementById("sound-on");
      if (on) on.hidden = false;
    });
  }
  setInterval(() => { if (urgent) sound(); }, AGAIN);
  listen();
})();
