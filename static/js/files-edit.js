// The editor of a small file: numbers beside the lines, a jump to the line that is asked for, and what was typed and not saved.
(() => {
  "use strict";
  const PREFIX = "draft:edit:";

  // Storage may be full or forbidden: then there is no draft, and nothing else changes.
  function kept(id) {
    try { return JSON.parse(sessionStorage.getItem(PREFIX + id)); } catch { return null; }
  }

  function forget(id) {
    try { sessionStorage.removeItem(PREFIX + id); } catch { return; }
  }

  /** What was sent from here has arrived: these files were followed by one that has it. */
  const forgetSent = (ids) => ids.split(" ").filter((id) => id && kept(id)?.sent).forEach(forget);

  const look = document.querySelector("[data-saved]");
  if (look) forgetSent(look.dataset.saved);

  const form = document.querySelector("[data-file-edit]");
  const area = form?.elements.text;
  if (!area) return;
  const numbers = form.querySelector("[data-numbers]");
  const id = area.dataset.edited;
  const PAUSE = 400; // ms without a key: a draft of a megabyte is not written at each of them
  const isUnsaved = "unsaved" in form.dataset; // it was refused: the page came with what somebody typed
  const saved = isUnsaved ? null : area.defaultValue;
  const mark = saved === null ? "" : markOf(saved);
  let waiting = 0;
  let shown = numbers.textContent.split("\n").length - 1;

  /** Of a text, to know it again: a megabyte twice would not fit into the storage. */
  function markOf(text) {
    let sum = 2166136261;
    for (let at = 0; at < text.length; at += 1) sum = Math.imul(sum ^ text.charCodeAt(at), 16777619);
    return `${text.length}-${sum >>> 0}`;
  }

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

  function keep(sent = false) {
    if (area.value === saved) { forget(id); return; }
    try { sessionStorage.setItem(PREFIX + id, JSON.stringify({ text: area.value, was: mark, sent })); } catch { return; }
  }

  /** Of this file, or of one that this took the place of while somebody typed. */
  function found() {
    const from = [id, ...area.dataset.earlier.split(" ").filter(Boolean)].find((each) => kept(each));
    return from && { from, ...kept(from) };
  }

  function offer() {
    const draft = found();
    if (!draft) return;
    if (draft.text === area.value) { forget(draft.from); return; }
    const note = document.getElementById("edit-unsaved").content.cloneNode(true).firstElementChild;
    note.querySelector("[data-changed]").hidden = draft.was === mark;
    note.querySelector("[data-take-draft]").addEventListener("click", () => { area.value = draft.text; forget(draft.from); keep(); count(); note.remove(); area.focus(); });
    note.querySelector("[data-drop-draft]").addEventListener("click", () => { forget(draft.from); note.remove(); area.focus(); });
    form.prepend(note);
  }

  area.addEventListener("input", () => { count(); clearTimeout(waiting); waiting = setTimeout(keep, PAUSE, false); });
  area.addEventListener("scroll", follow, { passive: true });
  addEventListener("hashchange", () => jump(asked()));
  addEventListener("beforeunload", (event) => { if (area.value !== saved && !form.dataset.sent) event.preventDefault(); });
  addEventListener("pageshow", (event) => { if (event.persisted) delete form.dataset.sent; }); // somebody came back by the browser's button
  form.addEventListener("submit", () => { form.dataset.sent = "yes"; clearTimeout(waiting); keep(true); });
  count();
  if (isUnsaved) {
    forgetSent(area.dataset.earlier);
    keep();
  } else {
    offer();
  }
  jump(asked());
})();
