// The chat page: an accepted message leaves the composer, what is typed meanwhile stays.
(() => {
  "use strict";

  // The text area is never swapped, so nothing that is being typed gets lost.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!event.detail.elt.matches("form[data-composer]")) return;
    const area = event.detail.elt.querySelector("#message");
    area.dataset.sent = area.value;
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt;
    if (!form.matches("form[data-composer]")) return;
    const area = form.querySelector("#message");
    const sent = area.dataset.sent ?? "";
    delete area.dataset.sent;
    const isTaken = event.detail.successful && event.detail.xhr.status < 400; // a refusal with words (422) is swapped in, and takes nothing
    if (!isTaken || !area.value.startsWith(sent)) return;
    area.value = area.value.slice(sent.length);
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
    thread?.scrollTo({ top: 0 });
  });

  // The thread grows upwards, so its end is at 0. Who has scrolled up is left in peace, with a way back.
  const thread = document.getElementById("thread");
  const newest = document.getElementById("newest");
  if (thread && newest) {
    thread.addEventListener("scroll", () => { newest.hidden = thread.scrollTop > -240; }, { passive: true });
    newest.addEventListener("click", () => { thread.scrollTo({ top: 0 }); document.getElementById("message")?.focus(); });
  }

  // Earlier turns come in above the reader, who stays where he was: in a reversed box the browser's own anchoring goes wrong.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "earlier" || !thread) return;
    const place = thread.scrollTop;
    document.addEventListener("htmx:afterSwap", () => {
      thread.scrollTop = place;
      thread.focus({ preventScroll: true }); // the link that was pressed is gone
    }, { once: true });
  });

  // Why something was not sent is old news as soon as the text changes.
  document.addEventListener("input", (event) => {
    if (event.target.id === "message") document.getElementById("composer-error")?.replaceChildren();
  });
})();
