// What is done with a segment by its menu, and with forms outside of the segments: undo, redo, names of speakers.
(() => {
  "use strict";
  const page = document.getElementById("transcript");
  const { transcript, correcting } = globalThis;
  if (!page || !correcting) return;
  const { edit, leave, post, address } = correcting;
  const menu = () => document.getElementById("segment-menu");
  let menuRow = null;

  // --- Forms of the bar, the panel and the menu -------------------------------------------------
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches?.("[data-correct]") || event.defaultPrevented) return;
    event.preventDefault();
    const [submitter, row] = [event.submitter, form.dataset.to ? menuRow : null];
    const kept = submitter?.matches("[data-key-undo]") ? "[data-key-undo]" : submitter?.matches("[data-key-redo]") ? "[data-key-redo]" : "";
    await leave();
    if (!(await post(row ? address(row) + form.dataset.to : form.action, new FormData(form)))) return;
    if (row) document.getElementById(row.id)?.querySelector("[data-edit]")?.focus();
    else if (kept) focusHistory(kept);
    else document.querySelector("#speakers summary")?.focus();
  });

  function focusHistory(kept) {
    const button = [kept, "[data-key-undo]", "[data-key-redo]"].map((part) => document.querySelector(part)).find((each) => each && !each.disabled);
    (button ?? transcript.scroller())?.focus();
  }

  // The button of the menu is in the line that somebody looks at: thousands of them would make a heavy page.
  function offer(row) {
    if (!row || row.querySelector(".more-acts") || menu()?.matches(":popover-open")) return;
    const button = document.querySelector(".more-acts") ?? document.getElementById("segment-more")?.content.firstElementChild.cloneNode(true);
    if (!button || button === document.activeElement) return;
    button.setAttribute("aria-label", button.dataset.words.replace("%1", row.querySelector(".ts").textContent));
    row.querySelector("[data-edit]")?.after(button);
  }

  for (const kind of ["pointerover", "focusin"]) page.addEventListener(kind, (event) => offer(event.target.closest?.(".segrow")));
  document.addEventListener("transcript:row", (event) => { if (!document.querySelector(".segrow:is(:hover, :focus-within)")) offer(event.detail.row); });

  // The one menu of all lines is filled for the line whose button opens it.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.('[popovertarget="segment-menu"]');
    if (opener) {
      menuRow = opener.closest(".segrow");
      menu().querySelector("[data-only=changed]").hidden = !("changed" in menuRow.dataset);
      menu().querySelector("[data-to='join/']").hidden = !menuRow.nextElementSibling;
      menu().querySelector("[data-copy]").dataset.text = menuRow.querySelector(".tx").textContent;
      return;
    }
    const item = event.target.closest?.("#segment-menu button");
    if (!item) return;
    setTimeout(() => {
      menu()?.hidePopover();
      if (item.dataset.act === "edit") edit(menuRow);
    });
  }, true);
})();
