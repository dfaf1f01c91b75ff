"""Starts the child, waits for its answer, and ends it when it takes too long."""

import contextlib
import errno
import json
import logging
import os
import pathlib
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any, Final

from sound.errors import Failed, NoRoom, Unusable

log = logging.getLogger(__name__)
ROOT: Final = pathlib.Path(__file__).resolve().parent.parent
LONGEST: Final = 3600.0  # seconds: eight hours of sound are read in minutes, on a busy machine in more
AT_ONCE: Final = 2  # children of one process: they take a processor each
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
# Secrets of the parent are no business of what reads files of strangers.
HANDED_ON: Final = (
    "PATH",
    "HOME",
    "LANG",
    "TMPDIR",
    "VIRTUAL_ENV",
    "PYTHONPATH",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
)
QUICK_BYTES: Final = 16_000_000  # of all files of a job: it is done in a moment, and waits for no long one
_places = threading.BoundedSemaphore(AT_ONCE)
_quick_place = threading.BoundedSemaphore(1)


def work(job: Mapping[str, Any], *, longest: float = LONGEST) -> Any:
    """The answer to one job. Raises Unusable, Failed, NoRoom. May be called from any thread; it waits for a place."""
    with _place_for(job):
        answer = _ask(job, longest)
    if "unusable" in answer:
        raise Unusable(answer["unusable"])
    if answer.get("errno") in FULL:
        raise NoRoom(answer["errno"], answer["failed"])
    if "done" not in answer:
        raise Failed(answer.get("failed", "no answer"))
    return answer["done"]


def _place_for(job: Mapping[str, Any]) -> threading.Semaphore:
    paths = [pathlib.Path(path) for path in job.get("paths") or [job["path"]]]
    return _quick_place if sum(path.stat().st_size for path in paths if path.exists()) <= QUICK_BYTES else _places


def _ask(job: Mapping[str, Any], longest: float) -> dict[str, Any]:
    with _start() as child:
        timer = threading.Timer(longest, child.kill)
        timer.start()
        try:
            return _talk(child, job)
        finally:
            timer.cancel()
            child.kill()


def _start() -> "subprocess.Popen[str]":
    pipe = subprocess.PIPE
    environment = {name: os.environ[name] for name in HANDED_ON if name in os.environ} | {
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    command = [sys.executable, "-m", "sound"]
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=ROOT, text=True, env=environment)


def _talk(child: "subprocess.Popen[str]", job: Mapping[str, Any]) -> dict[str, Any]:
    """Standard input stays open until the answer is here: the child lives as long as it does."""
    assert child.stdin is not None and child.stdout is not None and child.stderr is not None
    try:
        child.stdin.write(json.dumps(job) + "\n")
        child.stdin.flush()
    except BrokenPipeError:
        pass
    said = _aside(child.stderr)
    answer = child.stdout.read()
    try:
        parsed: dict[str, Any] = json.loads(answer)
    except ValueError:
        code = child.wait()
        log.warning("A child that works on sound ended with %s and no answer: %s", code, "".join(said)[-2000:])
        raise Failed(f"ended with {code}") from None
    return parsed


def _aside(stream: Any) -> list[str]:
    """What it complains about, read while it works, so that it never waits for a reader."""
    said: list[str] = []

    def read() -> None:
        with contextlib.suppress(ValueError):  # closed while it was read: the child has ended
            for line in stream:
                said.append(line)
                del said[:-50]

    threading.Thread(target=read, daemon=True).start()
    return said
