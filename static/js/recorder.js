// Recording with the microphone. What is said is sent every two seconds; while nobody answers it is kept here and sent later.
(() => {
  "use strict";
  const box = document.getElementById("recorder");
  if (!box) return;
  const { put, say, busy } = window.sending;
  const Sender = window.SoundSender;
  const words = box.dataset;
  const part = (name) => box.querySelector(`[data-${name}]`);
  const SLICE_MS = 2000, STILL_HERE_MS = 10_000, BARS = 40, BAR_MS = 90;
  const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
  const SOUND = { audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: true } };
  const ENDED_BY = { NotAllowedError: "wordsBlocked", SecurityError: "wordsBlocked", NotFoundError: "wordsNone", OverconstrainedError: "wordsNone", NotReadableError: "wordsBusy", AbortError: "wordsBusy" };

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
      this.sender = Sender.begin({ name, type: this.recorder.mimeType || this.type }, this);
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

  const clock = (ms) => window.clock(Math.floor(ms / 1000)); // a second is told when it is over

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

  part("record").addEventListener("click", record);
  part("pause").addEventListener("click", () => current.pause());
  part("go-on").addEventListener("click", () => current.goOn());
  part("stop-recording").addEventListener("click", () => current.stop());
  part("discard").addEventListener("click", () => current.discard());
  // A phone may end this page as soon as it is not seen.
  document.addEventListener("visibilitychange", () => { if (document.hidden && current?.recorder.state === "recording") current.recorder.requestData(); });
  show("idle");
})();
