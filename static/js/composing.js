// Text areas that are written in: they grow, send with Enter or Ctrl Enter as the person has chosen, and keep a draft in this tab.
(() => {
  "use strict";
  const LINES = 8;
  const PREFIX = "draft:";

  function grow(area) {
    if (!area.matches("[data-grow], [data-send-with-enter]")) return;
    const style = getComputedStyle(area);
    const line = parseFloat(style.lineHeight) || parseFloat(style.fontSize) * 1.5; // "normal" is no number
    const most = line * LINES + parseFloat(style.paddingTop) + parseFloat(style.paddingBottom);
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, most)}px`;
    area.style.overflowY = area.scrollHeight > most ? "auto" : "hidden";
  }

  // Storage may be full or forbidden: then there is no draft, and nothing else changes.
  function keep(area) {
    try {
      if (area.value) sessionStorage.setItem(PREFIX + area.dataset.draft, area.value);
      else sessionStorage.removeItem(PREFIX + area.dataset.draft);
    } catch { return; }
  }

  function kept(area) {
    try {
      return sessionStorage.getItem(PREFIX + area.dataset.draft);
    } catch {
      return null;
    }
  }

  function prepare(scope) {
    const areas = scope.matches?.("textarea") ? [scope] : scope.querySelectorAll("textarea");
    for (const area of areas) {
      if (area.dataset.draft && !area.value) area.value = kept(area) ?? "";
      grow(area);
    }
  }

  document.addEventListener("input", (event) => {
    if (event.target.tagName !== "TEXTAREA") return;
    grow(event.target);
    if (event.target.dataset.draft) keep(event.target);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches("textarea[data-send-with-enter]")) return;
    const startsLine = document.body.dataset.enter === "line" || matchMedia("(pointer: coarse)").matches;
    if (startsLine && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    if (event.target.value.trim()) event.target.form?.requestSubmit();
  });

  // Only what the server took is forgotten: a refused or lost request leaves the draft as it is.
  // Before the swap, so that a fresh text area does not find the old draft.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const { xhr, elt, requestConfig } = event.detail;
    if (requestConfig.verb === "get" || xhr.status < 200 || xhr.status >= 400) return;
    elt.querySelectorAll?.("textarea[data-draft]").forEach((area) => {
      try { sessionStorage.removeItem(PREFIX + area.dataset.draft); } catch { return; }
    });
  });

  document.addEventListener("htmx:load", (event) => prepare(event.target));
  prepare(document);
})();
