"""Heavy work of this machine (pictures) beside the calls: few at once, and behind everything else that wants the processor.

Threads, because the libraries let go of the interpreter while they work. Their priority is lower than that of the
threads that write answers, where the system has priorities of threads.
"""

import contextlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, ThreadPoolExecutor
from functools import cache
from typing import Final, TypeVar

Value = TypeVar("Value")
NICENESS: Final = 10
AT_ONCE: Final = max(1, (os.cpu_count() or 1) - 1)
_closing = threading.Event()


class Closing(Exception):
    """This process ends before the work is done."""


def in_background(work: Callable[[], Value], *, is_quick: bool = False) -> Value:
    """The result of the work, when its turn has come. What it raises is raised here; Closing when it will not be done.

    `is_quick`: a moment's work that somebody waits for does not stand behind what takes long.
    """
    try:
        return _pool(is_quick).submit(work).result()
    except (CancelledError, RuntimeError):
        if _closing.is_set():
            raise Closing from None
        raise


def stop_if_closing() -> None:
    """For long work, between its steps. Raises Closing."""
    if _closing.is_set():
        raise Closing


def close_background() -> None:
    """Nothing more is begun, and what is under way ends at its next step. It waits for nothing."""
    _closing.set()
    for is_quick in (True, False):
        _pool(is_quick).shutdown(wait=False, cancel_futures=True)


@cache
def _pool(is_quick: bool) -> ThreadPoolExecutor:
    name = "background-quick" if is_quick else "background"
    return ThreadPoolExecutor(max_workers=1 if is_quick else AT_ONCE, thread_name_prefix=name, initializer=_step_back)


def _step_back() -> None:
    """On Linux a thread has a priority of its own; elsewhere this would slow the whole process, so nothing is done."""
    if os.uname().sysname == "Linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
