"""Puts a picture together, from what is far to what is near."""

from collections.abc import Iterator

import numpy as np
from PIL import Image

from engines.images.painting import elsewhere, growth, land, noise, patterns, sky, water, weather
from engines.images.painting.canvas import Canvas, Numbers
from engines.images.painting.choosing import Theme
from engines.images.painting.palettes import DUSK, NIGHT, Palette

ELSEWHERE = {"space": elsewhere.paint_space, "underwater": elsewhere.paint_underwater, "fire": elsewhere.paint_fire}
PATTERNS = {
    "ribbons": patterns.paint_ribbons,
    "tiles": patterns.paint_tiles,
    "lights": patterns.paint_lights,
    "paper": patterns.paint_paper,
}


def paint(canvas: Canvas, theme: Theme) -> Iterator[None]:
    """Paint it, pausing whenever there is something new to see."""
    palette = theme.palette.turned(canvas.chance("tint"))
    if theme.place in ELSEWHERE:
        ELSEWHERE[theme.place](canvas, palette)
    elif theme.place in PATTERNS:
        PATTERNS[theme.place](canvas, palette)
    elif theme.place == "silk":
        patterns.paint_silk(canvas, palette, theme.meaning)
    else:
        yield from _paint_landscape(canvas, theme, palette)
    yield
    sky.finish(canvas)


def _paint_landscape(canvas: Canvas, theme: Theme, palette: Palette) -> Iterator[None]:
    rng = canvas.chance("composition")
    horizon = canvas.height * _horizon(theme, rng)
    at = rng.choice([rng.uniform(0.18, 0.4), rng.uniform(0.6, 0.82)]) * canvas.width
    high = rng.uniform(0.62, 0.88) if palette.time == DUSK else rng.uniform(0.28, 0.5)
    light = (float(at), float(horizon * high))
    _paint_sky(canvas, theme, palette, horizon, light)
    yield
    _paint_far(canvas, theme, palette, horizon, light)
    yield
    if theme.has("sea", "lake"):
        water.paint_water(canvas, palette, horizon, light, 1.0 if theme.has("sea") else 0.5, 0.2 if _is_wet(theme) else 1)
        yield
    _paint_near(canvas, theme, palette, horizon, light)
    _paint_weather(canvas, theme, palette, horizon)


def _is_wet(theme: Theme) -> bool:
    """Whether something falls from the sky, so that neither sun nor stars show."""
    return bool(theme.weathers & {"rain", "snowfall"})


def _horizon(theme: Theme, rng: np.random.Generator) -> float:
    """Where the ground begins, as a share of the height."""
    if theme.has("city"):
        return float(rng.uniform(0.66, 0.74))
    low = 0.46 if theme.has("flowers", "desert") else 0.54
    return float(rng.uniform(low, low + 0.08))


def _paint_sky(canvas: Canvas, theme: Theme, palette: Palette, horizon: float, light: tuple[float, float]) -> None:
    rng = canvas.chance("above")
    sky.paint_sky(canvas, palette, horizon, light)
    is_wet = _is_wet(theme)
    if palette.time == NIGHT and not is_wet:
        sky.paint_stars(canvas, palette, horizon)
    if "aurora" in theme.weathers:
        sky.paint_aurora(canvas, palette, horizon)
    elif not is_wet:
        sky.paint_disc(canvas, palette, light, float(rng.uniform(0.038, 0.062)))
    if "aurora" not in theme.weathers:
        sky.paint_clouds(canvas, palette, horizon, light, 0.75 if is_wet else float(rng.uniform(0.2, 0.45)))
    if palette.time != NIGHT and not is_wet and rng.random() < 0.5:
        sky.paint_birds(canvas, palette, horizon)


def _paint_far(canvas: Canvas, theme: Theme, palette: Palette, horizon: float, light: tuple[float, float]) -> None:
    """What stands behind the water, or behind all else."""
    has_water = theme.has("lake", "sea")
    if theme.has("mountains") or (theme.place in {"lake", "snow"} and not theme.has("city")):
        land.paint_mountains(canvas, palette, horizon, light, has_snow=palette.name != "desert")
    if theme.has("city"):
        growth.paint_city(canvas, palette, horizon)
    if has_water and theme.has("firs", "snow"):
        growth.paint_pines(canvas, palette, horizon - canvas.unit * 0.05, 2, 0.13)
    elif has_water and theme.has("trees", "hills"):
        growth.paint_leafy(canvas, palette, horizon - canvas.unit * 0.05, 2, 0.13, light)


def _paint_near(canvas: Canvas, theme: Theme, palette: Palette, horizon: float, light: tuple[float, float]) -> None:
    unit = canvas.unit
    if theme.has("sea"):
        land.paint_beach(canvas, palette)
    elif theme.has("lake"):
        land.paint_grass(canvas, palette, 0.12)
    elif theme.has("city"):
        water.paint_water(canvas, palette, horizon, light, 0.6)
    elif theme.place == "desert":
        land.paint_dunes(canvas, palette, horizon, light)
    elif theme.has("snow"):
        land.paint_hills(canvas, palette, horizon, light)
        growth.paint_pines(canvas, palette, horizon + unit * 0.12, 2, 0.2)
    elif theme.has("flowers"):
        land.paint_hills(canvas, palette, horizon, light)
        land.paint_field(canvas, palette, horizon + canvas.height * 0.11)
    elif theme.has("trees"):
        land.paint_hills(canvas, palette, horizon, light)
        growth.paint_leafy(canvas, palette, horizon + unit * 0.02, 3, 0.38, light)
    elif theme.place == "firs":
        growth.paint_pines(canvas, palette, horizon - unit * (0.05 if theme.has("mountains") else 0.24), 5, 0.4)
    elif theme.place == "mountains":
        growth.paint_pines(canvas, palette, horizon + canvas.height * 0.12, 3, 0.16)
    else:
        growth.paint_copses(canvas, palette, land.paint_hills(canvas, palette, horizon, light), light)


def _paint_weather(canvas: Canvas, theme: Theme, palette: Palette, horizon: float) -> None:
    if "mist" in theme.weathers or theme.place == "firs":
        land.paint_mist(canvas, palette, horizon + canvas.unit * 0.05, 0.75 if "mist" in theme.weathers else 0.4)
    if "rain" in theme.weathers:
        weather.paint_rain(canvas, palette)
    if "snowfall" in theme.weathers:
        weather.paint_snowfall(canvas, palette)


def badge(canvas: Canvas) -> Numbers:
    """How much of each point is kept when the background is transparent: a rounded shape with an uneven rim."""
    rng = canvas.chance("badge")
    half_width, half_height = canvas.width / 2, canvas.height / 2
    across, down = np.abs((canvas.x - half_width) / half_width), np.abs((canvas.y - half_height) / half_height)
    away = (across**2.6 + down**2.6) ** (1 / 2.6)
    rim = 0.92 + (noise.cloud(canvas, rng, 6, 3) - 0.5) * 0.05
    kept: Numbers = np.clip((rim - away) * min(half_width, half_height) + 0.5, 0, 1).astype(np.float32)
    return kept


def as_image(canvas: Canvas, kept: Numbers | None = None) -> Image.Image:
    image = Image.fromarray((np.clip(canvas.rgb, 0, 1) * 255 + 0.5).astype(np.uint8))
    if kept is not None:
        image.putalpha(Image.fromarray((kept * 255 + 0.5).astype(np.uint8)))
    return image
