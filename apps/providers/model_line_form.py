"""The form of one line of the table of facts: a field for each thing that a line can say.

An empty field leaves the word to the lines below. Each field carries what it showed when the page
was made, and only what was changed since is written: two people at the same page lose nothing of
each other's, and what the form does not show stays.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.forms import Form
from apps.providers.facts import TOKEN_PRICES, Facts
from apps.providers.model_line_fields import (
    MEANING,
    Checks,
    bounds_fields,
    count_field,
    date_field,
    price_field,
    taken_field,
    text_field,
    tri_state_field,
)
from apps.providers.model_words import ENDPOINT_WORDS, GROUPS, LIMIT_WORDS, PRICE_WORDS, TOKENS, Group, Known
from apps.providers.models import ModelFact


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting of the API in the form: its fields, and why it is off, if a server refused it."""

    known: Known
    take: BoundField
    parts: Sequence[BoundField]
    because: str
    refused: str
    hint: str
    is_learned: bool

    @property
    def errors(self) -> list[str]:
        return [error for field in (self.take, *self.parts) for error in field.errors]


class LineForm(Form):
    """`below`: what is known without this line, shown where a field is empty; None where that differs from model to model."""

    def __init__(self, *args: Any, line: ModelFact, below: Facts | None, groups: Iterable[Group] = GROUPS, **kwargs: Any) -> None:
        self.line, self.below, self.groups = line, below, list(groups)
        super().__init__(*args, **kwargs)
        self.settings = {known.name: known for known in _settings_of(self.groups, line, below)}
        self.fields.update({**self._word_fields(), **self._price_fields(), **self._limit_fields(), **self._setting_fields()})
        for field in self.fields.values():
            field.show_hidden_initial = True

    # --- Fields --------------------------------------------------------------------------------
    def _word_fields(self) -> dict[str, forms.Field]:
        line, below = self.line, self.below
        return {
            "label": text_field(gettext_lazy("Name for people"), line.label, 120, below and below.label),
            "note": text_field(
                gettext_lazy("Description"), line.note, 300, below and below.note, gettext_lazy("One line: what it is good for.")
            ),
            "is_favourite": tri_state_field(
                gettext_lazy("Favourite"), line.is_favourite, below and below.is_favourite, _("first in lists"), _("in its place")
            ),
            "is_hidden": tri_state_field(gettext_lazy("On pages"), line.is_hidden, below and below.is_hidden, _("hidden"), _("offered")),
            "shutdown_date": date_field(line.shutdown_date, below and below.shutdown_date),
            "replacement": text_field(
                gettext_lazy("Suggested instead"), line.replacement, 200, below and below.replacement, gettext_lazy("Names, by comma.")
            ),
            "endpoints": forms.MultipleChoiceField(
                label=gettext_lazy("Good for"),
                choices=list(ENDPOINT_WORDS.items()),
                initial=line.endpoints or (list(below.endpoints) if below else []),
                required=False,
                widget=Checks,
            ),
        }

    def _price_fields(self) -> dict[str, forms.Field]:
        known = self.below.prices if self.below else None
        told = {**{name: getattr(known, name) for name in TOKEN_PRICES}, **known.others} if known else {}
        wanted = [name for group in self.groups for name in group.prices]
        names = dict.fromkeys([*TOKENS, *wanted, *(name for name in (*told, *self.line.prices) if name != "free")])
        return {f"price.{name}": price_field(PRICE_WORDS.get(name, name), self.line.prices.get(name), told.get(name)) for name in names}

    def _limit_fields(self) -> dict[str, forms.Field]:
        told = self.below.limits if self.below else {}
        names = dict.fromkeys([*(name for group in self.groups for name in group.limits), *told, *self.line.limits])
        return {f"limit.{name}": count_field(LIMIT_WORDS.get(name, name), self.line.limits.get(name), told.get(name)) for name in names}

    def _setting_fields(self) -> dict[str, forms.Field]:
        fields: dict[str, forms.Field] = {}
        for name, known in self.settings.items():
            own = self.line.parameters.get(name, {})
            told = self.below.parameters.get(name) if self.below else None
            fields |= {f"set.{name}.{part}": field for part, field in bounds_fields(known, own, told or {}).items()}
            fields[f"set.{name}.take"] = taken_field(known, own, told, is_known=self.below is not None)
        return fields

    # --- What the template asks for --------------------------------------------------------------
    def word_fields(self) -> list[BoundField]:
        return [self[name] for name in ("label", "note", "is_favourite", "is_hidden", "shutdown_date", "replacement")]

    def price_fields(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name.startswith("price.")]

    def limit_fields(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name.startswith("limit.")]

    def setting_groups(self) -> list[tuple[Any, list[SettingRow], bool]]:
        """Title, rows, and whether anything is said there, for each group; each setting once."""
        rest = dict(self.settings)
        found = []
        for group in self.groups:
            rows = [self._row(rest.pop(known.name)) for known in group.settings if known.name in rest]
            found.append((group.title, rows))
        found.append((_("Others"), [self._row(known) for known in rest.values()]))
        return [(title, rows, any(self._is_said(row) for row in rows)) for title, rows in found if rows]

    def _is_said(self, row: SettingRow) -> bool:
        return bool(self.line.parameters.get(row.known.name) or row.errors)

    def _row(self, known: Known) -> SettingRow:
        own = self.line.parameters.get(known.name, {})
        told = self.below.parameters.get(known.name, {}) if self.below else {}
        parts = [self[name] for part in ("low", "high", "values") if (name := f"set.{known.name}.{part}") in self.fields]
        because = str(own.get("because") or "") if own.get("off") else _(str(told["because"])) if told.get("because") else ""
        refused = ", ".join(map(str, own.get("refused", ())))
        is_learned = bool(own.get("learned") or refused)
        return SettingRow(known, self[f"set.{known.name}.take"], parts, because, refused, str(own.get("why_refused", "")), is_learned)

    # --- Cleaning ------------------------------------------------------------------------------
    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self._clean_prices(data)
        for name in self.settings:
            self._clean_range(name, data)
        return data

    def _clean_prices(self, data: Mapping[str, Any]) -> None:
        known = self.below.prices if self.below else None
        asked, answered = (data.get(f"price.{name}", None) for name in ("input", "output"))
        asked = asked if asked is not None else known and known.input
        answered = answered if answered is not None else known and known.output
        is_text = any("chat" in group.endpoints for group in self.groups) and self.below is not None
        if is_text and (asked is None) != (answered is None) and not self.errors:
            self.add_error("price.output" if answered is None else "price.input", _("Enter both prices, or none."))

    def _clean_range(self, name: str, data: Mapping[str, Any]) -> None:
        told = self.below.parameters.get(name, {}) if self.below else {}
        low, high = data.get(f"set.{name}.low"), data.get(f"set.{name}.high")
        low, high = told.get("min") if low is None else low, told.get("max") if high is None else high
        part = next((part for part in ("high", "low") if f"set.{name}.{part}" in self.changed_data), "")
        if part and low is not None and high is not None and low > high:
            self.add_error(f"set.{name}.{part}", _("The smallest value is above the largest."))

    # --- Saving --------------------------------------------------------------------------------
    def write_to(self, line: ModelFact) -> None:
        """Put what was changed on the line, as it is by now."""
        for name in self.changed_data:
            kind, _dot, rest = name.partition(".")
            value = self.cleaned_data[name]
            if kind == "price":
                line.prices = _with(line.prices, rest, None if value is None else format(value, "f"))
            elif kind == "limit":
                line.limits = _with(line.limits, rest, value)
            elif kind == "set":
                setting, _dot, part = rest.rpartition(".")
                line.parameters = _with(line.parameters, setting, _changed(line.parameters.get(setting, {}), part, value))
            elif name == "endpoints":
                line.endpoints = [] if self.below and set(value) == set(self.below.endpoints) else value
            else:
                setattr(line, name, MEANING[value] if name in {"is_hidden", "is_favourite"} else value)

    def changed_words(self) -> list[str]:
        """What was changed, for the book of changes: as the page calls it, settings as the API does."""
        return list(dict.fromkeys(self._word_of(name) for name in self.changed_data))

    def _word_of(self, name: str) -> str:
        kind, _dot, rest = name.partition(".")
        if kind == "set":
            return rest.rpartition(".")[0]
        return {"price": _("prices"), "limit": _("limits")}.get(kind) or str(self.fields[name].label)


def _settings_of(groups: Iterable[Group], line: ModelFact, below: Facts | None) -> Iterable[Known]:
    """The settings of the groups, then those that somebody said something of though no group has them."""
    listed = {known.name: known for group in reversed(list(groups)) for known in group.settings}
    elsewhere = {known.name: known for group in GROUPS for known in group.settings}
    odd = [*line.parameters, *(name for name in (below.parameters if below else ()) if name not in elsewhere)]
    listed |= {name: elsewhere.get(name, Known(name, name, "flag")) for name in odd if name not in listed}
    return listed.values()


def _with(data: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    """A copy with this entry; without it when there is nothing to say."""
    copy = {key: each for key, each in data.items() if key != name}
    return copy if value in (None, "", [], {}) else {**copy, name: value}


def _changed(bounds: Mapping[str, Any], part: str, value: Any) -> dict[str, Any]:
    """The bounds of a setting after one of its fields was changed."""
    if part == "take":
        kept = {name: each for name, each in bounds.items() if name not in {"off", "because", "learned"}}
        return kept if value == "" else {**kept, "off": value == "no"}
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _with(bounds, {"low": "min", "high": "max", "values": "values"}[part], value)
