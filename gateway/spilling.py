"""Base64 text inside a JSON answer becomes files while the answer comes, so that its pictures never stand in memory.

The answer is read as bytes and only as far as is needed to know which strings are values of the wanted
fields; everything else is left as it is, for the JSON parser.
"""

import contextlib
import re
from typing import BinaryIO, Literal

from gateway.base64_text import Base64Decoder
from gateway.spilled import Spilled

# Each pattern takes all it can in one go and never goes back: an answer made to slow us down costs no more than another.
_INSIDE = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_INSIDE_VALUE = re.compile(rb'(?:[^"\\]++|\\[^u]|\\u(?:[0-9a-fA-F]{4}|(?=.{4})))*+', re.DOTALL)
_BORING = rb'(?:[^"]++|"(?!(?:%(name)b)")(?:[^"\\]++|\\.)*+"|"(?:%(name)b)"(?=\s*+(?:[^\s:]|:\s*+(?:[^\s"]|""))))*+'
_FIELD = rb'"(?:%(name)b)"\s*+:\s*+"(?=[^"])'
_BEGUN_FIELD = rb'"(?:%(name)b)"\s*+:?\s*+"?\Z'
_STEP = 64 * 1024
_LONGEST_LETTER = len("\\u0061")
_QUOTE = ord('"')


class Spiller:
    """Give it the bytes of a JSON text, cut anywhere; it decodes the strings of the named fields into files.

    In what is left a value is the text "spilled:<n>", where n counts the files. Null and the empty string stay. The
    text is not judged otherwise: where it is no JSON, what is left is none either. Work and memory are linear.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        """The names are plain words: letters, digits and underscores."""
        name = {b"name": b"|".join(_spellings(each) for each in names)}
        self._boring, self._field, self._begun_field = (re.compile(each % name, re.DOTALL) for each in (_BORING, _FIELD, _BEGUN_FIELD))
        self._longest_start = 1 + _LONGEST_LETTER * max(len(each) for each in names)
        self._place: Literal["outside", "string", "value"] = "outside"
        self._held = b""  # what means something only together with the next bytes
        self._kept = bytearray()
        self._decoder = Base64Decoder()
        self._file: BinaryIO | None = None
        self._spilled: Spilled | None = None

    def feed(self, data: bytes) -> None:
        """Take the next bytes. Raises TooManyFiles, OSError."""
        for start in range(0, len(data), _STEP):  # each step holds its bytes several times
            self._take(data[start : start + _STEP])

    def _take(self, data: bytes) -> None:
        data, self._held = self._held + data, b""
        at = 0
        while at < len(data):
            if self._place == "outside":
                at = self._read_outside(data, at)
            elif self._place == "string":
                at = self._end_string(data, self._keep(data, at, _end_of(_INSIDE, data, at)))
            else:
                at = self._end_string(data, self._write(data, at, _end_of_value(data, at)))

    def end(self) -> tuple[bytes, Spilled | None]:
        """The JSON that is left, and the files if there are any; they are the caller's now. Raises OSError."""
        self._kept += self._held
        self._end_file()
        spilled, self._spilled = self._spilled, None
        return bytes(self._kept), spilled

    def close(self) -> None:
        """Give it all up: no file stays."""
        if self._file is not None:
            with contextlib.suppress(OSError):  # a full disk is met again when the last bytes are written
                self._file.close()
        if self._spilled is not None:
            self._spilled.close()

    def _read_outside(self, data: bytes, at: int) -> int:
        """Up to a string that is a value, or that cannot be judged yet."""
        at = self._keep(data, at, _end_of(self._boring, data, at))
        if at == len(data):
            return at
        if field := self._field.match(data, at):
            self._place = "value"
            return self._keep(data, at, field.end())
        if self._begun_field.match(data, at):
            self._held = b"".join(data[at:].split())  # blanks may go on for ever
        elif len(data) - at <= self._longest_start:
            self._held = data[at:]
        else:
            self._place = "string"
            return self._keep(data, at, at + 1)
        return len(data)

    def _end_string(self, data: bytes, at: int) -> int:
        """Behind the quotation mark; or wait, when an escape is cut off."""
        if at == len(data):
            return at
        if data[at] != _QUOTE:
            self._held = data[at:]
            return len(data)
        self._end_file()
        self._place = "outside"
        return self._keep(data, at, at + 1)

    def _keep(self, data: bytes, start: int, end: int) -> int:
        self._kept += memoryview(data)[start:end]
        return end

    def _write(self, data: bytes, start: int, end: int) -> int:
        if self._file is None:
            self._spilled = self._spilled or Spilled()
            self._kept += b"spilled:%d" % len(self._spilled.paths)
            self._file = self._spilled.open_next()
            self._decoder = Base64Decoder()
        self._file.write(self._decoder.feed(data[start:end]))
        return end

    def _end_file(self) -> None:
        if self._file is None or self._spilled is None:
            return
        self._file.write(self._decoder.end())
        self._file.close()
        self._file = None
        if self._decoder.is_broken:
            self._spilled.broken.add(len(self._spilled.paths) - 1)


def _end_of(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    found = pattern.match(data, at)
    return found.end() if found else at


def _end_of_value(data: bytes, at: int) -> int:
    """Where the text of the string ends, or its last whole escape. Nearly always there is no escape at all."""
    quote = data.find(b'"', at)
    end = len(data) if quote < 0 else quote
    return end if data.find(b"\\", at, end) < 0 else _end_of(_INSIDE_VALUE, data, at)


def _spellings(name: str) -> bytes:
    """A pattern for every way to write the name in JSON: each letter as it is or as an escape."""
    return b"".join(rb"(?:%c|\\u00(?i:%02x))" % (letter, letter) for letter in name.encode("ascii"))
