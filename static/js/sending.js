// What sending in pieces takes: asking until there is an answer, the row of it in its list, words for screen readers. For bringing.js, sound-sender.js and recorder.js.
(() => {
  "use strict";
  const WAITS_MS = [1000, 2000, 4000, 8000, 10_000];
  const LOST = [0, 500, 502, 503, 504, 507]; // nobody answered, or there is no room at this moment: what is here stays, and it is tried again

  const OUT = 403; // a page where an answer was expected: signed out, or in another team
  const PLAIN = [404, 413];

  // The answer as {status, ...}; status 0 where there is none.
  async function post(url, body) {
    const headers = { ...JSON.parse(document.body.getAttribute("hx-headers") ?? "{}"), Accept: "application/json" };
    if (body instanceof Blob || body instanceof ArrayBuffer) headers["Content-Type"] = "application/octet-stream";
    let response;
    try {
      response = await fetch(url, { method: "POST", headers, body, credentials: "same-origin", redirect: "manual" });
    } catch {
      return { status: 0 };
    }
    try {
      return { ...(await response.json()), status: response.status };
    } catch {
      return { status: PLAIN.includes(response.status) || response.status >= 500 ? response.status : OUT };
    }
  }

  // The next try comes after a while, or as soon as the connection is back.
  const pause = (ms) => new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() { clearTimeout(timer); removeEventListener("online", done); resolve(); }
    addEventListener("online", done);
  });

  // `act` until it is answered. `lost(answer)` hears of each try that was not, and gives up by answering false.
  async function insist(act, lost) {
    for (let tries = 0; ; tries += 1) {
      const answer = await act();
      if (!LOST.includes(answer.status)) return answer;
      if (lost(answer, tries) === false) return answer;
      await pause(WAITS_MS[Math.min(tries, WAITS_MS.length - 1)]);
    }
  }

  // The row of what is sent, in the list that it names: in the place of the one before, else first.
  function put(html, { isOurs = false } = {}) {
    const box = document.createElement("template");
    box.innerHTML = html.trim();
    const row = box.content.firstElementChild;
    const list = document.getElementById(row?.dataset.list ?? "");
    if (!list || !row) return null;
    if (isOurs) row.removeAttribute("hx-get"); // this page knows best how far it is
    const before = document.getElementById(row.id);
    if (before) before.replaceWith(row);
    else list.prepend(row);
    window.htmx?.process(row);
    return row;
  }

  const fields = (values) => {
    const body = new FormData();
    Object.entries(values).forEach(([name, value]) => body.append(name, value));
    return body;
  };
  const say = (text) => { document.getElementById("announce").textContent = text; };

  // Leaving the page now would cost something.
  const busy = new Set();
  addEventListener("beforeunload", (event) => { if (busy.size) event.preventDefault(); });

  window.sending = { OUT, post, insist, put, fields, say, busy };
})();
