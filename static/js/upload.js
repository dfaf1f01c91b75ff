// Bringing pictures: chosen, dropped or pasted; one request for each, one after the other, with a line that tells how far it is.
(() => {
  "use strict";
  const forms = new WeakMap();
  const say = (text) => { document.getElementById("announce").textContent = text; };
  const formOf = (id) => {
    const form = document.getElementById(id);
    if (!form) return null;
    if (!forms.has(form)) forms.set(form, new Uploads(form));
    return forms.get(form);
  };

  class Uploads {
    constructor(form) {
      this.form = form;
      this.words = form.dataset;
      this.field = form.querySelector('input[type="file"]');
      this.list = form.querySelector("[data-upload-list]");
      this.template = form.querySelector("[data-upload-row]");
      this.waiting = [];
      this.current = null;
    }

    take(files) {
      if (!files.length) { say(this.words.wordsNoPicture); return; }
      this.waiting.push(...files.map((file) => new Upload(this, file)));
      this.next();
    }

    next() {
      if (this.current) return;
      this.current = this.waiting.shift() ?? null;
      this.current?.send();
    }

    ended() {
      this.current = null;
      this.next();
    }

    // The new picture stands first in its list; in a dialog it is chosen at once.
    put(html) {
      const list = document.getElementById(this.words.into);
      if (!list) return;
      list.insertAdjacentHTML("afterbegin", html.trim());
      if (this.words.upload === "choice") list.firstElementChild.querySelector("button")?.click();
    }
  }

  class Upload {
    constructor(uploads, file) {
      this.uploads = uploads;
      this.words = uploads.words;
      this.file = file;
      this.row = uploads.template.content.firstElementChild.cloneNode(true);
      [this.progress, this.state, this.error, this.again, this.away] = ["progress", "state", "error", "again", "away"].map((name) => this.row.querySelector(`[data-${name}]`));
      this.row.querySelector("[data-name]").textContent = file.name;
      this.progress.setAttribute("aria-label", file.name);
      this.away.setAttribute("aria-label", this.away.dataset.words.replace("%1", file.name));
      this.state.textContent = this.words.wordsWaiting;
      this.away.addEventListener("click", () => this.leave());
      this.again.addEventListener("click", () => this.repeat());
      uploads.list.append(this.row);
    }

    send() {
      if (this.file.size > Number(this.words.most)) { this.fail(this.words.wordsLarge); return; }
      const body = new FormData();
      body.append("file", this.file, this.file.name || "picture");
      body.append("as", this.words.upload);
      this.told = 0;
      this.request = new XMLHttpRequest();
      this.request.open("POST", this.uploads.form.action);
      const headers = { ...JSON.parse(document.body.getAttribute("hx-headers") ?? "{}"), "HX-Request": "true", "HX-Current-URL": location.href };
      Object.entries(headers).forEach(([name, value]) => this.request.setRequestHeader(name, value));
      this.request.upload.addEventListener("progress", (event) => this.tell(event));
      this.request.addEventListener("load", () => this.judge());
      this.request.addEventListener("error", () => this.fail(this.words.wordsLost, true));
      say(this.words.sayBegin.replace("%1", this.file.name));
      this.request.send(body);
    }

    tell(event) {
      const share = event.total ? Math.floor((100 * event.loaded) / event.total) : 0;
      this.progress.value = share;
      this.state.textContent = share === 100 ? this.words.wordsChecking : `${share} %`;
      const quarter = Math.floor(share / 25) * 25;
      if (quarter > this.told && quarter < 100) say(this.words.sayShare.replace("%1", this.file.name).replace("%2", quarter));
      this.told = Math.max(this.told, quarter);
    }

    judge() {
      const { status, responseText } = this.request;
      const leads = this.request.getResponseHeader("HX-Redirect");
      if (leads) { location.assign(leads); return; }
      if (status === 201) this.done(responseText);
      else if (status === 422) this.fail(responseText);
      else this.fail(status === 413 ? this.words.wordsLarge : this.words.wordsFailed, status !== 413);
    }

    done(html) {
      this.row.remove();
      this.uploads.put(html);
      say(this.words.sayDone.replace("%1", this.file.name));
      this.uploads.ended();
    }

    fail(sentence, mayRepeat = false) {
      this.error.textContent = sentence;
      this.error.hidden = false;
      this.again.hidden = !mayRepeat;
      this.uploads.ended();
    }

    repeat() {
      this.error.hidden = this.again.hidden = true;
      this.progress.value = 0;
      this.state.textContent = this.words.wordsWaiting;
      this.uploads.waiting.push(this);
      this.away.focus();
      this.uploads.next();
    }

    leave() {
      this.row.remove();
      this.uploads.waiting = this.uploads.waiting.filter((each) => each !== this);
      if (this.uploads.current !== this) return;
      this.request.abort();
      this.uploads.ended();
    }
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-upload-open]");
    const uploads = opener && formOf(opener.dataset.uploadOpen);
    if (!uploads) return;
    event.preventDefault();
    uploads.field.click();
  });

  document.addEventListener("change", (event) => {
    const form = event.target.type === "file" && event.target.closest("[data-upload]");
    if (!form) return;
    formOf(form.id).take([...event.target.files]);
    event.target.value = ""; // the same file may be chosen again
  });

  // Files that are dragged over a place that takes them; text that is dragged is none of ours.
  const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const zoneOf = (event) => (hasFiles(event) ? event.target.closest?.("[data-drop]") : null);
  const mark = (zone) => document.querySelectorAll("[data-drop]").forEach((each) => each.classList.toggle("is-dropping", each === zone));

  document.addEventListener("dragover", (event) => {
    const zone = zoneOf(event);
    mark(zone);
    if (!zone) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) mark(null); });
  document.addEventListener("drop", (event) => {
    const zone = zoneOf(event);
    mark(null);
    if (!zone) return;
    event.preventDefault();
    formOf(zone.dataset.drop)?.take([...event.dataTransfer.files]);
  });

  // A pasted picture goes to the place that is seen: a dialog before the page behind it.
  document.addEventListener("paste", (event) => {
    if (event.target.closest?.("input, textarea, [contenteditable]") && !event.clipboardData?.files.length) return;
    const pictures = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"));
    if (!pictures.length) return;
    const zones = [...document.querySelectorAll("[data-drop]")].filter((zone) => zone.checkVisibility());
    const zone = zones.find((each) => each.closest("dialog[open]")) ?? (document.querySelector("dialog[open]") ? null : zones[0]);
    if (!zone) return;
    event.preventDefault();
    formOf(zone.dataset.drop)?.take(pictures);
  });
})();
