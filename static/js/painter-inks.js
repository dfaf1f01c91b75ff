// The inks of the painted area: petrol with white stripes, a line of light and dark dashes, and the chessboard behind what is transparent.
((painter) => {
  "use strict";
  const PETROL = [15, 143, 140];
  const WHITE = [255, 255, 255];
  const DARK = [10, 40, 42];
  // How much of the picture an ink takes away, and the colour that comes instead.
  const HATCH = { side: 12, first: [0.67, [137, 200, 198]], other: [0.5, PETROL] };
  const DASHES = { side: 2.5, first: [0.96, WHITE], other: [0.62, DARK] };
  const STRIPE = 5 / 12; // of the hatch
  const CHECKS = 8; // behind pictures that are transparent

  const grey = (share) => `rgb(${[share, share, share].map((value) => Math.round(value * 255)).join(" ")})`;
  const lit = (share, colour) => `rgb(${colour.map((value) => Math.round(value * share)).join(" ")})`;

  /** A pattern of two inks that repeats without a seam; `shape` is what the first one covers of a square. */
  function pattern(side, shape, first, other) {
    const context = document.createElement("canvas").getContext("2d", { alpha: false });
    Object.assign(context.canvas, { width: side, height: side });
    context.fillStyle = other;
    context.fillRect(0, 0, side, side);
    context.fillStyle = first;
    context.fill(new Path2D(shape));
    return context.createPattern(context.canvas, "repeat");
  }

  function stripes(side) {
    const wide = side * STRIPE;
    return `M0 0H${wide}L0 ${wide}Z M${side} 0V${wide}L${wide} ${side}H0Z`;
  }

  // A chessboard turned by a slope of one half, so that edges which lie along it, and would not be dashed, are rare.
  function chess(unit) {
    const fields = [];
    for (let row = -6; row <= 8; row += 1) {
      for (let column = -4; column <= 10; column += 1) {
        if ((row + column) % 2 === 0) fields.push(`M${(2 * column - row) * unit} ${(column + 2 * row) * unit}l${2 * unit} ${unit} ${-unit} ${2 * unit} ${-2 * unit} ${-unit}Z`);
      }
    }
    return fields.join("");
  }

  /** `shade` is how much of the picture goes, `tint` what comes instead. */
  function inks(side, shape, { first, other }) {
    return {
      shade: pattern(side, shape, grey(first[0]), grey(other[0])),
      tint: pattern(side, shape, lit(...first), lit(...other)),
    };
  }

  function patterns(ratio) {
    const [hatch, unit, check] = [HATCH.side, DASHES.side, CHECKS].map((side) => Math.max(1, Math.round(side * ratio)));
    return {
      hatch: inks(hatch, stripes(hatch), HATCH),
      dashes: inks(10 * unit, chess(unit), DASHES),
      checks: pattern(2 * check, `M0 0h${check}v${check}h${check}v${check}h${-check}v${-check}h${-check}Z`, "#dcdcd8", "#fff"),
    };
  }

  Object.assign(painter.parts, { patterns });
})(window.painter ??= { parts: {} });
