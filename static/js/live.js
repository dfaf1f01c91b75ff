// Text of running answers: events without a name carry [key, text], which goes to the end of #tail-<key>.
(() => {
  "use strict";

  function append(event) {
    let key, text;
    try {
      [key, text] = JSON.parse(event.data);
    } catch {
      return;
    }
    const tail = document.getElementById(`tail-${key}`);
    if (tail) tail.append(document.createTextNode(text));
  }

  // The extension opens a new source after each break; a source is listened to once.
  const known = new WeakSet();
  document.addEventListener("htmx:sseOpen", (event) => {
    const { source } = event.detail;
    if (known.has(source)) return;
    known.add(source);
    source.addEventListener("message", append);
  });
})();
