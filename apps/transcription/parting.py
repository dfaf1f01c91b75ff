"""In how many parts a recording goes to a model, and which: the original where it fits, else parts cut in pauses."""

import struct
from collections.abc import Sequence
from typing import Final

import sound
from apps.providers.facts import Facts
from apps.transcription.kinds import ending_of
from apps.transcription.models import Recording

Span = tuple[float, float]
LONGEST: Final = 1200.0  # seconds of a part: longer ones take longer, and more is lost with one that fails
LONGEST_OWN: Final = 600.0  # on an own server, which may be no faster than the speech
STRETCH: Final = 1.25  # what is a little longer still goes in one piece
BYTES_PER_SECOND: Final = 8_000  # of a part: MP3, 64 kbit/s
USUAL_BYTES: Final = 25 * 1024 * 1024
USUAL_KINDS: Final = ("mp3", "wav")
QUIET: Final = 1  # of 255
MARGIN: Final = 16 * 1024  # bytes: heads of files and of forms


def spans_of(recording: Recording, facts: Facts) -> list[Span]:
    """From where to where each part goes, in order, all of the recording. The recording must be ready."""
    seconds = float(recording.seconds or 0.0)
    if goes_whole(recording, facts) or seconds <= longest_of(facts):
        return [(0.0, seconds)]
    return [(float(start), float(end)) for start, end in sound.plan_spans(seconds, pauses_of(recording), longest=longest_of(facts))]


def longest_of(facts: Facts) -> float:
    """Seconds that a part may have."""
    most = LONGEST_OWN if facts.prices.is_free else LONGEST
    room = (facts.limits.get("bytes", USUAL_BYTES) - MARGIN) / BYTES_PER_SECOND
    return max(1.0, min(most, room, facts.limits.get("seconds", most)))


def goes_whole(recording: Recording, facts: Facts) -> bool:
    """Whether the original can be sent as it is. Of a video only the sound goes."""
    kinds = facts.values_of("file") or USUAL_KINDS
    most = min(longest_of(facts) * STRETCH, facts.limits.get("seconds", float("inf")))
    return (
        ending_of(recording.content_type) in kinds
        and not recording.details.get("has_video")
        and not recording.details.get("ends_early")
        and recording.size <= facts.limits.get("bytes", USUAL_BYTES) - MARGIN
        and float(recording.seconds or 0.0) <= most
    )


def pauses_of(recording: Recording) -> list[Span]:
    """Where nobody speaks."""
    packed = bytes(recording.pauses or b"")
    return [(start, end) for start, end in struct.iter_unpack("<2f", packed[: len(packed) // 8 * 8])]


def speech_in(recording: Recording, start: float, end: float) -> list[Span]:
    """Where somebody speaks between two moments, counted from the first of them."""
    spans, at = [], start
    for begins, ends in pauses_of(recording):
        if ends <= start or begins >= end:
            continue
        if begins > at:
            spans.append((at - start, min(begins, end) - start))
        at = max(at, ends)
    if at < end:
        spans.append((at - start, end - start))
    return spans


def is_silent(recording: Recording, span: Span) -> bool:
    """Whether nothing at all is heard between two moments, so that there is nothing to send."""
    peaks, seconds = bytes(recording.peaks or b""), float(recording.seconds or 0.0)
    if not peaks or not seconds:
        return False
    first, last = (round(moment / seconds * len(peaks)) for moment in span)
    return _is_quiet(peaks[first : max(last, first + 1)])


def _is_quiet(peaks: Sequence[int]) -> bool:
    return bool(peaks) and max(peaks) <= QUIET
