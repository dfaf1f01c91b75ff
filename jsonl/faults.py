"""Where a text stops being JSON, and what is probably wrong there. Only asked of a line that could not be read, so it may take its time."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

WHATS: Final = {
    "quote": "a text is never closed by a quote",
    "comma": "a comma is missing between two things",
    "name": "the name of a field is not in double quotes, or a comma is too much",
    "colon": "a colon is missing behind the name of a field",
    "value": "a value is missing, or a word that is none",
    "extra": "something stands behind the end",
    "control": "a line break or a tab stands inside a text",
    "escape": "a backslash is followed by what it cannot be",
    "number": "NaN and Infinity are no numbers of JSON",
    "end": "it stops in the middle",
    "deep": "too many brackets, or too many in each other",
    "size": "a number that is too large",
}
NEAR: Final = 24  # letters of what stands there
LARGE: Final = re.compile(r"\d{300}|\d[eE]\+?\d{3}")
_STARTS: Final = {
    "Unterminated string": "quote",
    "Expecting ',' delimiter": "comma",
    "Expecting property name": "name",
    "Illegal trailing comma": "name",
    "Expecting ':' delimiter": "colon",
    "Expecting value": "value",
    "Extra data": "extra",
    "Invalid control character": "control",
    "Invalid \\": "escape",
}


class Number(ValueError):
    pass


def fault(body: bytes) -> tuple[str, Mapping[str, Any]]:
    """A code of `problems` with its values, for a line that a strict reader refuses."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        return "utf8", {"column": error.start + 1, "near": _around(body[: error.start].decode("utf-8", "replace"), error.start)}
    try:
        json.dumps(json.loads(text, parse_constant=_no_number), ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        return "json", {"what": _what(error, text), "column": error.pos + 1, "near": _around(text, error.pos)}
    except UnicodeEncodeError:
        return "surrogate", {}
    except RecursionError:
        return "json", {"what": "deep", "column": 1, "near": near(body)}
    except Number as error:
        word = str(error)
        return "json", {"what": "number", "column": text.find(word) + 1, "near": word}
    except ValueError:  # more digits than Python turns into a number
        pass
    return _too_large(text)  # this reader takes it as infinite, and a strict one does not


def near(body: bytes) -> str:
    """The first letters, for what is wrong with all of it."""
    return _around(body[: 4 * NEAR].decode("utf-8", "ignore"), 0)


def _too_large(text: str) -> tuple[str, Mapping[str, Any]]:
    found = LARGE.search(text)
    at = found.start() if found else 0
    return "json", {"what": "size", "column": at + 1, "near": _around(text, at)}


def _no_number(word: str) -> Any:
    raise Number(word)


def _what(error: json.JSONDecodeError, text: str) -> str:
    found = next((code for start, code in _STARTS.items() if error.msg.startswith(start)), "value")
    return "end" if found in {"value", "comma", "colon", "name"} and not text[error.pos :].strip() else found


def _around(text: str, at: int) -> str:
    """Some letters before the place and behind it."""
    found = text[max(0, at - NEAR) : at + NEAR] if at < len(text) else text[-NEAR:]
    return " ".join("".join(letter if letter.isprintable() else " " for letter in found).split())
