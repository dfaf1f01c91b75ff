// The pages that make pictures: beginnings of a description, references, masks that are brought or saved by name.
(() => {
  "use strict";
  const MARKS = { yes: "[data-with-mask]", no: "[data-without-mask]" };

  // An example goes into the field, unless something of one's own stands there.
  document.addEventListener("click", (event) => {
    const begin = event.target.closest("[data-begin-with]");
    const area = begin && document.getElementById("prompt");
    if (!area) return;
    const isOwn = area.value.trim() && ![...document.querySelectorAll("[data-begin-with]")].some((each) => each.dataset.beginWith === area.value.trim());
    area.value = isOwn ? `${area.value.trim()}\n${begin.dataset.beginWith}` : begin.dataset.beginWith;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || !event.target.matches("[data-run-with-ctrl-enter]")) return;
    event.preventDefault();
    event.target.form?.requestSubmit();
  });

  // What is written in the sheet is seen on the line that opens it.
  function say(area) {
    const line = document.querySelector(`[data-says="${area.id}"]`);
    if (line) line.textContent = area.value.trim() || line.dataset.empty;
  }
  document.addEventListener("input", (event) => { if (event.target.id === "prompt") say(event.target); });

  // Parts that come anew stand as the painter says.
  function mark() {
    const painter = document.querySelector("[data-painter]");
    if (!painter) return;
    for (const [state, marks] of Object.entries(MARKS)) {
      document.querySelectorAll(marks).forEach((element) => { element.hidden = painter.dataset.hasMask !== state; });
    }
  }
  document.addEventListener("htmx:afterSettle", mark);

  // References: pictures of the gallery, in the order they were put in. The part comes anew with another model.
  const part = (name) => document.querySelector(`[data-references-${name}]`);
  const chosenIds = () => [...part("list").children].map((item) => item.dataset.reference);
  const most = () => Number(document.querySelector("[data-references]").dataset.most);

  function tellReferences() {
    const ids = chosenIds();
    part("value").value = ids.join(",");
    part("count").textContent = ids.length;
    part("add").disabled = ids.length >= most();
  }

  function putReference({ id, name, thumbnail }) {
    if (!part("list") || chosenIds().includes(id) || chosenIds().length >= most()) return;
    const item = document.querySelector("[data-reference-template]").content.firstElementChild.cloneNode(true);
    const button = item.querySelector("button");
    item.dataset.reference = id;
    item.querySelector("img").src = thumbnail;
    button.setAttribute("aria-label", button.dataset.words.replace("%s", name));
    part("list").append(item);
    tellReferences();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-reference-remove]");
    if (!button) return;
    button.closest("li").remove();
    tellReferences();
    part("add").focus();
  });

  document.addEventListener("picture:chosen", (event) => {
    putReference(event.detail);
    document.getElementById("choose")?.close();
  });

  // On a phone the dialog closed the sheet from which it was opened.
  document.getElementById("choose")?.addEventListener("close", () => {
    const panel = document.getElementById("settings");
    const opener = document.querySelector(".top-actions .open-panel");
    if (opener?.checkVisibility() && !panel.matches(":popover-open")) panel.showPopover();
    part("add")?.focus();
  });

  // A question about a mask opens its dialog; an answer that needs none closes it.
  document.addEventListener("htmx:afterSwap", (event) => {
    const answer = event.detail.target; // a stream swaps without one
    if (answer?.id !== "mask-answer") return;
    const dialog = document.getElementById("mask-dialog");
    const asks = answer.querySelector("[data-mask-question]");
    if (asks && !dialog.open) dialog.showModal();
    if (!asks) {
      dialog.close();
      document.getElementById("mask-save")?.close();
    }
  });
  // A refused file is an answer too.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.id === "mask-answer" && event.detail.xhr.status === 422) event.detail.shouldSwap = true;
  });
  // The same file may be chosen again.
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt.id === "mask-upload" && !document.getElementById("mask-dialog")?.open) event.detail.elt.reset();
  });

  // Saving by name: the painted mask goes along as a file.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.id !== "mask-save-form" || form.dataset.ready) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const files = new DataTransfer();
    files.items.add(new File([await window.painter.png()], "mask.png", { type: "image/png" }));
    form.elements.painted.files = files.files;
    form.dataset.ready = "yes";
    form.requestSubmit();
    delete form.dataset.ready;
  }, true);

  if (document.getElementById("prompt")) say(document.getElementById("prompt"));
})();
