// The list of files: choosing several, the menu of all rows, the file beside the list, the question before deleting, what can be said before a file is sent.
(() => {
  "use strict";
  const menu = document.getElementById("file-menu");
  const bring = document.getElementById("files-bring");
  const asked = document.getElementById("files-dialog");
  const place = document.getElementById("fplace");
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
    words.textContent = words.dataset.words.replace("%1", rows.length);
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

  // A row that asks for itself again keeps its tick, and stays the one that is open.
  let kept = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const row = event.detail.target;
    kept = row?.matches?.("#files > tr") ? { id: row.id, isTicked: row.querySelector('[name="file"]').checked } : null;
  });
  document.addEventListener("htmx:afterSettle", () => {
    const box = kept?.isTicked && document.getElementById(kept.id)?.querySelector('[name="file"]');
    if (box) box.checked = true;
    kept = null;
    mark();
    count();
  });
  addEventListener("pageshow", count);

  // The menu is filled for the row whose button opens it.
  document.addEventListener("click", (event) => {
    const row = event.target.closest?.('[popovertarget="file-menu"]')?.closest("tr");
    if (!row) {
      if (event.target.closest?.("#file-menu button")) setTimeout(() => menu.hidePopover());
      return;
    }
    menu.querySelectorAll("[data-goes]").forEach((link) => { link.href = link.dataset.goes.replace(menu.dataset.nobody, row.dataset.file); });
    menu.querySelectorAll("[data-is]").forEach((field) => { field.value = row.dataset.file; });
    menu.querySelectorAll("[data-only]").forEach((item) => { item.hidden = row.dataset[item.dataset.only] === undefined || (item.dataset.only === "remoteId" && !row.dataset.remoteId); });
    menu.querySelector("[data-copy]").dataset.text = row.dataset.remoteId;
  }, true);

  // The file beside the list: a sheet where there is no room, and a place in the address.
  const opened = () => document.getElementById("fpanel");
  const isNarrow = () => matchMedia("(max-width: 1180px)").matches;
  function mark() {
    const id = opened()?.dataset.opened;
    document.querySelectorAll('#files > tr[aria-current]').forEach((row) => row.removeAttribute("aria-current"));
    document.getElementById(`file-${id}`)?.setAttribute("aria-current", "true");
  }
  function tellAddress(id) {
    const address = new URL(location.href);
    if (id) address.searchParams.set("file", id);
    else address.searchParams.delete("file");
    if (address.href !== location.href) history.replaceState(history.state, "", address);
  }
  function show() {
    if (!opened()) return;
    if (isNarrow() && !opened().matches(":popover-open")) opened().showPopover();
    mark();
  }
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== place || !opened()) return;
    tellAddress(opened().dataset.opened);
    show();
    document.getElementById("fpanel-title").focus({ preventScroll: true });
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-close-file]")) return;
    event.preventDefault();
    const row = document.getElementById(`file-${opened().dataset.opened}`);
    place.replaceChildren();
    tellAddress("");
    mark();
    (row?.querySelector(".fname") ?? document.getElementById("main")).focus();
  });
  show();

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
    if (!place) { location.assign("/files/"); return; }
    if (opened() && !document.getElementById(`file-${opened().dataset.opened}`)) { place.replaceChildren(); tellAddress(""); }
    if (!boxes().length) window.htmx.ajax("GET", location.href, { target: "#list", swap: "outerHTML" });
    (document.querySelector("#files .fname") ?? document.getElementById("main")).focus();
  }

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
