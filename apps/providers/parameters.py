"""The settings of a page: their words, their controls, and what of a form may be sent.

    settings_for(facts, values)      what to show: only what the model takes, or why it is off
    clean_parameters(facts, data)    what to send: only what a person set, and only what the model takes
    preset_parameters(facts, name)   Precise, Balanced, Creative, as far as the model takes them

Words and widest bounds: `text_settings`, `image_settings`. Bounds of a model: its facts.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from apps.providers.facts import Facts
from apps.providers.text_settings import MOST_STOP_WORDS, SETTINGS, Setting

Table = Sequence[Setting]

Values = Mapping[str, Any]
LONGEST_STOP_WORD = 200
LONGEST_SHOWN_ANSWER = 16384
LONGEST_TEXT = 4096


class BadValue(ValueError):
    """A value that cannot be sent. Its text is a sentence for the person."""


def settings_for(facts: Facts, values: Values | None = None, table: Table = SETTINGS) -> list[Setting]:
    """What this model takes, with its own bounds and the present values; nothing else.

    A setting that the model refuses is left out, unless there is a reason to tell. One that depends
    on another ("while thinking is on …") is off as long as `values` do not allow it.
    """
    values = values or {}
    return [setting for base in table if (setting := _shown(base, facts, values)) is not None]


def clean_parameters(facts: Facts, data: Mapping[str, Any], table: Table = SETTINGS) -> tuple[dict[str, Any], dict[str, str]]:
    """What may be sent, and a sentence for each value that cannot be.

    `data` is a form's (a QueryDict, texts) or JSON (numbers, lists). Empty means "not set" and is left
    out, so is everything that the model does not take; names that are no settings are ignored.
    """
    clean: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for base in table:
        given = data.getlist(base.name) if hasattr(data, "getlist") and base.kind == "words" else data.get(base.name)
        if _is_empty(given) or not facts.takes(base.name):
            continue
        try:
            clean[base.name] = READERS[base.kind](_bounded(base, facts.parameters[base.name], facts), given)
        except BadValue as error:
            errors[base.name] = str(error)
    kept = {name: value for name, value in clean.items() if not _is_empty(value) and not _unmet(facts, name, clean)}
    return kept, errors


def _shown(base: Setting, facts: Facts, values: Values) -> Setting | None:
    bounds = facts.parameters.get(base.name)
    if bounds is None or (bounds.get("off") and not bounds.get("because")):
        return None
    off = bounds.get("off") or _unmet(facts, base.name, values)
    reason = str(bounds.get("because") or _("This model does not take it with the other settings.")) if off else ""
    return replace(_bounded(base, bounds, facts), off_because=_(reason) if reason else "", value=values.get(base.name))


def _bounded(base: Setting, bounds: Mapping[str, Any], facts: Facts) -> Setting:
    """The setting with the model's bounds in place of the widest ones."""
    own = {name: bounds[name] for name in ("min", "max", "step", "default") if name in bounds}
    if base.name == "max_completion_tokens" and "max" not in own:
        limits = [facts.limits[name] for name in ("output", "context") if name in facts.limits]
        own["max"] = min(limits, default=None)
        own["shown_max"] = min(own["max"] or LONGEST_SHOWN_ANSWER, LONGEST_SHOWN_ANSWER)
    if base.choices and "values" in bounds:
        own["choices"] = _choices(base, bounds["values"])
    if base.kind == "select":
        own["choices"] = tuple(sorted(own.get("choices", base.choices), key=lambda choice: str(choice[1])))
    if base.beside and facts.takes(base.beside[0]):
        own |= {"label": base.beside[1], "help": base.beside[2]}
    if base.ours:
        own["default"] = base.default
    return replace(base, **own)


def _choices(base: Setting, values: Sequence[str]) -> tuple[tuple[str, Any], ...]:
    words = dict(base.choices)
    return (*base.ours, *((value, words.get(value) or base.word_for(value)) for value in values if value not in base.left_out))


def _unmet(facts: Facts, name: str, values: Values) -> bool:
    """Whether a setting that this one depends on has a value, chosen or the model's own, that forbids it."""
    needs = facts.parameters.get(name, {}).get("needs") or {}
    return any((values.get(other) or facts.parameters.get(other, {}).get("default")) not in allowed for other, allowed in needs.items())


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, (str, list, tuple)) and not [part for part in value if str(part).strip()])


def _read_choice(setting: Setting, value: Any) -> str:
    if not isinstance(value, str) or value not in dict(setting.choices):
        raise BadValue(_("Choose one of: %(choices)s.") % {"choices": ", ".join(str(label) for _name, label in setting.choices)})
    return value


def _read_slider(setting: Setting, value: Any) -> float | int:
    """A number in the bounds; whole if the steps are."""
    if setting.step == 1:
        return _read_number(setting, value)
    try:
        number = float(value.strip().replace(",", ".") if isinstance(value, str) else value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if isinstance(value, bool) or not math.isfinite(number):
        raise BadValue(_("Type a number, for example 0.7."))
    return _in_bounds(setting, round(number, 4))


def _read_number(setting: Setting, value: Any) -> int:
    # No more digits than any bound has: a text of a million digits would keep the processor busy.
    text = value.strip()[:40] if isinstance(value, str) else str(value)
    if isinstance(value, bool) or not re.fullmatch(r"[+-]?[0-9]{1,19}(\.0)?", text, re.ASCII):
        raise BadValue(_("Type a whole number."))
    return int(_in_bounds(setting, int(text.removesuffix(".0"))))


def _in_bounds(setting: Setting, number: float) -> float:
    low, high = setting.min, setting.max
    if low is not None and number < low:
        raise BadValue(_("The smallest value is %(value)s.") % {"value": low})
    if high is not None and number > high:
        raise BadValue(_("The largest value is %(value)s.") % {"value": high})
    return number


def _read_words(setting: Setting, value: Any) -> list[str]:
    """Texts as typed: a list, or one for each line. Blanks inside count, empty ones do not."""
    parts = value if isinstance(value, (list, tuple)) else [value]
    if not all(isinstance(part, str) for part in parts):
        raise BadValue(_("These words are text."))
    words = [word for part in parts for word in part.replace("\r\n", "\n").split("\n") if word.strip()]
    words = list(dict.fromkeys(words))
    most = int(setting.max or MOST_STOP_WORDS)
    if len(words) > most:
        raise BadValue(_("At most %(count)s lines.") % {"count": most})
    if any(len(word) > LONGEST_STOP_WORD or "\x00" in word or _has_lone_surrogate(word) for word in words):
        raise BadValue(_("Each line is ordinary text of at most %(count)s characters.") % {"count": LONGEST_STOP_WORD})
    if any(character in word for word in words for character in setting.without):
        raise BadValue(_("Leave out %(characters)s.") % {"characters": " ".join(setting.without)})
    return words


def _read_text(setting: Setting, value: Any) -> str:
    """Ordinary text, of several lines if it must be."""
    if not isinstance(value, str) or "\x00" in value or _has_lone_surrogate(value):
        raise BadValue(_("Type ordinary text."))
    text, most = value.replace("\r\n", "\n").strip(), int(setting.max or LONGEST_TEXT)
    if len(text) > most:
        raise BadValue(_("This text has %(count)s characters, the model takes %(most)s. Shorten it.") % {"count": len(text), "most": most})
    return text


def _has_lone_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


READERS: dict[str, Callable[[Setting, Any], Any]] = {
    "choice": _read_choice,
    "slider": _read_slider,
    "number": _read_number,
    "count": _read_number,
    "words": _read_words,
    "select": _read_choice,
    "switch": _read_choice,
    "text": _read_text,
}
