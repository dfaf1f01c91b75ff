"""The bytes of a file that is made of another one: repaired lines, lines of JSON out of the rows of a table, or the same ones."""

import io
import itertools
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import orjson
from django.utils.translation import gettext as _

import jsonl
import rows
from apps.core.lists import words_of
from apps.files import kinds
from apps.files.content import BUFFER, Writer, opened
from apps.files.models import File

Told = Callable[[int], None]
How = Mapping[str, Any]
FIRST: Final = 3


class Unmakeable(Exception):
    """It cannot be made of this file, and this is why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def repair(old: File, writer: Writer, how: How, told: Told) -> None:
    with opened(old, told) as source:
        try:
            jsonl.fix(source, writer.write, how["fixes"])
        except UnicodeDecodeError:
            raise Unmakeable(
                _("The file calls itself UTF-16, and is not. Save it as UTF-8 where it was made, and bring it again.")
            ) from None


def copy(old: File, writer: Writer, how: How, told: Told) -> None:
    with opened(old, told) as source:
        shutil.copyfileobj(source, writer, BUFFER)


# --- Rows into lines -----------------------------------------------------------------------------
def write_lines(old: File, writer: Writer, how: How, told: Told) -> None:
    written = 0
    try:
        for line in _lines(old, how, told):
            writer.write(orjson.dumps(line) + b"\n")
            written += 1
    except rows.Unreadable as wrong:
        raise Unmakeable(words_of(wrong)) from wrong
    if not written:
        raise Unmakeable(_("No row has something in each column that is needed, so no file was made."))


def first_lines(file: File, how: How) -> list[dict[str, Any]]:
    """What the first rows become, without reading further. Raises rows.Unreadable, FileNotFoundError."""
    with opened(file) as source:
        head = kinds.head_lines(source.read(kinds.HEAD))
    return list(itertools.islice(lines_of(io.BytesIO(head), how), FIRST))


def _lines(old: File, how: How, told: Told) -> Iterator[dict[str, Any]]:
    with opened(old, told) as source:
        yield from lines_of(source, how)


def lines_of(source: Any, how: How) -> Iterator[dict[str, Any]]:
    """Each row that has what is needed, as a line. `how`: as `table_forms.Choices.as_kept` gives it. Raises rows.Unreadable."""
    shape = replace(rows.shape_of(source), has_header=how["has_header"])
    records = rows.read_records(source, shape)
    make = LINES[how["method"]]
    for record in itertools.islice(records, int(shape.has_header), None):
        cells = {slot: rows.clean(_cell(record.cells, number)).strip() for slot, number in how["columns"].items()}
        if cells["question"] and all(cells.get(slot, "-") for slot in ("answer", "preferred", "other")):
            yield make(record.number, cells, how)


def _cell(cells: list[str], number: int) -> str:
    return cells[number - 1] if 0 < number <= len(cells) else ""


def _asked(cells: Mapping[str, str], how: How) -> list[dict[str, str]]:
    instructions = cells.get("instructions") or how["instructions"]
    first = [{"role": "system", "content": instructions}] if instructions else []
    return [*first, {"role": "user", "content": cells["question"]}]


def _answer(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": text}


def _chat(_number: int, cells: Mapping[str, str], how: How) -> dict[str, Any]:
    return {"messages": [*_asked(cells, how), _answer(cells["answer"])]}


def _pair(_number: int, cells: Mapping[str, str], how: How) -> dict[str, Any]:
    asked = _asked(cells, how)
    return {
        "input": {"messages": asked},
        "preferred_output": [_answer(cells["preferred"])],
        "non_preferred_output": [_answer(cells["other"])],
    }


def _request(number: int, cells: Mapping[str, str], how: How) -> dict[str, Any]:
    """A row without a name of its own is called by its number."""
    body = {"model": how["model"], **_body(cells, how)}
    return {"custom_id": cells.get("custom_id") or f"row-{number}", "method": "POST", "url": how["endpoint"], "body": body}


def _body(cells: Mapping[str, str], how: How) -> dict[str, Any]:
    instructions = cells.get("instructions") or how["instructions"]
    if how["endpoint"] == "/v1/chat/completions":
        return {"messages": _asked(cells, how)}
    if how["endpoint"] == "/v1/responses":
        return ({"instructions": instructions} if instructions else {}) | {"input": cells["question"]}
    text = f"{instructions}\n\n{cells['question']}" if instructions else cells["question"]
    return {"prompt": text} if how["endpoint"] == "/v1/completions" else {"input": cells["question"]}


LINES: Final[Mapping[str, Callable[[int, Mapping[str, str], How], dict[str, Any]]]] = {
    "chat": _chat,
    "preference": _pair,
    "batch": _request,
}
WAYS: Final[Mapping[str, Callable[[File, Writer, How, Told], None]]] = {"fixes": repair, "examples": write_lines, "copy": copy}
