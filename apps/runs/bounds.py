"""How long and how much a call may take: the settings, and what an operation asks for on top."""

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from django.conf import settings

from gateway import Bounds
from gateway.types import ApiRequest

if TYPE_CHECKING:
    from apps.runs.models import Run
    from apps.runs.operations import Operation

LEAST_FOR_LINKS: Final = 60.0  # seconds, also after an answer that took all its time
LENGTHENED_BY: Final = 2
LET_DOWN: Final = frozenset({"timeout_first_byte", "timeout_silence"})


def bounds_of(operation: "Operation", request: ApiRequest, patience: int | None = None) -> Bounds:
    """A whole answer whose files go to the disk while they come may be larger than one that is held in memory.

    `patience`: seconds that a person wants to wait for it, if that is longer than usual. All of the call takes no longer for that.
    """
    usual = _usual()
    is_on_disk = bool(request.spill or request.is_file) and not request.stream
    total = max(usual.total, operation.longest(request))
    first_byte = min(max(usual.first_byte, operation.patience(request), patience or 0), total)
    silence = min(max(usual.silence, patience or 0), max(total, usual.silence))
    most = operation.max_bytes if is_on_disk else operation.max_stream_bytes
    return replace(usual, first_byte=first_byte, silence=silence, total=total, max_bytes=max(usual.max_bytes, most))


def longer_patience(run: "Run") -> int | None:
    """Seconds to wait instead of those in which nothing came; None where more is not to be had, or time was not the reason."""
    waited = run.error.get("details", {}).get("seconds") if run.error_kind in LET_DOWN else None
    if not isinstance(waited, (int, float)) or not 0 < waited < settings.RUN_TOTAL_TIMEOUT:
        return None
    return math.ceil(min(waited * LENGTHENED_BY, settings.RUN_TOTAL_TIMEOUT))


def bounds_of_links(seconds_gone: float) -> Bounds:
    """For what an answer names by a link: as much as any answer, in what is left of the time of the call."""
    usual = _usual()
    return replace(usual, total=max(usual.total - seconds_gone, min(LEAST_FOR_LINKS, usual.total)))


def _usual() -> Bounds:
    return Bounds(
        first_byte=settings.RUN_FIRST_BYTE_TIMEOUT,
        silence=settings.RUN_SILENCE_TIMEOUT,
        total=settings.RUN_TOTAL_TIMEOUT,
        max_bytes=settings.RUN_MAX_ANSWER_BYTES,
    )
