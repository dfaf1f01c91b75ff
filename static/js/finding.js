// Finding words in a transcript: all hits are marked, Enter goes to the next one, Shift Enter to the one before.
(() => {
  "use strict";
  const form = document.querySelector("[data-find]");
  const transcript = globalThis.transcript;
  if (!form || !transcript || !globalThis.Highlight || !CSS.highlights) return; // the server finds too
  const [field, told, place] = [form.elements.q, form.querySelector("[data-hits]"), document.getElementById("find")];
  let hits = [];
  let at = -1;

  const texts = () => document.querySelectorAll("#segments .tx:not(.other), #plain-text p, .cue-lines span");

  function pattern(words) {
    const parts = words.trim().split(/\s+/).filter(Boolean).map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
    return parts.length ? new RegExp(parts.join("\\s+"), "giu") : null;
  }

  // What the server marked would be marked twice.
  function unmark() {
    document.querySelectorAll("#view mark.hit").forEach((mark) => {
      const parent = mark.parentNode;
      mark.replaceWith(...mark.childNodes);
      parent.normalize();
    });
  }

  function find(keep) {
    unmark();
    const sought = pattern(field.value);
    hits = [];
    if (sought) {
      for (const element of texts()) {
        for (const match of element.textContent.matchAll(sought)) {
          const range = transcript.rangeOf(element, match.index, match.index + match[0].length);
          if (range) hits.push(range);
        }
      }
    }
    at = keep ? Math.min(at, hits.length - 1) : nearest();
    show();
  }

  /** The first hit at or below what is in view. */
  function nearest() {
    const top = transcript.scroller()?.getBoundingClientRect().top ?? 0;
    const found = hits.findIndex((range) => range.startContainer.parentElement.getBoundingClientRect().bottom > top);
    return hits.length ? Math.max(found, 0) : -1;
  }

  function show() {
    CSS.highlights.set("hit", new Highlight(...hits));
    CSS.highlights.set("hit-now", new Highlight(...(hits[at] ? [hits[at]] : [])));
    CSS.highlights.get("hit-now").priority = 1;
    told.value = !field.value.trim() ? "" : hits.length ? told.dataset.words.replace("%1", at + 1).replace("%2", hits.length) : told.dataset.none;
  }

  function go(by) {
    if (!hits.length) return;
    at = (at + by + hits.length) % hits.length;
    show();
    reveal();
    document.getElementById("announce").textContent = told.value;
  }

  function reveal() {
    const element = hits[at]?.startContainer.parentElement;
    (element?.closest("li, p") ?? element)?.scrollIntoView({ block: "center" });
  }

  let timer = 0;
  let sought = field.value;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => { sought = field.value; find(); reveal(); }, 120);
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !field.value) { close(); return; }
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    if (sought !== field.value) { clearTimeout(timer); sought = field.value; find(); reveal(); } else go(event.shiftKey ? -1 : 1);
  });

  // On a phone the field is behind a button.
  function close() {
    place.classList.remove("is-open");
    document.querySelector("[data-find-open]")?.focus();
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-find-open]")) { event.preventDefault(); place.classList.add("is-open"); field.focus(); }
    if (event.target.closest?.("[data-find-close]")) { event.preventDefault(); close(); }
  });

  document.addEventListener("htmx:afterSettle", (event) => { if (event.detail.target?.id === "view" || event.detail.elt?.id === "view") find(); });
  document.addEventListener("transcript:lines", () => { if (field.value.trim()) find(true); });
  if (field.value.trim()) find();
})();
