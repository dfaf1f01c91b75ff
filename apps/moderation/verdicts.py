"""Verdicts as people see them: the line in words, a bar for each category with the team's limit on it, what was not assessed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from apps.moderation.categories import INPUTS, WORDS, is_known, verdict_of, words_for
from apps.moderation.models import Verdict
from apps.moderation.rules import Limits, flagging, may_have_limit

WIDTH: Final = 100.0  # of a bar, in units of its picture


@dataclass(frozen=True, slots=True)
class Bar:
    """One category of one verdict. `inputs`: where it was found, in words. `x`: of the limit's mark."""

    name: str
    words: str
    score: float
    limit: float | None
    is_flagged: bool
    is_assessed: bool
    is_known: bool
    inputs: str

    @property
    def width(self) -> float:
        return round(self.score * WIDTH, 1)

    @property
    def x(self) -> float | None:
        return None if self.limit is None else round(min(self.limit, 1.0) * WIDTH, 1)


@dataclass(frozen=True, slots=True)
class Told:
    """`words`: the line. `is_assessed`: whether anything was looked for. `bars`: highest first; what was not assessed stands last."""

    words: str
    is_flagged: bool
    is_assessed: bool
    flagged: list[str]
    top_name: str
    score: float | None
    bars: list[Bar]

    @property
    def top(self) -> str:
        """The highest category in words; nothing where none is worth telling."""
        return words_for(self.top_name)

    @property
    def has_unknown(self) -> bool:
        """Whether the server has categories of its own."""
        return any(not bar.is_known for bar in self.bars)

    @property
    def missing(self) -> list[str]:
        """Categories that this server does not have at all, in words."""
        there = {bar.name for bar in self.bars}
        return [words_for(name) for name in WORDS if name not in there]

    @property
    def sentence(self) -> str:
        """What the bars show, for those who do not see them."""
        if self.score is None:
            return _("Nothing was assessed.") if self.bars else _("The model did not say for what.") if self.is_flagged else ""
        if not self.top_name:
            return _("Every score is 0.00 of 1.")
        return _("Highest: %(name)s, %(score)s of 1.") % {"name": self.top, "score": f"{self.score:.2f}"}


def told(verdict: Verdict, limits: Limits) -> Told:
    names = flags_of(verdict)
    found = flagging(verdict, names, limits)
    bars = sorted(_bars(verdict, limits, found.names), key=lambda bar: (not bar.is_assessed, -bar.score))
    is_assessed = found.is_flagged or not bars or bars[0].is_assessed
    words = verdict_of(found.names, is_flagged=found.is_flagged) if is_assessed else _("Not assessed")
    return Told(words, found.is_flagged, is_assessed, found.names, verdict.top, verdict.score, bars)


def flags_of(verdict: Verdict) -> list[str]:
    return [name for name in verdict.flags.split("|") if name]


def _bars(verdict: Verdict, limits: Limits, flagged: Sequence[str]) -> Iterable[Bar]:
    for name, score in verdict.scores.items():
        kinds = verdict.applied.get(name)
        yield Bar(
            name=name,
            words=words_for(name),
            score=score,
            limit=limits.get(name),
            is_flagged=name in flagged,
            is_assessed=kinds is None or bool(kinds),
            is_known=is_known(name),
            inputs=_(" and ").join(str(INPUTS[kind]) for kind in kinds or ()),
        )


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A field for the limit of one category."""

    name: str
    words: str
    value: str
    error: str = ""

    @property
    def field(self) -> str:
        return f"limit-{self.name}"


def limit_lines(limits: Limits, others: Iterable[str] = (), errors: Mapping[str, str] | None = None) -> list[LimitLine]:
    """Those of the API, then those of other servers that have a limit or were met in `others`."""
    names: list[Any] = [*WORDS, *sorted({*limits, *filter(may_have_limit, others)} - set(WORDS))]
    return [LimitLine(name, words_for(name), f"{limits[name]:g}" if name in limits else "", (errors or {}).get(name, "")) for name in names]
