"""What stands up: trees, and the houses of a city."""

import numpy as np

from engines.images.painting import noise
from engines.images.painting.canvas import LOW, Canvas, Numbers, Pen, Random
from engines.images.painting.palettes import DAY, NIGHT, Palette, mix


def paint_pines(canvas: Canvas, palette: Palette, row: float, rows: int, tallest: float) -> None:
    """Woods of firs, one row behind the other, the last one in front and dark."""
    rng = canvas.chance("pines")
    for each in range(rows):
        near = (each + 1) / rows
        foot = row + (canvas.height * 1.01 - row) * near**1.2
        line = foot - noise.line(canvas, rng, 1.2, 3, is_soft=True) * canvas.unit * 0.04
        colour = mix(palette.land_at(0.2 + 0.8 * near), palette.sky[2], 0.5 * (1 - near))
        tall = canvas.unit * tallest * (0.35 + 0.65 * near)
        with canvas.pen(int(line.min() - tall * 1.5), int(line.max() + tall)) as pen:
            x = -tall * 0.2
            while x < canvas.width + tall * 0.2:
                height = tall * rng.uniform(0.55, 1.15)
                foot_here = float(np.interp(x, canvas.x[0], line)) + height * 0.1
                draw_fir(pen, rng, x, foot_here, height, mix(colour, palette.land[2], rng.uniform(0, 0.25)), 5 + 3 * canvas.detail)
                x += height * rng.uniform(0.12, 0.5)
        top, coverage = canvas.below(line)
        fade = np.clip((canvas.y[top:] - line[None, :]) / (canvas.unit * 0.22), 0, 1)[..., None]
        canvas.cover(coverage, mix(colour, mix(palette.sky[2], colour, 0.2 + 0.6 * near), fade * 0.7), top)


def draw_fir(pen: Pen, rng: Random, x: float, foot: float, height: float, colour: Numbers, tiers: int) -> None:
    """A fir as one outline: branches that grow wider and hang, not quite alike left and right."""
    left: list[tuple[float, float]] = []
    right: list[tuple[float, float]] = []
    for tier in range(1, tiers + 1):
        down, wide = tier / tiers, height * 0.2 * (tier / tiers) ** 0.85
        y = foot - height * (1 - down)
        for side, outline in ((-1, left), (1, right)):
            reach = wide * rng.uniform(0.75, 1.2)
            outline += [(x + side * reach, y + height * 0.02), (x + side * reach * 0.45, y - height * 0.01)]
    pen.shape([(x, foot - height), *left, *reversed(right)], colour)


def paint_leafy(canvas: Canvas, palette: Palette, row: float, rows: int, tallest: float, light: tuple[float, float]) -> None:
    """Broad trees with round crowns, lit from one side."""
    rng = canvas.chance("leafy")
    side = -1 if light[0] < canvas.width / 2 else 1
    for each in range(rows):
        near = (each + 1) / rows
        foot = row + (canvas.height * 1.02 - row) * near**1.3
        base = mix(palette.land_at(0.25 + 0.55 * near), palette.sky[2], 0.4 * (1 - near))
        tall = canvas.unit * tallest * (0.3 + 0.7 * near)
        ground = foot - noise.line(canvas, rng, 1.1, 2, is_soft=True) * canvas.unit * 0.02
        top, coverage = canvas.below(ground)
        canvas.cover(coverage, mix(base, palette.land[2], 0.25), top)
        with canvas.pen(int(ground.min() - tall * 1.6), int(ground.max() + tall * 0.3)) as pen:
            x = rng.uniform(-0.2, 0.3) * tall
            while x < canvas.width + tall * 0.3:
                height = tall * rng.uniform(0.65, 1.15)
                tint = mix(mix(base, palette.accent, rng.uniform(0, 0.5) * near), palette.land[1], rng.uniform(0, 0.4))
                draw_crown(
                    pen, rng, x, float(np.interp(x, canvas.x[0], ground)) + height * 0.03, height, tint, palette, side, canvas.detail
                )
                x += height * rng.uniform(0.3, 0.85) * (1 + 0.9 * near)


def paint_copses(canvas: Canvas, palette: Palette, lines: list[Numbers], light: tuple[float, float]) -> None:
    """A few trees on the hills, where no nearer hill hides their feet."""
    rng = canvas.chance("copses")
    side = -1 if light[0] < canvas.width / 2 else 1
    with canvas.pen() as pen:
        for each, line in enumerate(lines[:-1]):
            near = each / (len(lines) - 1)
            hidden = np.minimum.reduce(lines[each + 1 :])
            tall, x = canvas.unit * (0.035 + 0.13 * near), rng.uniform(0, 0.15) * canvas.width
            tint = mix(palette.land_at(0.35 + 0.5 * near), palette.sky[2], 0.3 * (1 - near))
            while x < canvas.width:
                foot = float(np.interp(x, canvas.x[0], line))
                if foot < float(np.interp(x, canvas.x[0], hidden)) - tall * 0.02:
                    height = tall * rng.uniform(0.7, 1.2)
                    draw_crown(
                        pen,
                        rng,
                        x,
                        foot + height * 0.03,
                        height,
                        mix(tint, palette.accent, rng.uniform(0, 0.3) * near),
                        palette,
                        side,
                        canvas.detail,
                    )
                x += tall * rng.choice([rng.uniform(0.4, 0.7), rng.uniform(1, 4)])


def draw_crown(
    pen: Pen, rng: Random, x: float, foot: float, height: float, colour: Numbers, palette: Palette, side: int, detail: int
) -> None:
    """A trunk and a heap of leaves: dark ones first, then those that the light reaches."""
    trunk = mix(palette.land[2], colour, 0.15)
    pen.shape(
        [
            (x - height * 0.035, foot),
            (x - height * 0.015, foot - height * 0.6),
            (x + height * 0.015, foot - height * 0.6),
            (x + height * 0.035, foot),
        ],
        trunk,
    )
    middle, wide = foot - height * 0.66, height * 0.3
    leaves = (16, 34, 70)[detail]
    for layer, tone in enumerate((mix(colour, palette.land[2], 0.45), colour, mix(colour, palette.light, 0.3))):
        for _ in range(leaves if layer < 2 else leaves // 2):
            angle, away = rng.uniform(0, 2 * np.pi), np.sqrt(rng.random()) * (1 - 0.18 * layer)
            dx, dy = np.cos(angle) * away * wide, np.sin(angle) * away * wide * 0.95
            size = wide * rng.uniform(0.16, 0.34) * (1 - 0.22 * layer) * (1.2 if detail == LOW else 1)
            pen.disc(x + dx + side * wide * 0.13 * layer, middle + dy - wide * 0.11 * layer, size, tone, 0.96, 0.9)


def paint_city(canvas: Canvas, palette: Palette, foot: float) -> None:
    """Three rows of houses, the near ones darker, with windows that are lit when it is not day."""
    rng = canvas.chance("city")
    for each in range(3):
        near = each / 2
        colour = mix(palette.land_at(0.15 + 0.75 * near), palette.sky[2], 0.5 * (1 - near))
        tallest = canvas.unit * (0.42 - 0.12 * near) * min(1.0, foot / canvas.unit)
        with canvas.pen(0, int(foot) + 1) as pen:
            x = -canvas.unit * rng.uniform(0, 0.08)
            while x < canvas.width:
                wide = canvas.unit * rng.uniform(0.045, 0.1) * (0.8 + 0.4 * near)
                centre = 1 - 0.5 * abs((x + wide / 2) / canvas.width - 0.5)
                high = tallest * rng.uniform(0.35, 1) ** 1.2 * centre
                draw_house(canvas, pen, rng, x, foot, wide, high, mix(colour, palette.land[2], rng.uniform(0, 0.2)), palette, near)
                x += wide * rng.uniform(0.85, 1.25)
        if near < 1:
            haze = np.exp(-np.square((canvas.y - foot) / (canvas.unit * 0.16))) * 0.4 * np.ones((1, canvas.width))
            haze[int(foot) :] = 0
            canvas.cover(haze.astype(np.float32), mix(palette.sky[2], palette.accent, 0.15))


def draw_house(
    canvas: Canvas, pen: Pen, rng: Random, x: float, foot: float, wide: float, high: float, colour: Numbers, palette: Palette, near: float
) -> None:
    pen.box(x, foot - high, wide, high, colour)
    roof = rng.integers(4)
    if roof == 1:
        pen.box(x + wide * 0.2, foot - high - wide * 0.22, wide * 0.6, wide * 0.24, colour)
    elif roof == 2:
        pen.shape([(x, foot - high), (x + wide * 0.5, foot - high - wide * 0.4), (x + wide, foot - high)], colour)
    elif roof == 3:
        pen.line([(x + wide / 2, foot - high), (x + wide / 2, foot - high - wide * 0.7)], colour, canvas.unit * 0.002)
    if near == 0 and canvas.detail == LOW:
        return
    is_day = palette.time == DAY
    across, floor = max(2, round(wide / (canvas.unit * 0.017))), canvas.unit * 0.02
    pane = wide / (across * 1.7 + 0.7)
    lights = [palette.light, palette.accent, mix(palette.light, palette.accent, 0.5)]
    share = 0.3 if is_day else (0.62 if palette.time == NIGHT else 0.5)
    for level in range(int((high - floor) / floor)):
        for column in range(across):
            if rng.random() > share:
                continue
            shown = mix(colour, palette.sky[2], 0.55) if is_day else lights[rng.integers(3)]
            pen.box(
                x + pane * (0.7 + 1.7 * column),
                foot - high + floor * (0.6 + level),
                pane,
                floor * 0.5,
                shown,
                (0.35 + 0.6 * near) * rng.uniform(0.6, 1),
            )
