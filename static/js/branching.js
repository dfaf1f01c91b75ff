// Branches of a chat: the last own question is edited with the arrow up, and whoever switches stays where he was.
(() => {
  "use strict";
  const thread = document.getElementById("thread");

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key === "ArrowUp" && event.target.id === "message" && !event.target.value) {
      const edit = [...document.querySelectorAll("[data-edit]")].at(-1);
      if (!edit) return;
      event.preventDefault();
      edit.click();
    }
    if (event.key === "Escape" && event.target.closest(".edit-turn")) {
      event.preventDefault(); // it closes the form and stops no answer
      event.target.closest(".edit-turn").querySelector("[data-cancel-edit]").click();
    }
  });

  // A form that has come is written in at its end; one that was left gives the focus to the composer.
  let isLeaving = false;
  document.addEventListener("click", (event) => { if (event.target.closest("[data-cancel-edit]")) isLeaving = true; });
  document.addEventListener("submit", (event) => { if (event.target.matches(".edit-turn")) isLeaving = true; });
  document.addEventListener("htmx:afterSettle", () => {
    const area = document.querySelector(".edit-turn textarea");
    if (area && document.activeElement !== area && !area.dataset.come) {
      area.dataset.come = "yes";
      area.focus();
    }
    if (area?.matches(":focus") && area.selectionEnd === 0) area.setSelectionRange(area.value.length, area.value.length);
    if (isLeaving && !area) document.getElementById("message")?.focus();
    isLeaving = false;
  });

  // The thread grows upwards, so what stands above the switch would jump with the length of what comes below it.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const button = event.detail.requestConfig?.elt;
    if (!thread || !button?.closest("[data-switch]")) return;
    const top = button.getBoundingClientRect().top;
    document.addEventListener("htmx:afterSettle", () => {
      const now = document.getElementById(button.id);
      if (now) thread.scrollTop += now.getBoundingClientRect().top - top;
    }, { once: true });
  });
})();
