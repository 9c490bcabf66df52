// The board hears of changes, shows them and calls numbers. Without this script the page loads itself again.
"use strict";

(() => {
  const main = document.getElementById("board");
  const away = document.getElementById("away");
  const button = document.getElementById("sound");
  // Longer without a sign of life, and the connection is made anew.
  const PATIENCE = 35_000;

  let said = 0;
  let audio = null;
  let heard = Date.now();
  let source = null;
  let queue = Promise.resolve();

  const calls = () => [...document.querySelectorAll("#rooms .calls li")];
  const last = () => calls().reduce((most, call) => Math.max(most, Number(call.dataset.seq)), 0);

  function chime() {
    const start = audio.currentTime;
    for (const [after, pitch] of [[0, 784], [0.28, 659], [0.56, 523]]) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.0001, start + after);
      volume.gain.exponentialRampToValueAtTime(0.4, start + after + 0.03);
      volume.gain.exponentialRampToValueAtTime(0.0001, start + after + 0.6);
      tone.connect(volume).connect(audio.destination);
      tone.start(start + after);
      tone.stop(start + after + 0.65);
    }
    return new Promise((done) => setTimeout(done, 1250));
  }

  function speak(words) {
    if (!("speechSynthesis" in window)) return Promise.resolve();
    return new Promise((done) => {
      const speech = new SpeechSynthesisUtterance(words);
      speech.lang = "vi-VN";
      speech.rate = 0.9;
      speech.voice = speechSynthesis.getVoices().find((voice) => voice.lang.startsWith("vi")) ?? null;
      speech.onend = speech.onerror = done;
      // Some browsers never say that they have finished.
      setTimeout(done, 15_000);
      speechSynthesis.speak(speech);
    });
  }

  function announce() {
    const fresh = calls().filter((call) => Number(call.dataset.seq) > said);
    said = Math.max(said, last());
    if (!audio) return;
    for (const words of fresh.map((call) => call.textContent)) {
      // One after the other, each twice.
      queue = queue.then(chime).then(() => speak(words)).then(() => speak(words)).catch(() => {});
    }
  }

  function show(text) {
    const rooms = new DOMParser().parseFromString(text, "text/html").getElementById("rooms");
    if (!rooms) return;
    main.replaceChildren(rooms);
    announce();
  }

  function alive() {
    heard = Date.now();
    away.hidden = true;
  }

  function listen() {
    source?.close();
    source = new EventSource(main.dataset.events);
    source.addEventListener("open", alive);
    source.addEventListener("alive", alive);
    source.addEventListener("board", (event) => {
      alive();
      show(event.data);
    });
    source.addEventListener("error", () => {
      away.hidden = false;
    });
  }

  // What was called before this board was opened is not called by it.
  said = last();
  // Browsers make no sound before somebody has touched the page.
  button.hidden = false;
  button.addEventListener("click", () => {
    audio = new AudioContext();
    button.hidden = true;
    queue = queue.then(chime);
  });
  setInterval(() => {
    if (Date.now() - heard < PATIENCE) return;
    away.hidden = false;
    heard = Date.now();
    listen();
  }, 5_000);
  listen();
})();
