"""Lakes and seas: what stands above them once more, upside down, and the path of the light."""

import numpy as np

from engines.images.painting import noise
from engines.images.painting.canvas import Canvas, Numbers, Random
from engines.images.painting.palettes import DAY, Palette, mix


def paint_water(canvas: Canvas, palette: Palette, horizon: float, light: tuple[float, float], roughness: float, shine: float = 1) -> None:
    """From the horizon down to the lower edge. `roughness` from 0 (a mirror) to 1 (the sea); `shine`: how bright the light on it is."""
    rng = canvas.chance("water")
    row = int(horizon)
    depth: Numbers = np.linspace(0, 1, canvas.height - row, dtype=np.float32)[:, None]
    waves = _towards_viewer(noise.cloud(canvas, rng, 26, (2, 3, 3)[canvas.detail], stretch=7, rows=len(depth), keep=0.6), depth, 0.55) - 0.5
    body = mix(mix(palette.sky[1], palette.land[1], 0.45), palette.land[2], depth[..., None] * 0.5)
    shown = mix(_mirrored(canvas, row, depth, waves * roughness), body, (0.22 + 0.45 * depth * roughness)[..., None])
    crests = noise.ease(waves, 0.16, 0.4) * (0.25 if palette.time == DAY else 0.12)
    shown = mix(shown, palette.sky[2], crests[..., None] * (1 - depth[..., None] * 0.4))
    canvas.rgb[row:] = np.clip(shown, 0, 1)
    canvas.add_light(_path(canvas, rng, depth, waves, light[0]) * shine, palette.light, row)
    shore = np.exp(-np.arange(len(depth), dtype=np.float32) / (canvas.unit * 0.006))[:, None] * np.ones((1, canvas.width), np.float32)
    canvas.cover(shore * 0.35, mix(palette.sky[2], palette.light, 0.4), row)


def _towards_viewer(numbers: Numbers, depth: Numbers, power: float) -> Numbers:
    """Rows drawn apart in front: near waves look larger than far ones."""
    return numbers[(depth[:, 0] ** power * (len(depth) - 1)).astype(np.intp)]


def _mirrored(canvas: Canvas, row: int, depth: Numbers, waves: Numbers) -> Numbers:
    """What is above that row, moved by the waves up and down and to the sides."""
    rows = len(depth)
    down = np.arange(rows)[:, None] * min(1.0, row / rows) * 0.96 + waves * canvas.unit * 0.06 * (0.3 + depth)
    across = np.arange(canvas.width)[None, :] + waves * canvas.unit * 0.05 * (0.2 + depth)
    from_row = np.clip(row - 1 - down, 0, row - 1).astype(np.intp)
    from_column = np.clip(across, 0, canvas.width - 1).astype(np.intp)
    seen: Numbers = canvas.rgb[from_row, from_column]
    return seen


def _path(canvas: Canvas, rng: Random, depth: Numbers, waves: Numbers, column: float) -> Numbers:
    """Glints below the sun or the moon, wider towards the viewer."""
    glints = _towards_viewer(noise.cloud(canvas, rng, 60, 2, stretch=9, rows=len(depth)), depth, 0.7)
    near = np.exp(-np.square((canvas.x - column) / (canvas.unit * (0.045 + depth * 0.13))))
    path: Numbers = near * noise.ease(glints + waves * 0.4, 0.5, 0.72) * 0.85
    return path
