"""What must work before a web process may get requests, and what Health tells of every part.

Each layer registers its own parts: `register` for the short answer at `/readyz`, `register_part` for the
page. A part of the page asks what it has to ask and gives a report; all are asked at once, in
threads of their own, and one that does not come back in time is told as silent.
"""

import enum
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _

from apps.core.logs import mask

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


# --- The page --------------------------------------------------------------------------------
PATIENCE: Final = 2.0  # seconds for all parts together


class State(enum.StrEnum):
    FINE = "fine"
    OFF = "off"  # not in use, and nobody misses it
    WARN = "warn"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: a name, its value, and the name of the setting behind it where there is one.

    An inner one says how this machine is arranged: it is for the owner of the installation alone.
    """

    name: Any
    value: Any
    setting: str = ""
    is_inner: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """How a part is. `sentence` says what is so, and what to do where something is wrong."""

    state: State = State.FINE
    sentence: str = ""
    facts: list[Fact] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page. `read` may take its time or raise: the page goes on without it."""

    name: str
    title: Any
    icon: str
    position: int
    read: Callable[[], Report]


@dataclass(frozen=True, slots=True)
class Reading:
    part: Part
    report: Report


parts: dict[str, Part] = {}
_under_way: dict[str, Future[Report]] = {}
_starting = threading.Lock()


def register_part(part: Part) -> None:
    parts[part.name] = part


def read_parts(patience: float = PATIENCE) -> list[Reading]:
    """Ask every part now. What has not answered in time is told as silent."""
    asked = [(part, _ask(part)) for part in sorted(parts.values(), key=lambda part: part.position)]
    wait([future for _part, future in asked], timeout=patience)
    return [Reading(part, _told(part, future, patience)) for part, future in asked]


def _ask(part: Part) -> Future[Report]:
    """Begin to ask, unless the last question still hangs: however often the page is opened, one thread at most hangs for a part."""
    with _starting:
        asked = _under_way.get(part.name)
        if asked is None or asked.done():
            asked = _under_way[part.name] = Future()
            threading.Thread(target=_answer, args=(part, asked), name=f"health-{part.name}", daemon=True).start()
        return asked


def _answer(part: Part, asked: Future[Report]) -> None:
    try:
        asked.set_result(part.read())
    except Exception as error:  # whatever a part raises, the others are told
        log.warning("Health: %s did not answer (%s).", part.name, type(error).__name__)
        asked.set_exception(error)
    finally:
        connection.close()


def _told(part: Part, asked: Future[Report], patience: float) -> Report:
    if not asked.done():
        return Report(State.DOWN, _("No answer within %(seconds)s seconds.") % {"seconds": round(patience)})
    error = asked.exception()
    if error is None:
        return asked.result()
    return Report(State.DOWN, _("It does not work: %(reason)s") % {"reason": mask(f"{type(error).__name__}: {error}")[:300]})


def timed(act: Callable[[], Any]) -> tuple[Any, Fact]:
    """What an act gives, and how long it took as a line of a report."""
    begun = time.monotonic()
    result = act()
    milliseconds = (time.monotonic() - begun) * 1000
    return result, Fact(_("Answers in"), _("%(ms)s ms") % {"ms": f"{milliseconds:.1f}" if milliseconds < 10 else round(milliseconds)})
