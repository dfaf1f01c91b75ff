"""Lines of JSON against the rules of what they are for: by which rules, and what came of it, as the row keeps it."""

import io
import itertools
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

import jsonl
import rows
from apps.files import kinds
from apps.files.content import opened
from apps.files.models import File, Kind
from apps.runs.costs import tokens_in
from jsonl.problems import ERRORS

METHODS: Final = {
    "chat": _("Examples to teach a model"),
    "preference": _("Pairs of a better and a worse answer"),
    "reinforcement": _("Questions for a grader"),
    "batch": _("Requests of a batch"),
    "evals": _("Rows of an evaluation"),
    "": _("Any lines of JSON"),
}
TUNING: Final = ("chat", "preference", "reinforcement")
HOLDING: Final = ("batch", "fine-tune", "evals")  # purposes whose files are not sent with errors unless a person says so
COUNTED: Final = frozenset({"examples", "requests"})
LOOKED_AT: Final = 20  # lines
NOT_LINES: Final = "not_lines"  # a code of ours: the file has no lines at all


def method_for(file: File) -> str:
    """One of METHODS: told by the purpose, and where that leaves several by the first lines."""
    if file.purpose in ("batch", "evals"):
        return str(file.purpose)
    if file.purpose not in ("", "fine-tune"):
        return ""
    guessed = _guess(file)
    if file.purpose == "fine-tune":
        return guessed if guessed in TUNING else "chat"
    return guessed


def _guess(file: File) -> str:
    """What most of the first lines are."""
    with opened(file) as source:
        head = source.read(kinds.HEAD)
    try:
        text, _encoding = kinds.text_of(head, len(head) < kinds.HEAD)
    except rows.Unreadable:  # whatever it is called
        return ""
    lines = itertools.islice((line for line in io.StringIO(text) if line.strip()), LOOKED_AT)
    seen = Counter(jsonl.method_of(kinds.parsed(line)) for line in lines)
    seen.pop("", None)
    return seen.most_common(1)[0][0] if seen else ""


def check(file: File, told: Callable[[int], None]) -> dict[str, Any]:
    """As `jsonl.Report.as_dict` gives it. `told` hears how many bytes were read. Raises FileNotFoundError, and what `told` raises."""
    if file.kind != Kind.JSONL:
        return _without_lines()
    with opened(file) as source:
        return jsonl.check(source, file.check_method, count=tokens_in, progress=told).as_dict()


def counted(report: Mapping[str, Any]) -> dict[str, int]:
    """How many examples or requests there are, as the list of files tells; nothing for lines that are neither."""
    name = {"batch": "requests", "evals": "", "": ""}.get(str(report.get("method", "")), "examples")
    return {name: int(report.get("examples", 0))} if name else {}


def _without_lines() -> dict[str, Any]:
    problem = {"code": NOT_LINES, "line": 0, "values": {}}
    return {"method": "", "errors": 1, "warnings": 0, "problems": [problem], "counts": {NOT_LINES: 1}, "fixes": []}


def is_checked(file: File) -> bool:
    """Whether it is a file that is checked: lines of JSON, or what is to be some."""
    return file.kind == Kind.JSONL or file.purpose in HOLDING


def is_checked_for(file: File) -> bool:
    """Whether the last check was one for what the file is for now."""
    if not is_checked(file):
        return True
    if not file.check_report:
        return False
    return (
        file.purpose not in HOLDING
        or file.check_method == method_for(file)
        or (file.check_method in TUNING and file.purpose == "fine-tune")
    )


def is_error(code: str) -> bool:
    return code in ERRORS or code == NOT_LINES
