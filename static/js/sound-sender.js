// What was recorded, on its way to the server: in order, each piece until it is answered. For recorder.js.
(() => {
  "use strict";
  const box = document.getElementById("recorder");
  if (!box) return;
  const { OUT, post, insist, put, fields } = window.sending;
  const shelf = window.soundShelf;
  const words = box.dataset;
  const OF = `${document.body.dataset.team}:${words.person}`; // whose recordings are sent from here

  const freshKey = () => `${Date.now()}-${Math.random()}`;

  // Of one recording. The shelf of the browser has what is not answered yet; `told` hears how it goes.
  class Sender {
    constructor(begun, told, from = 0) {
      this.begun = begun;
      this.told = told;
      this.waiting = [];
      this.isEnding = false;
      this.from = from; // the byte at which the next slice begins
      this.hold();
    }

    static begin({ name, type }, told) {
      const begun = { name, type, key: freshKey(), of: OF };
      shelf.begin(begun);
      return new Sender(begun, told);
    }

    // As long as this tab lives no other one sends it.
    hold() {
      this.held = new Promise((release) => { this.release = release; });
      navigator.locks?.request(`recording-${this.begun.key}`, () => this.held);
    }

    add(blob) {
      this.head ??= blob;
      this.shelve(blob);
      this.waiting.push(blob);
      this.work();
    }

    shelve(blob) {
      shelf.put(this.begun.key, this.from, blob);
      this.from += blob.size;
    }

    end() {
      this.isEnding = true;
      return this.work();
    }

    work() {
      this.working ??= this.send().finally(() => { this.working = null; });
      return this.working;
    }

    async send() {
      while (!this.isOver && (this.waiting.length || this.isEnding)) {
        if (!this.answer && !(await this.start())) return;
        if (this.waiting.length) await this.sendPiece();
        else await this.finish();
      }
    }

    insist(act) {
      return insist(act, (answer) => { this.told.lost(answer.sentence); return !this.isOver; });
    }

    async start() {
      const { name, type, key } = this.begun;
      const answer = await this.insist(() => post(words.begin, fields({ name, type, key, kind: "recorded" })));
      if (![200, 201].includes(answer.status)) return this.giveUp(answer);
      this.answer = answer;
      this.told.begun(answer);
      return true;
    }

    async sendPiece() {
      const number = this.fitting();
      const answer = await this.insist(() => post(`${this.answer.pieces}${this.answer.next}/`, new Blob(this.waiting.slice(0, number))));
      const isThere = answer.status === 200 || (answer.status === 409 && answer.next > this.answer.next);
      if (!isThere) { await this.giveUp(answer); return; }
      this.waiting.splice(0, number);
      Object.assign(this.answer, { next: answer.next, received: answer.received });
      shelf.drop(this.begun.key, answer.received);
      this.told.answered();
    }

    // How many slices of what waits one piece may have.
    fitting() {
      let size = 0, number = 0;
      while (number < this.waiting.length && (number === 0 || size + this.waiting[number].size <= Number(words.piece))) size += this.waiting[number++].size;
      return number;
    }

    // It was ended meanwhile, and heard: what came after that is a recording of its own. It begins with the first slice too, without
    // which it could not be read; where the middle was there is silence.
    async beginRest() {
      const before = this.begun;
      this.begun = { ...before, key: freshKey(), name: words.nameRest.replace("%1", before.name) };
      this.isRest = true;
      this.answer = null;
      if (this.waiting[0] !== this.head) this.waiting.unshift(this.head);
      this.from = 0;
      this.release();
      this.hold();
      shelf.begin(this.begun);
      for (const blob of this.waiting) this.shelve(blob);
      await shelf.forget(before.key);
      tell(words.wordsEnded);
    }

    async finish() {
      const answer = await this.insist(() => post(this.answer.finish, fields({})));
      if (answer.status !== 200) { this.giveUp(answer); return; }
      this.close();
      this.told.finished(answer);
    }

    // Nothing more is to be sent.
    close() {
      this.isOver = true;
      shelf.forget(this.begun.key);
      this.release();
    }

    // A long pause is no end.
    stillHere() {
      if (this.answer && !this.isOver && !this.working) post(`${this.answer.pieces}${this.answer.next}/`, new Blob([]));
    }

    // Whoever is signed out comes back: then the shelf still has it.
    giveUp({ status, sentence }) {
      if (status === 409 && this.answer && this.head && !this.isRest && this.waiting.length) return this.beginRest();
      if (status === OUT) { this.isOver = true; this.release(); } else this.close();
      this.told.refused(sentence ?? { [OUT]: words.wordsOut, 404: words.wordsRemoved, 409: words.wordsEnded }[status] ?? words.wordsFailed);
      return false;
    }
  }

  function tell(sentence) {
    const trouble = box.querySelector("[data-trouble]");
    trouble.textContent = sentence;
    trouble.hidden = false;
  }

  // What an earlier tab could not send. The server says how much of it is there; a tab that still records keeps its own.
  async function sendLeft() {
    for (const begun of (await shelf.begun()) ?? []) {
      if (begun.of === OF) await navigator.locks?.request(`recording-${begun.key}`, { ifAvailable: true }, (lock) => lock && takeUp(begun));
    }
  }

  async function takeUp(begun) {
    const slices = (await shelf.slices(begun.key)) ?? [];
    if (!slices.length) { await shelf.forget(begun.key); return; }
    const sender = new Sender(begun, { begun() {}, answered() {}, lost() {}, refused: tell, finished(answer) { put(answer.row); } });
    if (!(await sender.start())) return;
    sender.head = slices.find(({ from }) => from === 0)?.blob;
    sender.waiting = slices.filter(({ from }) => from >= sender.answer.received).map(({ blob }) => blob);
    sender.from = slices.reduce((end, { from, blob }) => Math.max(end, from + blob.size), 0);
    sender.end();
  }

  window.SoundSender = Sender;
  sendLeft();
})();
