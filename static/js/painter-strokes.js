// How a stroke and an area come onto the coverage: grey only grows under a brush and only shrinks under an eraser,
// so that going over a soft edge again leaves it soft.
((painter) => {
  "use strict";
  const { sheet } = painter.parts;
  const SOFT = 0.3; // of the radius fades out, inside the circle: nothing beyond it is ever touched
  const STEP = 0.2; // of the radius from one soft dab to the next
  const SHARP = 2; // a smaller radius has no room to fade
  const STEPS = 10; // greys of a soft edge of an area
  const ROOM = 2048; // longest side of the sheet on which such an edge is made
  const DABS = 24;

  const boxAround = (x, y, radius) => ({ left: x - radius, top: y - radius, right: x + radius, bottom: y + radius });

  function join(one, other) {
    if (!one) return other;
    return {
      left: Math.min(one.left, other.left),
      top: Math.min(one.top, other.top),
      right: Math.max(one.right, other.right),
      bottom: Math.max(one.bottom, other.bottom),
    };
  }

  function wider(box, by) {
    return { left: box.left - by, top: box.top - by, right: box.right + by, bottom: box.bottom + by };
  }

  function boxOf(points) {
    return points.reduce((box, { x, y }) => join(box, boxAround(x, y, 0)), null);
  }

  const grey = (value) => `rgb(${value} ${value} ${value})`;
  const ink = (isErasing) => (isErasing ? "#000" : "#fff");
  const dabs = new Map();

  function drawDab(radius, isErasing) {
    const side = 2 * radius;
    const context = sheet(side, side);
    const fade = context.createRadialGradient(radius, radius, radius * (1 - SOFT), radius, radius, radius);
    for (let at = 0; at <= 1; at += 1 / 8) {
      const covers = Math.round(255 * (1 - at * at * (3 - 2 * at)));
      fade.addColorStop(at, grey(isErasing ? 255 - covers : covers));
    }
    context.fillStyle = fade;
    context.fillRect(0, 0, side, side);
    return context.canvas;
  }

  // Pressure asks for many sizes; the last few are at hand.
  function dabOf(radius, isErasing) {
    const key = `${radius} ${isErasing}`;
    const dab = dabs.get(key) ?? drawDab(radius, isErasing);
    dabs.delete(key);
    dabs.set(key, dab);
    if (dabs.size > DABS) dabs.delete(dabs.keys().next().value);
    return dab;
  }

  /** The outline around two circles {x, y, radius}. */
  function capsule(context, from, to) {
    const distance = Math.hypot(to.x - from.x, to.y - from.y);
    const larger = from.radius > to.radius ? from : to;
    context.beginPath();
    if (distance <= Math.abs(from.radius - to.radius)) {
      context.arc(larger.x, larger.y, larger.radius, 0, 2 * Math.PI);
      return;
    }
    const angle = Math.atan2(to.y - from.y, to.x - from.x);
    const spread = Math.acos((from.radius - to.radius) / distance);
    context.arc(from.x, from.y, from.radius, angle + spread, angle - spread + 2 * Math.PI);
    context.arc(to.x, to.y, to.radius, angle - spread, angle + spread);
    context.closePath();
  }

  class Stroke {
    /** Places are {x, y, radius} in pixels of the coverage. `add` tells which box it has changed, or nothing. */
    constructor(tiles, { isErasing, isSoft }) {
      Object.assign(this, { tiles, isErasing, isSoft });
      this.last = null;
    }

    add(place) {
      const from = this.last ?? place;
      this.place = place;
      if (!this.isSoft || place.radius < SHARP) return this.addHard(from, place);
      return this.addSoft(from, place);
    }

    /** The last dab stands where the stroke was let go. */
    end() {
      const isShort = this.isSoft && this.last && Math.hypot(this.place.x - this.last.x, this.place.y - this.last.y) > 1;
      return isShort && this.place.radius >= SHARP ? this.dab(this.place) : null;
    }

    addHard(from, to) {
      const box = wider(join(boxAround(from.x, from.y, from.radius), boxAround(to.x, to.y, to.radius)), 1);
      this.tiles.paint(box, (context) => {
        context.fillStyle = ink(this.isErasing);
        capsule(context, from, to);
        context.fill();
      });
      this.last = to;
      return box;
    }

    // Dabs stand on whole pixels, which is four times as fast; half a pixel is nothing on an edge that fades.
    addSoft(from, to) {
      let box = null;
      const distance = Math.hypot(to.x - from.x, to.y - from.y);
      const step = Math.max(1, to.radius * STEP);
      for (let gone = this.last ? step : 0; gone <= distance; gone += step) {
        const share = distance ? gone / distance : 0;
        const place = {
          x: from.x + (to.x - from.x) * share,
          y: from.y + (to.y - from.y) * share,
          radius: from.radius + (to.radius - from.radius) * share,
        };
        box = join(box, this.dab(place));
        this.last = place;
      }
      return box;
    }

    dab({ x, y, radius }) {
      const dab = dabOf(Math.max(SHARP, Math.round(radius)), this.isErasing);
      const half = dab.width / 2;
      const box = boxAround(Math.round(x), Math.round(y), half);
      this.tiles.paint(box, (context) => {
        context.globalCompositeOperation = this.isErasing ? "darken" : "lighten";
        context.drawImage(dab, box.left, box.top);
      });
      return box;
    }
  }

  function outline(points) {
    const path = new Path2D();
    points.forEach(({ x, y }) => path.lineTo(x, y));
    path.closePath();
    return path;
  }

  // A narrow area gets a narrower edge, or nothing of it would be left. Half of surface by edge is a quarter of a strip's width.
  function fittingFade(points, fade) {
    let surface = 0;
    let edge = 0;
    points.forEach(({ x, y }, at) => {
      const next = points[(at + 1) % points.length];
      surface += x * next.y - next.x * y;
      edge += Math.hypot(next.x - x, next.y - y);
    });
    return edge ? Math.min(fade, Math.abs(surface) / 4 / edge) : 0;
  }

  /** Fills what the points go around; at most `fade` pixels of its edge are soft, inside. Tells which box it has changed. */
  function paintArea(tiles, points, { isErasing, fade }) {
    const box = wider(boxOf(points), 1);
    const fits = fittingFade(points, fade);
    if (fits >= SHARP) { paintSoftArea(tiles, points, isErasing, fits); return box; }
    const path = outline(points);
    tiles.paint(box, (context) => {
      context.fillStyle = ink(isErasing);
      context.fill(path);
    });
    return box;
  }

  // An edge that fades has no details, so it is made small and drawn large.
  function paintSoftArea(tiles, points, isErasing, fade) {
    const whole = boxOf(points);
    const seen = {
      left: Math.max(whole.left, -2 * fade), top: Math.max(whole.top, -2 * fade),
      right: Math.min(whole.right, tiles.width + 2 * fade), bottom: Math.min(whole.bottom, tiles.height + 2 * fade),
    };
    const [width, height] = [seen.right - seen.left, seen.bottom - seen.top];
    if (width <= 0 || height <= 0) return;
    const times = Math.max(1, fade / STEPS, Math.max(width, height) / ROOM);
    const small = sheet(Math.ceil(width / times) + 2, Math.ceil(height / times) + 2);
    small.setTransform(1 / times, 0, 0, 1 / times, 1 - seen.left / times, 1 - seen.top / times);
    drawFading(small, outline(points), fade);
    if (isErasing) invert(small);
    const { canvas } = small;
    tiles.paint(seen, (context) => {
      context.globalCompositeOperation = isErasing ? "darken" : "lighten";
      context.drawImage(canvas, seen.left - times, seen.top - times, canvas.width * times, canvas.height * times);
    });
  }

  // Each line along the edge is narrower and darker than the one before.
  function drawFading(context, path, fade) {
    context.fillStyle = "#fff";
    context.fill(path);
    context.globalCompositeOperation = "darken";
    context.lineJoin = "round";
    for (let step = STEPS; step > 0; step -= 1) {
      const share = (step - 0.5) / STEPS;
      context.lineWidth = 2 * fade * step / STEPS;
      context.strokeStyle = grey(Math.round(255 * share * share * (3 - 2 * share)));
      context.stroke(path);
    }
  }

  function invert(context) {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalCompositeOperation = "difference";
    context.fillStyle = "#fff";
    context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  }

  Object.assign(painter.parts, { SOFT, Stroke, paintArea, join, wider });
})(window.painter ??= { parts: {} });
