"""What lies on the ground: mountains, hills, dunes, beaches, meadows."""

import numpy as np

from engines.images.painting import noise
from engines.images.painting.canvas import HIGH, LOW, Canvas, Numbers, Pen, Random
from engines.images.painting.palettes import DAY, Palette, mix

WHITE = np.ones(3, np.float32)
SAND = np.array([0.95, 0.83, 0.62], np.float32)


def lay(canvas: Canvas, line: Numbers, colour: Numbers, mist: Numbers, depth: float, texture: Numbers | None = None) -> None:
    """Land below a line: its own colour at the top, dissolving into mist `depth` units further down."""
    top, coverage = canvas.below(line)
    under = np.clip((canvas.y[top:] - line[None, :]) / (canvas.unit * depth), 0, 1)[..., None]
    colours = mix(colour, mist, under * 0.75)
    if texture is not None:
        colours = np.clip(colours * (1 + texture[top:, :, None]), 0, 1)
    canvas.cover(coverage, colours, top)


def paint_mountains(canvas: Canvas, palette: Palette, horizon: float, light: tuple[float, float], has_snow: bool) -> None:
    """Ranges behind each other, the near ones darker; faces turned to the light are brighter."""
    rng = canvas.chance("mountains")
    ranges = 4 if canvas.detail > LOW else 3
    for each in range(ranges):
        near = each / (ranges - 1)
        high = (0.2 - 0.12 * near) * rng.uniform(0.85, 1.2)
        shape = _peaks(canvas, rng, 1.9 + 0.5 * near)
        ridge = horizon - canvas.unit * (0.1 - 0.1 * near) - shape * canvas.unit * high
        faces = _faces(canvas, rng, ridge, light)
        colour = mix(palette.land_at(near * 0.72), palette.sky[2], 0.42 * (1 - near))
        lay(canvas, ridge, colour, mix(palette.sky[2], colour, 0.25 + 0.35 * near), 0.26, faces * 0.55)
        if has_snow and each < 2:
            _paint_snow_caps(canvas, rng, ridge, faces, palette)


def _peaks(canvas: Canvas, rng: Random, bumps: float) -> Numbers:
    """A ridge from about -1 to 1 that is pointed above and wide below."""
    large = 1 - 2 * np.abs(noise.line(canvas, rng, bumps, 2, keep=0.4))
    shape: Numbers = large * 0.75 + noise.line(canvas, rng, bumps * 3, (4, 5, 6)[canvas.detail], keep=0.48) * 0.32
    return shape


def _faces(canvas: Canvas, rng: Random, ridge: Numbers, light: tuple[float, float]) -> Numbers:
    """How much each face of a range is turned to the light: from -0.5 to 0.5. Faces run down from the ridge, broken by chance."""
    side = 1 if light[0] < canvas.width / 2 else -1
    folds = noise.line(canvas, rng, 7, (2, 3, 4)[canvas.detail], keep=0.5)
    slope = np.gradient(folds) * canvas.unit / 22 * -side + np.gradient(ridge) * -0.2 * side
    depth = np.clip(canvas.y - ridge[None, :], 0, None)
    bend = (noise.cloud(canvas, rng, 6, 3) - 0.5) * (0.08 * canvas.unit) + (noise.cloud(canvas, rng, 2.2, 2) - 0.5) * depth * 2.2
    at = np.clip(canvas.x + bend, 0, canvas.width - 1).astype(np.intp)
    turned: Numbers = np.clip(slope[at], -0.4, 0.4).astype(np.float32)
    return turned


def _paint_snow_caps(canvas: Canvas, rng: Random, ridge: Numbers, faces: Numbers, palette: Palette) -> None:
    top, coverage = canvas.below(ridge)
    reach = canvas.unit * (0.035 + 0.05 * noise.line(canvas, rng, 9, 4)[None, :] + 0.35 * faces[top:] * 0.4)
    summit = np.clip((ridge.mean() - ridge) / (canvas.unit * 0.12), 0, 1)[None, :]
    depth = canvas.y[top:] - ridge[None, :]
    snow = coverage * np.clip((reach * (0.4 + summit) - depth) / (canvas.unit * 0.004), 0, 1) * (0.35 + 0.65 * summit)
    white = mix(palette.sky[2], WHITE, 0.75)
    canvas.cover((snow * 0.9).astype(np.float32), np.clip(white * (1 + faces[top:, :, None] * 0.7), 0, 1), top)


def paint_hills(canvas: Canvas, palette: Palette, start: float, light: tuple[float, float]) -> list[Numbers]:
    """Soft hills from `start` (a row) down to the lower edge. Returns their lines, so that things can stand on them."""
    rng = canvas.chance("hills")
    count, lines = 5, []
    for each in range(count):
        near = each / (count - 1)
        foot = start + (canvas.height - start) * (0.06 + 0.8 * near**1.25)
        shape = noise.line(canvas, rng, 1.4 - 0.5 * near, 2, is_soft=True, keep=0.35)
        line = foot - shape * canvas.unit * (0.035 + 0.045 * near)
        colour = mix(palette.land_at(0.05 + near * 0.85), palette.sky[2], 0.35 * (1 - near))
        bright = np.exp(-np.square((canvas.x - light[0]) / (canvas.unit * 0.5))) * 0.22
        rows = np.broadcast_to(bright, (canvas.height, canvas.width)) + (noise.cloud(canvas, rng, 9, 3, stretch=3) - 0.5) * 0.16
        lay(canvas, line, colour, mix(colour, palette.sky[2], 0.4), 0.3, rows.astype(np.float32))
        lines.append(line)
    return lines


def paint_dunes(canvas: Canvas, palette: Palette, start: float, light: tuple[float, float]) -> None:
    """Waves of sand: each crest parts a bright and a dark side."""
    rng = canvas.chance("dunes")
    side = 1 if light[0] < canvas.width / 2 else -1
    count = 5
    for each in range(count):
        near = each / (count - 1)
        foot = start + (canvas.height - start) * (0.02 + 0.72 * near**1.3)
        line = foot - noise.line(canvas, rng, 1.5 - 0.7 * near, 2, is_soft=True, keep=0.25) * canvas.unit * (0.03 + 0.06 * near)
        colour = mix(palette.land_at(0.1 + near * 0.5), palette.sky[2], 0.3 * (1 - near))
        top, coverage = canvas.below(line)
        crest = line + canvas.unit * (0.05 + 0.08 * near) * (noise.line(canvas, rng, 1.2, 2, is_soft=True) + 0.75)
        shade = noise.ease((canvas.y[top:] - crest[None, :]) / canvas.unit, -0.004, 0.05 + 0.05 * near)
        slope = np.gradient(line)[None, :] * side
        bright = mix(colour, palette.light, np.clip(0.3 - slope * 1.4, 0, 0.6)[..., None])
        ripples = (noise.cloud(canvas, rng, 30, 2, stretch=5) - 0.5) * 0.1 * near
        colours = mix(bright, mix(colour, palette.land[2], 0.55), shade[..., None] * 0.95) * (1 + ripples[top:, :, None])
        canvas.cover(coverage, np.clip(colours, 0, 1), top)


def paint_beach(canvas: Canvas, palette: Palette) -> None:
    """Sand in front, with a seam of foam."""
    rng = canvas.chance("beach")
    line = canvas.height - canvas.unit * (0.13 + 0.05 * noise.line(canvas, rng, 0.9, 2, is_soft=True))
    sand = mix(mix(palette.land_at(0.25), palette.light, 0.35), SAND, 0.8 if palette.time == DAY else 0.3)
    grain = (noise.cloud(canvas, rng, 60, 2) - 0.5) * 0.12
    foam = line - canvas.unit * (0.012 + 0.006 * noise.line(canvas, rng, 7, 3, is_soft=True))
    top, coverage = canvas.below(foam)
    canvas.cover(coverage * 0.75, mix(palette.sky[2], WHITE, 0.6), top)
    top, coverage = canvas.below(line)
    wet = np.exp(-(canvas.y[top:] - line[None, :]) / (canvas.unit * 0.03))[..., None]
    canvas.cover(coverage, np.clip(mix(sand, palette.land_at(0.5), wet * 0.4) * (1 + grain[top:, :, None]), 0, 1), top)


def paint_field(canvas: Canvas, palette: Palette, start: float) -> None:
    """Flowers that grow towards the viewer, on a ground of grass."""
    rng = canvas.chance("field")
    line = start - noise.line(canvas, rng, 0.8, 2, is_soft=True) * canvas.unit * 0.03
    texture = ((noise.cloud(canvas, rng, 18, 3, stretch=0.4) - 0.5) * 0.35).astype(np.float32)
    lay(canvas, line, palette.land_at(0.42), palette.land_at(0.8), 0.5, texture)
    petals = [
        palette.accent,
        mix(palette.accent, WHITE, 0.45),
        mix(palette.accent, np.array([0.86, 0.25, 0.35], np.float32), 0.55),
        palette.light,
    ]
    amount = (260, 520, 900)[canvas.detail]
    near = np.sort(rng.random(amount) ** 1.35)
    with canvas.pen(int(line.min())) as pen:
        for each in near:
            x = rng.uniform(-0.02, 1.02) * canvas.width
            foot = float(np.interp(x, canvas.x[0], line)) + (canvas.height * 1.04 - start) * each
            _draw_flower(canvas, pen, rng, x, foot, (0.004 + 0.024 * each**1.4) * canvas.unit, petals[rng.integers(len(petals))], palette)


def _draw_flower(canvas: Canvas, pen: Pen, rng: Random, x: float, foot: float, size: float, colour: Numbers, palette: Palette) -> None:
    lean = rng.normal(0, 0.5) * size
    stem = mix(palette.land_at(0.75), palette.light, rng.uniform(0, 0.16))
    pen.line([(x, foot + size * 3.2), (x + lean * 0.4, foot + size * 1.5), (x + lean, foot)], stem, size * 0.24)
    tone = mix(colour, palette.land[1], rng.uniform(0, 0.1))
    if size < canvas.unit * 0.007:
        pen.disc(x + lean, foot, size * 0.9, tone)
        return
    flat = rng.uniform(0.55, 0.9)
    for angle in np.linspace(0, 2 * np.pi, 7)[:-1] + rng.random():
        pen.disc(x + lean + np.cos(angle) * size * 0.75, foot + np.sin(angle) * size * 0.75 * flat, size * 0.56, tone, 0.96, flat)
    pen.disc(x + lean, foot, size * 0.42, mix(palette.light, palette.accent, 0.5), 1, flat)


def paint_grass(canvas: Canvas, palette: Palette, height: float) -> None:
    """Blades in front, dark against what is behind."""
    rng = canvas.chance("grass")
    with canvas.pen(int(canvas.height - canvas.unit * height * 1.6)) as pen:
        for _ in range((140, 260, 420)[canvas.detail]):
            x, tall = rng.uniform(0, canvas.width), canvas.unit * height * rng.uniform(0.35, 1.2)
            lean, half = rng.normal(0, 0.3) * tall, canvas.unit * rng.uniform(0.0016, 0.004)
            tip = (x + lean, canvas.height - tall)
            bend = (x + lean * 0.3, canvas.height - tall * 0.55)
            pen.shape(
                [
                    (x - half, canvas.height),
                    (bend[0] - half * 0.7, bend[1]),
                    tip,
                    (bend[0] + half * 0.7, bend[1]),
                    (x + half, canvas.height),
                ],
                mix(palette.land[2], palette.land[1], rng.uniform(0, 0.35)),
            )


def paint_mist(canvas: Canvas, palette: Palette, row: float, amount: float) -> None:
    """A veil that lies over the land and thins out upwards."""
    rng = canvas.chance("mist")
    veil = noise.cloud(canvas, rng, 2.5, 4 if canvas.detail < HIGH else 5, stretch=4)
    strength = np.exp(-np.square((canvas.y - row) / (canvas.unit * 0.22))) * noise.ease(veil, 0.2, 0.75) * amount
    canvas.cover(strength.astype(np.float32), mix(palette.sky[2], palette.light, 0.25))
