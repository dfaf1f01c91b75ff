"""Changes the colours of a picture and nothing else."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance

from engines.images.pictures import Pixels

Colours = NDArray[np.float32]
BRIGHTNESS = np.array([0.299, 0.587, 0.114], np.float32)
# Large pictures are worked on in strips, so that the numbers in between stay few.
STRIP = 256
SHARE = 0.72


def towards(image: Image.Image, ramp: Colours) -> Image.Image:
    """Colours drawn towards those of a ramp from dark to bright; how bright each point is stays as it was."""
    pixels = np.array(image)
    stops = np.linspace(0, 1, len(ramp))
    for top in range(0, len(pixels), STRIP):
        part = pixels[top : top + STRIP, :, :3].astype(np.float32) / 255
        bright = part @ BRIGHTNESS
        wanted = np.stack([np.interp(bright, stops, ramp[:, each]) for each in range(3)], -1)
        wanted += (bright - wanted @ BRIGHTNESS)[..., None] * 0.8
        mixed = part * (1 - SHARE) + wanted * SHARE
        pixels[top : top + STRIP, :, :3] = (np.clip(mixed, 0, 1) * 255 + 0.5).astype(np.uint8)
    return Image.fromarray(pixels)


def ramp_of(image: Image.Image) -> Colours:
    """Five colours of a picture from dark to bright: the mean of each fifth of its points."""
    small = image.convert("RGB")
    small.thumbnail((128, 128))
    points = np.asarray(small).reshape(-1, 3).astype(np.float32) / 255
    ordered = points[np.argsort(points @ BRIGHTNESS, kind="stable")]
    return np.stack([part.mean(0) for part in np.array_split(ordered, min(5, len(ordered)))])


def turned(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """All colours turned by some degrees, a little more or less vivid and bright."""
    degrees = rng.uniform(14, 70) * rng.choice([-1, 1])
    hue, saturation, value = image.convert("RGB").convert("HSV").split()
    moved = Image.fromarray(shift(np.asarray(hue), degrees))
    colours = Image.merge("HSV", (moved, saturation, value)).convert("RGB")
    colours = ImageEnhance.Color(colours).enhance(rng.uniform(0.85, 1.2))
    colours = ImageEnhance.Brightness(colours).enhance(rng.uniform(0.94, 1.07))
    if image.mode == "RGBA":
        colours.putalpha(image.getchannel("A"))
    return colours


def shift(hue: Pixels, degrees: float) -> Pixels:
    return ((hue.astype(np.int16) + round(degrees / 360 * 256)) % 256).astype(np.uint8)
