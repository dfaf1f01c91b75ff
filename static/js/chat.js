// The chat page: an accepted message leaves the composer, what is typed meanwhile stays; lists are filtered.
(() => {
  "use strict";

  // The text area is never swapped, so nothing that is being typed gets lost.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!event.detail.elt.matches("form[data-composer]")) return;
    const area = event.detail.elt.querySelector("textarea");
    area.dataset.sent = area.value;
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt;
    if (!form.matches("form[data-composer]")) return;
    const area = form.querySelector("textarea");
    const sent = area.dataset.sent ?? "";
    delete area.dataset.sent;
    if (!event.detail.successful || !area.value.startsWith(sent)) return;
    area.value = area.value.slice(sent.length);
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
    thread?.scrollTo({ top: 0 });
  });

  // The thread grows upwards, so its end is at 0. Who has scrolled up is left in peace, with a way back.
  const thread = document.getElementById("thread");
  const newest = document.getElementById("newest");
  if (thread && newest) {
    thread.addEventListener("scroll", () => { newest.hidden = thread.scrollTop > -240; }, { passive: true });
    newest.addEventListener("click", () => { thread.scrollTo({ top: 0 }); document.getElementById("message")?.focus(); });
  }

  // Earlier turns come in above the reader, who stays where he was: in a reversed box the browser's own anchoring goes wrong.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "earlier" || !thread) return;
    const place = thread.scrollTop;
    document.addEventListener("htmx:afterSwap", () => {
      thread.scrollTop = place;
      thread.focus({ preventScroll: true }); // the link that was pressed is gone
    }, { once: true });
  });

  // Why something was not sent is old news as soon as the text changes.
  document.addEventListener("input", (event) => {
    if (event.target.id === "message") document.getElementById("composer-error")?.replaceChildren();
  });

  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-filter]")) return;
    const list = event.target.closest("[data-filter-list]");
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    list.querySelectorAll("[data-filter-group]").forEach((group) => {
      const heading = group.getAttribute("aria-label") ?? "";
      let shown = 0;
      group.querySelectorAll("[data-filter-row]").forEach((row) => {
        const text = `${heading} ${row.dataset.filterRow} ${row.textContent}`.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        shown += row.hidden ? 0 : 1;
      });
      group.hidden = shown === 0;
      found += shown;
    });
    list.querySelector("[data-filter-none]").hidden = found > 0;
  });

  // In a list arrows only move, Enter chooses: a radio chosen by each arrow would close the list at the first one.
  document.addEventListener("keydown", (event) => {
    const list = event.target.closest?.("[data-filter-list]");
    if (!list || !["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return;
    const rows = [...list.querySelectorAll("[data-filter-row] input")].filter((input) => input.offsetParent !== null);
    const at = rows.indexOf(event.target);
    if (at < 0 && !event.target.matches("[data-filter]")) return;
    event.preventDefault();
    if (event.key === "Enter") rows[Math.max(at, 0)]?.click();
    else if (event.key === "ArrowUp" && at === 0) list.querySelector("[data-filter]").focus();
    else rows[Math.min(Math.max(at + (event.key === "ArrowDown" ? 1 : -1), 0), rows.length - 1)]?.focus();
  });

  // The search field is for looking only: what is typed there changes no setting.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-filter]")) event.stopPropagation();
  }, true);
})();
