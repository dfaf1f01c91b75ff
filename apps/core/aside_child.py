"""What runs in the child of `aside`: one job on standard input, one answer on standard output, both JSON. No Django.

The pipe of standard input stays open: when it closes the parent is gone, however it died, and so is this process.
"""

import contextlib
import json
import os
import resource
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

POLITENESS: Final = 10
MOST_MEMORY: Final = 2 * 1024**3
MOST_SECONDS: Final = 20  # of a processor
MOST_FILE: Final = 16 * 1024**2  # that it writes
LIMITS: Final = (
    (resource.RLIMIT_AS, MOST_MEMORY),
    (resource.RLIMIT_CPU, MOST_SECONDS),
    (resource.RLIMIT_FSIZE, MOST_FILE),
    (resource.RLIMIT_CORE, 0),
)
Job = Mapping[str, Any]
Answer = dict[str, Any]


class Unreadable(Exception):
    """`args[0]`: "damaged", "too_large", "locked"."""


def serve(do: Callable[[Job], Answer]) -> int:
    """Do the one job. The code with which the process ends."""
    _limit()
    job = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.stdout.write(json.dumps(_answer(do, job)))
    sys.stdout.flush()
    return 0


def _answer(do: Callable[[Job], Answer], job: Job) -> Answer:
    try:
        return do(job)
    except Unreadable as error:
        return {"unreadable": error.args[0]}
    except MemoryError:
        return {"unreadable": "too_large"}
    except Exception as error:  # readers raise nearly every kind
        return {"unreadable": "damaged", "said": f"{type(error).__name__}: {error}"[:500]}


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
