// The keys of the painter. Single ones keep the rules of keys.js: silent in fields, in dialogs, and for who has switched them off.
// On the stage itself arrows move a cursor, Enter paints and Delete erases, so that nothing needs a pointer.
((painter) => {
  "use strict";
  const FIELDS = 'input:not([type="checkbox"], [type="radio"], [type="range"], [type="button"], [type="submit"]), textarea, select, [contenteditable], [role="listbox"]';
  const PRESSABLE = "a, button, summary, input, label";
  const SIZE_STEP = 0.05;
  const ZOOM = 1.25;
  const NEAR = 8; // pixels of CSS that an arrow goes
  const FAR = 48; // with Shift
  const MARGIN = 24;
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  class Keys {
    /**
     * `desk` has what the keys do: choose, resize, zoom, fit, undo, redo; `told` says what they have done;
     * `cursor(place)` shows the cursor, with nothing hides it.
     */
    constructor(board, { view, tools, desk, told, cursor }) {
      Object.assign(this, { board, view, tools, desk, told, cursor });
      this.isOver = false; // whether a pointer is on the stage
      this.isHeld = false; // Space
      this.at = null;
      const choose = (name) => () => { desk.choose(name); told.tellTool(name); };
      const resize = (by) => () => { desk.resize(by); told.tellSize(); };
      const zoom = (act) => () => { act(); told.tellZoom(); };
      const larger = zoom(() => desk.zoom(ZOOM));
      this.acts = {
        b: choose("brush"), e: choose("eraser"), r: choose("rectangle"), l: choose("lasso"),
        "[": resize(-SIZE_STEP), "]": resize(SIZE_STEP),
        "+": larger, "=": larger, "-": zoom(() => desk.zoom(1 / ZOOM)), 0: zoom(() => desk.fit()),
      };
      // Before app.js, which would stop an answer with the same Esc.
      document.addEventListener("keydown", (event) => this.escape(event), true);
      document.addEventListener("keydown", (event) => this.press(event));
      document.addEventListener("keyup", (event) => {
        if (event.key !== " " || !this.isHeld) return;
        event.preventDefault(); // a button that has the focus would be pressed now
        this.hold(false);
      });
      addEventListener("blur", () => this.hold(false));
      board.addEventListener("blur", () => this.leave());
      board.addEventListener("pointerdown", () => this.leave());
    }

    get isMoving() { return this.isHeld; }

    escape(event) {
      if (event.key !== "Escape" || event.isComposing || !this.tools.isBusy) return;
      event.preventDefault();
      this.tools.cancel();
    }

    press(event) {
      if (event.defaultPrevented || event.isComposing || event.target.closest?.(FIELDS) || document.querySelector("dialog[open]")) return;
      if (event.ctrlKey || event.metaKey) { this.chord(event); if (!event.getModifierState("AltGraph")) return; }
      if (this.steer(event) || this.space(event)) { event.preventDefault(); return; }
      if (this.isSilent(event)) return;
      event.preventDefault();
      this.acts[event.key]();
    }

    // Brackets need AltGr on many keyboards; some systems report it as Ctrl and Alt.
    isSilent(event) {
      if (document.body.dataset.keys === "off" || !Object.hasOwn(this.acts, event.key)) return true;
      return (event.altKey || event.ctrlKey || event.metaKey) && !event.getModifierState("AltGraph");
    }

    chord(event) {
      if (event.altKey) return;
      const key = event.key.toLowerCase();
      const act = key === "y" || (key === "z" && event.shiftKey) ? "redo" : key === "z" ? "undo" : null;
      if (!act) return;
      event.preventDefault();
      this.desk[act]();
    }

    // Space presses a button that has the focus, unless the pointer waits on the stage: then the hand is meant.
    space(event) {
      if (event.key !== " " || event.altKey) return false;
      const isFree = this.isOver || event.target === this.board || !event.target.closest?.(PRESSABLE);
      if (isFree && document.body.dataset.keys !== "off") this.hold(true);
      return this.isHeld;
    }

    hold(isHeld) {
      if (isHeld === this.isHeld) return;
      this.isHeld = isHeld;
      this.board.classList.toggle("is-moving", isHeld || this.tools.name === "move");
    }

    steer(event) {
      if (event.target !== this.board || event.altKey) return false;
      if (Object.hasOwn(ARROWS, event.key)) this.step(...ARROWS[event.key], event.shiftKey ? FAR : NEAR);
      else if (event.key === "Enter") this.dab(this.tools.name === "eraser");
      else if (event.key === "Delete" || event.key === "Backspace") this.dab(true);
      else return false;
      return true;
    }

    start() {
      const { x, y } = this.view.middle();
      const { width, height } = this.view;
      this.at ??= this.view.toPicture(x, y);
      this.at = { x: Math.min(Math.max(this.at.x, 0), width), y: Math.min(Math.max(this.at.y, 0), height) };
    }

    step(x, y, by) {
      this.start();
      this.at.x += x * by / this.view.zoom;
      this.at.y += y * by / this.view.zoom;
      this.start();
      this.view.reveal(this.at, MARGIN);
      this.cursor(this.at);
      this.told.tellPlace(this.at.x / this.view.width, this.at.y / this.view.height);
    }

    dab(isErasing) {
      this.start();
      this.cursor(this.at);
      this.desk.dab(this.at, isErasing);
    }

    leave() {
      this.cursor(null);
    }
  }

  Object.assign(painter.parts, { Keys });
})(window.painter ??= { parts: {} });
