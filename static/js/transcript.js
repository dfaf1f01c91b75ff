// The segments follow the sound: which one is said now, which word of it. Finding it takes a few steps, however many there are.
(() => {
  "use strict";
  const PEACE_MS = 4000; // how long a page that somebody scrolls is left alone
  const player = globalThis.player;
  const page = document.getElementById("transcript");
  if (!player || !page) return;
  const follow = document.getElementById("follow");
  const canMark = Boolean(globalThis.Highlight && CSS.highlights);
  let rows = [];
  let starts = [];
  let current = null;
  let words = null; // of the current row: places, and seconds
  let word = -1;
  let touched = 0;

  const view = () => document.getElementById("view");
  const scroller = () => document.getElementById("reading");

  function gather() {
    rows = [...document.querySelectorAll("#segments > .segrow")];
    starts = rows.map((row) => Number(row.dataset.a));
    current?.removeAttribute("aria-current");
    [current, words] = [null, null];
    mark(player.time());
  }

  /** The last row that begins at or before this second; -1 before all of them. */
  function at(second) {
    let [low, high] = [0, starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= second + 0.01) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  // Before anything was played nothing is being said.
  let hasBegun = false;

  function mark(second) {
    hasBegun ||= second > 0 || !player.audio.paused;
    if (!hasBegun) return;
    const row = rows[at(second)] ?? null;
    if (row !== current) change(row);
    if (words) markWord(second);
  }

  function change(row) {
    current?.removeAttribute("aria-current");
    current = row;
    words = null;
    word = -1;
    if (canMark) CSS.highlights.delete("word");
    if (!row) return;
    row.setAttribute("aria-current", "true");
    if (canMark && row.dataset.w) words = parse(row);
    if (follow?.checked && !player.audio.paused && Date.now() - touched > PEACE_MS) reveal(row);
    document.dispatchEvent(new CustomEvent("transcript:row", { detail: { row, second: Number(row.dataset.a) } }));
  }

  // "0 0 4 25": the first word at once, the second four letters and a quarter of a second later.
  function parse(row) {
    const [places, times] = [[], []];
    let [place, time] = [0, Math.round(Number(row.dataset.a) * 100)];
    const steps = row.dataset.w.split(" ");
    for (let index = 0; index + 1 < steps.length; index += 2) {
      place += Number(steps[index]);
      time += Number(steps[index + 1]);
      places.push(place);
      times.push(time / 100);
    }
    return { text: row.querySelector(".tx"), places, times };
  }

  function markWord(second) {
    let index = -1;
    while (index + 1 < words.times.length && words.times[index + 1] <= second + 0.02) index += 1;
    if (index === word) return;
    word = index;
    const range = index < 0 ? null : rangeOf(words.text, words.places[index], words.places[index + 1] ?? Infinity);
    if (range) CSS.highlights.set("word", new Highlight(range));
    else CSS.highlights.delete("word");
  }

  /** The letters from one place to another in a text, whatever is marked in it, without the blanks at the end. */
  function rangeOf(element, from, to) {
    const whole = element.textContent;
    const end = from + whole.slice(from, to).trimEnd().length;
    const range = new Range();
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    let before = 0;
    let isOpen = false;
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (!isOpen && from < before + node.length) { range.setStart(node, from - before); isOpen = true; }
      if (isOpen && end <= before + node.length) { range.setEnd(node, end - before); return range; }
      before += node.length;
    }
    return null;
  }

  function reveal(row) {
    if (row.closest("#reading")?.querySelector(".is-editing")) return; // somebody writes
    row.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches || document.documentElement.dataset.motion ? "auto" : "smooth" });
  }

  for (const kind of ["wheel", "touchmove"]) page.addEventListener(kind, (event) => { if (event.target.closest?.("#reading")) touched = Date.now(); }, { passive: true });

  page.addEventListener("click", (event) => {
    const button = event.target.closest?.(".ts");
    if (!button) return;
    const row = button.closest("[data-a]");
    player.seek(button.matches("[data-cue]") ? Number(row.dataset.a) / 1000 : Number(row.dataset.a));
    touched = 0;
    player.play();
  });

  follow?.addEventListener("change", () => { touched = 0; if (follow.checked && current) reveal(current); });

  // The preview of the panel is that of the place that is heard; not more often than a server likes.
  const form = document.getElementById("export-form");
  let asked = 0;
  document.addEventListener("transcript:row", (event) => {
    const field = form?.querySelector("[data-at]");
    if (!field) return;
    field.value = event.detail.second.toFixed(2);
    if (Date.now() - asked < Math.max(2500, rows.length * 3) || !form.checkVisibility()) return;
    asked = Date.now();
    form.dispatchEvent(new Event("place"));
  });

  document.addEventListener("htmx:afterSettle", (event) => { if (event.detail.target?.id === "view" || event.detail.elt?.id === "view") gather(); });
  document.addEventListener("transcript:lines", gather);

  // While it is being heard: lines come with each part that is through, and at the end all that hangs on them.
  let done = document.querySelector(".hearing-progress")?.value;
  document.addEventListener("htmx:afterSettle", () => {
    const now = document.querySelector(".hearing-progress")?.value;
    if (now === undefined || now === done) return;
    done = now;
    htmx.trigger(document.body, "segments");
  });
  document.body.addEventListener("translated", () => form?.dispatchEvent(new Event("place"))); // the preview has the new words too
  document.body.addEventListener("transcript-ready", () => {
    if (player.audio.paused && !document.querySelector(".segrow.is-editing")) location.reload();
    else htmx.trigger(document.body, "segments");
  });

  globalThis.transcript = { rangeOf, reveal, scroller, view, rows: () => rows, current: () => current };
  gather();
  player.onTime(mark);
  if (location.hash.startsWith("#s-")) {
    const row = document.getElementById(location.hash.slice(1));
    if (row) { player.seek(Number(row.dataset.a)); row.scrollIntoView({ block: "center" }); }
  }
})();
