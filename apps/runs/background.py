"""Heavy work of this machine (pictures) beside the calls: few at once, and behind everything else that wants the processor.

Threads, because the libraries let go of the interpreter while they work. Their priority is lower than that of the
threads that write answers, where the system has priorities of threads.
"""

import contextlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Final, TypeVar

Value = TypeVar("Value")
NICENESS: Final = 10
AT_ONCE: Final = max(1, (os.cpu_count() or 1) - 1)


def in_background(work: Callable[[], Value]) -> Value:
    """The result of the work, when its turn has come. What it raises is raised here."""
    return _pool().submit(work).result()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="background", initializer=_step_back)


def _step_back() -> None:
    """On Linux a thread has a priority of its own; elsewhere this would slow the whole process, so nothing is done."""
    if os.uname().sysname == "Linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
