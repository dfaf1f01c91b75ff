"""What was asked of a picture endpoint: fields and files, the model's family, and how the answer is to be."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.loopback.asking import parse_model
from tests.loopback.forms import Part
from tests.loopback.pictures import Size

GPT_IMAGE = re.compile(r"(gpt-image(?:-\d(?:\.\d)?(?:-mini)?)?)(?:-(.+))?")
LEGACY_FAMILY = "dall-e-2"


@dataclass(frozen=True, slots=True)
class PictureAsk:
    """One request. `act` is generations, edits or variations; `values` are the fields as their own types; `earlier` counts repetitions."""

    act: str
    model: str
    family: str
    name: str
    options: Mapping[str, int]
    values: Mapping[str, Any]
    images: Sequence[Part]
    mask: Part | None
    earlier: int = 0

    @property
    def prompt(self) -> str:
        return str(self.values.get("prompt", ""))

    @property
    def n(self) -> int:
        return int(self.values.get("n") or 1)

    @property
    def is_legacy(self) -> bool:
        return self.family == LEGACY_FAMILY

    @property
    def streams(self) -> bool:
        return bool(self.values.get("stream"))

    @property
    def format(self) -> str:
        return str(self.values.get("output_format") or "png")

    @property
    def size(self) -> Size:
        """What was asked for; else as large as the first picture, or 1024 by 1024."""
        asked = str(self.values.get("size") or "auto")
        if asked != "auto":
            width, _, height = asked.partition("x")
            return int(width), int(height)
        first = self.images[0].picture if self.images and not self.is_legacy else None
        return (first.width, first.height) if first else (1024, 1024)

    @property
    def wants_link(self) -> bool:
        return self.is_legacy and self.values.get("response_format", "url") == "url"

    def option(self, name: str, default: int) -> int:
        return self.options.get(name, default)


def read_name(model: str) -> tuple[str, str, dict[str, int]]:
    """`gpt-image-2-slow-delay500` is ("gpt-image-2", "slow", {"delay": 500}); a family alone, as `dall-e-2`, is plain."""
    name, options = parse_model(model)
    if name == LEGACY_FAMILY:
        return LEGACY_FAMILY, "plain", options
    found = GPT_IMAGE.fullmatch(name)
    return (found[1], found[2] or "plain", options) if found else ("", name, options)
