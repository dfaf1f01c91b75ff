// For people who have answers read out: each finished paragraph goes to a polite log, once, and the rest at the end.
(() => {
  "use strict";
  const log = document.getElementById("heard");
  const heard = new Map(); // run → how much of its text was read out
  const LINES = 50;

  function textOf(elements) {
    return [...elements].map((element) => element.textContent).join(" ").replace(/\s+/g, " ").trim();
  }

  // A connection that begins again tells everything from the start: only what is new is read.
  function readOn(run, whole) {
    const fresh = whole.slice(heard.get(run) ?? 0).trim();
    heard.set(run, Math.max(whole.length, heard.get(run) ?? 0));
    if (!fresh) return;
    const line = document.createElement("p");
    line.textContent = fresh;
    log.append(line);
    while (log.childElementCount > LINES) log.firstElementChild.remove();
  }

  document.addEventListener("htmx:sseMessage", (event) => {
    const [, act, run] = /^(start|commit|end)-(.+)$/.exec(event.detail.type) ?? [];
    const answer = run && document.getElementById(`run-${run}`);
    if (!answer) return;
    readOn(run, textOf(answer.querySelectorAll(act === "end" ? `#text-${run} > .block` : ".blocks > .block")));
  });
})();
