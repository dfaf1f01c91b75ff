// A file beside the list or on a page of its own. It stays as fresh as what it shows, and takes nothing away from who works in it.
(() => {
  "use strict";
  const place = document.getElementById("fplace");
  const PARTS = "#file-standing, #file-remote, #file-inside, #file-calls, #file-acts";
  const TYPED = "input:not([type=hidden]), select, textarea";

  // Beside the list it is a sheet where there is no room, and a place in the address.
  const opened = () => document.getElementById("fpanel");
  const isNarrow = () => matchMedia("(max-width: 1180px)").matches;
  function mark() {
    const id = opened()?.dataset.opened;
    document.querySelectorAll("#files > tr[aria-current]").forEach((row) => row.removeAttribute("aria-current"));
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
  function close() {
    place.replaceChildren();
    tellAddress("");
    mark();
  }
  document.addEventListener("htmx:afterSwap", (event) => {
    if (!place || event.detail.target !== place || !opened()) return;
    tellAddress(opened().dataset.opened);
    show();
    document.getElementById("fpanel-title").focus({ preventScroll: true });
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-close-file]")) return;
    event.preventDefault();
    const row = document.getElementById(`file-${opened().dataset.opened}`);
    close();
    (row?.querySelector(".fname") ?? document.getElementById("main")).focus();
  });
  show();

  // What comes anew by itself waits while somebody is in a field of it; what is unfolded and chosen stays so, and so does the focus.
  let kept = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.id !== "file-standing") return;
    const focus = document.activeElement?.closest(PARTS) && document.activeElement;
    if (focus?.matches(TYPED) && event.detail.requestConfig.verb === "get") { event.detail.shouldSwap = false; return; }
    const parts = [...document.querySelectorAll(PARTS)];
    const all = (what) => parts.flatMap((part) => [...part.querySelectorAll(what)]).filter((each) => each.id);
    kept = { focus, unfolded: all("details[open]").map((each) => each.id), values: event.detail.requestConfig.verb === "get" ? all(TYPED).map((each) => [each.id, each.value]) : [] };
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (!kept) return;
    const { focus, unfolded, values } = kept;
    kept = null;
    unfolded.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
    values.forEach(([id, value]) => { const field = document.getElementById(id); if (field) field.value = value; });
    if (!focus || focus.isConnected) return;
    const same = focus.id && document.getElementById(focus.id);
    if (!document.activeElement || document.activeElement === document.body) (same || document.getElementById("remote-title"))?.focus({ preventScroll: true });
  });

  // Sent to a second place it is a second file: that one is shown.
  document.body.addEventListener("file-copied", (event) => {
    const address = `/files/${event.detail.value}/`;
    if (place) window.htmx.ajax("GET", address, { source: place, target: place, swap: "innerHTML" });
    else location.assign(address);
  });

  window.filePanel = {
    mark,
    closeIfGone() { if (opened() && !document.getElementById(`file-${opened().dataset.opened}`)) close(); },
  };
})();
