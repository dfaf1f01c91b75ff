"""What a check found, as a page tells it. The report in the row is what `jsonl.Report.as_dict` gives, with what `making.HELD` says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.templatetags.core import count
from apps.files import editing, making
from apps.files.checking import METHODS, is_error
from apps.files.models import Copy, File, Kind, Remote
from apps.files.purposes import words_of as purpose_words
from apps.files.sentences import FIXES, result_of, sentence_of

SHOWN_LINES: Final = 50


@dataclass(frozen=True, slots=True)
class Problem:
    """`line`: counted from 1, 0 for the whole file."""

    line: int
    words: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class Group:
    """One kind of problem. `words` where they are the same for all `lines`; else each of `single` has its own. `more`: not listed."""

    words: str = ""
    lines: list[int] = field(default_factory=list)
    single: list[Problem] = field(default_factory=list)
    more: int = 0


@dataclass(frozen=True, slots=True)
class Fix:
    name: str
    words: str


@dataclass(slots=True)
class Checked:
    """What templates/files/_check.html shows. `level`: "ok", "warn", "bad" or "info"."""

    is_looking: bool = False
    percent: int | None = None
    words: str = ""
    level: str = "info"
    first_line: int = 0
    held: str = ""
    replaced: File | None = None
    fixes: list[Fix] = field(default_factory=list)
    kept: str = ""
    errors: list[Group] = field(default_factory=list)
    warnings: list[Group] = field(default_factory=list)
    errors_title: str = ""
    warnings_title: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    methods: list[tuple[str, str]] = field(default_factory=list)
    purpose: str = ""
    can_edit: bool = False
    can_convert: bool = False

    @property
    def replaced_words(self) -> str:
        return _("It took the place of the file as it was, which lies in the bin for 30 days.")

    @property
    def fix_words(self) -> str:
        return " ".join((*(each.words for each in self.fixes), self.kept))


def checked(file: File) -> Checked:
    if file.copy == Copy.LOOKING:
        return _looking(file)
    told = Checked(replaced=making.made_of(file))
    if file.copy != Copy.READY:
        return told
    told.can_edit, told.can_convert = editing.can_edit(file), file.kind == Kind.TABLE
    if file.kind == Kind.JSONL:
        told.methods = [(name, str(words)) for name, words in METHODS.items()]
        told.purpose = purpose_words(file.purpose)
        if file.check_report:
            _tell_report(file, file.check_report, told)
    return told


def _looking(file: File) -> Checked:
    looked, of = file.details.get("looked"), file.details.get("of")
    words = _("The new file is being made.") if making.is_to_be_made(file) else _("It is being looked at.")
    return Checked(is_looking=True, words=words, percent=min(99, looked * 100 // of) if looked and of else None)


def _tell_report(file: File, report: Mapping[str, Any], told: Checked) -> None:
    result = result_of(report)
    told.words, told.level, told.first_line = result.words, result.level, result.line
    if report.get(making.HELD) and file.remote == Remote.NONE:
        told.held = _("It was not sent. It goes when it is repaired, or when you press Send anyway.")
    told.fixes = [Fix(name, str(FIXES[name])) for name in report.get("fixes", []) if name in FIXES]
    told.kept = editing.what_happens(file)
    told.errors, told.warnings = _groups(report, wants_errors=True), _groups(report, wants_errors=False)
    errors, warnings = int(report.get("errors", 0)), int(report.get("warnings", 0))
    told.errors_title = ngettext("%(n)s error", "%(n)s errors", errors) % {"n": count(errors)}
    told.warnings_title = ngettext("%(n)s thing to know", "%(n)s things to know", warnings) % {"n": count(warnings)}
    told.facts = _facts(report)


def _groups(report: Mapping[str, Any], *, wants_errors: bool) -> list[Group]:
    """By kind, in the order in which they first come."""
    of_kind: dict[str, list[Problem]] = {}
    for each in report.get("problems", []):
        if is_error(each["code"]) == wants_errors:
            of_kind.setdefault(each["code"], []).append(_problem(each))
    return [_group(problems, int(report["counts"].get(code, 0))) for code, problems in of_kind.items()]


def _problem(each: Mapping[str, Any]) -> Problem:
    return Problem(each["line"] or 0, sentence_of(each), is_error(each["code"]))


def _group(problems: Sequence[Problem], total: int) -> Group:
    if len({problem.words for problem in problems}) > 1:
        return Group(single=list(problems[:SHOWN_LINES]), more=max(0, total - SHOWN_LINES))
    lines = list(dict.fromkeys(problem.line for problem in problems if problem.line))[:SHOWN_LINES]
    return Group(problems[0].words, lines, more=max(0, total - SHOWN_LINES) if lines else 0)


def _facts(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    name = {"batch": _("Requests"), "evals": _("Rows"), "": _("Lines")}.get(str(report.get("method", "")), _("Examples"))
    facts = [(name, count(report.get("examples", 0)))]
    if report.get("tokens"):
        facts.append((_("Tokens"), _("about %(n)s") % {"n": count(report["tokens"])}))
    if longest := report.get("longest"):
        told = _("about %(n)s tokens, line %(line)s") % {"n": count(longest["tokens"]), "line": count(longest["line"])}
        facts.append((_("Longest"), told))
    return facts


def problems_of(file: File) -> Iterator[Problem]:
    """Each that is kept, in the order of the lines."""
    yield from sorted(map(_problem, file.check_report.get("problems", [])), key=lambda problem: problem.line)


def short_name(fixes: Sequence[str]) -> str:
    """Of repairs, for a key."""
    return "+".join(sorted(fixes))
