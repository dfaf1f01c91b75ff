"""Variables: `{{name}}` in the instructions or a message stands for a value that is asked for before sending.

Values are kept with the conversation's settings ({"variables": {name: value}, "as_written": bool}). Instructions keep their
names and are filled anew for each message; a message is kept as it was sent, so that a value changed later leaves what was said
as it was.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from apps.chat.deltas import BROKEN
from apps.providers.chosen import Saved

MOST: Final = 20  # names that one form asks for
LONGEST_VALUE: Final = 20_000  # characters
LONGEST_FILLED: Final = 500_000  # of a text with its values
FIELD: Final = "var."  # begins the names of the form's fields
_NAME = re.compile(r"\{\{[ \t]{0,4}([^\W\d][\w-]{0,39})[ \t]{0,4}\}\}")  # no dots: those are templates of programs


class MissingValues(Exception):
    """Something that was to be sent has names without values. Its text is a sentence for the person."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One field of the form."""

    name: str
    value: str = ""
    error: str = ""

    @property
    def field(self) -> str:
        return FIELD + self.name

    @property
    def rows(self) -> int:
        """Lines of its text area."""
        return min(6, 1 + self.value.count("\n") + len(self.value) // 60)


def names_in(*texts: str) -> list[str]:
    """The names in these texts, each once, in the order in which they stand there."""
    return list(dict.fromkeys(found[1] for text in texts for found in _NAME.finditer(text)))


def cut(text: str) -> Iterator[tuple[str, str]]:
    """The text in pieces: what stands before a name, and the name; the last piece has none."""
    end = 0
    for found in _NAME.finditer(text):
        yield text[end : found.start()], found[1]
        end = found.end()
    yield text[end:], ""


def fill(text: str, saved: Saved) -> str:
    """The text with the values that are known. A value is never searched for names itself."""
    if saved.get("as_written") or "{{" not in text:
        return text
    values, room = values_of(saved), LONGEST_FILLED

    def value(found: re.Match[str]) -> str:
        """Where more is typed than may be sent (`require` says so) the rest stays as it stands."""
        nonlocal room
        told = values.get(found[1]) or found[0]
        room -= len(told)
        return told if room >= 0 else found[0]

    return _NAME.sub(value, text)


def require(saved: Saved, *texts: str) -> None:
    """Raises MissingValues where a name in these texts has no value."""
    if saved.get("as_written"):
        return
    names = names_in(*texts)
    if len(names) > MOST:
        told = _("Your text has %(count)s variables, the most is %(most)s. Take some out, or send it as it stands.")
        raise MissingValues(told % {"count": len(names), "most": MOST})
    values = values_of(saved)
    length = sum(len(text) for text in texts) + sum(len(values.get(found[1], "")) for text in texts for found in _NAME.finditer(text))
    if length > LONGEST_FILLED:
        told = _("With its values your text has %(length)s characters, the most is %(most)s. Shorten it.")
        raise MissingValues(told % {"length": f"{length:,}", "most": f"{LONGEST_FILLED:,}"})
    missing = [name for name in names if not values.get(name)]
    if missing:
        raise MissingValues(_("Fill in what is asked for above: %(names)s.") % {"names": ", ".join(missing)})


def values_of(saved: Saved) -> dict[str, str]:
    values = saved.get("variables")
    return values if isinstance(values, dict) else {}


def asked(saved: Saved, *texts: str, is_refused: bool = False) -> list[Variable]:
    """The fields of the form for these texts, with what is known."""
    values = values_of(saved)
    error = _("Needed before this can be sent.") if is_refused and not saved.get("as_written") else ""
    names = names_in(*texts)[:MOST]
    return [Variable(name, values.get(name, ""), "" if values.get(name) else error) for name in names]


def read(saved: Saved, data: Mapping[str, str], texts: Iterable[str]) -> Saved:
    """The saved settings with the values of a posted form. Fields for names that stand nowhere are ignored, too long ones are cut."""
    names = names_in(*texts)[:MOST]
    posted = {name: _clean(data[FIELD + name]) for name in names if FIELD + name in data}
    known = {name: value for name, value in {**values_of(saved), **posted}.items() if value}
    kept = dict(list(known.items())[-2 * MOST :])
    changed: dict[str, Any] = {**saved, "variables": kept}
    if "as_written.shown" in data:
        changed["as_written"] = bool(data.get("as_written"))
    return {name: value for name, value in changed.items() if value or name not in {"variables", "as_written"}}


def _clean(text: str) -> str:
    return BROKEN.sub("\ufffd", text.replace("\r\n", "\n"))[:LONGEST_VALUE].strip()
