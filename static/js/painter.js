// The mask painter of the page: puts its parts together. Tests look at it through `window.painter`.
((painter) => {
  "use strict";
  const { Acts, Controls, Drawing, Input, Keys, MaskForm, Memory, Numbers, Tiles, Tools, View, fetchMask, offerUpload, putMask } = painter.parts;
  const ZOOM = 1.5; // a press of a button
  const SMALLEST_RING = 6; // pixels of CSS; a smaller ring could not be seen

  class Painter {
    constructor(root) {
      this.root = root;
      const part = (name) => root.querySelector(`[data-painter-${name}]`);
      [this.stage, this.board, this.canvas, this.frame, this.line, this.ring] = ["stage", "board", "canvas", "frame", "sketch", "ring"].map(part);
      this.size = { width: Number(root.dataset.width), height: Number(root.dataset.height) };
      this.tiles = new Tiles(this.size.width, this.size.height);
      this.acts = new Acts(this.tiles);
      this.view = new View(this.stage, this.canvas, this.size);
      this.drawing = new Drawing(this.canvas, this.view, this.tiles);
      this.tools = new Tools({ ...this, sketch: (points) => this.sketch(points) });
      this.memory = new Memory(root.dataset.memory);
      this.percent = -1;
    }

    async start() {
      const image = this.root.querySelector("[data-painter-picture]");
      const [known, isShown] = await Promise.all([this.memory.read(), image.decode().then(() => true, () => false)]);
      if (!isShown) { this.giveUp(); return; }
      await this.drawing.show(image);
      if (known) this.acts.recall(known.list, known.done);
      this.connect();
      this.reveal(image);
      this.follow();
      this.refresh();
      this.loadFrom(document, true);
    }

    giveUp() {
      const note = this.root.querySelector("[data-painter-note]");
      note.textContent = this.root.dataset.wordsUnshown;
      note.hidden = false;
    }

    reveal(image) {
      image.remove(); // and with it the memory it takes, once more
      for (const element of this.root.querySelectorAll("[data-painter-tools]")) element.hidden = false;
      if (this.tiles.scale < 1) this.controls.showNote(this.root.dataset.wordsCoarse);
    }

    connect() {
      const { view, tools, acts, root } = this;
      this.controls = new Controls(root, this);
      new Numbers(root, (from, to, isErasing) => this.rectangle(from, to, isErasing));
      this.keys = new Keys(this.board, { view, tools, desk: this, told: this.controls, cursor: (place) => this.showCursor(place) });
      new Input(this.board, { view, tools, hover: (event) => this.hover(event), isMoving: () => this.keys.isMoving });
      view.moved = (x, y) => this.place(x, y);
      acts.changed = (tiles) => this.seen(tiles);
      acts.settled = (from) => { this.memory.keep(acts, from); this.refresh(); };
      this.join();
    }

    join() {
      const form = document.getElementById(this.root.dataset.form);
      const field = this.root.querySelector('input[name="mask"]');
      const { tiles, acts, size } = this;
      const { wordsPreparing: words, sayLost } = this.root.dataset;
      if (form && field) this.form = new MaskForm(form, field, { tiles, acts, size, words, lose: () => this.controls.showNote(sayLost) });
      for (const button of this.root.querySelectorAll("[data-upload-mask]")) offerUpload(button);
      document.addEventListener("click", (event) => {
        const button = event.target.closest?.("[data-load-mask]");
        if (button) this.load(button.dataset.loadMask);
      });
      document.addEventListener("htmx:load", (event) => { this.loadFrom(event.target, false); this.controls.showShare(this.percent); });
      document.addEventListener("visibilitychange", () => { if (document.hidden) acts.settle(); });
      addEventListener("pagehide", () => acts.settle());
    }

    follow() {
      const measure = () => { this.view.measure(); this.drawing.measure(); this.drawing.spoilAll(); };
      new ResizeObserver(measure).observe(this.stage);
      this.watchDensity(measure);
      measure();
    }

    // A window that goes to a denser screen keeps its size.
    watchDensity(measure) {
      matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener("change", () => { measure(); this.watchDensity(measure); }, { once: true });
    }

    // What the picture's place decides: its shadow, the size of the ring, the percents.
    place(x = 0, y = 0) {
      const { ratio, scale, x: left, y: top } = this.view;
      const style = { left: left / ratio, top: top / ratio, width: this.size.width * scale / ratio, height: this.size.height * scale / ratio };
      for (const [name, value] of Object.entries(style)) this.frame.style[name] = `${value}px`;
      this.controls.showZoom(this.view.zoom);
      if (x || y) this.drawing.shift(x, y);
      else this.drawing.spoilAll();
      this.moveRing();
    }

    seen(tiles) {
      for (const tile of tiles) this.drawing.spoil(tile.box);
    }

    refresh() {
      const { acts, controls } = this;
      controls.showActs({ undo: acts.canUndo, redo: acts.canRedo });
      controls.showTool(this.tools.name);
      controls.showSize(this.tools.step, this.tools.size);
      const { percent } = this.tiles;
      if (percent === this.percent) return;
      if (this.percent >= 0) { controls.tellShare(percent); controls.showNote(""); }
      this.percent = percent;
      controls.showShare(percent);
      this.root.dispatchEvent(new CustomEvent("painter:change", { bubbles: true, detail: { percent, isEmpty: percent === 0 } }));
    }

    // Lines of an area that is being drawn, a light one over a dark one.
    sketch(points) {
      const places = (points ?? []).map(({ x, y }) => this.view.toStage(x, y));
      const path = places.length > 1 ? `M${places.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}Z` : "";
      for (const line of this.line.children) line.setAttribute("d", path);
    }

    hover(event) {
      this.keys.isOver = Boolean(event) && event.pointerType !== "touch";
      if (!event) { this.showRing(null); return; }
      const { x, y } = this.view.toCanvas(event);
      this.showRing(this.view.toPicture(x, y));
    }

    showCursor(place) {
      this.ring.classList.toggle("by-keys", place !== null);
      this.showRing(place);
    }

    showRing(place) {
      this.ringAt = place;
      this.moveRing();
    }

    moveRing() {
      const paints = this.tools.name === "brush" || this.tools.name === "eraser" || this.ring.classList.contains("by-keys");
      this.ring.hidden = !this.ringAt || !paints;
      if (this.ring.hidden) return;
      const { x, y } = this.view.toStage(this.ringAt.x, this.ringAt.y);
      const size = Math.max(SMALLEST_RING, this.tools.size * this.view.zoom);
      Object.assign(this.ring.style, { width: `${size}px`, height: `${size}px`, transform: `translate(${x - size / 2}px, ${y - size / 2}px)` });
    }

    // What buttons and keys do.
    choose(name) {
      this.tools.name = name;
      this.board.classList.toggle("is-moving", name === "move");
      this.board.classList.toggle("is-drawing", name === "rectangle" || name === "lasso");
      this.controls.showTool(name);
      this.moveRing();
    }

    resize(by) { this.resizeTo(this.tools.step + by); }

    resizeTo(step) {
      this.tools.resizeTo(step);
      this.controls.showSize(this.tools.step, this.tools.size);
      this.moveRing();
    }

    soften(isSoft) { this.tools.isSoft = isSoft; }

    undo() { if (!this.tools.cancel()) this.acts.undo(); }
    redo() { if (!this.tools.isBusy) this.acts.redo(); }
    invert() { this.tools.invert(); }
    clear() { this.tools.clear(); }
    zoom(factor) { this.view.zoomAt(factor); }
    zoomIn() { this.view.zoomAt(ZOOM); }
    zoomOut() { this.view.zoomAt(1 / ZOOM); }
    fit() { this.view.fit(); }
    dab(place, isErasing) { this.tools.dab(place, isErasing); }

    rectangle(from, to, isErasing) {
      const { width, height } = this.size;
      const onPicture = ({ x, y }) => ({ x: x * width, y: y * height });
      this.tools.rectangle(onPicture(from), onPicture(to), isErasing);
    }

    // A page that is loaded again still has the mask that it came with; it is on the stage already.
    loadFrom(scope, isFirst) {
      const found = [...(scope.matches?.("[data-mask-src]") ? [scope] : []), ...scope.querySelectorAll("[data-mask-src]")];
      for (const element of found) {
        const address = element.dataset.maskSrc;
        delete element.dataset.maskSrc;
        element.hidden = true;
        if (!isFirst || !this.acts.list.some(({ source }) => source === address)) this.load(address);
      }
    }

    async load(address) {
      const mask = await fetchMask(address).catch(() => null);
      this.controls.showNote(mask ? "" : this.root.dataset.sayUnread);
      if (!mask) return;
      this.tools.cancel(); // what was begun meanwhile
      putMask(mask, address, this.tiles, this.acts);
      mask.close();
      this.drawing.spoilAll();
    }

    /** The coverage as one byte a pixel, for tests. */
    snapshot() {
      this.acts.settle();
      const { width, height } = this.tiles;
      const context = painter.parts.sheet(width, height);
      this.tiles.blit(context, 0, this.tiles.box);
      const { data } = context.getImageData(0, 0, width, height);
      return { width, height, data: Uint8Array.from({ length: width * height }, (_, at) => data[at * 4]) };
    }
  }

  let running = null;

  function begin() {
    const root = document.querySelector("[data-painter]");
    if (!root) return Promise.resolve(null);
    running = painter.running = new Painter(root);
    return running.start().then(() => running);
  }

  Object.assign(painter, {
    ready: begin(),
    percent: () => { running.acts.settle(); return running.tiles.percent; },
    snapshot: () => running.snapshot(),
    png: () => { running.acts.settle(); return painter.parts.writePng(running.tiles, running.size); },
    stats: () => ({ frames: running.drawing.frames.splice(0), steps: running.acts.list.length, done: running.acts.done }),
    saved: () => { running.acts.settle(); return running.memory.writing; },
  });
})(window.painter ??= { parts: {} });
