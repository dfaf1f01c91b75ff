// Attaching to a message: chosen, dropped anywhere on the chat, or pasted; one file after the other. The server keeps each and answers with all chips.
(() => {
  "use strict";
  const box = document.querySelector(".composer-in[data-attach]");
  if (!box) return;
  const form = box.closest("form");
  const field = box.querySelector('input[type="file"]');
  const list = box.querySelector("[data-coming]");
  const words = box.dataset;
  const say = (text) => { document.getElementById("announce").textContent = text; };
  let queue = Promise.resolve();
  let coming = 0;
  let isWaiting = false; // somebody pressed Send while something was coming

  class Coming {
    constructor(file) {
      this.file = file;
      this.row = box.querySelector("[data-coming-row]").content.firstElementChild.cloneNode(true);
      this.row.querySelector("[data-name]").textContent = file.name;
      this.row.querySelector("[data-away]").addEventListener("click", () => this.away());
      list.append(this.row);
      list.hidden = false;
    }

    send() {
      if (this.isAway) return Promise.resolve();
      return new Promise((resolve) => {
        const body = new FormData();
        body.append("files", this.file, this.file.name);
        this.request = new XMLHttpRequest();
        this.request.open("POST", words.attach);
        const headers = { ...JSON.parse(document.body.getAttribute("hx-headers") ?? "{}"), "HX-Request": "true" };
        Object.entries(headers).forEach(([name, value]) => this.request.setRequestHeader(name, value));
        this.request.upload.addEventListener("progress", (event) => { this.row.querySelector("progress").value = (100 * event.loaded) / event.total; });
        this.request.addEventListener("loadend", () => { this.take(); resolve(); });
        this.request.send(body);
      });
    }

    take() {
      if (this.isAway) return;
      const { status, responseText } = this.request;
      const isChips = status === 200 && responseText.includes('id="attachments"'); // else it is the page for signing in
      if (!isChips) { this.fail(status === 422 ? responseText : { 0: words.wordsLost, 413: words.wordsLarge }[status] ?? words.wordsFailed); return; }
      this.row.remove();
      window.htmx.swap("#attachments", responseText, { swapStyle: "outerHTML" });
      say(words.wordsAttached.replace("%1", this.file.name));
      refreshFoot();
    }

    // What went wrong stays until it is taken away, so that nothing is sent without what was meant to go along.
    fail(sentence) {
      this.row.classList.add("is-bad");
      this.row.querySelector("progress").hidden = true;
      const place = this.row.querySelector("[data-error]");
      place.hidden = false;
      place.textContent = sentence;
      place.setAttribute("role", "alert");
      isWaiting = false;
    }

    away() {
      this.isAway = true;
      this.request?.abort();
      this.row.remove();
      list.hidden = !list.children.length;
      document.getElementById("message").focus();
    }
  }

  // The estimate counts attachments too.
  function refreshFoot() {
    const foot = document.getElementById("panel-foot");
    if (foot) window.htmx.ajax("GET", foot.getAttribute("hx-get"), { target: "#panel-foot", swap: "outerHTML" });
  }

  function take(files) {
    [...files].map((file) => new Coming(file)).forEach((each) => {
      coming += 1;
      queue = queue.then(() => each.send()).then(() => {
        coming -= 1;
        list.hidden = !list.children.length;
        if (coming || !isWaiting) return;
        isWaiting = false;
        form.requestSubmit();
      });
    });
  }

  field.addEventListener("change", () => {
    take([...field.files]);
    field.value = ""; // the same file may be chosen again, and none goes with the message itself
  });

  form.addEventListener("submit", (event) => {
    if (!coming) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    isWaiting = true;
    say(words.wordsWaiting);
  }, true);

  // An attachment that was taken away frees its room in the estimate.
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.elt.name === "remove" && event.detail.successful) refreshFoot(); });

  const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const mark = (isOver) => box.classList.toggle("is-dropping", isOver);
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    mark(true);
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) mark(false); });
  document.addEventListener("drop", (event) => {
    mark(false);
    if (!hasFiles(event)) return;
    event.preventDefault();
    take(event.dataTransfer.files);
  });

  // Office programs put a picture of what is copied beside its text: then the text was meant.
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    const isElsewhere = event.target.id !== "message" && event.target.matches?.("input, textarea, [contenteditable]");
    if (!files.length || isElsewhere || document.querySelector("dialog[open]") || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    take(files);
  });
})();
