// Safety check: examples, Ctrl Enter, and filters that act at once.
(() => {
  "use strict";
  const area = document.getElementById("text");

  document.addEventListener("click", (event) => {
    const example = event.target.closest("[data-say]");
    if (!example || !area || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { say, each } = example.dataset;
    area.value = say;
    document.querySelector(`[name=each][value="${each || "whole"}"]`).checked = true;
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
})();
