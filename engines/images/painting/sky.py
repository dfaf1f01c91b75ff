"""What is above: the sky itself, the sun or the moon, clouds, stars, northern lights."""

import numpy as np

from engines.images.painting import noise
from engines.images.painting.canvas import HIGH, LOW, Canvas, Numbers, Pen
from engines.images.painting.palettes import NIGHT, Palette, mix


def paint_sky(canvas: Canvas, palette: Palette, horizon: float, light: tuple[float, float]) -> None:
    """From above to the horizon, brighter where the light is."""
    height = np.clip(canvas.y / horizon, 0, 1.2)[:, 0]
    stops = np.array([0, 0.55, 1, 1.2], np.float32)
    colours = np.array([*palette.sky, palette.sky[2]])
    column = np.stack([np.interp(noise.ease(height, 0, 1.0) * 0.4 + height * 0.6, stops, colours[:, each]) for each in range(3)], -1)
    canvas.rgb[:] = column[:, None, :]
    glow = np.exp(-np.square(canvas.distance(*light) / 0.36)) * (0.22 if palette.time == NIGHT else 0.42)
    canvas.add_light(glow.astype(np.float32), palette.light)


def paint_disc(canvas: Canvas, palette: Palette, light: tuple[float, float], size: float) -> None:
    """Sun or moon with its halo; the moon has seas."""
    away = canvas.distance(*light)
    canvas.add_light((np.exp(-np.square(away / (size * 2.4))) * 0.5).astype(np.float32), palette.light)
    disc = np.clip((size - away) * canvas.unit + 0.5, 0, 1)
    surface = np.broadcast_to(palette.light, canvas.rgb.shape)
    if palette.time == NIGHT:
        seas = noise.ease(noise.cloud(canvas, canvas.chance("moon"), 14, 2), 0.5, 0.75)[..., None] * 0.12
        surface = surface * (1 - seas)
    canvas.cover(disc, surface)


def paint_stars(canvas: Canvas, palette: Palette, horizon: float) -> None:
    """Many small ones, a few large, and a band of haze across."""
    rng = canvas.chance("stars")
    tilt, middle = rng.uniform(-0.6, 0.6), rng.uniform(0.15, 0.4)
    band = (canvas.y / canvas.unit - middle - tilt * (canvas.x / canvas.unit - 0.5)) / 0.16
    haze = np.exp(-np.square(band)) * noise.ease(noise.cloud(canvas, rng, 5, 4), 0.35, 0.8)
    canvas.add_light((haze * 0.35).astype(np.float32), mix(palette.light, palette.sky[2], 0.5))
    count = int((260, 420, 700)[canvas.detail] * canvas.width / canvas.unit)
    x, y = rng.uniform(0, canvas.width, count), rng.uniform(0, horizon, count)
    size, bright = rng.gamma(1.6, 0.0007, count) * canvas.unit, rng.uniform(0.35, 1, count) * np.clip(1.15 - y / horizon, 0.1, 1)
    with canvas.pen(0, int(horizon)) as pen:
        for each in range(count):
            pen.disc(x[each], y[each], max(0.45, size[each]), palette.light, bright[each])
            if size[each] > canvas.unit * 0.0034:
                _shine(pen, x[each], y[each], size[each] * 4, palette.light, bright[each] * 0.5)


def _shine(pen: Pen, x: float, y: float, reach: float, colour: Numbers, strength: float) -> None:
    for across, up in ((1, 0), (0, 1)):
        pen.shape(
            [
                (x - reach * across, y - reach * up),
                (x + up * reach / 14, y + across * reach / 14),
                (x + reach * across, y + reach * up),
                (x - up * reach / 14, y - across * reach / 14),
            ],
            colour,
            strength,
        )


def paint_clouds(canvas: Canvas, palette: Palette, horizon: float, light: tuple[float, float], amount: float) -> None:
    """Banks that are bright where the light comes from and dark below; `amount` is the share of the sky that they take."""
    rng = canvas.chance("clouds")
    rows = max(2, int(horizon))
    shape = noise.cloud(canvas, rng, 2.6, (4, 5, 6)[canvas.detail], stretch=2.4, rows=rows, keep=0.56)
    low, high = np.quantile(shape[::8, ::8], [1 - amount, 1 - amount * 0.35])
    bank = noise.ease(shape, low, high + 0.02) * noise.ease(canvas.y[:rows] / horizon, 0.98, 0.6)
    bank *= 1 - 0.8 * np.exp(-np.square(canvas.distance(*light)[:rows] / 0.1))
    up = noise.shifted(shape, max(1, int(canvas.unit * 0.022)), 0)
    lit = np.clip(0.5 + (shape - up) * 5, 0, 1)
    bright, dark = mix(palette.sky[2], palette.light, 0.75), mix(palette.sky[1], palette.sky[0], 0.35)
    colours = mix(dark, bright, (0.2 + 0.8 * lit)[..., None])
    canvas.cover((bank * (0.6 if palette.time == NIGHT else 0.88)).astype(np.float32), colours)


def paint_aurora(canvas: Canvas, palette: Palette, horizon: float) -> None:
    """Curtains of light that hang from a waving line."""
    rng = canvas.chance("aurora")
    along: Numbers = noise.line(canvas, rng, 1.1, 3, is_soft=True)
    for curtain in range(3 if canvas.detail >= LOW else 2):
        foot = horizon * (0.5 + 0.12 * curtain) + along * horizon * 0.14 + noise.line(canvas, rng, 2, 2, is_soft=True) * horizon * 0.08
        above = (foot[None, :] - canvas.y) / horizon
        folds = 0.55 + 0.45 * noise.line(canvas, rng, 26, (2, 3, 4)[canvas.detail], is_soft=True)[None, :]
        strength = np.where(above > 0, np.exp(-above / 0.2), np.exp(above / 0.015)) * folds
        tint = mix(palette.accent, np.array([0.75, 0.4, 0.95], np.float32), (np.clip(above / 0.5, 0, 1))[..., None])
        canvas.add_light((strength * 0.62).astype(np.float32), tint)


def paint_birds(canvas: Canvas, palette: Palette, horizon: float) -> None:
    """A few strokes far away."""
    rng = canvas.chance("birds")
    x, y = rng.uniform(0.2, 0.8) * canvas.width, rng.uniform(0.25, 0.55) * horizon
    with canvas.pen(0, int(horizon)) as pen:
        for _ in range(rng.integers(4, 9)):
            size = canvas.unit * rng.uniform(0.008, 0.016)
            left, up = x + rng.normal(0, 0.07) * canvas.unit, y + rng.normal(0, 0.03) * canvas.unit
            points = [
                (left - size, up - size * 0.35),
                (left - size * 0.45, up - size * 0.5),
                (left, up),
                (left + size * 0.45, up - size * 0.5),
                (left + size, up - size * 0.35),
            ]
            pen.line(points, palette.land[2], canvas.unit * 0.0016, 0.8)


def finish(canvas: Canvas) -> None:
    """A darker rim, and grain that also hides the steps between close colours."""
    rng = canvas.chance("grain")
    rim = np.square((canvas.x / canvas.width - 0.5) * 1.5) + np.square((canvas.y / canvas.height - 0.5) * 1.5)
    canvas.rgb *= (1 - 0.13 * np.clip(rim, 0, 1.2))[..., None]
    strength = 0.0025 if canvas.detail < HIGH else 0.005
    canvas.rgb += rng.standard_normal((canvas.height, canvas.width, 1), np.float32) * np.float32(strength)
    np.clip(canvas.rgb, 0, 1, out=canvas.rgb)
