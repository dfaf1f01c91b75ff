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

  // References: pictures of the gallery, in the order they were put in.
  class References {
    constructor(root) {
      this.root = root;
      const part = (name) => root.querySelector(`[data-references-${name}]`);
      [this.value, this.list, this.count, this.add] = ["value", "list", "count", "add"].map(part);
      this.template = root.querySelector("[data-reference-template]");
      this.most = Number(root.dataset.most);
      root.addEventListener("click", (event) => this.remove(event.target.closest("[data-reference-remove]")));
      this.tell();
    }

    get ids() { return [...this.list.children].map((item) => item.dataset.reference); }

    put({ id, name, thumbnail }) {
      if (this.ids.includes(id) || this.ids.length >= this.most) return;
      const item = this.template.content.firstElementChild.cloneNode(true);
      const button = item.querySelector("button");
      item.dataset.reference = id;
      item.querySelector("img").src = thumbnail;
      button.setAttribute("aria-label", button.dataset.words.replace("%s", name));
      this.list.append(item);
      this.tell();
    }

    remove(button) {
      if (!button) return;
      button.closest("li").remove();
      this.tell();
      this.add.focus();
    }

    tell() {
      this.value.value = this.ids.join(",");
      this.count.textContent = this.ids.length;
      this.add.disabled = this.ids.length >= this.most;
    }
  }

  const root = document.querySelector("[data-references]");
  const references = root && new References(root);
  document.addEventListener("picture:chosen", (event) => {
    references?.put(event.detail);
    document.getElementById("choose")?.close();
    references?.add.focus();
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
