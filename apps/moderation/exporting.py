"""A check as a file: CSV for spreadsheets, JSON for programs. Made while it is downloaded, some rows in memory at a time."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from apps.moderation.categories import WORDS, words_for
from apps.moderation.models import Check, Judging
from apps.moderation.rules import Limits
from apps.moderation.tables import LETTERS, Line, Wanted, lines_of, names_of, narrowed
from apps.moderation.verdicts import Told

AT_ONCE: Final = 500


def lines(check: Check, judgings: Sequence[Judging], limits: Limits, wanted: Wanted) -> Iterator[Line]:
    """Those that the table shows, all pages of them, in its order."""
    ids = list(narrowed(check, judgings, limits, wanted).values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        found = {row.pk: row for row in check.rows.filter(pk__in=some)}
        yield from lines_of([found[pk] for pk in some if pk in found], judgings, limits)


def heading(judgings: Sequence[Judging], names: Sequence[Sequence[str]]) -> list[str]:
    cells = [_("Row"), _("Name"), _("Text")]
    for number, judging in enumerate(judgings):
        of = f"{LETTERS[number]} {judging.model_label or judging.model}: " if len(judgings) > 1 else ""
        cells += [f"{of}{word}" for word in (_("Verdict"), _("Flagged for"), _("Highest"), _("Score"), *names[number])]
    return cells


def cells(line: Line, names: Sequence[Sequence[str]]) -> list[Any]:
    """One row of CSV. A category that was not assessed is an empty cell."""
    found: list[Any] = [line.row.number, line.row.label, line.row.text]
    for told, of_model in zip(line.told, names, strict=True):
        found += _cells(told, of_model)
    return found


def _cells(told: Told | None, names: Sequence[str]) -> list[Any]:
    if told is None:
        return [_("Not checked"), "", "", None, *[None] * len(names)]
    scores = {bar.name: bar.score for bar in told.bars if bar.is_assessed}
    verdict = verdict_words(told)
    return [verdict, ", ".join(map(words_for, told.flagged)), told.top, told.score, *(scores.get(name) for name in names)]


def columns_of(judgings: Sequence[Judging]) -> list[list[str]]:
    """The categories of each model, ours first."""
    found = [names_of(judging) for judging in judgings]
    return [sorted(names, key=lambda name: (name not in WORDS, list(WORDS).index(name) if name in WORDS else name)) for names in found]


def as_told(line: Line, judgings: Sequence[Judging]) -> dict[str, Any]:
    """One row of JSON. Two providers may have a model of the same name, so the models are a list."""
    told = [
        {"provider": judging.provider.name, "model": judging.model, **(_as_told(each) if each else {"checked": False})}
        for judging, each in zip(judgings, line.told, strict=True)
    ]
    return {"row": line.row.number, "name": line.row.label, "text": line.row.text, "models": told}


def verdict_words(told: Told) -> str:
    if told.is_flagged:
        return _("Flagged")
    return _("Not assessed") if told.score is None and told.bars else _("Nothing flagged")


def _as_told(told: Told) -> dict[str, Any]:
    bars = {bar.name: {"score": bar.score, "flagged": bar.is_flagged, "assessed": bar.is_assessed, "limit": bar.limit} for bar in told.bars}
    return {
        "checked": True,
        "assessed": told.is_flagged or told.score is not None,
        "flagged": told.is_flagged,
        "flagged_for": told.flagged,
        "highest": told.top_name or None,
        "categories": bars,
    }
