// The editor of a small file: numbers beside the lines, a jump to the line that is asked for, and what was typed and not saved.
(() => {
  "use strict";
  const form = document.querySelector("[data-file-edit]");
  const area = form?.elements.text;
  if (!area) return;
  const numbers = form.querySelector("[data-numbers]");
  const KEY = `draft:edit:${area.dataset.edited}`;
  const PAUSE = 400; // ms without a key: a draft of a megabyte is not written at each of them
  const saved = area.defaultValue;
  let waiting = 0;
  let shown = numbers.textContent.split("\n").length - 1;

  function count() {
    const lines = area.value.split("\n").length;
    if (lines === shown) return;
    shown = lines;
    numbers.textContent = Array.from({ length: lines }, (_each, at) => `${at + 1}\n`).join("");
  }

  const follow = () => { numbers.scrollTop = area.scrollTop; };

  /** The line is selected and in the middle of what can be seen. */
  function jump(number) {
    const lines = area.value.split("\n");
    if (!Number.isInteger(number) || number < 1 || number > lines.length) return;
    const start = lines.slice(0, number - 1).reduce((sum, line) => sum + line.length + 1, 0);
    area.focus({ preventScroll: true });
    area.setSelectionRange(start, start + lines[number - 1].length);
    const style = getComputedStyle(area);
    area.scrollTop = (number - 1) * parseFloat(style.lineHeight) - area.clientHeight / 2;
    area.scrollLeft = 0;
    area.scrollIntoView({ block: "nearest" });
    follow();
  }

  const asked = () => Number(/^#line-(\d+)$/.exec(location.hash)?.[1] ?? area.dataset.line);

  // Storage may be full or forbidden: then there is no draft, and nothing else changes.
  function keep() {
    try {
      if (area.value === saved) sessionStorage.removeItem(KEY);
      else sessionStorage.setItem(KEY, JSON.stringify({ text: area.value, was: saved }));
    } catch { return; }
  }

  function kept() {
    try { return JSON.parse(sessionStorage.getItem(KEY)); } catch { return null; }
  }

  function forget() {
    try { sessionStorage.removeItem(KEY); } catch { return; }
  }

  function offer() {
    const draft = kept();
    if (!draft || draft.text === area.value || form.querySelector("[role=alert]")) return;
    const note = document.getElementById("edit-unsaved").content.cloneNode(true).firstElementChild;
    note.querySelector("[data-take-draft]").addEventListener("click", () => { area.value = draft.text; count(); note.remove(); area.focus(); });
    note.querySelector("[data-drop-draft]").addEventListener("click", () => { forget(); note.remove(); area.focus(); });
    form.prepend(note);
  }

  area.addEventListener("input", () => { count(); clearTimeout(waiting); waiting = setTimeout(keep, PAUSE); });
  area.addEventListener("scroll", follow, { passive: true });
  addEventListener("hashchange", () => jump(asked()));
  addEventListener("beforeunload", (event) => { if (area.value !== saved && !form.dataset.sent) event.preventDefault(); });
  form.addEventListener("submit", () => { form.dataset.sent = "yes"; clearTimeout(waiting); keep(); });
  count();
  offer();
  jump(asked());
})();
