// Similarity: an example goes into the field, and Ctrl Enter compares.
(() => {
  "use strict";
  const area = document.getElementById("text");

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-example]");
    if (!link || !area || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const own = area.value.trim();
    const isExample = [...document.querySelectorAll("[data-example]")].some((each) => each.dataset.example.trim() === own);
    area.value = own && !isExample ? `${own}\n${link.dataset.example}` : link.dataset.example;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
    area.setSelectionRange(0, 0);
    area.scrollTop = 0;
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || event.target !== area) return;
    event.preventDefault();
    area.form.requestSubmit();
  });
})();
