// The tools: what the pointer draws with each of them, from the first touch to letting go.
((painter) => {
  "use strict";
  const { SOFT, Stroke, paintArea } = painter.parts;
  const SMALLEST = 8; // pixels of the picture
  const LARGEST = 0.25; // of its shorter edge
  const USUAL = 84 / 1024;
  const LIGHTEST = 0.3; // of the size, under a pen that hardly presses
  const CLOSE = 2; // pixels of CSS; nearer places are no news

  class Tools {
    /** `sketch(points)` shows what an area would be, in places of the picture; nothing ends it. */
    constructor({ tiles, acts, view, drawing, sketch }) {
      Object.assign(this, { tiles, acts, view, drawing, sketch });
      const edge = Math.min(view.width, view.height);
      this.largest = Math.max(2 * SMALLEST, Math.round(edge * LARGEST));
      this.step = Math.log(Math.max(1, edge * USUAL / SMALLEST)) / Math.log(this.largest / SMALLEST);
      this.isSoft = true;
      this.name = "brush";
      this.under = null; // what is being drawn
    }

    get isBusy() { return this.under !== null; }

    /** In pixels of the picture. `step` goes from 0 to 1, and by equal steps it grows by equal shares. */
    get size() { return Math.round(SMALLEST * (this.largest / SMALLEST) ** this.step); }

    resizeTo(step) { this.step = Math.min(1, Math.max(0, step)); }

    radius(pressure) {
      return this.size / 2 * this.tiles.scale * (LIGHTEST + (1 - LIGHTEST) * pressure);
    }

    onCoverage({ x, y, pressure = 1 }) {
      return { x: x * this.tiles.scale, y: y * this.tiles.scale, radius: this.radius(pressure) };
    }

    /** Places are {x, y, pressure} in pixels of the picture. */
    begin(place, { isErasing = false } = {}) {
      this.cancel();
      this.acts.begin();
      const takesAway = isErasing || this.name === "eraser";
      const kind = { rectangle: "rectangle", lasso: "lasso" }[this.name] ?? "stroke";
      this.under = { kind, takesAway, places: [place] };
      if (kind !== "stroke") return;
      this.under.stroke = new Stroke(this.tiles, { isErasing: takesAway, isSoft: this.isSoft });
      this.drawing.spoil(this.under.stroke.add(this.onCoverage(place)));
    }

    move(places) {
      if (!this.under) return;
      for (const place of places) this.add(place);
      if (this.under.kind !== "stroke") this.sketch(this.outline());
    }

    add(place) {
      const { kind, places, stroke } = this.under;
      const last = places.at(-1);
      if (kind === "rectangle") { this.under.places = [places[0], place]; return; }
      if (Math.hypot(place.x - last.x, place.y - last.y) * this.view.zoom < CLOSE) { this.under.late = place; return; }
      this.under.late = null;
      if (kind === "lasso") { places.push(place); return; }
      this.under.places = [place];
      this.drawing.spoil(stroke.add(this.onCoverage(place)));
    }

    outline() {
      const { kind, places } = this.under;
      if (kind === "lasso") return places;
      const [from, to = from] = places;
      return corners(from, to);
    }

    end() {
      const { under } = this;
      if (!under) return;
      if (under.kind === "stroke") {
        if (under.late) this.drawing.spoil(under.stroke.add(this.onCoverage(under.late)));
        this.drawing.spoil(under.stroke.end());
      } else this.fill(this.outline(), under.takesAway);
      this.close();
      this.acts.commit();
    }

    cancel() {
      if (!this.under) return false;
      this.close();
      this.acts.cancel();
      return true;
    }

    close() {
      this.under = null;
      this.sketch(null);
    }

    fill(points, isErasing) {
      const box = paintArea(this.tiles, points.map((point) => this.onCoverage(point)), { isErasing, fade: this.isSoft ? this.radius(1) * SOFT : 0 });
      this.drawing.spoil(box);
    }

    /** One act each, for keys and buttons. */
    dab(place, isErasing) {
      this.begin(place, { isErasing });
      this.end();
    }

    rectangle(from, to, isErasing) {
      this.cancel();
      this.acts.begin();
      this.fill(corners(from, to), isErasing);
      this.acts.commit();
    }

    whole(change) {
      this.cancel();
      this.acts.begin();
      change(this.tiles);
      this.acts.commit();
      this.drawing.spoilAll();
    }

    invert() { this.whole((tiles) => tiles.invert()); }
    clear() { this.whole((tiles) => tiles.fill(0)); }
  }

  function corners(from, to) {
    return [from, { x: to.x, y: from.y }, to, { x: from.x, y: to.y }];
  }

  Object.assign(painter.parts, { Tools, SMALLEST });
})(window.painter ??= { parts: {} });
