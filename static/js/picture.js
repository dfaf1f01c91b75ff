// Before and after: a slider lays the original over the picture, which is loaded when somebody reaches for it.
(() => {
  "use strict";
  for (const figure of document.querySelectorAll("[data-pair]")) {
    const [pair, before, line] = [".pair", ".pair-before", ".pair-line"].map((part) => figure.querySelector(part));
    const range = figure.querySelector('input[type="range"]');

    const load = () => { if (!before.src) before.src = before.dataset.src; };

    const show = () => {
      load();
      const share = Number(range.value);
      pair.style.setProperty("--at", `${share}%`);
      before.hidden = line.hidden = share === 0;
      range.setAttribute("aria-valuetext", range.dataset.words.replace("%1", share));
    };

    range.addEventListener("pointerenter", load);
    range.addEventListener("focus", load);
    range.addEventListener("input", show);
  }
})();
