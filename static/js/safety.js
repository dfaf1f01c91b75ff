// Safety check: examples, Ctrl Enter, filters that act at once, and what was opened stays open.
(() => {
  "use strict";
  const area = document.getElementById("text");

  document.addEventListener("click", (event) => {
    const starter = event.target.closest("[data-say]");
    if (!starter || !area || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    area.value = starter.dataset.say;
    document.querySelector(`[name=each][value="${starter.dataset.each || "whole"}"]`).checked = true;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  });

  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-submits]")) event.target.form.requestSubmit();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || event.target !== area) return;
    event.preventDefault();
    area.form.requestSubmit();
  });

  // New verdicts replace the old ones. A text that a person had opened does not close under their eyes.
  let open = [];
  document.addEventListener("htmx:beforeSwap", () => {
    open = [...document.querySelectorAll("#results details[open][id]")].map((fold) => fold.id);
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  });
})();
