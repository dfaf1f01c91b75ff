"""What falls and floats: rain, snow, sparks, fireflies."""

import numpy as np

from engines.images.painting import noise
from engines.images.painting.canvas import Canvas
from engines.images.painting.palettes import Palette, mix


def paint_rain(canvas: Canvas, palette: Palette) -> None:
    rng = canvas.chance("rain")
    slant = rng.uniform(-0.25, 0.25)
    veil = noise.ease(noise.cloud(canvas, rng, 1.6, 3, stretch=0.35), 0.3, 0.9) * 0.16
    canvas.cover(veil.astype(np.float32), mix(palette.sky[1], palette.light, 0.3))
    with canvas.pen() as pen:
        for _ in range((220, 420, 800)[canvas.detail]):
            x, y, long = rng.uniform(-0.1, 1.1) * canvas.width, rng.uniform(-0.1, 1) * canvas.height, canvas.unit * rng.uniform(0.02, 0.07)
            pen.line(
                [(x, y), (x + slant * long, y + long)], palette.light, canvas.unit * rng.uniform(0.0008, 0.0018), rng.uniform(0.12, 0.38)
            )


def paint_snowfall(canvas: Canvas, palette: Palette) -> None:
    rng = canvas.chance("snowfall")
    white = mix(palette.light, np.ones(3, np.float32), 0.7)
    with canvas.pen() as pen:
        for _ in range((260, 480, 900)[canvas.detail]):
            near = rng.random() ** 3
            x, y = rng.uniform(0, canvas.width), rng.uniform(0, canvas.height)
            pen.disc(x, y, canvas.unit * (0.0012 + 0.0065 * near), white, rng.uniform(0.5, 0.95) * (1 - 0.5 * near))


def paint_sparks(canvas: Canvas, palette: Palette, foot: float) -> None:
    """Glowing bits that rise and fade."""
    rng = canvas.chance("sparks")
    with canvas.pen() as pen:
        for _ in range((90, 170, 300)[canvas.detail]):
            up = rng.random() ** 1.4
            x = canvas.width * (0.5 + rng.normal(0, 0.16 + 0.2 * up))
            size = canvas.unit * rng.uniform(0.0012, 0.004) * (1.2 - up)
            y = foot - up * foot
            pen.disc(x, y, size * 3.2, palette.accent, 0.12)
            pen.disc(x, y, size, palette.light, 1 - 0.6 * up)
