"""On Linux a process can ask to be told when its parent dies, so that a killed start leaves nothing behind."""

import ctypes
import signal
import sys

PR_SET_PDEATHSIG = 1
# Looked up here and not between fork and exec, where only the bare call is safe.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent() -> None:
    """Runs in the child before it becomes its program."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
