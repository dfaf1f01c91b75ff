"""Answer as Text, JSON, or a list of fields: what is asked for, and whether what came fits.

Kept in the settings: {"answer_as": {"form": "fields" or "json", "fields": [rows], "list": bool}}. A server that takes schemas gets a
strict one; every other one is asked in words. `answer_form` goes with the parameters of a run in both cases, so that what came is
judged by what was asked.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.chat.fields import Field, fits, problems, read_kept, read_posted, schema_of
from apps.providers.chosen import Saved
from apps.providers.facts import Facts
from apps.runs.storable import clean

FORMS: Final = (("text", gettext_lazy("Text")), ("fields", gettext_lazy("List of fields")), ("json", gettext_lazy("JSON")))
PARAMETER: Final = "response_format"
KEPT: Final = "answer_form"  # in the parameters of a run: ours, never sent
ROWS: Final = "rows"  # the name under which several rows come: the root of a schema is an object
MOST_ROWS: Final = 500
_FENCED = re.compile(r"```[\w-]{0,20}[ \t]*\n(.*?)```", re.DOTALL)


# --- What is chosen -----------------------------------------------------------------------------
def change(saved: Saved, data: Mapping[str, Any]) -> Saved:
    """The saved settings after the panel was posted. The table stays when another form is chosen for a while."""
    if "answer.shown" not in data:
        return saved
    form = data.get("answer_as", "text")
    rows = read_posted(data) if data.get("answer.shown") == "fields" else fields_of(saved)
    kept = {
        "form": form if form in dict(FORMS) else "text",
        "fields": [row.as_json() for row in rows],
        "list": bool(data.get("answer.list")),
    }
    if data.get("answer.shown") != "fields":
        kept["list"] = is_list(saved)
    others = {name: value for name, value in saved.items() if name != "answer_as"}
    return others if kept["form"] == "text" and not rows else {**others, "answer_as": kept}


def _chosen(saved: Saved) -> Mapping[str, Any]:
    chosen = saved.get("answer_as")
    return chosen if isinstance(chosen, Mapping) else {}


def form_of(saved: Saved) -> str:
    form = str(_chosen(saved).get("form"))
    return form if form in dict(FORMS) else "text"


def fields_of(saved: Saved) -> list[Field]:
    return read_kept(_chosen(saved).get("fields"))


def is_list(saved: Saved) -> bool:
    return bool(_chosen(saved).get("list"))


def reshapes(data: Mapping[str, Any]) -> bool:
    """Whether the posted form changes what else the section shows."""
    return "add_rows" in data or ("answer.shown" in data and data.get("answer_as", "text") != data["answer.shown"])


# --- What is sent -------------------------------------------------------------------------------
def params_of(saved: Saved, facts: Facts) -> dict[str, Any]:
    """The parameters of a run. Rows with a mistake are told in the panel, and are not asked for."""
    form, rows = form_of(saved), [row for row in fields_of(saved) if not problems([row])]
    if form == "text" or (form == "fields" and not rows):
        return {}
    asked = {"fields": [row.as_json() for row in rows] if form == "fields" else [], "list": is_list(saved)}
    kind = "json_schema" if form == "fields" else "json_object"
    bounds = facts.parameters.get(PARAMETER, {})
    if bounds.get("off") or kind not in bounds.get("values", [kind]):
        return {KEPT: asked}
    return {PARAMETER: _format(kind, asked), KEPT: asked}


def _format(kind: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    if kind == "json_object":
        return {"type": kind}
    return {"type": kind, "json_schema": {"name": "answer", "strict": True, "schema": _schema(asked)}}


def _schema(asked: Mapping[str, Any]) -> dict[str, Any]:
    row = schema_of(read_kept(asked.get("fields")), is_strict=True)
    if not asked.get("list"):
        return row
    rows = {"type": "array", "items": row}
    return {"type": "object", "properties": {ROWS: rows}, "required": [ROWS], "additionalProperties": False}


def asked_in_words(messages: Sequence[Mapping[str, Any]], params: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The messages with the form asked for in words, where no schema goes with them."""
    asked, told = params.get(KEPT), params.get(PARAMETER)
    if not isinstance(asked, Mapping) or (isinstance(told, Mapping) and told.get("type") == "json_schema"):
        return list(messages)
    words = _words(asked)
    if messages and messages[0].get("role") == "system":
        return [{**messages[0], "content": f"{messages[0]['content']}\n\n{words}"}, *messages[1:]]
    return [{"role": "system", "content": words}, *messages]


def _words(asked: Mapping[str, Any]) -> str:
    if not asked.get("fields"):
        return "Answer with JSON only: no words before or after it."
    schema = json.dumps(_schema(asked), ensure_ascii=False)
    what = f'one JSON object with the list "{ROWS}" in it' if asked.get("list") else "one JSON object"
    return f"Answer with {what} and nothing else: no words before or after it. It must be valid against this JSON Schema:\n{schema}"


# --- What came ----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Formed:
    """An answer in its form. `problems` are sentences; `rows` has one list of cells for each row, under `names`."""

    value: Any
    problems: list[str]
    names: list[str]
    rows: list[list[str]]
    left_out: int = 0

    @property
    def as_json(self) -> str:
        return json.dumps(self.value, indent=2, ensure_ascii=False)

    @property
    def as_csv(self) -> str:
        return "".join(",".join(map(_csv_cell, row)) + "\r\n" for row in [self.names, *self.rows])

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Names and values, where there is one row."""
        return list(zip(self.names, self.rows[0], strict=True)) if len(self.rows) == 1 else []


def formed(text: str, asked: Any) -> Formed | None:
    """What came, read and checked; None where no form was asked for or nothing can be read as one."""
    if not isinstance(asked, Mapping) or not text.strip():
        return None
    value = read_value(text)
    wanted = read_kept(asked.get("fields"))
    if value is None:
        return Formed(None, [_("It is not in the form that was asked for.")], [], [])
    if not wanted:
        return Formed(value, [], [], [])
    rows = value.get(ROWS) if asked.get("list") and isinstance(value, Mapping) else [value]
    if not isinstance(rows, list):
        rows = value if isinstance(value, list) else [value]
    told = [problem for number, row in enumerate(rows, 1) for problem in _check(row, wanted, number if asked.get("list") else 0)]
    objects = [row for row in rows[:MOST_ROWS] if isinstance(row, Mapping)]
    extra = list(dict.fromkeys(str(name) for row in objects for name in row if name not in {each.name for each in wanted}))[:20]
    names = [*(each.name for each in wanted), *extra]
    cells = [[_cell(row.get(name)) for name in names] for row in objects]
    return Formed(value, told[:20], names, cells, max(0, len(rows) - MOST_ROWS))


def read_value(text: str) -> Any:
    """The JSON in an answer: the whole, a fenced block, or what stands between the first and the last bracket."""
    fenced = _FENCED.search(text)
    start, end = text.find("{"), text.rfind("}")
    for part in (text, fenced[1] if fenced else "", text[start : end + 1] if 0 <= start < end else ""):
        try:
            return clean(json.loads(part))  # neither endless nests nor numbers without end
        except (ValueError, RecursionError):
            continue
    return None


def _check(row: Any, wanted: Sequence[Field], number: int) -> list[str]:
    at = _("Row %(n)s: ") % {"n": number} if number else ""
    if not isinstance(row, Mapping):
        return [at + _("this row has no fields.")]
    told = [at + each for field in wanted if (each := _check_field(row, field))]
    names = {field.name for field in wanted}
    return told + [at + _("“%(name)s” was not asked for.") % {"name": str(name)[:60]} for name in row if name not in names]


def _check_field(row: Mapping[str, Any], field: Field) -> str:
    names = {"name": field.name, "kind": field.kind_word, "choices": field.choices_text}
    value = row.get(field.name)
    if value is None:
        return _("“%(name)s” is missing.") % names if field.required else ""
    if fits(field, value):
        return ""
    if field.kind == "choice":
        return _("“%(name)s” must be one of %(choices)s.") % names
    return _("“%(name)s” is not of the kind “%(kind)s”.") % names


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _csv_cell(text: str) -> str:
    """One field. What a spreadsheet would take for a formula is text."""
    if text[:1] in {"=", "+", "-", "@", "\t", "\r"} and not re.fullmatch(r"[+-]?[\d.]+", text):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"' if re.search(r'[",\r\n]', text) else text
