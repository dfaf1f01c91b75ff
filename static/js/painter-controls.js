// The toolbar and the rail: what is pressed, what they show, and the words that go with it.
((painter) => {
  "use strict";
  const TELL_MS = 700; // after the last change, so that a row of them is told once
  const FROM_TENTHS = 10; // percent; below that a tenth is shown

  const fill = (words, value) => words.replace("%1", value);

  /** "11", "0.4", never 0 of something nor 100 of not all. */
  function written(percent) {
    const tenth = 10 ** (percent < FROM_TENTHS ? 1 : 0);
    const shown = Math.min(Math.max(Math.round(percent * tenth) / tenth, 0.1), percent < 100 ? 99 : 100);
    return shown.toLocaleString(document.documentElement.lang || undefined);
  }

  class Controls {
    /** `desk` has the acts that buttons are named for. */
    constructor(root, desk) {
      Object.assign(this, { root, desk, words: root.dataset });
      const all = (name) => [...root.querySelectorAll(`[data-painter-${name}]`)];
      this.tools = all("tool");
      this.acts = all("act");
      [this.shares, this.zooms] = [all("share"), all("zoom")];
      [this.size, this.pixels, this.soft, this.rail, this.note] = ["size", "px", "soft", "rail", "note"].map((name) => all(name)[0]);
      for (const button of this.tools) button.addEventListener("click", () => desk.choose(button.dataset.painterTool));
      for (const button of this.acts) button.addEventListener("click", () => desk[button.dataset.painterAct]());
      this.size.addEventListener("input", () => desk.resizeTo(Number(this.size.value) / Number(this.size.max)));
      this.soft.addEventListener("change", () => desk.soften(this.soft.checked));
      this.rail.addEventListener("keydown", (event) => this.walk(event));
      this.turn();
      matchMedia("(max-width: 760px)").addEventListener("change", () => this.turn());
      if (document.body.dataset.keys === "off") this.forgetKeys();
    }

    // The rail lies under the picture on a phone.
    turn() {
      const isLying = getComputedStyle(this.rail).flexDirection === "row";
      this.rail.setAttribute("aria-orientation", isLying ? "horizontal" : "vertical");
    }

    forgetKeys() {
      for (const button of this.root.querySelectorAll("[data-painter-plain]")) {
        button.setAttribute("aria-label", button.dataset.painterPlain);
        button.title = button.dataset.painterPlain;
        button.removeAttribute("aria-keyshortcuts");
      }
    }

    // One stop for Tab, arrows go from button to button.
    walk(event) {
      const by = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key];
      if (!by || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      const buttons = [...this.rail.querySelectorAll("button")];
      const at = buttons.indexOf(document.activeElement);
      const next = buttons[(at + by + buttons.length) % buttons.length];
      for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
      next.focus();
    }

    showTool(name) {
      for (const button of this.tools) button.setAttribute("aria-pressed", String(button.dataset.painterTool === name));
    }

    showSize(step, size) {
      this.size.value = String(Math.round(step * Number(this.size.max)));
      const pixels = fill(this.words.wordsPx, size.toLocaleString(document.documentElement.lang || undefined));
      this.pixels.value = pixels;
      this.size.setAttribute("aria-valuetext", pixels);
    }

    showZoom(zoom) {
      const shown = fill(this.words.wordsZoom, Math.max(1, Math.round(zoom * 100)).toLocaleString(document.documentElement.lang || undefined));
      for (const element of this.zooms) if (element.textContent !== shown) element.textContent = shown;
    }

    // Not `disabled`: the button would lose the focus of who has just pressed it for the last time.
    showActs(can) {
      for (const button of this.acts) {
        const name = button.dataset.painterAct;
        if (name in can) button.setAttribute("aria-disabled", String(!can[name]));
      }
    }

    showShare(percent) {
      const shown = percent ? fill(this.words.wordsShare, written(percent)) : this.words.wordsNone;
      for (const element of this.shares) element.textContent = shown;
      this.root.dataset.hasMask = percent ? "yes" : "no";
      document.querySelectorAll("[data-with-mask]").forEach((element) => { element.hidden = !percent; });
      document.querySelectorAll("[data-without-mask]").forEach((element) => { element.hidden = Boolean(percent); });
    }

    tellShare(percent) {
      this.tell(percent ? fill(this.words.sayShare, written(percent)) : this.words.sayNone);
    }

    /** Where the cursor of the keys stands, from 0 to 1. */
    tellPlace(x, y) {
      this.tell(fill(this.words.sayPlace, Math.round(x * 100)).replace("%2", Math.round(y * 100)));
    }

    // What a key has done is seen where it is not read: a button that has no focus, a number beside a slider.
    tellTool(name) { this.tell(this.tools.find((button) => button.dataset.painterTool === name).dataset.painterPlain); }
    tellSize() { this.tell(this.pixels.value); }
    tellZoom() { this.tell(this.zooms[0].textContent); }

    tell(sentence) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => {
        const line = document.getElementById("announce");
        if (line) line.textContent = sentence;
      }, TELL_MS);
    }

    /** A sentence on the stage; the next act takes it away. */
    showNote(sentence) {
      this.note.textContent = sentence;
      this.note.hidden = !sentence;
    }
  }

  /** Four numbers in percent make a rectangle. `act(from, to, isErasing)` gets shares of the picture. */
  class Numbers {
    constructor(root, act) {
      this.fields = ["left", "top", "width", "height"].map((name) => root.querySelector(`[data-painter-number="${name}"]`));
      this.act = act;
      for (const button of root.querySelectorAll("[data-painter-rectangle]")) {
        button.addEventListener("click", () => this.use(button.dataset.painterRectangle === "erase"));
      }
      root.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.isComposing || !this.fields.includes(event.target)) return;
        event.preventDefault(); // the form of the page is not meant
        this.use(false);
      });
    }

    use(isErasing) {
      if (!this.fields.every((field) => field.reportValidity())) return;
      const [left, top, width, height] = this.fields.map((field) => Number(field.value) / 100);
      this.act({ x: left, y: top }, { x: Math.min(1, left + width), y: Math.min(1, top + height) }, isErasing);
    }
  }

  Object.assign(painter.parts, { Controls, Numbers });
})(window.painter ??= { parts: {} });
