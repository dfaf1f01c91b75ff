"""What must work before a web process may get requests. Each layer registers its own part."""

import logging
from collections.abc import Callable

from django.db import connection

log = logging.getLogger(__name__)
Check = Callable[[], None]
checks: dict[str, Check] = {}


def register(part: str, check: Check) -> None:
    """Adds a part to `/readyz`. The check raises when the part is down, and bounds its own time."""
    checks[part] = check


def check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def run_checks() -> dict[str, bool]:
    """Each part with whether it works. Why it does not is in the log only: strangers may ask."""
    return {part: is_up(part, check) for part, check in checks.items()}


def is_up(part: str, check: Check) -> bool:
    try:
        check()
    except Exception:  # whatever a part raises, it is down
        log.exception("%s is not ready", part)
        return False
    return True
