// The jump box: opens on its button, / and Ctrl+K, asks the server while somebody types, and goes where Enter says.
(() => {
  "use strict";
  const PAUSE_MS = 120;
  const dialog = document.getElementById("jump-dialog");
  if (!dialog) return;
  const form = dialog.querySelector("[data-jump]");
  const [field, list, none, lost, count] = ["q", "list", "none", "lost", "count"].map((name) => document.getElementById(`jump-${name}`));
  let asking = null; // stops the question before this one
  let shown = null; // the text whose results stand in the list
  let goesOn = false; // Enter was pressed before the results came
  let timer;
  let opener = null;

  const box = new Listbox(field, list, (option) => { if (option) location.assign(option.href); });

  async function ask() {
    clearTimeout(timer);
    asking?.abort();
    const mine = asking = new AbortController();
    const text = field.value.trim();
    try {
      const html = await fetchPart(`${form.action}?q=${encodeURIComponent(text)}`, { signal: mine.signal });
      show(text, html);
    } catch {
      if (mine.signal.aborted) return;
      lost.hidden = false;
      if (goesOn) form.submit();
    }
  }

  function show(text, html) {
    list.innerHTML = html;
    shown = text;
    box.refresh();
    lost.hidden = true;
    none.hidden = box.options.length > 0;
    const number = box.options.length;
    count.textContent = number === 1 ? count.dataset.one : count.dataset.many.replace("%1", number);
    if (goesOn && box.active) box.choose(box.active);
    goesOn = false;
  }

  function open() {
    if (dialog.open) return;
    opener = document.activeElement;
    field.value = "";
    goesOn = false;
    dialog.showModal();
    ask();
  }

  field.addEventListener("input", () => {
    goesOn = false;
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  });

  // Results of what was typed before are not what Enter means.
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || shown === field.value.trim()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!lost.hidden) { form.submit(); return; }
    goesOn = true;
    ask();
  }, true);

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-jump-opener]")) return;
    event.preventDefault();
    open();
  });

  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => {
    asking?.abort();
    // The button may be in a drawer that is closed by now.
    if (!opener?.isConnected || !opener.checkVisibility()) document.getElementById("main")?.focus({ preventScroll: true });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("jump:open", open);
})();
