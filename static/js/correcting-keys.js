// Keys while nothing is typed: E corrects the segment that is heard, has the focus or is in view; Ctrl Z and Ctrl Y go back and forth.
(() => {
  "use strict";
  const { transcript, correcting } = globalThis;
  if (!correcting) return;
  const FIELDS = 'input:not([type="checkbox"], [type="radio"], [type="range"]), textarea, select, [contenteditable]';

  function inView() {
    const top = transcript.scroller()?.getBoundingClientRect().top ?? 0;
    return transcript.rows().find((row) => row.getBoundingClientRect().bottom > top + 8);
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.target.closest?.(FIELDS) || document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && !event.altKey && (key === "z" || key === "y")) {
      event.preventDefault();
      document.querySelector(key === "y" || event.shiftKey ? "[data-key-redo]" : "[data-key-undo]")?.click();
    } else if (event.key === "e" && !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat && document.body.dataset.keys !== "off") {
      const row = document.activeElement.closest?.(".segrow") ?? transcript.current() ?? inView();
      if (row) { event.preventDefault(); correcting.edit(row); }
    }
  });
})();
