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
_here = threading.local()


class Closing(Exception):
    """This process ends before the work is done."""


class Lane:
    """Some threads, and whether they are to end."""

    def __init__(self, threads: int, name: str) -> None:
        self.closing = threading.Event()
        self.pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix=name, initializer=self._begin)

    def _begin(self) -> None:
        _here.lane = self
        _step_back()

    def do(self, work: Callable[[], Value]) -> Value:
        try:
            return self.pool.submit(work).result()
        except (CancelledError, RuntimeError):
            if self.closing.is_set():
                raise Closing from None
            raise

    def close(self) -> None:
        self.closing.set()
        self.pool.shutdown(wait=False, cancel_futures=True)


def in_background(work: Callable[[], Value], *, is_quick: bool = False) -> Value:
    """The result of the work, when its turn has come. What it raises is raised here; Closing when it will not be done.

    `is_quick`: a moment's work that somebody waits for does not stand behind what takes long.
    """
    return _lane(is_quick).do(work)


def stop_if_closing() -> None:
    """For long work, between its steps. Raises Closing."""
    lane: Lane | None = getattr(_here, "lane", None)
    if lane is not None and lane.closing.is_set():
        raise Closing


def close_background(*, is_quick: bool) -> None:
    """Nothing more of the one kind is begun, and what is under way ends at its next step. It waits for nothing."""
    _lane(is_quick).close()


@cache
def _lane(is_quick: bool) -> Lane:
    return Lane(1, "background-quick") if is_quick else Lane(AT_ONCE, "background")


def _step_back() -> None:
    """On Linux a thread has a priority of its own; elsewhere this would slow the whole process, so nothing is done."""
    if os.uname().sysname == "Linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
