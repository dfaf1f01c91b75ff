"""What runs in the child: one job on standard input, one answer on standard output, both JSON.

    {"do": "measure", "path": …, "most_seconds": …}      {"done": {…}}
    {"do": "glance", "path": …}
    {"do": "cut", "path", "spans", "targets"}            {"unusable": "no_track"}
    {"do": "join", "paths", "target", "format", "pause"}
    {"do": "convert" | "listen", "path", "target", …}

The pipe of standard input stays open: when it closes the parent is gone, however it died, and so is this process.
"""

import base64
import contextlib
import dataclasses
import json
import os
import pathlib
import resource
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

from sound import cutting, joining, measuring
from sound.errors import Unusable

POLITENESS: Final = 10
MOST_MEMORY: Final = 4 * 1024**3  # of addresses: FFmpeg and numpy map far more than they use
MOST_SECONDS: Final = 3600  # of a processor
MOST_FILE: Final = 8 * 1024**3
LIMITS: Final = (
    (resource.RLIMIT_AS, MOST_MEMORY),
    (resource.RLIMIT_CPU, MOST_SECONDS),
    (resource.RLIMIT_FSIZE, MOST_FILE),
    (resource.RLIMIT_CORE, 0),
)
Job = Mapping[str, Any]


def main() -> int:
    _limit()
    job = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        answer = {"done": JOBS[job["do"]](job)}
    except Unusable as error:
        answer = {"unusable": error.kind}
    except MemoryError:
        answer = {"unusable": "broken"}
    except OSError as error:
        answer = {"failed": f"{type(error).__name__}: {error.strerror}", "errno": error.errno}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    return 0


def _limit() -> None:
    os.nice(POLITENESS)
    for what, most in LIMITS:
        _soft, hard = resource.getrlimit(what)
        if hard == resource.RLIM_INFINITY or hard > most:
            with contextlib.suppress(OSError, ValueError):  # macOS knows a limit of memory, and takes none
                resource.setrlimit(what, (most, most))


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


def _measure(job: Job) -> dict[str, Any]:
    found = measuring.measure(pathlib.Path(job["path"]), job["most_seconds"])
    return {**dataclasses.asdict(found), "peaks": _as_text(found.peaks)}


def _glance(job: Job) -> dict[str, Any]:
    return measuring.glance(pathlib.Path(job["path"]))


def _cut(job: Job) -> None:
    cutting.cut(pathlib.Path(job["path"]), [tuple(span) for span in job["spans"]], [pathlib.Path(target) for target in job["targets"]])


def _join(job: Job) -> dict[str, Any]:
    paths = [pathlib.Path(path) for path in job["paths"]]
    return _told(joining.join(paths, pathlib.Path(job["target"]), job["format"], pause=job["pause"]))


def _convert(job: Job) -> dict[str, Any]:
    return _told(joining.convert(pathlib.Path(job["path"]), pathlib.Path(job["target"]), job["format"]))


def _listen(job: Job) -> str:
    return joining.make_listenable(pathlib.Path(job["path"]), pathlib.Path(job["target"]))


def _told(joined: joining.Joined) -> dict[str, Any]:
    return {"seconds": joined.seconds, "peaks": _as_text(joined.peaks)}


def _as_text(data: bytes) -> str:
    return base64.b64encode(data).decode()


JOBS: Final[Mapping[str, Callable[[Job], Any]]] = {
    "measure": _measure,
    "glance": _glance,
    "cut": _cut,
    "join": _join,
    "convert": _convert,
    "listen": _listen,
}
