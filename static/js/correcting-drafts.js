// What was typed into a segment and not saved: kept in this tab as the drafts of composing.js are, offered when the segment is opened again.
(() => {
  "use strict";
  const PREFIX = "draft:segment:";
  const page = document.getElementById("transcript");
  if (!page) return;
  const keyOf = (row) => PREFIX + row.id.slice(2);
  const same = (one, other) => one.replace(/\s+/g, " ").trim() === other.replace(/\s+/g, " ").trim();

  // Storage may be full or forbidden: then there is no draft, and nothing else changes.
  function drop(row) {
    try { sessionStorage.removeItem(keyOf(row)); } catch { /* nothing was kept */ }
    mark(document.getElementById(row.id) ?? row, false); // a saved line has come anew
  }

  /** With the text that it was typed over, so that a change of somebody else in between is told. */
  function keep(row, form) {
    const { text, was } = form.elements;
    if (text.value === was.value) { drop(row); return; }
    try { sessionStorage.setItem(keyOf(row), JSON.stringify({ text: text.value, was: was.value })); } catch { return; }
  }

  function kept(row) {
    try { return JSON.parse(sessionStorage.getItem(keyOf(row))); } catch { return null; }
  }

  /** Into a form that was just opened. One that tells of a change in between has what was typed already. */
  function offer(row, form) {
    if (form.querySelector("[role=alert]")) { keep(row, form); return; }
    const draft = kept(row);
    if (!draft) return;
    if (same(draft.text, form.elements.text.value)) { drop(row); return; }
    form.elements.text.value = draft.text;
    form.elements.was.value = draft.was;
    const note = document.getElementById("segment-unsaved-note")?.content.cloneNode(true);
    if (note) form.elements.text.after(note);
  }

  // A line says that there is something unsaved for it, as long as its form is closed.
  function mark(row, isUnsaved) {
    row.querySelector(".unsaved")?.remove();
    const sign = isUnsaved && document.getElementById("segment-unsaved")?.content.cloneNode(true);
    if (sign) row.append(sign);
  }

  function markAll() {
    let keys = [];
    try { keys = Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX)); } catch { return; }
    for (const key of keys) {
      const row = document.getElementById(`s-${key.slice(PREFIX.length)}`);
      if (!row) continue; // of another transcript
      const draft = kept(row);
      if (draft && !same(draft.text, row.querySelector(".tx").textContent)) mark(row, true);
      else drop(row);
    }
  }

  document.addEventListener("transcript:lines", markAll);
  document.addEventListener("htmx:afterSettle", (event) => { if (event.detail.target?.id === "view" || event.detail.elt?.id === "view") markAll(); });
  globalThis.segmentDrafts = { keep, offer, drop };
  markAll();
})();
