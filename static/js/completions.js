// Plain text: Ctrl Enter, and a text that is written on begins at its end.
(() => {
  "use strict";
  const area = document.getElementById("text");
  if (!area) return;

  if (area.hasAttribute("data-at-end")) {
    area.setSelectionRange(area.value.length, area.value.length);
    area.scrollTop = area.scrollHeight;
  }

  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    area.form.requestSubmit();
  });
})();
