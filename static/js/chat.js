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
    document.getElementById("thread")?.scrollTo({ top: 0 });
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
        const text = `${heading} ${row.textContent}`.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        shown += row.hidden ? 0 : 1;
      });
      group.hidden = shown === 0;
      found += shown;
    });
    list.querySelector("[data-filter-none]").hidden = found > 0;
  });

  // Enter in the search field of a list chooses the only row that is left, and never sends the form.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("[data-filter]")) return;
    event.preventDefault();
    const rows = [...event.target.closest("[data-filter-list]").querySelectorAll("[data-filter-row]")].filter((row) => row.offsetParent !== null);
    if (rows.length) rows[0].click();
  });

  // The search field is for looking only: what is typed there changes no setting.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-filter]")) event.stopPropagation();
  }, true);
})();
