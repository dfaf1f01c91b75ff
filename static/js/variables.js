// Variables above the composer: the form is asked for anew when other names stand in the message. A button puts one in.
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

  // The selected words become its name, where they can be one; else a name to be typed over.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-put-variable]");
    const message = document.getElementById("message");
    if (!button || !message) return;
    const start = message.selectionStart;
    const chosen = message.value.slice(start, message.selectionEnd).trim().replace(/\s+/g, "_");
    const name = namesIn(`{{${chosen}}}`) ? chosen : button.dataset.putVariable;
    message.setRangeText(`{{${name}}}`, start, message.selectionEnd, "end");
    message.setSelectionRange(start + 2, start + 2 + name.length);
    message.focus();
    message.dispatchEvent(new Event("input", { bubbles: true }));
  });

  for (const button of document.querySelectorAll("[data-put-variable]")) button.hidden = false;
  look();
})();
