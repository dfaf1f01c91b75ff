// Mouse, pen and fingers on the stage. One finger paints, two move and zoom; while a pen is down, the palm beside it does nothing.
((painter) => {
  "use strict";
  const MIDDLE = 1;
  const PEN_ERASER = 32; // of `buttons`
  const WHEEL = 0.0022;
  const PINCH = 0.012; // a trackpad tells a pinch as a wheel with Ctrl, in small steps
  const LINE = 16; // pixels, where the wheel counts lines

  class Input {
    /** `hover(event)` follows the pointer, with nothing when it is gone; `isMoving()` is whether Space is held. */
    constructor(board, { view, tools, hover, isMoving }) {
      Object.assign(this, { board, view, tools, hover, isMoving });
      this.down = new Map(); // pointerId -> place on the canvas
      this.act = null; // "paint", "pan", "pinch", or "wait" until all fingers are up
      this.owner = null; // the pointer that paints or pans
      const listen = (name, hear) => board.addEventListener(name, hear, name === "wheel" ? { passive: false } : undefined);
      listen("pointerdown", (event) => this.press(event));
      listen("pointermove", (event) => this.drag(event));
      listen("pointerup", (event) => this.release(event));
      listen("pointercancel", (event) => this.lose(event));
      listen("lostpointercapture", (event) => { if (this.down.has(event.pointerId)) this.lose(event); });
      listen("pointerleave", () => this.hover(null));
      listen("wheel", (event) => this.turn(event));
    }

    place(event) {
      const { x, y } = this.view.toCanvas(event);
      // Only a pen says how hard it is pressed, and not each of them.
      const pressure = event.pointerType === "pen" && event.pressure > 0 ? event.pressure : 1;
      return { ...this.view.toPicture(x, y), pressure };
    }

    isIgnored(event) {
      // With Ctrl a click opens a menu on some machines.
      if (event.pointerType === "mouse") return (event.button !== 0 && event.button !== MIDDLE) || event.ctrlKey;
      if (event.pointerType === "pen") return event.button !== 0 && !(event.buttons & PEN_ERASER);
      return this.kind === "pen" && this.down.size > 0;
    }

    press(event) {
      if (this.isIgnored(event)) return;
      if (event.pointerType === "pen") this.dropFingers();
      if (this.down.size && event.pointerType !== "touch") return;
      if (event.button === MIDDLE) event.preventDefault(); // it would scroll
      this.board.setPointerCapture(event.pointerId);
      this.kind = event.pointerType;
      this.down.set(event.pointerId, this.view.toCanvas(event));
      if (this.down.size === 1) this.start(event);
      else if (this.down.size === 2 && this.act !== "wait") this.pinch();
    }

    start(event) {
      this.owner = event.pointerId;
      const pans = event.button === MIDDLE || this.tools.name === "move" || this.isMoving();
      this.act = pans ? "pan" : "paint";
      this.board.classList.toggle("is-panning", pans);
      if (!pans) this.tools.begin(this.place(event), { isErasing: event.altKey || Boolean(event.buttons & PEN_ERASER) });
      this.hover(event);
    }

    // The second finger says that the first did not mean to paint.
    pinch() {
      this.tools.cancel();
      this.act = "pinch";
      this.hover(null);
    }

    dropFingers() {
      if (this.kind !== "touch" || !this.down.size) return;
      this.tools.cancel();
      this.down.clear();
    }

    drag(event) {
      if (!this.down.has(event.pointerId)) { if (!this.down.size && event.pointerType !== "touch") this.hover(event); return; }
      const before = this.down.get(event.pointerId);
      const now = this.view.toCanvas(event);
      if (this.act === "pinch") { this.stretch(event.pointerId, now); return; }
      this.down.set(event.pointerId, now);
      if (event.pointerId !== this.owner) return;
      if (this.act === "pan") this.view.pan(now.x - before.x, now.y - before.y);
      if (this.act === "paint") this.tools.move(this.places(event));
      this.hover(event);
    }

    // Between two frames a pen or a quick mouse has been at several places.
    places(event) {
      const passed = event.getCoalescedEvents?.() ?? [];
      return (passed.length ? passed : [event]).map((each) => this.place(each));
    }

    stretch(pointerId, now) {
      const other = [...this.down].find(([id]) => id !== pointerId)?.[1];
      const before = this.down.get(pointerId);
      this.down.set(pointerId, now);
      if (!other) return;
      const middle = (place) => ({ x: (place.x + other.x) / 2, y: (place.y + other.y) / 2 });
      const width = (place) => Math.max(1, Math.hypot(place.x - other.x, place.y - other.y));
      const [from, to] = [middle(before), middle(now)];
      this.view.pan(to.x - from.x, to.y - from.y);
      this.view.zoomAt(width(now) / width(before), to);
    }

    release(event) {
      if (!this.down.delete(event.pointerId)) return;
      if (this.act === "paint" && event.pointerId === this.owner) this.tools.end();
      this.rest();
    }

    // The system took the pointer away, for a gesture of its own or a palm: what it drew was not meant.
    lose(event) {
      if (!this.down.delete(event.pointerId)) return;
      if (this.act === "paint" && event.pointerId === this.owner) this.tools.cancel();
      this.rest();
    }

    rest() {
      this.act = this.down.size ? "wait" : null;
      if (!this.down.size) this.board.classList.remove("is-panning");
      if (this.kind === "touch") this.hover(null);
    }

    // The wheel moves the picture as it moves a page, sideways with Shift; with Ctrl, or as a pinch on a trackpad, it zooms.
    turn(event) {
      event.preventDefault();
      const times = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
      const [x, y] = [event.deltaX * times, event.deltaY * times];
      if (event.ctrlKey || event.metaKey) {
        this.view.zoomAt(Math.exp(-y * (Math.abs(y) < 30 ? PINCH : WHEEL)), this.view.toCanvas(event));
      } else {
        const [sideways, down] = event.shiftKey && !x ? [y, 0] : [x, y];
        this.view.pan(-sideways * this.view.ratio, -down * this.view.ratio);
      }
      this.hover(event);
    }
  }

  Object.assign(painter.parts, { Input });
})(window.painter ??= { parts: {} });
