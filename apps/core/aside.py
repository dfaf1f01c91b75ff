"""Work on what strangers bring, in a process of its own: readers of such files have a long history of holes, and of files that keep
them busy for ever.

    answer = ask("apps.files.drawing", {"what": "pdf", "path": …, "target": …})      {"unreadable": "damaged"} where it cannot be done

One line of JSON goes in, one comes out. The other half, with its limits of memory and time, is `aside_child`.
"""

import json
import logging
import os
import pathlib
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any, Final

log = logging.getLogger(__name__)
ROOT: Final = pathlib.Path(__file__).resolve().parents[2]
LONGEST: Final = 60.0  # seconds, on a busy machine
# Secrets of the parent are no business of what reads files of strangers.
HANDED_ON: Final = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_place = threading.BoundedSemaphore(2)  # children of one process: they take a processor and memory each


def ask(module: str, job: Mapping[str, Any]) -> dict[str, Any]:
    """What the child says; {"unreadable": "damaged" | "too_large" | "locked" | "too_slow"} where it could not. From any thread."""
    with _place, _started(module) as child:
        timer = threading.Timer(LONGEST, child.kill)
        timer.start()
        try:
            return _talk(child, json.dumps(job) + "\n")
        finally:
            timer.cancel()
            child.kill()


def _started(module: str) -> "subprocess.Popen[str]":
    environment = {name: os.environ[name] for name in HANDED_ON if name in os.environ} | {"OMP_NUM_THREADS": "1"}
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    return subprocess.Popen(
        [sys.executable, "-m", module], stdin=pipe, stdout=pipe, stderr=nowhere, cwd=ROOT, text=True, encoding="utf-8", env=environment
    )


def _talk(child: "subprocess.Popen[str]", job: str) -> dict[str, Any]:
    """Standard input stays open until the answer is here: the child lives as long as it does."""
    assert child.stdin is not None and child.stdout is not None
    try:
        child.stdin.write(job)
        child.stdin.flush()
    except BrokenPipeError:
        pass
    try:
        answer: dict[str, Any] = json.loads(child.stdout.read())
    except ValueError:
        log.info("A child that reads a file ended with %s and no answer", child.wait())
        return {"unreadable": "too_slow"}
    if said := answer.pop("said", ""):
        log.info("A file could not be read: %s", said)
    return answer
