"""Pictures of nothing: for words that name no place."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engines.images.painting import noise
from engines.images.painting.canvas import LOW, Canvas, Numbers, Pen, Random
from engines.images.painting.palettes import Palette, mix


def paint_paper(canvas: Canvas, palette: Palette) -> None:
    """Sheets of paper cut in waves, each throwing its shadow on the one below."""
    rng = canvas.chance("paper")
    tilt = np.float32(rng.uniform(-0.45, 0.45))
    inks = np.array([palette.sky[1], palette.accent, palette.land[0], palette.land[1], palette.land[2]])
    sheets = _between(inks, 7)
    canvas.rgb[:] = mix(palette.light, palette.sky[2], noise.ease(canvas.y / canvas.height, -0.2, 0.6)[..., None])
    centre = (canvas.width * rng.uniform(0.25, 0.75), canvas.height * rng.uniform(0.17, 0.24))
    disc = np.clip((rng.uniform(0.08, 0.12) - canvas.distance(*centre)) * canvas.unit + 0.5, 0, 1)
    canvas.cover(disc, mix(palette.accent, palette.light, 0.25))
    fibre = 1 + (noise.cloud(canvas, rng, 70, 2) - 0.5)[..., None] * 0.05
    leaning = (canvas.x[0] - canvas.width / 2) * tilt
    for each, colour in enumerate(sheets):
        wave = noise.line(canvas, rng, 1 + 0.15 * each, 2, is_soft=True, keep=0.3)
        edge = canvas.height * (0.3 + 0.68 * each / (len(sheets) - 1)) - leaning + wave * canvas.unit * 0.1
        top = int(np.clip(edge.min() - canvas.unit * 0.05, 0, canvas.height - 1))
        under = canvas.y[top:] - edge[None, :]
        canvas.cover(noise.ease(under / canvas.unit, -0.045, 0.012) * 0.3, palette.land[2] * 0.35, top)
        rim = np.exp(np.clip(under, 0, None) / (canvas.unit * -0.03))[..., None] * 0.08
        canvas.cover(np.clip(under + 0.5, 0, 1), np.clip(colour * fibre[top:] + rim, 0, 1), top)


def paint_ribbons(canvas: Canvas, palette: Palette) -> None:
    """Bundles of strings that swing together, as sound does."""
    rng = canvas.chance("ribbons")
    is_dark = float(palette.sky[0].mean()) < 0.4
    upper, lower = (
        (palette.sky[0] * 0.8, mix(palette.sky[1], palette.sky[0], 0.3))
        if is_dark
        else (mix(palette.sky[2], palette.sky[1], 0.4), palette.sky[2])
    )
    slope = canvas.y / canvas.height * 0.75 + canvas.x / canvas.width * 0.25
    canvas.rgb[:] = mix(upper, lower, noise.ease(slope, 0, 1)[..., None])
    glow = np.exp(-np.square(canvas.distance(canvas.width * rng.uniform(0.3, 0.7), canvas.height * 0.5) / 0.36)) * 0.4
    canvas.add_light(glow.astype(np.float32), palette.sky[2])
    inks = (
        [palette.sky[2], palette.accent, palette.light, mix(palette.accent, palette.sky[2], 0.5)]
        if is_dark
        else [palette.land[1], palette.accent, palette.land[2], palette.sky[0]]
    )
    t = np.linspace(-0.05, 1.05, 70)
    with canvas.pen() as pen:
        for colour in inks:
            _draw_bundle(canvas, pen, rng, t, colour, mix(colour, palette.sky[1], 0.6))


def _draw_bundle(canvas: Canvas, pen: Pen, rng: Random, t: NDArray[np.float64], colour: Numbers, fading: Numbers) -> None:
    """Strings that lie close at some places and far apart at others; between each two a thin veil."""
    count = (14, 24, 40)[canvas.detail]
    start, end = rng.uniform(0.2, 0.8, 2)
    waves = [(rng.uniform(1.5, 7), rng.uniform(0, 6.3), rng.uniform(0.04, 0.17) / (1 + 0.5 * each)) for each in range(3)]
    before: list[tuple[float, float]] = []
    for each in range(count):
        share = each / count
        apart = (share - 0.5) * (0.07 + 0.2 * np.sin(t * 3 + waves[0][1]) ** 2)
        y = start + (end - start) * t + apart + sum(high * np.sin(often * t + phase + share * 1.3) for often, phase, high in waves)
        points = [(float(a) * canvas.width, float(b) * canvas.height) for a, b in zip(t, y, strict=True)]
        tint = mix(colour, fading, abs(share - 0.5) * 1.6)
        if before:
            pen.shape([*before, *reversed(points)], tint, 0.14)
        pen.line(points, tint, canvas.unit * rng.uniform(0.0012, 0.003), 0.75)
        before = points


def paint_tiles(canvas: Canvas, palette: Palette) -> None:
    """A wall of quarter circles, dots and stripes."""
    rng = canvas.chance("tiles")
    size = canvas.unit / rng.choice([5, 6, 7])
    inks = [palette.land[2], palette.land[1], palette.accent, palette.sky[1], palette.light, palette.sky[2], palette.land[0]]
    canvas.rgb[:] = mix(palette.light, palette.sky[2], 0.5)
    across, down = int(np.ceil(canvas.width / size)), int(np.ceil(canvas.height / size))
    left, top = (canvas.width - across * size) / 2, (canvas.height - down * size) / 2
    with canvas.pen() as pen:
        for row in range(down):
            for column in range(across):
                first, second, third = rng.choice(len(inks), 3, replace=False)
                _draw_tile(pen, rng, left + column * size, top + row * size, size, (inks[first], inks[second], inks[third]))
    canvas.rgb *= 1 + (noise.cloud(canvas, rng, 60, 2)[..., None] - 0.5) * 0.06
    shine = noise.ease((canvas.x / canvas.width + canvas.y / canvas.height) / 2, 1, 0) * 0.1
    canvas.add_light(shine.astype(np.float32), palette.light)


def _draw_tile(pen: Pen, rng: Random, x: float, y: float, size: float, inks: tuple[Numbers, Numbers, Numbers]) -> None:
    kind, quarter = int(rng.integers(6)), int(rng.integers(4))
    pen.box(x, y, size, size, inks[0])
    if kind in {0, 1}:
        pen.shape(_pie(x, y, size, quarter, 1), inks[1])
    if kind == 0:
        pen.shape(_pie(x, y, size, quarter, 0.5), inks[2])
    elif kind == 2:
        pen.disc(x + size / 2, y + size / 2, size * 0.36, inks[1])
        pen.disc(x + size / 2, y + size / 2, size * 0.15, inks[2])
    elif kind == 3:
        for stripe in range(3):
            along = size * stripe / 3
            if quarter % 2:
                pen.box(x + along, y, size / 6, size, inks[1])
            else:
                pen.box(x, y + along, size, size / 6, inks[1])
    elif kind == 4:
        pen.shape([(x, y), (x + size, y), (x, y + size)] if quarter % 2 else [(x + size, y), (x + size, y + size), (x, y + size)], inks[1])
    elif kind == 5:
        turn = np.linspace(0, np.pi, 36) + np.pi / 2 * quarter
        pen.shape([(x + size / 2 + float(np.cos(a)) * size / 2, y + size / 2 + float(np.sin(a)) * size / 2) for a in turn], inks[1])


def _pie(x: float, y: float, size: float, quarter: int, share: float) -> list[tuple[float, float]]:
    """A quarter of a circle in one of the corners of a tile."""
    corner_x, corner_y = x + size * (quarter % 2), y + size * (quarter // 2)
    turn = np.linspace(0, np.pi / 2, 24) + np.pi / 2 * (0, 1, 3, 2)[quarter]
    rim = [(corner_x + float(np.cos(a)) * size * share, corner_y + float(np.sin(a)) * size * share) for a in turn]
    return [(corner_x, corner_y), *rim]


def paint_silk(canvas: Canvas, palette: Palette, meaning: Numbers) -> None:
    """Folds of colour from a small network whose weights are what the words mean: alike words give alike folds."""
    rng = canvas.chance("silk")
    step = 3 if canvas.detail == LOW else 2
    x = (canvas.x[:, ::step] - canvas.width / 2) / canvas.unit * 2
    y = (canvas.y[::step] - canvas.height / 2) / canvas.unit * 2
    around = np.hypot(x, y)
    seen = np.stack(
        [x + 0 * y, y + 0 * x, around, np.sin(2 * x + meaning[0] * 40) + 0 * y, np.cos(2 * y + meaning[1] * 40) + 0 * x], -1
    ).astype(np.float32)
    weights = meaning[: 5 * 16].reshape(5, 16) * 13 + rng.normal(0, 0.12, (5, 16)).astype(np.float32)
    hidden = np.tanh(seen @ weights)
    for layer in range(2):
        part = meaning[80 + layer * 64 : 144 + layer * 64].reshape(4, 16).repeat(4, 0) * 9
        hidden = np.sin(hidden @ (part + rng.normal(0, 0.22, (16, 16))).astype(np.float32))
    value = hidden @ rng.normal(0, 1, 16).astype(np.float32)
    value = _enlarged(noise.spread(value.astype(np.float32)), canvas)
    stops = np.linspace(0, 1, 5)
    for each in range(3):
        canvas.rgb[..., each] = np.interp(value, stops, palette.ramp[:, each])
    across, down = np.gradient(value, axis=1), np.gradient(value, axis=0)
    canvas.rgb += np.clip((down - across) * canvas.unit * 0.03, -0.16, 0.16)[..., None]


def _enlarged(numbers: Numbers, canvas: Canvas) -> Numbers:
    return np.asarray(Image.fromarray(numbers).resize((canvas.width, canvas.height), Image.Resampling.BICUBIC))


def paint_lights(canvas: Canvas, palette: Palette) -> None:
    """Lamps far out of focus, some in front of others."""
    rng = canvas.chance("lights")
    slope = noise.ease(canvas.y / canvas.height, 0, 1)
    canvas.rgb[:] = mix(palette.land[2] * 0.6, mix(palette.sky[1], palette.land[2], 0.55), (slope * 0.8)[..., None])
    canvas.add_light(noise.ease(noise.cloud(canvas, rng, 2, 3), 0.4, 0.8) * 0.3, palette.sky[2])
    inks = [
        palette.accent,
        palette.light,
        palette.sky[2],
        mix(palette.accent, palette.sky[1], 0.4),
        mix(palette.accent, palette.light, 0.5),
    ]
    for layer in range(3):
        with canvas.pen() as pen:
            for _ in range((16, 26, 40)[canvas.detail]):
                x, y = rng.uniform(0, canvas.width), canvas.height * np.clip(rng.normal(0.55, 0.22), 0, 1)
                size, tint = canvas.unit * rng.uniform(0.012, 0.03) * (layer + 1), inks[rng.integers(len(inks))]
                pen.disc(x, y, size, tint, 0.5 - 0.1 * layer)
                pen.disc(x, y, size * 0.92, mix(tint, palette.land[2], 0.25), 0.3)
    with canvas.pen() as pen:
        for _ in range((60, 120, 200)[canvas.detail]):
            pen.disc(
                rng.uniform(0, canvas.width),
                rng.uniform(0, canvas.height),
                canvas.unit * rng.uniform(0.0008, 0.003),
                palette.light,
                rng.uniform(0.3, 0.9),
            )


def _between(colours: Numbers, count: int) -> Numbers:
    """That many colours, evenly along a row of some."""
    at = np.linspace(0, len(colours) - 1, count)
    mixed: Numbers = np.stack([np.interp(at, np.arange(len(colours)), colours[:, each]) for each in range(3)], -1).astype(np.float32)
    return mixed
