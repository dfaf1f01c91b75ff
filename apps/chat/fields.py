"""A small table of fields (name, kind, what it means, needed or not) and the JSON Schema that it is.

One row is {"name", "kind", "meaning", "required": bool, "choices": [text]}. Used for the inputs of functions and for answers
as a list of fields.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.chat.deltas import BROKEN

MOST_FIELDS: Final = 32
MOST_CHOICES: Final = 50
LONGEST_MEANING: Final = 300
KINDS: Final = (
    ("text", gettext_lazy("Text")),
    ("number", gettext_lazy("Number")),
    ("whole", gettext_lazy("Whole number")),
    ("yesno", gettext_lazy("Yes or no")),
    ("choice", gettext_lazy("Choice")),
    ("texts", gettext_lazy("List of text")),
)
KIND_NAMES: Final = dict(KINDS)
TYPES: Final = {"text": "string", "number": "number", "whole": "integer", "yesno": "boolean", "choice": "string", "texts": "array"}
_NAME = re.compile(r"[^\W\d][\w-]{0,63}")
_POSTED = re.compile(r"f(\d{1,3})\.name")


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    kind: str = "text"
    meaning: str = ""
    required: bool = False
    choices: tuple[str, ...] = field(default=())

    @property
    def is_empty(self) -> bool:
        return not (self.name or self.meaning or self.choices)

    @property
    def kind_word(self) -> str:
        return str(KIND_NAMES[self.kind])

    @property
    def choices_text(self) -> str:
        return ", ".join(self.choices)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "choices": list(self.choices)}


def read_posted(data: Mapping[str, str]) -> list[Field]:
    """The rows of a posted table, as typed; empty ones are left out."""
    numbers = sorted({int(found[1]) for name in data if (found := _POSTED.fullmatch(name))})[:MOST_FIELDS]
    rows = [_posted_row(data, f"f{number}.") for number in numbers]
    return [row for row in rows if not row.is_empty]


def _posted_row(data: Mapping[str, str], at: str) -> Field:
    kind = data.get(f"{at}kind", "text")
    choices = [_line(each, 100) for each in data.get(f"{at}choices", "").split(",")] if kind == "choice" else []
    return Field(
        _line(data.get(f"{at}name", ""), 80),
        kind if kind in KIND_NAMES else "text",
        _line(data.get(f"{at}meaning", ""), LONGEST_MEANING),
        bool(data.get(f"{at}required")),
        tuple(dict.fromkeys(each for each in choices if each))[:MOST_CHOICES],
    )


def _line(text: str, longest: int) -> str:
    return " ".join(BROKEN.sub("\ufffd", text[: 4 * longest]).split())[:longest]


def read_kept(rows: Any) -> list[Field]:
    """Rows as they are kept. What is none is left out."""
    found = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return [
        Field(
            str(row.get("name", "")),
            row["kind"] if row.get("kind") in KIND_NAMES else "text",
            str(row.get("meaning", "")),
            bool(row.get("required")),
            tuple(map(str, row.get("choices") or ())),
        )
        for row in found[:MOST_FIELDS]
    ]


def problems(rows: Sequence[Field]) -> list[str]:
    """What is wrong with a table, row by row, in words."""
    told = []
    for number, row in enumerate(rows, 1):
        names = {"n": number, "name": row.name}
        if not row.name:
            told.append(_("Row %(n)s has no name.") % names)
        elif not _NAME.fullmatch(row.name):
            told.append(_("Row %(n)s: “%(name)s” is no name. Take letters, digits, _ and -, for example first_name.") % names)
        elif row.name in [other.name for other in rows[: number - 1]]:
            told.append(_("Row %(n)s: the name “%(name)s” stands there twice.") % names)
        if row.kind == "choice" and len(row.choices) < 2:
            told.append(_("Row %(n)s: a choice needs at least two words to choose from, with commas between.") % names)
    return told


# --- As JSON Schema -----------------------------------------------------------------------------
def schema_of(rows: Sequence[Field], *, is_strict: bool = False) -> dict[str, Any]:
    """An object with these fields. `is_strict`: as OpenAI wants it, every field is required, and one that may be missing may be null."""
    required = [row.name for row in rows if row.required or is_strict]
    properties = {row.name: _property(row, may_be_null=is_strict and not row.required) for row in rows}
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _property(row: Field, *, may_be_null: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"type": [TYPES[row.kind], "null"] if may_be_null else TYPES[row.kind]}
    if row.meaning:
        told["description"] = row.meaning
    if row.kind == "choice":
        told["enum"] = [*row.choices, *([None] if may_be_null else [])]
    if row.kind == "texts":
        told["items"] = {"type": "string"}
    return told


def fields_of(schema: Any) -> list[Field] | None:
    """The table that a schema is; None for one that says more than a table can."""
    if not isinstance(schema, Mapping) or set(schema) - {"type", "properties", "required", "additionalProperties"}:
        return None
    properties, required = schema.get("properties", {}), schema.get("required", [])
    if not isinstance(properties, Mapping) or len(properties) > MOST_FIELDS:
        return None
    rows = [_field_of(name, told, name in required) for name, told in properties.items()]
    found = [row for row in rows if row is not None]
    return found if len(found) == len(rows) and not problems(found) else None


def _field_of(name: str, told: Any, required: bool) -> Field | None:
    if not isinstance(told, Mapping) or set(told) - {"type", "description", "enum", "items"}:
        return None
    meaning, choices = told.get("description", ""), told.get("enum")
    if not isinstance(meaning, str) or len(meaning) > LONGEST_MEANING or "\n" in meaning:
        return None
    if choices is not None:
        fits = told.get("type") == "string" and all(isinstance(each, str) and "," not in each for each in choices)
        return Field(name, "choice", meaning, required, tuple(choices)) if fits else None
    if told.get("type") == "array":
        return Field(name, "texts", meaning, required) if told.get("items") == {"type": "string"} else None
    kind = next((kind for kind, type_ in TYPES.items() if type_ == told.get("type") and "items" not in told), None)
    return Field(name, kind, meaning, required) if kind else None


# --- Is a value of that kind? -------------------------------------------------------------------
def fits(row: Field, value: Any) -> bool:
    if row.kind == "text":
        return isinstance(value, str)
    if row.kind == "choice":
        return isinstance(value, str) and value in row.choices
    if row.kind == "yesno":
        return isinstance(value, bool)
    if row.kind == "texts":
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return row.kind == "number" or float(value).is_integer()
