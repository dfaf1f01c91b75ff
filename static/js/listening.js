// Listening to a recording of a list: its player opens in the line, and only one plays at a time.
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-play]");
    const row = button?.closest("[data-recording]");
    if (!row) return;
    event.preventDefault();
    const audio = row.querySelector("audio") ?? open(row, button);
    if (audio.paused) audio.play().catch(() => {}); // what is wrong is told by the player
    else audio.pause();
  });

  function open(row, button) {
    const audio = document.createElement("audio");
    Object.assign(audio, { controls: true, preload: "metadata", src: button.href, className: "rec-player" });
    audio.setAttribute("aria-label", button.getAttribute("aria-label"));
    row.append(audio);
    return audio;
  }

  document.addEventListener("play", (event) => {
    document.querySelectorAll("audio").forEach((audio) => { if (audio !== event.target) audio.pause(); });
  }, true);

  // A line that comes anew by itself waits while somebody listens to it or has its menu open.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, requestConfig } = event.detail;
    const isInUse = target?.matches?.("[data-recording]") && target.querySelector("audio, :popover-open");
    if (isInUse && requestConfig?.verb === "get") event.detail.shouldSwap = false;
  });
})();
