"""What is told of a take: how far it is, what it cost, what its file is called."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from apps.speech.models import Piece, Take
from sound import FORMATS

HEAVY: Final = ("run__params", "run__request", "run__response")  # a card asks each second, and shows nothing of them


def with_pieces(takes: Sequence[Take]) -> list[Take]:
    """Each with `spoken`, `total`, `runs`, `cost` (None: not known), in one question for all."""
    pieces: dict[Any, list[Piece]] = {take.pk: [] for take in takes}
    for piece in Piece.objects.filter(take__in=pieces).select_related("run").defer(*HEAVY).order_by("number"):
        pieces[piece.take_id].append(piece)
    for take in takes:
        _tell(take, pieces[take.pk])
    return list(takes)


def _tell(take: Any, pieces: Sequence[Piece]) -> None:
    runs = [piece.run for piece in pieces if piece.run is not None]
    done = [run for run in runs if run.status == "completed"]
    costs = [run.cost for run in runs if run.is_final]
    take.total = len(pieces)
    take.spoken = len(done)
    take.runs = runs
    take.is_free = bool(done) and all(run.cost_kind == "free" for run in done)
    take.cost = sum((cost for cost in costs if cost is not None), Decimal(0)) if costs and None not in costs else None


def file_name(take: Take) -> str:
    """What a person finds again in the folder of downloads: the name of the text, and the voice."""
    ending = FORMATS[take.format].ending if take.format in FORMATS else "bin"
    plain = re.sub(r"[^\w\- ]+", "", f"{take.speech} {take.voice}")
    return f"{'-'.join(plain.split())[:80] or 'speech'}.{ending}"
