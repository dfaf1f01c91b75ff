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
    const [, run] = /^(?:start|commit)-(.+)$/.exec(event.detail.type) ?? [];
    const answer = run && document.getElementById(`run-${run}`);
    if (answer) readOn(run, textOf(answer.querySelectorAll(".blocks > .block")));
  });

  // The finished card takes the place of what is listened to, so it is read before it stands there.
  document.addEventListener("htmx:sseBeforeMessage", (event) => {
    const [, run] = /^end-(.+)$/.exec(event.detail.type) ?? [];
    if (!run) return;
    const card = new DOMParser().parseFromString(event.detail.data, "text/html");
    readOn(run, textOf(card.querySelectorAll(`#text-${CSS.escape(run)} > .block`)));
  });
})();
