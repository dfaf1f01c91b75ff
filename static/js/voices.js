// Speech: how long a text is, up to four voices, samples, and one sound at a time.
(() => {
  "use strict";
  const A_SECOND = 15; // characters of ordinary speech, as the server counts
  const MOST = 4;
  const area = document.getElementById("text");
  const line = document.querySelector("[data-say-length]");

  function spell(seconds) {
    const whole = Math.max(1, Math.round(seconds));
    return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
  }

  function tell() {
    if (!area || !line) return;
    const count = [...area.value.trim()].length;
    const speed = Number(document.getElementById("set-speed")?.value) || 1;
    const words = [line.dataset.characters.replace("%s", count.toLocaleString(document.documentElement.lang))];
    if (count) words.push(line.dataset.seconds.replace("%s", spell(count / A_SECOND / speed)));
    // The server cuts, and says so a moment after typing.
    const pieces = Number(document.getElementById("speech-foot")?.dataset.pieces);
    if (count && pieces > 1) words.push(line.dataset.calls.replace("%s", pieces));
    line.textContent = words.join(", ");
  }

  document.addEventListener("input", (event) => { if (event.target === area || event.target.id === "set-speed") tell(); });
  document.addEventListener("htmx:afterSettle", tell);

  // An example goes into its field, behind what stands there of one's own.
  function put(field, name, example, gap) {
    const own = field.value.trim();
    const isExample = [...document.querySelectorAll(`[data-${name}]`)].some((each) => each.dataset[name] === own);
    field.value = own && !isExample ? `${own}${gap}${example}` : example;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  }

  document.addEventListener("click", (event) => {
    const { say, manner } = event.target.closest("[data-say], [data-manner]")?.dataset ?? {};
    if (say && area) put(area, "say", say, "\n\n");
    if (manner) put(document.getElementById("set-instructions"), "manner", manner, ". ");
  });

  // The settings come anew with another model, so the examples stand in the page and go below the field.
  function offerManners() {
    const field = document.getElementById("set-instructions")?.closest(".field");
    const manners = document.getElementById("manners");
    const isOpen = manners && field && !field.querySelector("[data-manner], :disabled");
    if (isOpen) field.append(manners.content.cloneNode(true));
  }

  document.addEventListener("htmx:afterSettle", offerManners);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || event.target !== area) return;
    event.preventDefault();
    area.form.requestSubmit();
  });

  // A fifth voice takes the place of the first one that was chosen.
  const order = [];
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.name !== "voice" || box.type !== "checkbox") return;
    if (!order.length) order.push(...[...box.form.querySelectorAll('[name="voice"]:checked')].filter((each) => each !== box).map((each) => each.value));
    const at = order.indexOf(box.value);
    if (at >= 0) order.splice(at, 1);
    if (box.checked) order.push(box.value);
    while (order.length > MOST) {
      const first = order.shift();
      box.form.querySelectorAll('[name="voice"]').forEach((each) => { if (each.value === first) each.checked = false; });
    }
  });

  // Samples.
  const sample = new Audio();
  let playing = null;

  function mark(button, isPlaying) {
    button.classList.toggle("is-playing", isPlaying);
    if (!button.dataset.label) button.dataset.label = button.getAttribute("aria-label");
    button.setAttribute("aria-label", isPlaying ? button.dataset.stopLabel : button.dataset.label);
  }

  function hush() {
    sample.pause();
    if (playing) mark(playing, false);
    playing = null;
  }

  function hear(button) {
    const wasPlaying = playing === button;
    hush();
    if (wasPlaying) return;
    playing = button;
    mark(button, true);
    sample.src = button.dataset.hear;
    sample.play().catch(hush);
  }

  sample.addEventListener("ended", hush);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-hear]");
    if (button) hear(button);
  });
  // It was asked for with a click a moment ago. Whoever went on typing is left where they are.
  document.addEventListener("htmx:afterSettle", (event) => {
    const button = event.detail.elt?.querySelector?.("[data-asked]") ?? document.querySelector("[data-asked]");
    if (!button) return;
    delete button.dataset.asked;
    if (document.activeElement === document.body) button.focus();
    if (button.dataset.hear) hear(button);
  });

  // One at a time.
  document.addEventListener("play", (event) => {
    hush();
    document.querySelectorAll("audio").forEach((each) => { if (each !== event.target) each.pause(); });
  }, true);

  // What was typed before a reload is estimated like what is typed now.
  addEventListener("load", () => {
    if (area && area.value !== area.defaultValue) area.dispatchEvent(new Event("input", { bubbles: true }));
  });

  offerManners();
  tell();
})();
