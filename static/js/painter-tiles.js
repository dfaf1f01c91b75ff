// The coverage of a picture: squares of grey, made only where something is painted. 0 stays as it is, 255 may change.
((painter) => {
  "use strict";
  const SIDE = 512; // small enough that changing one costs little, large enough that a picture has few
  const MOST = 4096 * 4096; // pixels of coverage; a larger picture gets a coarser one
  const SMALLEST = 5; // a square is halved this often
  const RUN = 0x7fff;
  const OPAQUE = 0xff000000;
  const room = new Uint8Array(SIDE * SIDE * 2);
  const reused = new ImageData(SIDE, SIDE);
  const pixelsOfReused = new Uint32Array(reused.data.buffer);

  /** A canvas without transparency, whose pixels stay where they can be read. */
  function sheet(width, height) {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width, height });
    return canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  }

  function runFrom(pixels, start) {
    let end = start + 1;
    while (end < pixels.length && pixels[end] === pixels[start]) end += 1;
    return end - start;
  }

  const beginsRun = (pixels, at) => pixels[at] === pixels[at + 1] && pixels[at] === pixels[at + 2];

  // A run is two bytes of length, the first with its high bit set, and the grey; other greys follow their number less one.
  // One byte alone is a square of one grey.
  function pack(pixels) {
    if (runFrom(pixels, 0) === pixels.length) return Uint8Array.of(pixels[0] & 255);
    let size = 0;
    for (let at = 0; at < pixels.length;) {
      if (beginsRun(pixels, at)) {
        const length = Math.min(RUN, runFrom(pixels, at));
        room[size++] = 0x80 | (length >> 8);
        room[size++] = length & 255;
        room[size++] = pixels[at] & 255;
        at += length;
      } else {
        const head = size++;
        const start = at;
        do room[size++] = pixels[at++] & 255; while (at < pixels.length && at - start < 128 && !beginsRun(pixels, at));
        room[head] = at - start - 1;
      }
    }
    return room.slice(0, size);
  }

  const written = (grey) => (OPAQUE | (grey * 0x010101)) >>> 0;

  function unpack(bytes, pixels) {
    let to = 0;
    for (let at = 0; at < bytes.length;) {
      const head = bytes[at++];
      if (head & 0x80) {
        const length = ((head & 0x7f) << 8) | bytes[at++];
        pixels.fill(written(bytes[at++]), to, to + length);
        to += length;
      } else {
        for (let end = to + head; to <= end;) pixels[to++] = written(bytes[at++]);
      }
    }
  }

  class Tile {
    /** `width` and `height` are what of the square lies in the picture; what is beyond is painted too and never counted. */
    constructor(index, x, y, width, height) {
      Object.assign(this, { index, x, y, width, height });
      this.grey = 0; // all of it, while there is no sheet
      this.sheet = null;
      this.smaller = [];
      this.fresh = 0; // how many of the smaller ones are as the sheet is
      this.kept = { bytes: Uint8Array.of(0), sum: 0 };
    }

    get box() { return { left: this.x, top: this.y, right: this.x + SIDE, bottom: this.y + SIDE }; }
    get isBlank() { return !this.sheet && this.grey === 0; }

    open() {
      if (!this.sheet) {
        this.sheet = sheet(SIDE, SIDE);
        if (this.grey) this.fill(`rgb(${this.grey} ${this.grey} ${this.grey})`);
      }
      this.fresh = 0;
      return this.sheet;
    }

    fill(colour) {
      this.sheet.fillStyle = colour;
      this.sheet.fillRect(0, 0, SIDE, SIDE);
    }

    become(grey) {
      Object.assign(this, { grey, sheet: null, smaller: [], fresh: 0 });
    }

    /** The square as it is now, packed; remembered as what the next act begins from. */
    keep() {
      if (this.sheet) {
        const pixels = new Uint32Array(this.sheet.getImageData(0, 0, SIDE, SIDE).data.buffer);
        this.kept = { bytes: pack(pixels), sum: this.sumOf(pixels) };
        if (this.kept.bytes.length === 1) this.become(this.kept.bytes[0]);
      } else {
        this.kept = { bytes: Uint8Array.of(this.grey), sum: this.grey * this.width * this.height };
      }
      return this.kept;
    }

    sumOf(pixels) {
      let sum = 0;
      for (let row = 0; row < this.height; row += 1) {
        for (let at = row * SIDE, end = at + this.width; at < end; at += 1) sum += pixels[at] & 255;
      }
      return sum;
    }

    restore(kept) {
      this.kept = kept;
      if (kept.bytes.length === 1) { this.become(kept.bytes[0]); return; }
      unpack(kept.bytes, pixelsOfReused);
      this.open().putImageData(reused, 0, 0);
    }

    /** The square halved `level` times. Each halving is a mean of four, so that edges stay smooth far away. */
    at(level) {
      for (; this.fresh < level; this.fresh += 1) {
        const side = SIDE >> (this.fresh + 1);
        const half = (this.smaller[this.fresh] ??= sheet(side, side));
        half.drawImage(this.fresh ? this.smaller[this.fresh - 1].canvas : this.sheet.canvas, 0, 0, side, side);
      }
      return level ? this.smaller[level - 1].canvas : this.sheet.canvas;
    }
  }

  class Tiles {
    /** Of a picture with so many pixels. Boxes are {left, top, right, bottom} in pixels of the coverage. */
    constructor(width, height) {
      this.scale = Math.min(1, Math.sqrt(MOST / (width * height))); // pixels of coverage for one of the picture
      this.width = Math.ceil(width * this.scale);
      this.height = Math.ceil(height * this.scale);
      this.columns = Math.ceil(this.width / SIDE);
      this.all = [];
      for (let y = 0; y < this.height; y += SIDE) {
        for (let x = 0; x < this.width; x += SIDE) {
          this.all.push(new Tile(this.all.length, x, y, Math.min(SIDE, this.width - x), Math.min(SIDE, this.height - y)));
        }
      }
      this.beforeChange = () => {};
    }

    get box() { return { left: 0, top: 0, right: this.width, bottom: this.height }; }

    get percent() {
      return this.all.reduce((sum, tile) => sum + tile.kept.sum, 0) / (255 * this.width * this.height) * 100;
    }

    /** The level at which one pixel is seen as at least half a pixel and at most one of a screen. */
    levelFor(zoom) {
      return Math.min(SMALLEST, Math.max(0, Math.floor(-Math.log2(zoom))));
    }

    under({ left, top, right, bottom }) {
      const first = (value) => Math.max(0, Math.floor(value / SIDE));
      const lastColumn = Math.min(this.columns, Math.ceil(right / SIDE));
      const lastRow = Math.min(this.all.length / this.columns, Math.ceil(bottom / SIDE));
      const found = [];
      for (let row = first(top); row < lastRow; row += 1) {
        for (let column = first(left); column < lastColumn; column += 1) found.push(this.all[row * this.columns + column]);
      }
      return found;
    }

    /** `draw` gets each sheet under the box, with the coordinates of the whole coverage. */
    paint(box, draw) {
      for (const tile of this.under(box)) {
        this.beforeChange(tile);
        const context = tile.open();
        context.setTransform(1, 0, 0, 1, -tile.x, -tile.y);
        context.globalCompositeOperation = "source-over";
        draw(context, tile);
        context.setTransform(1, 0, 0, 1, 0, 0);
        context.globalCompositeOperation = "source-over";
      }
    }

    fill(grey) {
      for (const tile of this.all) {
        this.beforeChange(tile);
        tile.become(grey);
      }
    }

    invert() {
      for (const tile of this.all) {
        this.beforeChange(tile);
        if (!tile.sheet) { tile.become(255 - tile.grey); continue; }
        tile.open().globalCompositeOperation = "difference";
        tile.fill("#fff");
        tile.sheet.globalCompositeOperation = "source-over";
      }
    }

    /** What is not blank in the box, as a smaller box, or nothing. */
    painted(box) {
      const inked = this.under(box).filter((tile) => !tile.isBlank);
      if (!inked.length) return null;
      return {
        left: Math.max(box.left, Math.min(...inked.map((tile) => tile.x))),
        top: Math.max(box.top, Math.min(...inked.map((tile) => tile.y))),
        right: Math.min(box.right, Math.max(...inked.map((tile) => tile.x + SIDE))),
        bottom: Math.min(box.bottom, Math.max(...inked.map((tile) => tile.y + SIDE))),
      };
    }

    /** Draws the coverage halved `level` times; the whole-numbered box counts such pixels and comes to stand at 0, 0. */
    blit(context, level, { left, top, right, bottom }) {
      const times = 2 ** level;
      const side = SIDE / times;
      context.globalCompositeOperation = "source-over";
      context.fillStyle = "#000";
      context.fillRect(0, 0, right - left, bottom - top);
      for (const tile of this.under({ left: left * times, top: top * times, right: right * times, bottom: bottom * times })) {
        const x = tile.x / times - left;
        const y = tile.y / times - top;
        if (tile.sheet) context.drawImage(tile.at(level), x, y);
        else if (tile.grey) {
          context.fillStyle = `rgb(${tile.grey} ${tile.grey} ${tile.grey})`;
          context.fillRect(x, y, side, side);
        }
      }
    }
  }

  Object.assign(painter.parts, { Tiles, sheet });
})(window.painter ??= { parts: {} });
