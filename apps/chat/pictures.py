"""Pictures inside an answer, wherever a server puts them: beside the text, among its parts, or written into it.

They are taken out as they come, so that no base64 text is shown, kept or counted as words. Whether they are
pictures at all is judged later, beside the calls.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from django.utils.translation import gettext as _

from apps.runs.operations import OutputFile

MOST: Final = 10  # pictures of one answer
MOST_BYTES: Final = 48 * 1024 * 1024  # of all of them, in memory until they are stored
SHORTEST: Final = 100  # characters of base64: less is an example of how it is written
SHORTEST_IN_CODE: Final = 20_000  # in quotation marks and the like it is meant to be read, unless nobody can
INLINE: Final = "data:image/"
_HEAD = r"data:image/[\w.+-]{1,40}(?:;[\w.=+-]{1,40}){0,3};base64,"
_LABEL = re.compile(r"!\[[^\[\]\n]{0,300}\]\(\s{0,2}<?")
_LABEL_BEGUN = re.compile(r"!(?:\[[^\[\]\n]{0,300}\]?)?")
_OPENING = re.compile(rf"(?P<markdown>{_LABEL.pattern})?(?P<head>{_HEAD})")
_IN_CODE_AFTER = re.compile(r"[\w\"'`(=]")
_BEGINNINGS = ("!", "d", "da", "dat", "data")
_BASE64 = re.compile(r"[A-Za-z0-9+/=_%-]*")
_LONGEST_OPENING = 500
_LONGEST_ENDING = 320  # a title and the bracket behind a picture


class Pictures:
    """What an answer brought so far. `left_out` counts those that were too many."""

    def __init__(self) -> None:
        self.files: list[OutputFile] = []
        self.left_out = 0
        self._size = 0
        self._known: set[tuple[int, int]] = set()

    def read_choice(self, choice: Mapping[str, Any]) -> None:
        """Take all that a piece of an answer has beside its text. Some servers tell the whole message once more at the end."""
        for told in (choice.get("delta"), choice.get("message")):
            for entry in _entries_of(told) if isinstance(told, Mapping) else ():
                if source := source_of(entry):
                    self.add(source)

    def add(self, source: str) -> None:
        """A data: URL or a link. Servers that fill two places say the same in both: each picture counts once."""
        mark = (len(source), hash(source))
        if mark in self._known:
            return
        is_inline = source.startswith("data:")
        if len(self.files) >= MOST or (is_inline and self._size + len(source) * 3 // 4 > MOST_BYTES):
            self.left_out += 1
            return
        self._known.add(mark)
        body = _decoded(source) if is_inline else b""
        self._size += len(body)
        name = f"picture-{len(self.files) + 1}"
        self.files.append(OutputFile(name, "image/png", body=body, url="" if is_inline else source))

    @property
    def notices(self) -> list[str]:
        if not self.left_out:
            return []
        told = {"taken": len(self.files), "all": len(self.files) + self.left_out}
        return [_("%(all)s pictures came with this answer, more than it may bring. The first %(taken)s were taken.") % told]

    @property
    def as_told(self) -> list[dict[str, Any]]:
        """For the stored answer: as the server told them, with a mark in the place of the bytes."""
        return [{"type": "image_url", "image_url": {"url": file.url or f"{INLINE}…"}} for file in self.files]


def _entries_of(message: Mapping[str, Any]) -> list[Any]:
    images, content = message.get("images"), message.get("content")
    parts = [part for part in content if is_picture_part(part)] if isinstance(content, list) else []
    return [*(images if isinstance(images, list) else ()), message.get("image"), *parts]


def is_picture_part(part: Any) -> bool:
    return isinstance(part, Mapping) and ("image" in str(part.get("type", "")) or "inline_data" in part or "inlineData" in part)


def source_of(entry: Any, depth: int = 3) -> str:
    """A data: URL or a link, from one entry of `images` or one part of a content; empty where there is none."""
    if isinstance(entry, str):
        return entry if _is_address(entry) else f"{INLINE}*;base64,{entry}" if len(entry) >= SHORTEST else ""
    if not isinstance(entry, Mapping) or not depth:
        return ""
    for name in ("image_url", "url", "image", "b64_json", "inline_data", "inlineData", "data"):
        if found := source_of(entry.get(name), depth - 1):
            return found
    return ""


def _is_address(text: str) -> bool:
    return text.startswith(("data:", "http://", "https://")) or (text.startswith("/") and len(text) < SHORTEST)


def _decoded(source: str) -> bytes:
    """The bytes of a data: URL; empty for what cannot be read, which is judged to be no picture."""
    head, _comma, text = source.partition(",")
    raw = unquote_to_bytes(text) if "%" in text or not head.endswith(";base64") else text.encode("ascii", "ignore")
    if not head.endswith(";base64"):
        return raw
    try:
        return base64.b64decode(raw.translate(_URL_SAFE) + b"=" * (-len(raw) % 4))
    except binascii.Error:
        return b""


_URL_SAFE = bytes.maketrans(b"-_", b"+/")


class Sieve:
    """Takes pictures out of a text in which they are written as data, however the text is cut into pieces."""

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        self._held = ""  # may be the beginning of a picture, or what ends one
        self._before = ""  # the last letter that was let through
        self._opening = ""  # of the picture that is being read
        self._least = SHORTEST
        self._data: list[str] = []
        self._length = 0
        self._is_ending = False

    def feed(self, piece: str) -> str:
        """The text in it that is none of a picture. What may yet become one is held back."""
        if not (self._held or self._opening or self._is_ending or "![" in piece or "data:" in piece or piece.endswith(_BEGINNINGS)):
            self._before = piece[-1:]
            return piece
        text, self._held, shown = self._held + piece, "", []
        while text:
            if self._opening:
                text = self._read_data(text, shown)
            elif self._is_ending:
                text = self._read_ending(text)
            else:
                text = self._read_text(text, shown)
        return "".join(shown)

    def end(self) -> str:
        """No more comes: what was held back is text after all. A picture that broke off is none."""
        shown: list[str] = []
        if self._opening:
            self._close_data(shown)
        rest = "" if self._is_ending else self._held
        self._held, self._is_ending = "", False
        return "".join(shown) + rest

    def _read_text(self, text: str, shown: list[str]) -> str:
        found = _OPENING.search(text) if INLINE in text else None
        if found is not None:
            self._let_through(text[: found.start()], shown)
            is_in_code = not found["markdown"] and _IN_CODE_AFTER.match(self._before)
            self._opening, self._least = found.group(), SHORTEST_IN_CODE if is_in_code else SHORTEST
            return text[found.end() :]
        at = _held_from(text)
        self._let_through(text[:at], shown)
        self._held = text[at:]
        return ""

    def _let_through(self, text: str, shown: list[str]) -> None:
        if text:
            shown.append(text)
            self._before = text[-1]

    def _read_data(self, text: str, shown: list[str]) -> str:
        found = _BASE64.match(text)
        end = found.end() if found else 0
        if self._length <= MOST_BYTES * 4 // 3:
            self._data.append(text[:end])
        self._length += end
        if end < len(text):
            self._close_data(shown)
        return text[end:]

    def _close_data(self, shown: list[str]) -> None:
        opening, data = self._opening, "".join(self._data)
        self._opening, self._data, length, self._length = "", [], self._length, 0
        if length < self._least:
            self._let_through(opening + data, shown)
            return
        self._pictures.add(opening[opening.index(INLINE) :] + data)
        self._is_ending = opening.startswith("!")

    def _read_ending(self, text: str) -> str:
        """Up to the bracket that ends a picture in Markdown, where there is one."""
        end, line = text.find(")", 0, _LONGEST_ENDING), text.find("\n")
        if end == -1 and line == -1 and len(text) < _LONGEST_ENDING:
            self._held = text
            return ""
        self._is_ending = False
        return text[end + 1 :] if end != -1 and (line == -1 or end < line) else text


def _held_from(text: str) -> int:
    """Where something begins that may yet become a picture; the length of the text where nothing does."""
    start = max(0, len(text) - _LONGEST_OPENING)
    tail = text[start:]
    begun = [tail.rfind("!["), len(tail) - 1, tail.rfind("data:"), *(len(tail) - size for size in range(1, 5))]
    places = [at for at in begun if at >= 0 and _may_begin(tail[at:])]
    return start + min(places, default=len(tail))


def _may_begin(tail: str) -> bool:
    """Whether this is the beginning of a picture of which the rest has not come yet."""
    if tail.startswith("!"):
        label = _LABEL.match(tail)
        if label is None:
            return _LABEL_BEGUN.fullmatch(tail) is not None
        tail = tail[label.end() :]
        if not tail:
            return True
    return bool(tail) and INLINE.startswith(tail[: len(INLINE)]) and "," not in tail and len(tail) < 200
