"""Places that are no landscape: space, under water, fire."""

import numpy as np

from engines.images.painting import noise
from engines.images.painting.canvas import Canvas, Numbers, Random
from engines.images.painting.palettes import Palette, mix
from engines.images.painting.sky import paint_stars
from engines.images.painting.weather import paint_sparks


def paint_space(canvas: Canvas, palette: Palette) -> None:
    """Clouds of gas, stars, a planet with its ring and a moon."""
    rng = canvas.chance("space")
    gas = noise.cloud(canvas, rng, 1.8, (4, 5, 6)[canvas.detail], keep=0.58)
    other = noise.cloud(canvas, rng, 1.5, 4, keep=0.55)
    canvas.rgb[:] = palette.sky[0]
    canvas.cover(noise.ease(gas, 0.35, 0.75) * 0.9, palette.sky[1])
    canvas.add_light(noise.ease(gas * 0.6 + other * 0.4, 0.5, 0.72) * 0.55, palette.sky[2])
    canvas.add_light(noise.ease(other, 0.56, 0.8) * 0.3, palette.accent)
    paint_stars(canvas, palette, canvas.height * 1.3)
    x, y = canvas.width * rng.uniform(0.3, 0.7), canvas.height * rng.uniform(0.45, 0.7)
    radius = rng.uniform(0.17, 0.26)
    sun = rng.uniform(-2.6, -0.5)
    tilt = rng.uniform(-0.5, 0.5)
    paint_ring(canvas, palette, x, y, radius, tilt, is_behind=True)
    paint_planet(canvas, palette, x, y, radius, sun, tilt)
    paint_ring(canvas, palette, x, y, radius, tilt, is_behind=False)
    away = rng.uniform(1.9, 2.4) * radius * canvas.unit
    paint_planet(canvas, palette, x + np.cos(sun + 1) * away, y + np.sin(sun + 1) * away, radius * 0.17, sun, 0)


def paint_planet(canvas: Canvas, palette: Palette, x: float, y: float, radius: float, sun: float, tilt: float) -> None:
    """A ball with bands, bright on the side of the sun (an angle), with a rim of air."""
    rng = canvas.chance(f"planet {radius:.3f}")
    right, down = (canvas.x - x) / (canvas.unit * radius), (canvas.y - y) / (canvas.unit * radius)
    squared = right * right + down * down
    disc = np.clip((1 - np.sqrt(squared)) * canvas.unit * radius + 0.5, 0, 1)
    bulge = np.sqrt(np.clip(1 - squared, 0, 1))
    along = down * np.cos(tilt) - right * np.sin(tilt) + (noise.cloud(canvas, rng, 5, 3, stretch=3) - 0.5) * 0.3
    bands = noise.line(canvas, rng, 4, 3, is_soft=True)
    shade = bands[np.clip((along + 1.5) / 3 * (canvas.width - 1), 0, canvas.width - 1).astype(np.intp)] * 0.5 + 0.5
    surface = mix(mix(palette.sky[2], palette.land[0], 0.4), mix(palette.accent, palette.light, 0.3), shade[..., None])
    lit = np.clip(right * np.cos(sun) + down * np.sin(sun) + bulge * 0.45, 0, 1)
    canvas.add_light(
        (np.exp(-np.clip(np.sqrt(squared) - 1, 0, 9) / 0.09) * (squared > 1) * 0.3 * np.clip(lit + 0.2, 0, 1)).astype(np.float32),
        palette.sky[2],
    )
    canvas.cover(disc, surface * (0.06 + 1.05 * lit[..., None]).clip(0, 1))


def paint_ring(canvas: Canvas, palette: Palette, x: float, y: float, radius: float, tilt: float, *, is_behind: bool) -> None:
    right, down = (canvas.x - x) / (canvas.unit * radius), (canvas.y - y) / (canvas.unit * radius)
    across, up = right * np.cos(tilt) + down * np.sin(tilt), down * np.cos(tilt) - right * np.sin(tilt)
    away = np.hypot(across, up / 0.24)
    grooves = 0.6 + 0.4 * np.sin(away * 34) * np.sin(away * 13 + 1)
    ring = noise.ease(away, 1.32, 1.36) * noise.ease(away, 2.05, 1.98) * grooves * 0.75
    half = up < 0 if is_behind else up >= 0
    canvas.cover((ring * half).astype(np.float32), mix(palette.light, palette.accent, 0.35))


def paint_underwater(canvas: Canvas, palette: Palette) -> None:
    """Light from above in shafts, weeds on the ground, bubbles, a shoal far away."""
    rng = canvas.chance("underwater")
    depth = noise.ease(canvas.y / canvas.height, -0.15, 1.05)
    upper = mix(palette.sky[0], palette.light, 0.28)
    canvas.rgb[:] = mix(
        mix(upper, palette.sky[1], np.clip(depth * 2, 0, 1)[..., None]), palette.sky[2], np.clip(depth * 2 - 1, 0, 1)[..., None]
    )
    _paint_shafts(canvas, palette, rng)
    _paint_shoal(canvas, palette, rng)
    for each in range(3):
        near = each / 2
        line = canvas.height * (0.86 + 0.05 * each) - noise.line(canvas, rng, 1.6, 4, is_soft=True) * canvas.unit * 0.05
        top, coverage = canvas.below(line)
        colour = mix(palette.land_at(0.25 + near * 0.75), palette.sky[1], 0.4 * (1 - near))
        canvas.cover(coverage, colour, top)
        _paint_weeds(canvas, rng, line, colour, near, palette)
    with canvas.pen() as pen:
        for _ in range((24, 46, 80)[canvas.detail]):
            x, y, size = rng.uniform(0, canvas.width), rng.uniform(0, canvas.height * 0.9), canvas.unit * rng.gamma(2, 0.0024)
            pen.disc(x, y, size, palette.light, 0.16)
            pen.disc(x - size * 0.3, y - size * 0.35, size * 0.28, palette.light, 0.65)


def _paint_shafts(canvas: Canvas, palette: Palette, rng: Random) -> None:
    origin = canvas.width * rng.uniform(0.25, 0.75)
    slant = (canvas.x - origin) / (canvas.y + canvas.unit * 0.5)
    rays = noise.line(canvas, rng, 9, 3, is_soft=True)
    at = np.clip((slant + 1.2) / 2.4 * (canvas.width - 1), 0, canvas.width - 1).astype(np.intp)
    strength = np.clip(rays[at], 0, 1) * np.clip(1 - canvas.y / (canvas.height * 0.85), 0, 1) ** 1.4 * np.exp(-np.square(slant / 0.55))
    canvas.add_light((strength * 0.5).astype(np.float32), palette.light)


def _paint_weeds(canvas: Canvas, rng: Random, line: Numbers, colour: Numbers, near: float, palette: Palette) -> None:
    with canvas.pen() as pen:
        for _ in range((10, 16, 26)[canvas.detail]):
            x = rng.uniform(0, canvas.width)
            foot, tall = float(np.interp(x, canvas.x[0], line)) + canvas.unit * 0.01, canvas.unit * rng.uniform(0.06, 0.2) * (0.5 + near)
            phase, sway, half = (
                rng.uniform(0, 6.3),
                canvas.unit * rng.uniform(0.008, 0.02),
                canvas.unit * rng.uniform(0.003, 0.008) * (0.5 + near),
            )
            t = np.linspace(0, 1, 12)
            middle = x + np.sin(t * 5 + phase) * sway * t
            y = foot - t * tall
            wide = half * (1 - t) * (1.2 + np.sin(t * 22 + phase) * 0.35)
            tint = mix(colour, palette.accent if rng.random() < 0.25 else palette.land[0], rng.uniform(0.1, 0.5) * (0.4 + 0.6 * near))
            pen.shape([*zip(middle - wide, y, strict=True), *zip((middle + wide)[::-1], y[::-1], strict=True)], tint)


def _paint_shoal(canvas: Canvas, palette: Palette, rng: Random) -> None:
    x, y, turn = canvas.width * rng.uniform(0.3, 0.7), canvas.height * rng.uniform(0.3, 0.55), rng.choice([-1, 1])
    with canvas.pen() as pen:
        for each in range((10, 16, 24)[canvas.detail]):
            left, up, long = (
                x + rng.normal(0, 0.15) * canvas.unit,
                y + rng.normal(0, 0.06) * canvas.unit,
                canvas.unit * rng.uniform(0.014, 0.03),
            )
            tint = mix(palette.accent, palette.sky[1], rng.uniform(0.1, 0.65)) if each % 3 else mix(palette.light, palette.sky[1], 0.4)
            pen.disc(left, up, long, tint, 0.9, 0.42)
            pen.shape(
                [
                    (left - turn * long * 0.8, up),
                    (left - turn * long * 1.6, up - long * 0.45),
                    (left - turn * long * 1.35, up),
                    (left - turn * long * 1.6, up + long * 0.45),
                ],
                tint,
                0.9,
            )
            pen.disc(left + turn * long * 0.55, up - long * 0.08, long * 0.09, palette.sky[2])


def paint_fire(canvas: Canvas, palette: Palette) -> None:
    """Tongues of flame that grow from the lower edge, and sparks."""
    rng = canvas.chance("fire")
    height = 1 - canvas.y / canvas.height
    canvas.rgb[:] = mix(palette.sky[1], palette.sky[0], noise.ease(height, 0, 0.85)[..., None])
    for each, colour in enumerate((palette.sky[1], palette.sky[2], palette.accent, palette.light)):
        bend = (noise.cloud(canvas, rng, 3, 3, stretch=0.6) - 0.5) * canvas.unit * 0.35
        tongues = noise.line(canvas, rng, 2.6 + each, (3, 4, 4)[canvas.detail], is_soft=True)
        at = np.clip(canvas.x + bend * np.clip(height * 1.6, 0, 1), 0, canvas.width - 1).astype(np.intp)
        centre = np.exp(-np.square((canvas.x / canvas.width - 0.5) / 0.36))
        top = (0.62 - 0.15 * each) * (0.45 + 0.55 * centre) * (0.75 + 0.4 * tongues[at])
        soft = 0.05 + 0.03 * each
        canvas.cover(noise.ease(top - height, -soft * 0.3, soft).astype(np.float32) * 0.92, colour)
    paint_sparks(canvas, palette, canvas.height * 0.95)
