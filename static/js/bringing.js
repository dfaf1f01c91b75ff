// Bringing files: dropped anywhere, chosen or pasted; in pieces, one file after the other. A file that broke off goes on where it was.
// The form (data-bring) has the addresses, the words, and what else is told of each file: its hidden and chosen fields.
(() => {
  "use strict";
  const form = document.querySelector("form[data-bring]");
  if (!form) return;
  const { OUT, post, insist, put, fields, say, busy } = window.sending;
  const words = form.dataset;
  const field = form.querySelector('input[type="file"]');
  const MEGABYTE = 1024 * 1024;
  const PATIENT_TRIES = 8; // then a person decides
  const uploads = new Set();
  let beginning = Promise.resolve(), sending = Promise.resolve();

  // What else the form says, at the moment of bringing. The key tells the same file of the same person.
  const told = () => Object.fromEntries([...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken"));

  class Upload {
    constructor(file) {
      this.file = file;
      this.wish = told();
      this.told = 0;
      this.isCancelled = false;
      uploads.add(this);
    }

    // Everything that can be known before anything is sent.
    wrong() {
      if (!this.file.size) return words.wordsEmpty;
      return this.file.size > Number(words.most) ? words.wordsLarge : (form.judge?.(this.file) ?? "");
    }

    begin() {
      const { name, size, type, lastModified } = this.file;
      const values = { ...this.wish, name, size, type, key: `${size}-${lastModified}-${name}` };
      this.begun = insist(() => post(words.begin, fields(values)), (answer, tries) => this.lost(tries)).then((answer) => this.take(answer));
      return this.begun;
    }

    // Whether there is something to send.
    take(answer) {
      if (![200, 201].includes(answer.status)) return this.fail(answer);
      this.answer = answer;
      this.row = put(answer.row, { isOurs: answer.state === "coming" });
      return answer.state === "coming";
    }

    async send() {
      if (!(await this.begun)) return;
      busy.add(this);
      say(words.sayBegin.replace("%1", this.file.name));
      try {
        if (await this.sendPieces()) await this.finish();
      } finally {
        busy.delete(this);
        uploads.delete(this);
      }
    }

    // Whether all of it is there.
    async sendPieces() {
      while (this.answer.received < this.file.size) {
        if (this.isCancelled) return false;
        const body = await this.read(this.answer.received);
        if (!body) return this.fail({ status: 422, sentence: words.wordsUnread });
        const answer = await insist(() => post(`${this.answer.pieces}${this.answer.next}/`, body), (lost, tries) => this.lost(tries));
        if (this.isCancelled) return false;
        if (answer.status !== 200 && !(answer.status === 409 && "next" in answer)) return this.fail(answer);
        const isStuck = answer.status === 409 && answer.next === this.answer.next;
        this.answer = { ...this.answer, ...answer };
        if (answer.state !== "coming") { put(this.answer.row); return false; } // another tab was faster
        if (isStuck) return this.fail(answer);
        this.tell();
      }
      return true;
    }

    async read(from) {
      try {
        return await this.file.slice(from, from + Number(words.piece)).arrayBuffer();
      } catch {
        return null;
      }
    }

    async finish() {
      const answer = await insist(() => post(this.answer.finish, fields({})), (lost, tries) => this.lost(tries));
      if (answer.status !== 200) { this.fail(answer); return; }
      put(answer.row);
      document.body.dispatchEvent(new CustomEvent("files-changed"));
      say(words.sayDone.replace("%1", this.file.name));
    }

    get line() {
      return document.getElementById(`${words.prefix}${this.answer?.id}`);
    }

    show(text) {
      const place = this.line?.querySelector("[data-arrived]");
      if (place) place.textContent = text;
    }

    tell() {
      const { received } = this.answer, { size } = this.file;
      const share = Math.floor((100 * received) / size);
      this.show(words.wordsArrived.replace("%1", Math.floor(received / MEGABYTE).toLocaleString()).replace("%2", Math.ceil(size / MEGABYTE).toLocaleString()));
      const progress = this.line?.querySelector("progress");
      if (progress) progress.value = share;
      const quarter = Math.floor(share / 25) * 25;
      if (quarter > this.told && quarter < 100) say(words.sayShare.replace("%1", this.file.name).replace("%2", quarter));
      this.told = Math.max(this.told, quarter);
    }

    lost(tries) {
      this.show(words.wordsOffline);
      return !this.isCancelled && (!navigator.onLine || tries < PATIENT_TRIES);
    }

    fail({ status, sentence }) {
      if (this.isCancelled) return false;
      const wasLost = status === 0 || status >= 500;
      const known = { [OUT]: words.wordsOut, 404: words.wordsGone, 413: words.wordsLarge };
      this.trouble(sentence ?? known[status] ?? (wasLost ? words.wordsLost : words.wordsFailed), ![OUT, 404, 413, 422].includes(status));
      return false;
    }

    trouble(sentence, mayRepeat = false) {
      const row = form.querySelector("[data-trouble-row]").content.firstElementChild.cloneNode(true);
      const [away, again] = [row.querySelector("[data-away]"), row.querySelector("[data-again]")];
      row.querySelector("[data-name]").textContent = this.file.name;
      away.setAttribute("aria-label", away.dataset.words.replace("%1", this.file.name));
      away.addEventListener("click", () => row.remove());
      again.hidden = !mayRepeat;
      again.addEventListener("click", () => { row.remove(); take([this.file]); });
      form.querySelector("[data-trouble-list]").append(row);
      row.querySelector("[data-error]").textContent = sentence;
    }
  }

  // All of them are seen in the list at once, and sent one after the other.
  function take(files) {
    if (!files.length) { say(words.wordsNothing); return; }
    files.map((file) => new Upload(file)).forEach((upload) => {
      const wrong = upload.wrong();
      if (wrong) { uploads.delete(upload); upload.trouble(wrong); return; }
      beginning = beginning.then(() => upload.begin());
      const begun = beginning;
      sending = sending.then(() => begun).then(() => upload.send());
    });
  }

  document.addEventListener("click", (event) => { if (event.target.closest?.("[data-choose]")) field.click(); });
  field.addEventListener("change", () => {
    take([...field.files]);
    field.value = ""; // the same file may be chosen again
  });

  // What the person cancels comes no further; the server hears of it by the button itself.
  document.addEventListener("click", (event) => {
    const id = event.target.closest?.("[data-cancel]")?.dataset.cancel;
    uploads.forEach((upload) => { if (id && upload.answer?.id === id) upload.isCancelled = true; });
  }, true);

  // Files may be dropped anywhere on the page; text that is dragged is none of ours.
  const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const mark = (isOver) => form.classList.toggle("is-dropping", isOver);
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
    take([...event.dataTransfer.files]);
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    take(files);
  });
})();
