"""Starts the child, waits for its answer, and ends it when it takes too long."""

import json
import logging
import os
import pathlib
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import Final

log = logging.getLogger(__name__)
ROOT: Final = pathlib.Path(__file__).resolve().parents[3]
LONGEST: Final = 60.0  # seconds, on a busy machine
KINDS: Final = frozenset({"damaged", "too_large", "locked", "too_slow"})
# Secrets of the parent are no business of what reads files of strangers.
HANDED_ON: Final = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_place = threading.BoundedSemaphore(2)  # children of one process: they take a processor and memory each


class Unreadable(Exception):
    """Nothing can be drawn of it. `kind` is one of KINDS; the words for it are whoever asks'."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Drawn:
    """`width` and `height` of a picture in pixels as a person sees it, `pages` of a PDF; 0 where it has none."""

    width: int = 0
    height: int = 0
    pages: int = 0


def draw(path: pathlib.Path, what: str, target: pathlib.Path) -> Drawn:
    """Writes a WebP of the picture or of the first page (`what`: "picture", "pdf"). Raises Unreadable. May be called from any thread."""
    job = json.dumps({"what": what, "path": str(path), "target": str(target)}) + "\n"
    with _place, _started() as child:
        timer = threading.Timer(LONGEST, child.kill)
        timer.start()
        try:
            answer = _talk(child, job)
        finally:
            timer.cancel()
            child.kill()
    if "unreadable" in answer:
        raise Unreadable(str(answer["unreadable"]))
    return Drawn(**{name: int(value) for name, value in answer.items()})


def _started() -> "subprocess.Popen[str]":
    environment = {name: os.environ[name] for name in HANDED_ON if name in os.environ} | {"OMP_NUM_THREADS": "1"}
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    command = [sys.executable, "-m", "apps.files.drawing"]
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nowhere, cwd=ROOT, text=True, env=environment)


def _talk(child: "subprocess.Popen[str]", job: str) -> dict[str, int | str]:
    """Standard input stays open until the answer is here: the child lives as long as it does."""
    assert child.stdin is not None and child.stdout is not None
    try:
        child.stdin.write(job)
        child.stdin.flush()
    except BrokenPipeError:
        pass
    try:
        answer: dict[str, int | str] = json.loads(child.stdout.read())
    except ValueError:
        log.info("A child that draws ended with %s and no answer", child.wait())
        return {"unreadable": "too_slow"}
    if said := answer.pop("said", ""):
        log.info("A file could not be drawn: %s", said)
    return answer
