"""The body of a call for pictures, checked and turned into values. Nothing behind this file sees raw JSON or a form."""

import re
import secrets
from dataclasses import dataclass
from typing import Any

from engines.errors import invalid
from engines.fields import Fields
from engines.images.limits import (
    LEAST_MADE_PIXELS,
    MAX_SEED,
    MOST_CHARACTERS,
    MOST_MADE_EDGE,
    MOST_PARTIALS,
    MOST_PICTURES,
    MOST_RATIO,
    STEP,
)

QUALITIES = ("auto", "low", "medium", "high")
BACKGROUNDS = ("auto", "opaque", "transparent")
FORMATS = ("png", "jpeg", "webp")
SIZE = re.compile(r"(\d{1,5})x(\d{1,5})", re.ASCII)

# Known to OpenAI; harmless here, so they are taken and have no effect.
WITHOUT_EFFECT = {"user", "safety_identifier", "moderation", "input_fidelity"}
# Known to OpenAI; taking them in silence would promise something that does not happen.
UNSUPPORTED = {"style", "markup", "complexity", "svg", "frame_count", "frame_duration_ms"}
LOOK = {"quality", "background", "output_format", "output_compression"}
COMMON = {"model", "n", "size", "response_format", "seed"}
GENERATIONS = COMMON | LOOK | {"prompt", "stream", "partial_images"}
EDITS = GENERATIONS
VARIATIONS = COMMON | LOOK


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked for, whichever endpoint it came to. `size` None: as large as the picture that was sent."""

    model: str | None
    prompt: str
    count: int
    size: tuple[int, int] | None
    quality: str
    background: str
    output_format: str
    compression: int
    stream: bool
    partials: int
    seed: int

    def as_job(self, index: int) -> dict[str, Any]:
        """What the child needs for the picture of that index. The same seed, counted on, makes the same picture again."""
        width, height = self.size or (None, None)
        return {
            "prompt": self.prompt,
            "width": width,
            "height": height,
            "quality": self.quality,
            "background": self.background,
            "format": self.output_format,
            "compression": self.compression,
            "partials": self.partials,
            "seed": self.seed_of(index),
            "name": f"made-{index}",
        }

    def seed_of(self, index: int) -> int:
        return (self.seed + index) % (MAX_SEED + 1)


def read_ask(body: Fields, known: set[str], *, default_size: tuple[int, int] | None) -> Ask:
    """The fields that all three endpoints share; those that are not `known` there are refused."""
    body.refuse_unknown(known, WITHOUT_EFFECT, UNSUPPORTED)
    prompt = body.required_text("prompt") if "prompt" in known else ""
    body.text("prompt", longest=MOST_CHARACTERS)
    stream = body.flag("stream")
    output_format = body.choice("output_format", FORMATS, "png")
    read_response_format(body)
    return Ask(
        model=body.text("model"),
        prompt=prompt,
        count=body.integer("n", 1, MOST_PICTURES, 1) or 1,
        size=read_size(body, default_size),
        quality=body.choice("quality", QUALITIES, "auto").replace("auto", "medium"),
        background=read_background(body, output_format),
        output_format=output_format,
        compression=read_compression(body, output_format),
        stream=stream,
        partials=read_partials(body, stream),
        seed=read_seed(body),
    )


def read_size(body: Fields, default: tuple[int, int] | None) -> tuple[int, int] | None:
    size = body.text("size")
    if size is None or size == "auto":
        return default
    found = SIZE.fullmatch(size)
    if not found or not is_possible(width := int(found[1]), height := int(found[2])):
        message = (
            f"'size' is {size[:20]!r}; it must be 'auto' or WIDTHxHEIGHT in multiples of {STEP}, at most {MOST_MADE_EDGE} on each side, "
            f"one side at most {MOST_RATIO} times as long as the other, and no less than {LEAST_MADE_PIXELS} points."
        )
        raise invalid(message, "size")
    return width, height


def is_possible(width: int, height: int) -> bool:
    short, long = sorted((width, height))
    return (
        not (width % STEP or height % STEP)
        and long <= MOST_MADE_EDGE
        and long <= MOST_RATIO * short
        and width * height >= LEAST_MADE_PIXELS
    )


def read_background(body: Fields, output_format: str) -> str:
    background = body.choice("background", BACKGROUNDS, "auto")
    if background == "transparent" and output_format == "jpeg":
        raise invalid("JPEG has no transparency: a transparent background needs 'output_format' png or webp.", "background")
    return background


def read_compression(body: Fields, output_format: str) -> int:
    compression = body.integer("output_compression", 0, 100)
    if compression is not None and compression < 100 and output_format == "png":
        raise invalid("PNG is never made smaller: 'output_compression' goes with 'output_format' jpeg or webp.", "output_compression")
    return 100 if compression is None else compression


def read_partials(body: Fields, stream: bool) -> int:
    partials = body.integer("partial_images", 0, MOST_PARTIALS, 0) or 0
    if partials and not stream:
        raise invalid("'partial_images' goes only with 'stream': true.", "partial_images")
    return partials


def read_response_format(body: Fields) -> None:
    if body.choice("response_format", ("b64_json", "url"), "b64_json") == "url":
        message = "Pictures are kept nowhere, so there is no address to give: leave 'response_format' out, or send 'b64_json'."
        raise invalid(message, "response_format", "unsupported_value")


def read_seed(body: Fields) -> int:
    """OpenAI has no such field; without it chance decides."""
    seed = body.integer("seed", 0, MAX_SEED)
    return secrets.randbelow(2**32) if seed is None else seed
