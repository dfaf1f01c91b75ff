// Where the picture lies in the window: zoom, pan, and the way from a place under the pointer to one in the picture.
((painter) => {
  "use strict";
  const MOST = 32; // pixels of the screen for one of the picture
  const MOST_FITTED = 8; // a tiny picture is not blown up to the whole window
  const LEAST = 0.5; // of the size at which all is seen
  const PIXELS = 5e6; // of the canvas; a denser screen gets a coarser one

  const between = (low, value, high) => Math.min(Math.max(value, low), high);

  class View {
    /** `stage` has the room, its padding is what tools stand in; `moved(x, y)` is called after every change,
     *  with the whole pixels of the canvas when it was only a move. */
    constructor(stage, canvas, { width, height }) {
      Object.assign(this, { stage, canvas, width, height });
      this.scale = 1; // pixels of the canvas for one of the picture
      this.x = 0; // of the picture's left upper corner on the canvas
      this.y = 0;
      this.rest = { x: 0, y: 0 }; // less than a pixel, of a move
      this.ratio = 1; // pixels of the canvas for one of CSS
      this.isFitted = true;
      this.moved = () => {};
    }

    get zoom() { return this.scale / this.ratio; }

    /** Follows the size of the stage. What was in its middle stays there. */
    measure() {
      const room = this.stage.getBoundingClientRect();
      const [wide, high] = [Math.floor(room.width), Math.floor(room.height)];
      if (!wide || !high) return;
      const ratio = Math.min(devicePixelRatio, Math.sqrt(PIXELS / (wide * high)));
      const { zoom } = this;
      const middle = this.toPicture(this.canvas.width / 2, this.canvas.height / 2);
      Object.assign(this.canvas, { width: Math.round(wide * ratio), height: Math.round(high * ratio) });
      // Whole pixels of CSS, or a browser would stretch it to them.
      Object.assign(this.canvas.style, { width: `${wide}px`, height: `${high}px` });
      this.ratio = this.canvas.width / wide;
      if (this.isFitted) { this.fit(); return; }
      this.scale = zoom * this.ratio;
      this.x = this.canvas.width / 2 - middle.x * this.scale;
      this.y = this.canvas.height / 2 - middle.y * this.scale;
      this.settle();
    }

    /** The room between the tools, in pixels of the canvas. */
    room() {
      const style = getComputedStyle(this.stage);
      const [left, top, right, bottom] = ["Left", "Top", "Right", "Bottom"].map((side) => parseFloat(style[`padding${side}`]) * this.ratio);
      return { left, top, width: Math.max(1, this.canvas.width - left - right), height: Math.max(1, this.canvas.height - top - bottom) };
    }

    middle() {
      const { left, top, width, height } = this.room();
      return { x: left + width / 2, y: top + height / 2 };
    }

    fittedScale() {
      const { width, height } = this.room();
      return Math.min(width / this.width, height / this.height, MOST_FITTED * this.ratio);
    }

    fit() {
      const { left, top, width, height } = this.room();
      this.isFitted = true;
      this.scale = this.fittedScale();
      this.x = Math.round(left + (width - this.width * this.scale) / 2);
      this.y = Math.round(top + (height - this.height * this.scale) / 2);
      this.moved();
    }

    /** Keeps the place under (x, y) of the canvas where it is. */
    zoomAt(factor, { x, y } = this.middle()) {
      const fitted = this.fittedScale();
      const scale = between(fitted * LEAST, this.scale * factor, Math.max(fitted, MOST * this.ratio));
      const place = this.toPicture(x, y);
      this.scale = scale;
      this.isFitted = false;
      this.x = x - place.x * scale;
      this.y = y - place.y * scale;
      this.settle();
    }

    /** Whole pixels only, so that what is seen can be moved as it is; the rest waits for the next time. */
    pan(x, y) {
      const { x: atX, y: atY } = this.within(this.x + x + this.rest.x, this.y + y + this.rest.y);
      const [byX, byY] = [Math.round(atX - this.x), Math.round(atY - this.y)];
      this.rest = { x: atX - this.x - byX, y: atY - this.y - byY };
      if (!byX && !byY) return;
      this.isFitted = false;
      this.x += byX;
      this.y += byY;
      this.moved(byX, byY);
    }

    /** The middle of the room stays on the picture, so that it cannot be lost. */
    within(x, y) {
      const middle = this.middle();
      return { x: between(middle.x - this.width * this.scale, x, middle.x), y: between(middle.y - this.height * this.scale, y, middle.y) };
    }

    settle() {
      Object.assign(this, this.within(this.x, this.y), { rest: { x: 0, y: 0 } });
      this.moved();
    }

    /** From the window to the canvas. */
    toCanvas({ clientX, clientY }) {
      const { left, top } = this.canvas.getBoundingClientRect();
      return { x: (clientX - left) * this.ratio, y: (clientY - top) * this.ratio };
    }

    toPicture(x, y) {
      return { x: (x - this.x) / this.scale, y: (y - this.y) / this.scale };
    }

    /** A place of the picture, in pixels of CSS from the corner of the stage. */
    toStage(x, y) {
      return { x: (this.x + x * this.scale) / this.ratio, y: (this.y + y * this.scale) / this.ratio };
    }

    /** Moves the picture so far that the place is seen. */
    reveal({ x, y }, margin) {
      const { left, top, width, height } = this.room();
      const [atX, atY] = [this.x + x * this.scale, this.y + y * this.scale];
      const edge = Math.min(margin * this.ratio, width / 3, height / 3);
      const byX = between(left + edge, atX, left + width - edge) - atX;
      const byY = between(top + edge, atY, top + height - edge) - atY;
      if (byX || byY) this.pan(byX, byY);
    }
  }

  Object.assign(painter.parts, { View });
})(window.painter ??= { parts: {} });
