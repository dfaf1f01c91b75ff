"""The settings for making and changing pictures, as data: words, controls, and the widest bounds that the API knows.

What a model really takes and in which bounds is in its facts; `parameters` brings both together.
"""

import math
import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.providers.facts import Facts
from apps.providers.text_settings import Setting

MOST_PICTURES = 10
_SIZE = re.compile(r"(\d{1,5})x(\d{1,5})")


def size_of(value: str) -> tuple[int, int] | None:
    """Width and height of "1024x1536"; None for "auto" and for what is no size."""
    found = _SIZE.fullmatch(value)
    return (int(found[1]), int(found[2])) if found and int(found[1]) and int(found[2]) else None


def shape_word(value: str) -> str:
    """A size in words: wide, tall or square, with its numbers."""
    size = size_of(value)
    if size is None:
        return value
    width, height = size
    shape = _("Square") if width == height else _("Wide") if width > height else _("Tall")
    return f"{shape}, {width} × {height}"


def nearest_size(facts: Facts, width: int, height: int) -> str:
    """The size to ask for so that a result fits over a picture; empty where the model chooses by itself or takes no size.

    Models that take any size within bounds get exactly the nearest one; others the one of their list with the nearest shape.
    """
    if not facts.takes("size"):
        return ""
    bounds = facts.parameters["size"]
    if bounds.get("multiple_of"):
        return _within(bounds, width, height)
    sizes = [size for value in facts.values_of("size") if (size := size_of(str(value)))]
    best = min(sizes, key=lambda size: abs(math.log(size[0] / size[1]) - math.log(width / height)), default=None)
    return f"{best[0]}x{best[1]}" if best else ""


def _within(bounds: dict[str, float], width: int, height: int) -> str:
    """The nearest size that obeys a grid, a longest edge, an area and a ratio."""
    ratio = min(max(width / height, 1 / bounds.get("most_ratio", 100)), bounds.get("most_ratio", 100))
    area = min(max(width * height, bounds.get("least_pixels", 1)), bounds.get("most_pixels", 1e9))
    tall = math.sqrt(area / ratio)
    shrink = min(1.0, bounds.get("most_edge", 1e9) / max(tall, tall * ratio))
    grid = int(bounds["multiple_of"])
    wide, tall = (max(grid, round(side * shrink / grid) * grid) for side in (tall * ratio, tall))
    while wide * tall > bounds.get("most_pixels", 1e9):
        wide, tall = (wide - grid, tall) if wide >= tall else (wide, tall - grid)
    while wide * tall < bounds.get("least_pixels", 1):
        wide, tall = (wide + grid, tall) if wide <= tall else (wide, tall + grid)
    return f"{int(wide)}x{int(tall)}"


IMAGE_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "quality",
        gettext_lazy("Quality"),
        "choice",
        help=gettext_lazy("Better takes longer and costs more."),
        choices=(
            ("auto", gettext_lazy("Automatic")),
            ("low", gettext_lazy("Draft")),
            ("medium", gettext_lazy("Good")),
            ("high", gettext_lazy("Best")),
            ("xhigh", gettext_lazy("Higher")),
            ("max", gettext_lazy("Highest")),
            ("standard", gettext_lazy("Good")),
            ("hd", gettext_lazy("Best")),
        ),
    ),
    Setting(
        "size",
        gettext_lazy("Shape"),
        "choice",
        choices=(
            ("auto", gettext_lazy("Automatic")),
            ("1024x1024", gettext_lazy("Square")),
            ("1536x1024", gettext_lazy("Wide")),
            ("1024x1536", gettext_lazy("Tall")),
        ),
        word_for=shape_word,
    ),
    Setting("n", gettext_lazy("How many"), "count", min=1, max=MOST_PICTURES, default=1),
    Setting(
        "input_fidelity",
        gettext_lazy("Keep faces and logos exact"),
        "choice",
        choices=(("low", gettext_lazy("Normal")), ("high", gettext_lazy("Exact"))),
        help=gettext_lazy("Exact costs more."),
    ),
    Setting(
        "background",
        gettext_lazy("Background"),
        "choice",
        "more",
        gettext_lazy("See-through needs PNG or WebP."),
        choices=(("auto", gettext_lazy("Automatic")), ("opaque", gettext_lazy("Solid")), ("transparent", gettext_lazy("See-through"))),
    ),
    Setting(
        "output_format",
        gettext_lazy("File type"),
        "choice",
        "more",
        choices=(("png", "PNG"), ("jpeg", "JPEG"), ("webp", "WebP")),
        left_out=("gif", "svg"),
    ),
    Setting(
        "output_compression",
        gettext_lazy("File size"),
        "slider",
        "more",
        gettext_lazy("Smaller files show less detail."),
        (gettext_lazy("Small"), gettext_lazy("Full")),
        0,
        100,
        1,
        default=100,
    ),
    Setting(
        "style",
        gettext_lazy("Style"),
        "choice",
        "more",
        choices=(("vivid", gettext_lazy("Vivid")), ("natural", gettext_lazy("Natural"))),
    ),
    Setting(
        "complexity",
        gettext_lazy("Planning"),
        "choice",
        "more",
        gettext_lazy("More helps with pictures of many parts."),
        choices=(("low", gettext_lazy("Little")), ("medium", gettext_lazy("Normal")), ("high", gettext_lazy("Much"))),
    ),
    Setting(
        "moderation",
        gettext_lazy("Safety filter"),
        "choice",
        "more",
        choices=(("auto", gettext_lazy("Normal")), ("low", gettext_lazy("Less strict"))),
    ),
    Setting(
        "partial_images",
        gettext_lazy("Previews"),
        "count",
        "more",
        gettext_lazy("Unfinished pictures that are shown while one picture is made. Each one costs a little."),
        min=0,
        max=3,
        default=0,
    ),
    Setting(
        "seed",
        gettext_lazy("Repeatable"),
        "number",
        "more",
        gettext_lazy("The same number tries to give the same picture again."),
        min=0,
        max=2**63 - 1,
    ),
)
