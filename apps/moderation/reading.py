"""What a service answered to a safety check, in one shape whatever server it was. Strangers wrote it, so nothing is believed. Pure."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from apps.moderation.categories import LONGEST, WORDS
from apps.runs.storable import clean_text

MOST_CATEGORIES: Final = 60  # of one server; what is beyond is not kept


@dataclass(frozen=True, slots=True)
class Said:
    """Of one input. `scores`: category -> 0 to 1. `applied`: category -> which inputs it was looked for in, where that was told."""

    is_flagged: bool = False
    flags: list[str] = field(default_factory=list)
    scores: dict[str, float] = field(default_factory=dict)
    applied: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_assessed(self) -> bool:
        """Whether anything was looked for: some models read only some languages, and say so."""
        return self.is_flagged or not self.applied or any(self.applied.values())

    @property
    def top(self) -> tuple[str, float] | None:
        """The category with the highest score among those that were looked for."""
        looked_for = {name: score for name, score in self.scores.items() if self.applied.get(name, True)}
        return max(sorted(looked_for.items()), key=lambda pair: pair[1], default=None)  # of equal ones always the same

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def read_answer(answer: Any) -> list[Said]:
    """One for each input, in the order in which they went out; empty for what is no answer."""
    results = answer.get("results") if isinstance(answer, Mapping) else None
    results = [each for each in results if isinstance(each, Mapping)] if isinstance(results, list) else []
    places = [each.get("index") for each in results]
    if any(type(place) is int for place in places):  # whose verdict is whose is not guessed
        if sorted(place for place in places if type(place) is int) != list(range(len(places))):
            return []
        results.sort(key=lambda each: each["index"])
    return [said for each in results if (said := _said(each)) is not None]


def of_dict(kept: Mapping[str, Any]) -> Said:
    """The inverse of `Said.as_dict`."""
    return Said(bool(kept.get("is_flagged")), list(kept.get("flags", ())), dict(kept.get("scores", {})), dict(kept.get("applied", {})))


def _said(result: Mapping[str, Any]) -> Said | None:
    """None where neither a score nor a verdict was told: then nothing was checked."""
    told = _mapping(result.get("categories"))
    scores = {name: score for name, value in _mapping(result.get("category_scores")).items() if (score := _score(value)) is not None}
    flags = [name for name, value in told.items() if value is True]
    if not scores and not told and not isinstance(result.get("flagged"), bool):
        return None
    applied = {
        name: [kind for kind in kinds if kind in {"text", "image"}]
        for name, kinds in _mapping(result.get("category_applied_input_types")).items()
        if isinstance(kinds, list)
    }
    for name in told:  # told without a score: what is not flagged is nothing
        if name not in scores and isinstance(told[name], bool):
            scores[name] = 1.0 if told[name] else 0.0
    return Said(result.get("flagged") is True or bool(flags), flags, scores, applied)


def _mapping(value: Any) -> dict[str, Any]:
    """By names that can be kept and shown, ours first."""
    if not isinstance(value, Mapping):
        return {}
    named = {_name(name): item for name, item in value.items() if isinstance(name, str) and name.strip()}
    ordered = sorted(named, key=lambda name: name not in WORDS)[:MOST_CATEGORIES]
    return {name: named[name] for name in named if name in ordered}


def _name(name: str) -> str:
    """As the API writes it: what asks the API through a client of Python may have underscores instead."""
    plain = " ".join(clean_text(name).replace("|", " ").split())[:LONGEST]
    return _BY_ATTRIBUTE.get(plain, plain)


def _score(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return min(1.0, max(0.0, float(value)))


_BY_ATTRIBUTE: Final = {name.replace("/", "_").replace("-", "_"): name for name in WORDS}
