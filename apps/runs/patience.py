"""Writing an answer that was paid for, though the database is away for a while."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

log = logging.getLogger(__name__)
Value = TypeVar("Value")
PATIENCE_SECONDS = 180.0


def persist(write: Callable[[], Value], patience: float = PATIENCE_SECONDS) -> Value:
    """Do a write, again and again while the database does not answer; give up after `patience` seconds."""
    deadline = time.monotonic() + patience
    pause = 0.2
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError) as error:
            if time.monotonic() + pause > deadline:
                raise
            log.warning("The database does not answer (%s), trying again.", type(error).__name__)
            connection.close()
            time.sleep(pause)
            pause = min(pause * 2, 2.0)
