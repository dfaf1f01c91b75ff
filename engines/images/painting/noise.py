"""Chance that looks like nature: clouds of numbers and rugged lines."""

import numpy as np
from PIL import Image

from engines.images.painting.canvas import Canvas, Numbers, Random


def cloud(
    canvas: Canvas, rng: Random, cells: float, octaves: int, *, stretch: float = 1, rows: int | None = None, keep: float = 0.5
) -> Numbers:
    """Numbers from about 0 to 1 that change softly; `cells` hills to a unit, `stretch` times wider than high.

    Each octave adds hills half as large, `keep` times as strong.
    """
    height = canvas.height if rows is None else rows
    # Soft things need not be computed for every point.
    step = 2 if max(canvas.width, height) > 400 else 1
    width, height = -(-canvas.width // step), -(-height // step)
    total = np.zeros((height, width), np.float32)
    weight = sum_of_weights = 1.0
    for octave in range(octaves):
        across = max(2, round(cells * 2**octave * canvas.width / canvas.unit / stretch) + 1)
        down = max(2, round(cells * 2**octave * height * step / canvas.unit) + 1)
        # Each octave is moved by chance: hills that all begin at the same corner look woven.
        grid = Image.fromarray(rng.random((down + 2, across + 2), np.float32))
        left, top = rng.uniform(0, 2, 2)
        total += np.asarray(grid.resize((width, height), Image.Resampling.BICUBIC, (left, top, left + across, top + down))) * weight
        sum_of_weights += weight if octave else 0
        weight *= keep
    total /= sum_of_weights
    if step == 1:
        return total
    full = Image.fromarray(total).resize((width * step, height * step), Image.Resampling.BILINEAR)
    return np.asarray(full)[: canvas.height if rows is None else rows, : canvas.width]


def shifted(numbers: Numbers, down: int, right: int) -> Numbers:
    """The same, moved; what comes in at the edge repeats the last row or column."""
    rows = np.clip(np.arange(numbers.shape[0]) - down, 0, numbers.shape[0] - 1)
    columns = np.clip(np.arange(numbers.shape[1]) - right, 0, numbers.shape[1] - 1)
    moved = numbers[rows] if down else numbers
    return moved[:, columns] if right else moved


def spread(numbers: Numbers) -> Numbers:
    """The same, from exactly 0 to exactly 1."""
    low, high = numbers.min(), numbers.max()
    even: Numbers = (numbers - low) / max(float(high - low), 1e-6)
    return even


def ease(numbers: Numbers, start: float, end: float) -> Numbers:
    """0 before `start`, 1 after `end`, a soft step between them."""
    t = np.clip((numbers - start) / (end - start), 0, 1)
    smooth: Numbers = t * t * (3 - 2 * t)
    return smooth


def line(canvas: Canvas, rng: Random, bumps: float, octaves: int, *, is_soft: bool = False, keep: float = 0.5) -> Numbers:
    """One number from -1 to 1 for each column: a ridge (broken) or a hill (soft); `bumps` of them to a unit."""
    along = np.arange(canvas.width, dtype=np.float32) / canvas.unit
    total = np.zeros(canvas.width, np.float32)
    weight = 1.0
    for octave in range(octaves):
        at = along * bumps * 2**octave + rng.random()
        known = rng.uniform(-1, 1, int(at[-1]) + 3).astype(np.float32)
        index = at.astype(int)
        part = at - index
        if is_soft:
            part = part * part * (3 - 2 * part)
        total += (known[index] * (1 - part) + known[index + 1] * part) * weight
        weight *= keep
    return total / max(float(np.abs(total).max()), 1e-6)
