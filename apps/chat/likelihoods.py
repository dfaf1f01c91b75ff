"""How likely the model held each of its words: asked for where a person wants it, kept with the answer, shown in four steps."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from apps.chat.deltas import text_of
from apps.providers.chosen import Saved
from apps.providers.facts import Facts

PARAMETER: Final = "logprobs"
KEPT: Final = "likelihoods"  # in the settings of a conversation
MOST: Final = 2_000  # pieces of one answer that are kept
STEPS: Final = ((0.9, 1), (0.5, 2), (0.2, 3), (0.0, 4))
WORDS: Final = ((1, _("90 % and more")), (2, _("50 to 90 %")), (3, _("20 to 50 %")), (4, _("below 20 %")))


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    percent: int
    step: int


def may_ask(facts: Facts, parameters: Mapping[str, Any]) -> bool:
    """Whether the model tells them, with these settings."""
    needs = facts.parameters.get(PARAMETER, {}).get("needs") or {}
    chosen = {name: parameters.get(name) or facts.parameters.get(name, {}).get("default") for name in needs}
    return facts.takes(PARAMETER) and all(chosen[name] in allowed for name, allowed in needs.items())


def change(saved: Saved, data: Mapping[str, Any]) -> Saved:
    """The saved settings after the panel was posted. A form without the switch changes nothing."""
    if "likelihoods.shown" not in data:
        return saved
    others = {name: value for name, value in saved.items() if name != KEPT}
    return {**others, KEPT: True} if data.get(KEPT) else others


def params_of(saved: Saved, facts: Facts, parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {PARAMETER: True} if saved.get(KEPT) and may_ask(facts, parameters) else {}


def add(known: list[dict[str, Any]], told: Any) -> None:
    """Keep what a piece of an answer tells: the token, and the logarithm of its likelihood."""
    content = told.get("content") if isinstance(told, Mapping) else None
    for entry in content if isinstance(content, list) else []:
        value = entry.get("logprob") if isinstance(entry, Mapping) else None
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and len(known) < MOST:
            known.append({"token": text_of(entry.get("token"))[:200], "logprob": round(float(value), 4)})


def pieces_of(kept: Any) -> list[Piece]:
    """For showing. Nothing in it is believed."""
    found: list[dict[str, Any]] = []
    add(found, {"content": kept})
    pieces: list[Piece] = []
    for piece in (_piece(each["token"], math.exp(min(0.0, each["logprob"]))) for each in found):
        if pieces and piece.step == pieces[-1].step == 1:  # most words are sure: a page of them is one piece
            pieces[-1] = Piece(pieces[-1].text + piece.text, min(piece.percent, pieces[-1].percent), 1)
        else:
            pieces.append(piece)
    return pieces


def _piece(text: str, likely: float) -> Piece:
    return Piece(text, round(likely * 100), next(step for least, step in STEPS if likely >= least))
