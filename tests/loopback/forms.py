"""Multipart forms, read strictly, and what is known of the pictures in them."""

import dataclasses
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PIL import Image

MOST_PIXELS = 100_000_000
_BOUNDARY = re.compile(r'multipart/form-data;\s*boundary="?([^";]+)"?', re.I)
_NAMES = re.compile(r'form-data; name="([^"]*)"(?:; filename="([^"]*)")?')


class NotAForm(ValueError):
    """A body that is no multipart form."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture as it was sent. `clear` counts the pixels whose alpha is 0, `clear_box` is what holds them: left, top, right, bottom."""

    format: str
    mode: str
    width: int
    height: int
    clear: int = 0
    clear_box: tuple[int, int, int, int] | None = None

    @property
    def has_alpha(self) -> bool:
        return self.mode in ("RGBA", "LA", "PA")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form: a field with its text, or a file. `picture` is None for a file that is no picture."""

    field: str
    value: str = ""
    name: str | None = None
    content_type: str = ""
    size: int = 0
    sha256: str = ""
    picture: Seen | None = None
    body: bytes = dataclasses.field(default=b"", repr=False)

    @property
    def is_file(self) -> bool:
        return self.name is not None

    def open(self) -> Image.Image:
        return Image.open(io.BytesIO(self.body))

    def as_dict(self) -> dict[str, Any]:
        """Everything but the bytes, which are kept under their hash."""
        known = {name: getattr(self, name) for name in ("field", "value", "name", "content_type", "size", "sha256")}
        seen = {name: getattr(self.picture, name) for name in Seen.__slots__} if self.picture else None
        return {**known, "picture": seen}

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> "Part":
        seen = row.pop("picture")
        if seen and seen["clear_box"]:
            seen["clear_box"] = tuple(seen["clear_box"])
        return cls(**row, picture=Seen(**seen) if seen else None)


def read_form(content_type: str, body: bytes) -> list[Part]:
    """The parts in their order. Raises NotAForm."""
    found = _BOUNDARY.fullmatch(content_type.strip())
    if not found:
        raise NotAForm(f"unsupported content type {content_type!r}")
    return list(_parts(body, b"--" + found[1].encode()))


def _parts(body: bytes, mark: bytes) -> Iterator[Part]:
    first, *pieces = (b"\r\n" + body).split(b"\r\n" + mark)
    if first or not pieces or pieces[-1].strip() != b"--":
        raise NotAForm("the form does not end")
    for piece in pieces[:-1]:
        head, blank, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        if not blank:
            raise NotAForm("a part has no head")
        yield _part(head.decode("utf-8"), content)


def _part(head: str, content: bytes) -> Part:
    rows = {name.strip().lower(): value.strip() for name, _, value in (row.partition(":") for row in head.split("\r\n"))}
    names = _NAMES.fullmatch(rows.get("content-disposition", ""))
    if not names:
        raise NotAForm("a part has no name")
    if names[2] is None:
        return Part(names[1], content.decode("utf-8"), size=len(content))
    digest = hashlib.sha256(content).hexdigest()
    return Part(names[1], "", names[2], rows.get("content-type", ""), len(content), digest, look(content), content)


def look(content: bytes) -> Seen | None:
    """What picture this is, or None. The pixels of what has alpha are counted."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            seen = Seen(image.format or "", image.mode, *image.size)
            if not seen.has_alpha or image.width * image.height > MOST_PIXELS:
                return seen
            alpha = image.getchannel("A").point(lambda value: 255 if value == 0 else 0)
            return Seen(image.format or "", image.mode, *image.size, alpha.histogram()[255], alpha.getbbox())
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
