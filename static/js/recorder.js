// Recording with the microphone. What is said is sent every two seconds; while nobody answers it is kept here and sent later.
(() => {
  "use strict";
  const box = document.getElementById("recorder");
  if (!box) return;
  const { OUT, post, insist, put, fields, say, busy } = window.soundSending;
  const shelf = window.soundShelf;
  const words = box.dataset;
  const OF = `${document.body.dataset.team}:${words.person}`; // whose recordings are sent from here
  const part = (name) => box.querySelector(`[data-${name}]`);
  const SLICE_MS = 2000, STILL_HERE_MS = 10_000, BARS = 40, BAR_MS = 90;
  const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
  const SOUND = { audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: true } };
  const ENDED_BY = { NotAllowedError: "wordsBlocked", SecurityError: "wordsBlocked", NotFoundError: "wordsNone", OverconstrainedError: "wordsNone", NotReadableError: "wordsBusy", AbortError: "wordsBusy" };

  // What was recorded, on its way to the server: in order, each piece until it is answered. The shelf of the browser has it until then.
  class Sender {
    constructor(begun, told, from = 0) {
      this.begun = begun;
      this.told = told;
      this.waiting = [];
      this.isEnding = false;
      this.from = from; // the byte at which the next slice begins
      this.hold();
    }

    // As long as this tab lives no other one sends it.
    hold() {
      this.held = new Promise((release) => { this.release = release; });
      navigator.locks?.request(`recording-${this.begun.key}`, () => this.held);
    }

    add(blob) {
      shelf.put(this.begun.key, this.from, blob);
      this.from += blob.size;
      this.waiting.push(blob);
      this.work();
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
      const piece = this.gather();
      const answer = await this.insist(() => post(`${this.answer.pieces}${this.answer.next}/`, piece));
      const isThere = answer.status === 200 || (answer.status === 409 && answer.next > this.answer.next);
      if (!isThere) { this.giveUp(answer); return; }
      Object.assign(this.answer, { next: answer.next, received: answer.received });
      shelf.drop(this.begun.key, answer.received);
      this.told.answered();
    }

    // As much of what waits as one piece may have.
    gather() {
      let size = 0, number = 0;
      while (number < this.waiting.length && (number === 0 || size + this.waiting[number].size <= Number(words.piece))) size += this.waiting[number++].size;
      return new Blob(this.waiting.splice(0, number));
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
      if (status === OUT) { this.isOver = true; this.release(); } else this.close();
      this.told.refused(sentence ?? { [OUT]: words.wordsOut, 404: words.wordsRemoved, 409: words.wordsEnded }[status] ?? words.wordsFailed);
      return false;
    }
  }

  // How loud it is, as a row of bars that moves on.
  class Level {
    constructor(stream) {
      this.context = new AudioContext();
      this.analyser = this.context.createAnalyser();
      this.analyser.fftSize = 1024;
      this.context.createMediaStreamSource(stream).connect(this.analyser);
      this.samples = new Float32Array(this.analyser.fftSize);
      part("level").replaceChildren(...Array.from({ length: BARS }, () => document.createElement("i")));
      this.timer = setInterval(() => this.draw(), BAR_MS);
    }

    draw() {
      if (box.dataset.state !== "recording") return;
      this.analyser.getFloatTimeDomainData(this.samples);
      const loudest = this.samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
      const bar = part("level").firstElementChild;
      bar.style.setProperty("--loud", Math.min(1, Math.sqrt(loudest)).toFixed(3));
      part("level").append(bar);
    }

    close() {
      clearInterval(this.timer);
      this.context.close();
    }
  }

  class Recording {
    constructor(stream) {
      this.stream = stream;
      this.type = TYPES.find((type) => MediaRecorder.isTypeSupported(type)) ?? "";
      this.recorder = new MediaRecorder(stream, { ...(this.type && { mimeType: this.type }), audioBitsPerSecond: 64_000 });
      this.all = [];
      this.before = 0; // ms, until the last pause
      const name = words.name.replace("%1", new Date().toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }));
      const begun = { name, type: this.recorder.mimeType || this.type, key: `${Date.now()}-${Math.random()}`, of: OF };
      shelf.begin(begun);
      this.sender = new Sender(begun, this);
      this.recorder.addEventListener("dataavailable", ({ data }) => { if (data.size) { this.all.push(data); this.sender.add(data); } });
      this.recorder.addEventListener("stop", () => this.stopped());
      this.recorder.addEventListener("error", () => this.stop(words.wordsGone));
      stream.getAudioTracks().forEach((track) => track.addEventListener("ended", () => this.stop(words.wordsGone)));
      this.level = new Level(stream);
      this.timers = [setInterval(() => this.tick(), 250), setInterval(() => this.sender.stillHere(), STILL_HERE_MS)];
      this.recorder.start(SLICE_MS);
      this.since = performance.now();
      busy.add(this);
      show("recording");
      say(words.sayRecording);
    }

    get ms() {
      return this.before + (this.since ? performance.now() - this.since : 0);
    }

    tick() {
      part("clock").value = clock(this.ms);
      if (this.ms > Number(words.mostSeconds) * 1000) this.stop(words.wordsLongest);
    }

    pause() {
      this.before = this.ms;
      this.since = 0;
      this.recorder.requestData();
      this.recorder.pause();
      show("paused");
      say(words.sayPaused.replace("%1", clock(this.before)));
    }

    goOn() {
      this.recorder.resume();
      this.since = performance.now();
      show("recording");
      say(words.sayRecording);
    }

    stop(why = "") {
      if (this.isStopped) return;
      this.isStopped = true;
      this.before = this.ms;
      this.since = 0;
      if (why) trouble(why);
      if (this.recorder.state === "inactive") this.stopped();
      else this.recorder.stop();
    }

    // The last piece has come: now the microphone is let go, and the rest is sent.
    stopped() {
      if (this.isLetGo) return;
      this.isLetGo = true;
      this.timers.forEach(clearInterval);
      this.level.close();
      this.stream.getTracks().forEach((track) => track.stop());
      part("clock").value = clock(this.before);
      if (!this.all.length) { busy.delete(this); trouble(words.wordsNothing); show("idle"); return; }
      part("status").textContent = words.wordsSending;
      listen(new Blob(this.all, { type: this.recorder.mimeType }));
      show("ended");
      this.sender.end();
    }

    discard() {
      this.isDiscarded = true;
      const { id } = this.sender.answer ?? {};
      this.sender.close();
      this.ended();
      show("idle");
      if (id) window.htmx.ajax("POST", `${words.begin}${id}/delete/`, { target: `#recording-${id}`, swap: "outerHTML" });
    }

    ended() {
      busy.delete(this);
      part("again").removeAttribute("src");
    }

    // What the sender tells.
    begun(answer) { put(answer.row, { isOurs: true }); }
    answered() { if (!this.isStopped) part("status").textContent = ""; }
    lost(sentence) { part("status").textContent = sentence ?? (navigator.onLine ? words.wordsLost : words.wordsOffline); }
    finished(answer) {
      busy.delete(this);
      if (this.isDiscarded) return;
      put(answer.row);
      part("status").textContent = "";
      say(words.sayStopped.replace("%1", clock(this.before)));
    }
    refused(sentence) {
      busy.delete(this);
      this.stop(sentence);
      trouble(sentence);
    }
  }

  const clock = (ms) => {
    const seconds = Math.floor(ms / 1000), minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60);
    const two = (number) => String(number).padStart(2, "0");
    return hours ? `${hours}:${two(minutes % 60)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
  };

  const SHOWN = { idle: ["record"], asking: ["record"], recording: ["live", "pause", "stop-recording"], paused: ["live", "go-on", "stop-recording"], ended: ["live", "again", "record", "discard"] };
  const PARTS = [...new Set(Object.values(SHOWN).flat())];
  let current = null;

  function show(state) {
    const hadFocus = box.contains(document.activeElement);
    box.dataset.state = state;
    PARTS.forEach((name) => { part(name).hidden = !SHOWN[state].includes(name); });
    part("first").hidden = state === "ended";
    part("more").hidden = state !== "ended";
    if (hadFocus) [...box.querySelectorAll("button:not([hidden])")].at(state === "ended" ? 0 : -1)?.focus();
  }

  function trouble(sentence) {
    part("trouble").textContent = sentence;
    part("trouble").hidden = !sentence;
  }

  // A fresh recording does not say how long it is until its end was looked for.
  function listen(blob) {
    const audio = part("again");
    audio.src = URL.createObjectURL(blob);
    audio.addEventListener("loadedmetadata", () => {
      if (audio.duration !== Infinity) return;
      audio.addEventListener("durationchange", () => { audio.currentTime = 0; }, { once: true });
      audio.currentTime = 1e7;
    }, { once: true });
  }

  async function record() {
    if (box.dataset.state === "asking") return; // the browser asks already
    trouble("");
    current?.ended();
    if (!isSecureContext || !navigator.mediaDevices?.getUserMedia) { trouble(words.wordsInsecure); return; }
    if (!window.MediaRecorder) { trouble(words.wordsUnable); return; }
    show("asking");
    part("status").textContent = "";
    try {
      current = new Recording(await navigator.mediaDevices.getUserMedia(SOUND));
    } catch (error) {
      show("idle");
      trouble(words[ENDED_BY[error.name] ?? "wordsUnable"]);
    }
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
    const sender = new Sender(begun, { begun() {}, answered() {}, lost() {}, refused() {}, finished(answer) { put(answer.row); } });
    if (!(await sender.start())) return;
    sender.waiting = slices.filter(({ from }) => from >= sender.answer.received).map(({ blob }) => blob);
    sender.end();
  }

  part("record").addEventListener("click", record);
  part("pause").addEventListener("click", () => current.pause());
  part("go-on").addEventListener("click", () => current.goOn());
  part("stop-recording").addEventListener("click", () => current.stop());
  part("discard").addEventListener("click", () => current.discard());
  // A phone may end this page as soon as it is not seen.
  document.addEventListener("visibilitychange", () => { if (document.hidden && current?.recorder.state === "recording") current.recorder.requestData(); });
  show("idle");
  sendLeft();
})();
