// Sound with a waveform: plays, seeks, and tells others the time. Space plays and pauses, the left and right arrow go five seconds, [ and ] change the speed.
(() => {
  "use strict";
  const STEP = 5;
  const FAR = 30;
  const { clock } = globalThis;
  const box = document.getElementById("player");
  const audio = document.getElementById("sound");
  if (!box || !audio) return;
  const slider = document.getElementById("place");
  const wave = box.querySelector(".wave-box");
  const [toggle, now, all, lost] = ["[data-toggle]", "[data-now]", "[data-all]", "[data-lost]"].map((part) => box.querySelector(part));
  const speed = document.getElementById("speed");
  const listeners = [];
  let wanted = null; // where to begin, while the sound is not there yet
  let dragging = false;

  // As the server measured it, as the waveform is drawn; where it did not, what the file says.
  const length = () => Number(slider.max) || (Number.isFinite(audio.duration) ? audio.duration : 0);
  const time = () => wanted ?? audio.currentTime;

  function show() {
    const [at, whole] = [time(), length()];
    wave.style.setProperty("--at", `${whole ? Math.min(100, (at / whole) * 100) : 0}%`);
    if (!dragging) slider.value = at;
    const text = clock(Math.floor(at));
    if (now.textContent !== text) {
      now.textContent = text;
      slider.setAttribute("aria-valuetext", slider.dataset.words.replace("%1", text).replace("%2", clock(whole)));
    }
    listeners.forEach((listener) => listener(at));
  }

  function frame() {
    if (audio.paused) return;
    show();
    requestAnimationFrame(frame);
  }

  function seek(seconds) {
    const to = Math.min(Math.max(0, seconds), length() || seconds);
    if (audio.readyState) audio.currentTime = to;
    else { wanted = to; audio.load(); } // some browsers load nothing until they are asked
    show();
  }

  async function play() {
    try {
      await audio.play();
    } catch (error) {
      if (error.name !== "AbortError" && error.name !== "NotAllowedError") lost.hidden = false;
    }
  }

  const flip = () => { if (audio.paused) play(); else audio.pause(); };

  function showState() {
    const playing = !audio.paused;
    toggle.classList.toggle("is-playing", playing);
    toggle.setAttribute("aria-label", playing ? toggle.dataset.pause : toggle.dataset.play);
    document.dispatchEvent(new CustomEvent(playing ? "player:play" : "player:pause"));
    if (playing) requestAnimationFrame(frame);
  }

  audio.addEventListener("loadedmetadata", () => {
    if (!Number(slider.max) && Number.isFinite(audio.duration)) { slider.max = audio.duration; all.textContent = clock(audio.duration); }
    if (wanted !== null) { audio.currentTime = wanted; wanted = null; }
    audio.playbackRate = Number(speed.value);
    show();
  });
  audio.addEventListener("play", showState);
  audio.addEventListener("pause", showState);
  audio.addEventListener("timeupdate", show);
  audio.addEventListener("seeked", show);
  audio.addEventListener("error", () => { lost.hidden = false; });

  toggle.addEventListener("click", flip);
  box.addEventListener("click", (event) => {
    const step = event.target.closest?.("[data-step-by]");
    if (step) seek(time() + Number(step.dataset.stepBy));
  });
  slider.addEventListener("input", () => { dragging = true; seek(Number(slider.value)); });
  slider.addEventListener("change", () => { dragging = false; show(); });

  function hurry(by) {
    speed.selectedIndex = Math.min(Math.max(speed.selectedIndex + by, 0), speed.options.length - 1);
    setSpeed();
  }

  function setSpeed() {
    audio.playbackRate = Number(speed.value);
    try { localStorage.setItem("speed", speed.value); } catch { return; }
  }

  speed.addEventListener("change", setSpeed);
  try {
    const kept = localStorage.getItem("speed");
    if (kept && [...speed.options].some((option) => option.value === kept)) speed.value = kept;
  } catch { /* storage may be forbidden */ }

  // Single keys, as in keys.js. A button, a link and a list keep their own.
  const FIELDS = 'input:not([type="checkbox"], [type="radio"], [type="range"]), textarea, select, [contenteditable], [role="listbox"]';
  const ACTS = {
    " ": flip,
    ArrowLeft: () => seek(time() - STEP),
    ArrowRight: () => seek(time() + STEP),
    "[": () => hurry(-1),
    "]": () => hurry(1),
  };
  const OF_SLIDER = { ArrowDown: () => seek(time() - STEP), ArrowUp: () => seek(time() + STEP), PageDown: () => seek(time() - FAR), PageUp: () => seek(time() + FAR), Home: () => seek(0), End: () => seek(length()) };

  function isSilent(event) {
    if (document.body.dataset.keys === "off" || event.defaultPrevented || event.isComposing) return true;
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open], [popover]:popover-open:not(.panel)")) return true;
    const target = event.target;
    if (target.closest?.(FIELDS)) return true;
    if (event.key === " " && target.closest?.("a, button, summary, input")) return true;
    return event.key.startsWith("Arrow") && target.closest?.("input");
  }

  // On the waveform the keys of a slider are always there.
  slider.addEventListener("keydown", (event) => {
    const act = { ...OF_SLIDER, ArrowLeft: ACTS.ArrowLeft, ArrowRight: ACTS.ArrowRight, " ": flip }[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
  document.addEventListener("keydown", (event) => {
    const act = Object.hasOwn(ACTS, event.key) ? ACTS[event.key] : null;
    if (!act || isSilent(event) || (event.repeat && event.key === " ")) return;
    event.preventDefault();
    act();
  });

  globalThis.player = { audio, seek, play, time, onTime: (listener) => { listeners.push(listener); listener(time()); } };
})();
