"""What is told of a take: how far it is, since when, what it cost, what its file is called."""

import datetime
import re
from collections.abc import Sequence
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.providers.picker import SLOW_MS
from apps.runs.costs import facts_by_name, together
from apps.runs.models import Run, Status
from apps.speech.models import Piece, Take
from sound import FORMATS

HEAVY: Final = ("text", "run__params", "run__request", "run__response")  # a card asks each second, and shows nothing of them
PATIENCE: Final = datetime.timedelta(milliseconds=SLOW_MS)


def with_pieces(takes: Sequence[Take]) -> list[Take]:
    """Each with `spoken`, `total`, `runs`, `spent`, in one question for all; and what `_tell_time` adds."""
    pieces: dict[Any, list[Piece]] = {take.pk: [] for take in takes}
    for piece in Piece.objects.filter(take__in=pieces).select_related("run").defer(*HEAVY).order_by("number"):
        pieces[piece.take_id].append(piece)
    for take in takes:
        _tell(take, pieces[take.pk])
        _tell_time(take, pieces[take.pk])
    return list(takes)


def _tell(take: Any, pieces: Sequence[Piece]) -> None:
    runs = [piece.run for piece in pieces if piece.run is not None]
    done = [run for run in runs if run.status == "completed"]
    take.total = len(pieces)
    take.spoken = len(done)
    take.runs = runs
    take.spent = together((run.cost_kind, run.cost) for run in runs if run.is_final)


def _tell_time(take: Any, pieces: Sequence[Piece]) -> None:
    """`began` (epoch in ms), `passed` (in words), `is_slow` (its model may be loading) while it is being spoken; then `took` (seconds)."""
    began = _began(take, pieces)
    take.began = take.took = None
    take.is_slow = False
    if began is None:
        return
    if take.state == Take.State.WORKING:
        take.began, take.passed = int(began.timestamp() * 1000), _so_far(timezone.now() - began)
        take.is_slow = not take.spoken and _waits_long(take.runs) and _is_own_server(take)
    elif take.finished_at is not None:
        take.took = take.finished_at - began


def _began(take: Take, pieces: Sequence[Piece]) -> datetime.datetime | None:
    """When the last try did; none while nothing was asked for in it."""
    last = max((piece.tries for piece in pieces), default=0)
    if not last:
        return take.created_at
    return min((piece.run.queued_at for piece in pieces if piece.tries == last and piece.run is not None), default=None)


def _so_far(passed: datetime.timedelta) -> str:
    """As the page counts on: whole seconds."""
    seconds = max(0, int(passed.total_seconds()))
    if seconds < 90:
        return _("%(seconds)s s") % {"seconds": seconds}
    return _("%(minutes)s min %(seconds)s s") % {"minutes": seconds // 60, "seconds": seconds % 60}


def _waits_long(runs: Sequence[Run]) -> bool:
    sent = min((run.sent_at for run in runs if run.sent_at is not None and run.status == Status.SENDING), default=None)
    return sent is not None and timezone.now() - sent > PATIENCE


def _is_own_server(take: Take) -> bool:
    return facts_by_name(take.team_id, take.provider_id, take.model).prices.is_free


def file_name(take: Take) -> str:
    """What a person finds again in the folder of downloads: the name of the text, and the voice."""
    ending = FORMATS[take.format].ending if take.format in FORMATS else "bin"
    plain = re.sub(r"[^\w\- ]+", "", f"{take.speech} {take.voice}")
    return f"{'-'.join(plain.split())[:80] or 'speech'}.{ending}"
