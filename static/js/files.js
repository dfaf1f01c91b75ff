// The list of files: choosing several, the menu of all rows, the question before deleting, what can be said before a file is sent.
(() => {
  "use strict";
  const menu = document.getElementById("file-menu");
  const bring = document.getElementById("files-bring");
  const asked = document.getElementById("files-dialog");
  const panel = window.filePanel;
  const UNITS = ["B", "KB", "MB", "GB", "TB"];
  let last = null; // the box that was ticked last, where a range begins
  let counted = 0;

  const boxes = () => [...document.querySelectorAll('#files [name="file"]')];
  const chosen = () => boxes().filter((box) => box.checked).map((box) => box.closest("tr"));
  const say = (text) => { document.getElementById("announce").textContent = text; };

  function sizeInWords(bytes) {
    const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
    const amount = bytes / 1024 ** power;
    return `${amount.toLocaleString(document.documentElement.lang, { maximumFractionDigits: power ? 1 : 0 })} ${UNITS[power]}`;
  }

  function count() {
    const words = document.querySelector("[data-count]");
    if (!words) return;
    const [rows, all] = [chosen(), document.querySelector("[data-all]")];
    all.checked = rows.length > 0 && rows.length === boxes().length;
    all.indeterminate = rows.length > 0 && !all.checked;
    document.querySelectorAll("[data-count], [data-number]").forEach((told) => {
      const { one, words: many } = told.dataset;
      told.textContent = (rows.length === 1 ? one : many).replace("%1", rows.length.toLocaleString(document.documentElement.lang));
    });
    document.querySelector("[data-sum]").textContent = sizeInWords(rows.reduce((sum, row) => sum + Number(row.dataset.size), 0));
    const copier = document.querySelector("[data-copy-ids]");
    const ids = rows.map((row) => row.dataset.remoteId).filter(Boolean);
    if (copier) { copier.dataset.text = ids.join("\n"); copier.disabled = !ids.length; }
    if (rows.length !== counted) say(words.textContent);
    counted = rows.length;
  }

  // With Shift everything between the last box and this one becomes as this one.
  document.addEventListener("click", (event) => {
    const box = event.target.closest?.('#files [name="file"]');
    if (event.target.matches?.("[data-all]")) boxes().forEach((each) => { each.checked = event.target.checked; });
    else if (!box) return;
    const all = boxes();
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    if (box && event.shiftKey && from >= 0) all.slice(from, to + 1).forEach((each) => { each.checked = box.checked; });
    if (box) last = box;
    count();
  });
  document.addEventListener("reset", (event) => {
    if (!event.target.matches("[data-selection]")) return;
    last = null;
    setTimeout(() => { count(); document.querySelector("#files .fname")?.focus(); });
  });

  // What is asked for again keeps its ticks. A row whose menu is open waits, and one that leaves gives its focus to the next.
  let kept = [];
  const isInList = (target) => target?.id === "list" || target?.matches?.("#files > tr");
  document.addEventListener("htmx:beforeSwap", (event) => {
    const target = event.detail.target;
    if (!isInList(target)) return;
    if (menu?.matches(":popover-open") && target.contains(document.getElementById(menu.dataset.opener))) { event.detail.shouldSwap = false; return; }
    kept = boxes().filter((box) => box.checked && target.contains(box)).map((box) => box.id);
    const next = target.contains(document.activeElement) && (target.nextElementSibling ?? target.previousElementSibling);
    if (next && !event.detail.serverResponse.includes(`id="${target.id}"`)) next.querySelector(".fname")?.focus();
  });
  document.addEventListener("htmx:afterSettle", () => {
    kept.forEach((id) => { const box = document.getElementById(id); if (box) box.checked = true; });
    kept = [];
    panel.mark();
    count();
  });
  addEventListener("pageshow", count);

  // The menu is filled for the row whose button opens it.
  document.addEventListener("click", (event) => {
    const row = event.target.closest?.('[popovertarget="file-menu"]')?.closest("tr");
    if (!menu) return;
    if (!row) {
      if (event.target.closest?.("#file-menu button")) setTimeout(() => menu.hidePopover());
      return;
    }
    menu.dataset.opener = event.target.closest("[popovertarget]").id;
    menu.querySelectorAll("[data-goes]").forEach((link) => { link.href = link.dataset.goes.replace(menu.dataset.nobody, row.dataset.file); });
    menu.querySelectorAll("[data-is]").forEach((field) => { field.value = row.dataset.file; });
    menu.querySelectorAll("[data-only]").forEach((item) => { item.hidden = row.dataset[item.dataset.only] === undefined || (item.dataset.only === "remoteId" && !row.dataset.remoteId); });
    menu.querySelector("[data-copy]").dataset.text = row.dataset.remoteId;
  }, true);

  // The question before deleting, and what follows it.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "files-asked" || !asked) return;
    const isAsking = document.getElementById("files-asked").querySelector("#files-ask");
    if (isAsking && !asked.open) asked.showModal();
    if (!isAsking) { asked.close(); gone(); }
  });
  document.addEventListener("click", (event) => { if (event.target.closest?.("#files-dialog a[data-close-dialog]")) event.preventDefault(); });
  function gone() {
    last = null;
    panel.closeIfGone();
    if (!boxes().length) readAgain();
    (document.querySelector("#files .fname") ?? document.getElementById("main")).focus();
  }

  // The list as it is now, with the filters that the address has.
  function readAgain() {
    if (document.getElementById("list")) window.htmx.ajax("GET", location.href, { source: "#list", target: "#list", swap: "outerHTML" });
  }
  document.body.addEventListener("files-synced", readAgain);
  document.body.addEventListener("file-copied", readAgain);
  document.body.addEventListener("file-changed", (event) => {
    const row = document.getElementById(`file-${event.detail.value}`);
    if (row) window.htmx.ajax("GET", `/files/${event.detail.value}/row/`, { source: row, target: row, swap: "outerHTML" });
  });

  // A head of the table that was pressed is the order of the next filter too.
  document.addEventListener("htmx:pushedIntoHistory", () => {
    const order = document.getElementById("files-sort");
    if (order) order.value = (new URL(location.href).searchParams.get("sort") ?? "").replace("-added", "");
  });

  // The first of the rows that "Show more" brought has the focus.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!event.target.matches?.("[data-more]")) return;
    const before = document.querySelector("#files > tr:last-child");
    document.addEventListener("htmx:afterSettle", () => before?.nextElementSibling?.querySelector(".fname")?.focus(), { once: true });
  });

  // What a provider would not take is told before anything is sent. The server judges again.
  if (bring) bring.judge = (file) => {
    const [provider, purpose] = ["bring-provider", "bring-purpose"].map((id) => document.getElementById(id));
    if (!provider.value) return "";
    const { most, endings, large, other } = purpose.selectedOptions[0].dataset;
    if (!purpose.value) return bring.dataset.wordsPurpose;
    if (file.size > Number(most)) return large;
    return !endings || endings.split(" ").some((ending) => file.name.toLowerCase().endsWith(ending)) ? "" : other;
  };
})();
