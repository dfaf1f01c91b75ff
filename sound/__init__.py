"""Sound files: what they hold, where they are silent, cut, joined and written anew. PyAV and numpy; no Django, no app.

Files come from strangers and are long, so what is asked for here is done in a process of its own, with limits, behind
everything else that wants the processor. Each of these raises `Unusable`, `Failed` or `NoRoom`, and may be called from any
thread.

The child            process (starts it), child and __main__ (run in it), errors
Reading              reading (blocks of numbers), timeline (what is missing), measuring (length, loudness, pauses)
Writing              formats, writing, cutting (where, and the parts), joining (several as one, other formats)

`sound.reading.decode` and `sound.writing.encode` work in the process that calls them: for those that have one of their own.
"""

import base64
import pathlib
from collections.abc import Sequence
from typing import Any, Final

from sound.cutting import Span, plan_spans
from sound.errors import Failed, NoRoom, Unusable
from sound.formats import FORMATS, PCM_RATE, TO_SEND, Format
from sound.joining import Joined
from sound.measuring import PEAKS, Measured
from sound.process import work

__all__ = [
    "FORMATS", "PCM_RATE", "PEAKS", "TO_SEND", "Failed", "Format", "Joined", "Measured", "NoRoom", "Span", "Unusable",
    "convert", "cut", "glance", "join", "make_listenable", "measure", "plan_spans",
]  # fmt: skip

GLANCING: Final = 120.0  # seconds: what says nothing of itself may be searched for long


def measure(path: pathlib.Path, *, most_seconds: float) -> Measured:
    """What a file holds. `most_seconds`: longer ones are Unusable."""
    found = work({"do": "measure", "path": str(path), "most_seconds": most_seconds})
    pauses = [(start, end) for start, end in found["pauses"]]
    return Measured(**{**found, "peaks": base64.b64decode(found["peaks"]), "pauses": pauses})


def glance(path: pathlib.Path) -> dict[str, Any]:
    """What a file says of itself, in a moment however long it is: "told_seconds" (None where it says nothing), "has_video", "content_type"
    for a browser that plays it (else empty), "container", "codec", "rate", "channels"."""
    found: dict[str, Any] = work({"do": "glance", "path": str(path)}, longest=GLANCING)
    return found


def make_listenable(path: pathlib.Path, target: pathlib.Path) -> str:
    """Writes a copy that every browser plays, of a video its sound. The content type of the copy."""
    return str(work({"do": "listen", "path": str(path), "target": str(target)}))


def cut(path: pathlib.Path, spans: Sequence[Span], targets: Sequence[pathlib.Path]) -> None:
    """Writes each span (seconds, in order, not overlapping) as a file of TO_SEND."""
    work({"do": "cut", "path": str(path), "spans": [list(span) for span in spans], "targets": [str(target) for target in targets]})


def convert(path: pathlib.Path, target: pathlib.Path, format: str) -> Joined:
    """Writes the same sound in another of FORMATS."""
    return _joined(work({"do": "convert", "path": str(path), "target": str(target), "format": format}))


def join(paths: Sequence[pathlib.Path], target: pathlib.Path, format: str, *, pause: float = 0.0) -> Joined:
    """Writes several files as one of FORMATS, with `pause` seconds of silence between two. Paths ending in `.pcm` are headerless."""
    return _joined(work({"do": "join", "paths": [str(path) for path in paths], "target": str(target), "format": format, "pause": pause}))


def _joined(answer: dict[str, Any]) -> Joined:
    return Joined(answer["seconds"], base64.b64decode(answer["peaks"]))
