"""Base64 as it stands in JSON strings, decoded piece by piece and forgiving wherever its meaning is plain."""

import binascii
import contextlib
import re

_LETTERS = re.compile(rb"[A-Za-z0-9+/]*+")
_ESCAPE = re.compile(rb"\\(?:u(?P<code>[0-9a-fA-F]{4})|(?P<letter>.))", re.DOTALL)
_MEANT = {b"/": b"/", b"n": b"", b"r": b"", b"t": b""}
_ONE_ALPHABET = bytes.maketrans(b"-_", b"+/")
_BLANKS = b" \t\r\n\f\v"
_NOT_BASE64 = b"!"
_DATA_URL = b"data:"
_LONGEST_HEAD = 200


class Base64Decoder:
    """Give it the raw inside of a JSON string in pieces cut anywhere but inside an escape, get bytes.

    Blanks, escapes, the other alphabet, missing padding and the head of a data URL are taken. `is_broken`
    is set by anything else, and nothing behind it is decoded.
    """

    def __init__(self) -> None:
        self.is_broken = False
        self._rest = b""  # letters that make no whole byte yet, or the beginning of what may be a data URL
        self._is_start = True
        self._is_padded = False

    def feed(self, raw: bytes) -> bytes:
        """What this piece adds."""
        if self.is_broken:
            return b""
        text, self._rest = self._rest + _letters_of(raw), b""
        if self._is_start:
            text = self._without_head(text)
        return self._decode(text)

    def end(self) -> bytes:
        """What is left when the text is over."""
        text, self._rest = self._rest, b""
        return b"" if self.is_broken else self._decode_last(self._valid(text))

    def _without_head(self, text: bytes) -> bytes:
        """The text behind "data:image/png;base64,"; nothing while that head may still be coming."""
        start = text[: len(_DATA_URL)].lower()
        if start != _DATA_URL:
            self._is_start = _DATA_URL.startswith(start)
            return self._wait(text) if self._is_start else text
        head, comma, data = text.partition(b",")
        if not comma and len(head) <= _LONGEST_HEAD:
            return self._wait(text)
        self._is_start = False
        self.is_broken = not comma or not head.lower().endswith(b";base64")
        return b"" if self.is_broken else data

    def _wait(self, text: bytes) -> bytes:
        self._rest = text
        return b""

    def _decode(self, text: bytes) -> bytes:
        if self._is_padded:
            self.is_broken = self.is_broken or bool(text.strip(b"="))
            return b""
        letters, padding, more = text.partition(b"=")
        if not padding:
            whole = len(letters) - len(letters) % 4
            with contextlib.suppress(binascii.Error):
                decoded = binascii.a2b_base64(letters[:whole], strict_mode=True)
                self._rest = self._rest or letters[whole:]
                return decoded
        self._is_padded = True
        self.is_broken = bool(more.strip(b"="))
        return self._decode_last(self._valid(letters))

    def _valid(self, letters: bytes) -> bytes:
        found = _LETTERS.match(letters)
        valid = found[0] if found else b""
        self.is_broken = self.is_broken or len(valid) < len(letters)
        return valid

    def _decode_last(self, letters: bytes) -> bytes:
        """One letter alone makes no byte: something is missing."""
        if len(letters) % 4 == 1:
            self.is_broken = True
            letters = letters[:-1]
        return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _letters_of(raw: bytes) -> bytes:
    """The text in one alphabet, without escapes and blanks."""
    if b"\\" in raw:
        raw = _ESCAPE.sub(_meaning, raw)
    return raw.translate(_ONE_ALPHABET, _BLANKS)


def _meaning(escape: re.Match[bytes]) -> bytes:
    if escape["code"] is None:
        return _MEANT.get(escape["letter"], _NOT_BASE64)
    code = int(escape["code"], 16)
    return bytes([code]) if code < 128 else _NOT_BASE64
