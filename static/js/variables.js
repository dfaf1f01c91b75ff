// Variables above the composer: the form is asked for anew when other names stand in the message.
(() => {
  "use strict";
  const NAME = /\{\{[ \t]{0,4}([\p{L}_][\p{L}\p{N}_-]{0,39})[ \t]{0,4}\}\}/gu;
  let known = null;

  const namesIn = (text) => [...new Set([...text.matchAll(NAME)].map((found) => found[1]))].join(" ");

  function look() {
    const message = document.getElementById("message");
    const form = document.getElementById("variables");
    if (!message || !form) return;
    const names = message.value.includes("{{") ? namesIn(message.value) : "";
    if (names === known) return;
    const isFirst = known === null;
    known = names;
    if (!isFirst || names) form.dispatchEvent(new Event("names-changed"));
  }

  let timer = null;
  document.addEventListener("input", (event) => {
    if (event.target.id !== "message") return;
    clearTimeout(timer);
    timer = setTimeout(look, 250);
  });
  look();
})();
