// What is seen: the picture, and over it the painted area, hatched, with a dashed line around it. Everything is laid one over the
// other by the canvas itself, only where something changed, and never larger than the window.
((painter) => {
  "use strict";
  const { join, patterns, wider } = painter.parts;
  const SHARP_FROM = 4; // pixels of the screen for one of the picture: then it is shown as it is, pixel by pixel
  const RIM = 0.75; // half the width of the line

  function layer(options) {
    return document.createElement("canvas").getContext("2d", options);
  }

  /** The picture, then halved again and again: whichever is drawn has few more pixels than are seen. */
  async function halvings(image, width, height) {
    const isFitting = image.naturalWidth <= width;
    const levels = [await createImageBitmap(image, isFitting ? {} : { resizeWidth: width, resizeHeight: height, resizeQuality: "high" })];
    for (let last = levels[0]; Math.max(last.width, last.height) > 512; levels.push(last)) {
      const size = { resizeWidth: Math.ceil(last.width / 2), resizeHeight: Math.ceil(last.height / 2), resizeQuality: "medium" };
      last = await createImageBitmap(last, size);
    }
    return levels;
  }

  class Drawing {
    constructor(canvas, view, tiles) {
      Object.assign(this, { view, tiles });
      this.context = canvas.getContext("2d");
      this.levels = [];
      [this.near, this.mask, this.rim, this.other, this.wash] = Array.from({ length: 5 }, () => layer({ alpha: false }));
      this.painted = null; // what was painted on since the last frame, in pixels of the canvas
      this.bare = []; // what came into view
      this.frames = [];
      this.last = 0;
    }

    async show(image) {
      this.levels = await halvings(image, this.tiles.width, this.tiles.height);
      this.spoilAll();
    }

    // The layers reach beyond the canvas, because a rim at its edge depends on what is outside.
    measure() {
      const { width, height } = this.context.canvas;
      const { ratio } = this.view;
      this.margin = Math.ceil(4 * ratio);
      for (const context of [this.mask, this.rim, this.other, this.wash]) {
        Object.assign(context.canvas, { width: width + 2 * this.margin, height: height + 2 * this.margin });
        context.setTransform(1, 0, 0, 1, this.margin, this.margin);
      }
      if (ratio !== this.ratio) Object.assign(this, { ratio }, patterns(ratio));
    }

    /** What a box of the coverage covers on the canvas. */
    onCanvas(box) {
      const { x, y, scale } = this.view;
      const times = scale / this.tiles.scale;
      return { left: x + box.left * times, top: y + box.top * times, right: x + box.right * times, bottom: y + box.bottom * times };
    }

    spoil(box) {
      if (!box) return;
      this.painted = join(this.painted, wider(this.onCanvas(box), 3 * this.view.ratio));
      this.ask();
    }

    spoilAll() {
      const { width, height } = this.context.canvas;
      Object.assign(this, { isAll: true, painted: null, bare: [{ left: 0, top: 0, right: width, bottom: height }] });
      this.ask();
    }

    /** The picture moved by whole pixels: what is seen goes along, and only what comes into view is drawn. */
    shift(x, y) {
      const { canvas } = this.context;
      const { width, height } = canvas;
      if (this.isAll || Math.abs(x) >= width || Math.abs(y) >= height) { this.spoilAll(); return; }
      this.context.globalCompositeOperation = "copy";
      this.context.drawImage(canvas, x, y);
      this.context.globalCompositeOperation = "source-over";
      const move = (box) => ({ left: box.left + x, top: box.top + y, right: box.right + x, bottom: box.bottom + y });
      this.painted = this.painted && move(this.painted);
      this.bare = this.bare.map(move);
      if (x) this.bare.push({ left: x > 0 ? 0 : width + x, top: 0, right: x > 0 ? x : width, bottom: height });
      if (y) this.bare.push({ left: 0, top: y > 0 ? 0 : height + y, right: width, bottom: y > 0 ? y : height });
      this.ask();
    }

    ask() {
      this.asked ??= requestAnimationFrame((now) => this.frame(now));
    }

    // One frame more than is needed tells how long the last one took.
    frame(now) {
      this.asked = null;
      if (this.last) this.frames.push(now - this.last);
      if (this.frames.length > 4000) this.frames.splice(0, 2000);
      const isDue = this.painted || this.bare.length;
      this.last = isDue ? now : 0;
      if (!isDue) return;
      this.draw();
      this.ask();
    }

    draw() {
      if (this.isAll) this.context.clearRect(0, 0, this.context.canvas.width, this.context.canvas.height);
      const boxes = [...this.bare, ...(this.painted ? [this.painted] : [])];
      Object.assign(this, { painted: null, bare: [], isAll: false });
      for (const box of boxes) this.drawBox(this.whole(box));
    }

    /** What of it shows the picture, in whole pixels. */
    whole(box) {
      const { x, y, scale, width, height } = this.view;
      const { canvas } = this.context;
      return {
        left: Math.max(0, Math.floor(box.left), Math.ceil(x - 0.01)),
        top: Math.max(0, Math.floor(box.top), Math.ceil(y - 0.01)),
        right: Math.min(canvas.width, Math.ceil(box.right), Math.floor(x + width * scale + 0.01)),
        bottom: Math.min(canvas.height, Math.ceil(box.bottom), Math.floor(y + height * scale + 0.01)),
      };
    }

    drawBox(box) {
      if (box.right <= box.left || box.bottom <= box.top) return;
      this.within(this.context, box, () => this.drawPicture(this.context));
      const painted = this.paintedIn(box);
      if (!painted) return;
      const around = wider(painted, this.margin);
      this.drawMask(around);
      this.lay(this.mask, this.hatch, painted);
      this.drawRim(painted, around);
      this.lay(this.rim, this.dashes, painted);
    }

    within(context, { left, top, right, bottom }, act) {
      context.save();
      context.beginPath();
      context.rect(left, top, right - left, bottom - top);
      context.clip();
      act();
      context.restore();
    }

    drawPicture(context) {
      const { x, y, scale, width, height } = this.view;
      context.fillStyle = this.checks;
      context.fillRect(x, y, width * scale, height * scale);
      const level = this.levels.findLast((bitmap) => bitmap.width >= width * scale) ?? this.levels[0];
      context.imageSmoothingEnabled = scale < SHARP_FROM;
      context.drawImage(level, x, y, width * scale, height * scale);
    }

    /** The painted squares in the box, in whole pixels of the canvas. */
    paintedIn(box) {
      const { x, y, scale, ratio } = this.view;
      const times = scale / this.tiles.scale;
      const onTiles = (value, from) => (value - from) / times;
      const inked = this.tiles.painted({
        left: onTiles(box.left, x), top: onTiles(box.top, y), right: onTiles(box.right, x), bottom: onTiles(box.bottom, y),
      });
      if (!inked) return null;
      const found = wider(this.onCanvas(inked), 3 * ratio);
      return {
        left: Math.max(box.left, Math.floor(found.left)), top: Math.max(box.top, Math.floor(found.top)),
        right: Math.min(box.right, Math.ceil(found.right)), bottom: Math.min(box.bottom, Math.ceil(found.bottom)),
      };
    }

    /** The coverage as it lies on the canvas, grey on black. */
    drawMask(box) {
      const { x, y, scale } = this.view;
      const zoom = scale / this.tiles.scale;
      const level = this.tiles.levelFor(zoom);
      const times = zoom * 2 ** level;
      const from = (value, corner) => Math.max(0, Math.floor((value - corner) / times) - 1);
      const to = (value, corner, all) => Math.min(Math.ceil(all / 2 ** level), Math.ceil((value - corner) / times) + 1);
      const seen = {
        left: from(box.left, x), top: from(box.top, y), right: to(box.right, x, this.tiles.width), bottom: to(box.bottom, y, this.tiles.height),
      };
      const [width, height] = [seen.right - seen.left, seen.bottom - seen.top];
      Object.assign(this.near.canvas, { width, height });
      this.tiles.blit(this.near, level, seen);
      this.within(this.mask, box, () => {
        this.mask.fillStyle = "#000";
        this.mask.fillRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
        this.mask.imageSmoothingEnabled = zoom < SHARP_FROM;
        this.mask.drawImage(this.near.canvas, x + seen.left * times, y + seen.top * times, width * times, height * times);
      });
    }

    /** The edge of the mask: where it differs from itself, moved along both diagonals. First its faintest part is made full. */
    drawRim(box, around) {
      const { mask, rim, other, margin } = this;
      const by = Math.max(0.5, Math.round(RIM * this.view.ratio * 2) / 2);
      const draw = (context, source, blending, x, y) => {
        context.globalCompositeOperation = blending;
        context.drawImage(source.canvas, x - margin, y - margin);
      };
      const diagonal = (context, x, y) => this.within(context, box, () => {
        draw(context, mask, "source-over", x, y);
        draw(context, mask, "difference", -x, -y);
      });
      mask.globalCompositeOperation = "color-dodge";
      mask.fillStyle = "#ddd";
      mask.fillRect(around.left, around.top, around.right - around.left, around.bottom - around.top);
      mask.globalCompositeOperation = "source-over";
      diagonal(rim, by, by);
      diagonal(other, by, -by);
      this.within(rim, box, () => draw(rim, other, "lighten", 0, 0));
    }

    /** Takes the shade from what is seen and adds the tint, as much as the mask says. */
    lay(mask, { shade, tint }, box) {
      this.press(shade, mask, box, "multiply", true);
      this.press(tint, mask, box, "lighter", false);
    }

    press(ink, mask, { left, top, right, bottom }, blending, isInverted) {
      const { wash, context, margin } = this;
      const size = [right - left, bottom - top];
      const onLayer = [left + margin, top + margin, ...size];
      const fill = (style, mode) => {
        wash.globalCompositeOperation = mode;
        wash.fillStyle = style;
        wash.fillRect(left, top, ...size);
      };
      ink.setTransform(new DOMMatrix([1, 0, 0, 1, Math.round(this.view.x), Math.round(this.view.y)]));
      fill(ink, "source-over");
      wash.globalCompositeOperation = "multiply";
      wash.drawImage(mask.canvas, ...onLayer, left, top, ...size);
      if (isInverted) fill("#fff", "difference");
      context.globalCompositeOperation = blending;
      context.drawImage(wash.canvas, ...onLayer, left, top, ...size);
      context.globalCompositeOperation = "source-over";
    }
  }

  Object.assign(painter.parts, { Drawing });
})(window.painter ??= { parts: {} });
