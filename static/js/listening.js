// The list of recordings: a player opens in its line, only one plays at a time, and whoever counts what is chosen hears of changes.
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

  // A line that came, went or became ready changes what is chosen, as a click does.
  const list = document.getElementById("recordings");
  const chosen = () => [...list.querySelectorAll('[name="recordings"]:checked')].map((box) => box.value).join();
  let before = list && chosen();
  if (list) new MutationObserver(() => {
    if (chosen() === before) return;
    before = chosen();
    list.dispatchEvent(new Event("change", { bubbles: true }));
  }).observe(list, { childList: true });
  list?.addEventListener("change", () => { before = chosen(); });
})();
