"""How long and how much a call may take: the settings, and what an operation asks for on top."""

from dataclasses import replace
from typing import Final

from django.conf import settings

from apps.runs.operations import Operation
from gateway import Bounds
from gateway.types import ApiRequest

LEAST_FOR_LINKS: Final = 60.0  # seconds, also after an answer that took all its time


def bounds_of(operation: Operation, request: ApiRequest) -> Bounds:
    """A whole answer whose files go to the disk while they come may be larger than one that is held in memory."""
    usual = _usual()
    is_on_disk = bool(request.spill or request.is_file) and not request.stream
    total = max(usual.total, operation.longest(request))
    first_byte = min(max(usual.first_byte, operation.patience(request)), total)
    most = operation.max_bytes if is_on_disk else operation.max_stream_bytes
    return replace(usual, first_byte=first_byte, total=total, max_bytes=max(usual.max_bytes, most))


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
