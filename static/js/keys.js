// Single keys. They are silent in fields, beside other keys, while a dialog is open, and for who has switched them off.
(() => {
  "use strict";
  const SECOND_MS = 1500; // how long `g` waits for its second key
  const FIELDS = 'input:not([type="checkbox"], [type="radio"], [type="range"], [type="button"], [type="submit"]), textarea, select, [contenteditable], [role="listbox"]';
  let goes = 0;

  function isSilent(event) {
    if (document.body.dataset.keys === "off" || event.defaultPrevented || event.isComposing || event.repeat) return true;
    if (event.ctrlKey || event.metaKey || event.altKey) return true;
    return event.target.closest?.(FIELDS) || document.querySelector("dialog[open]");
  }

  // A control that is in a closed sheet or hidden by the width of the window is not meant.
  const seen = (selector) => [...document.querySelectorAll(selector)].find((element) => element.checkVisibility());

  function use(element) {
    if (!element) return false;
    if (element.matches("input, textarea, select")) element.focus();
    else element.click();
    return true;
  }

  // In place where the window is wide, a sheet else: the same element.
  function openPanel() {
    const panel = document.querySelector(".panel");
    if (!panel) return false;
    if (!panel.checkVisibility()) panel.showPopover();
    const start = panel.querySelector('h2[tabindex="-1"]') ?? panel.querySelector("a, button, input, [tabindex]");
    start?.focus();
    return true;
  }

  function step(by) {
    const rows = [...document.querySelectorAll("[data-rows] tbody tr, li[data-row]")].filter((row) => row.checkVisibility());
    const handles = rows.map((row) => row.querySelector("a, button, summary")).filter(Boolean);
    if (!handles.length) return false;
    const row = document.activeElement.closest?.("[data-rows] tbody tr, li[data-row]");
    const at = handles.findIndex((handle) => row?.contains(handle));
    handles[at < 0 ? (by > 0 ? 0 : handles.length - 1) : Math.min(Math.max(at + by, 0), handles.length - 1)].focus();
    return true;
  }

  async function showKeys() {
    const sheet = document.getElementById("keys-sheet");
    const body = document.getElementById("keys-body");
    if (!sheet) return;
    try {
      if (!body.childElementCount) body.innerHTML = await fetchPart(sheet.dataset.keysFrom);
    } catch {
      location.assign(sheet.dataset.keysFrom);
      return;
    }
    if (!sheet.open) sheet.showModal();
  }

  function go(key) {
    const link = [...document.querySelectorAll("[data-go]")].find((entry) => entry.dataset.go === key);
    if (link) location.assign(link.href);
    return Boolean(link);
  }

  const ACTS = {
    "/": () => { document.dispatchEvent(new Event("jump:open")); return true; },
    "?": () => { showKeys(); return true; },
    n: () => use(seen('[data-key="n"]')),
    s: openPanel,
    t: () => { document.querySelector("[data-theme-toggle]")?.requestSubmit(); return true; },
    j: () => step(1),
    k: () => step(-1),
  };

  document.addEventListener("keydown", (event) => {
    if (isSilent(event)) return;
    const isSecond = Date.now() - goes < SECOND_MS;
    goes = 0;
    if (isSecond && go(event.key)) { event.preventDefault(); return; }
    if (event.key === "g") { goes = Date.now(); return; }
    // Shift belongs to "?" on most keyboards and to "/" on some; a capital letter is no single key.
    const act = Object.hasOwn(ACTS, event.key) ? ACTS[event.key] : null;
    if (act?.()) event.preventDefault();
  });

  // The last of what Esc does: nothing is open and nothing runs, so the search of this page is emptied.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing || document.querySelector("dialog[open], :popover-open")) return;
    const field = document.activeElement;
    if (!field?.matches('input[type="search"]') || !field.value) return;
    event.preventDefault();
    field.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
