"""What waited in a backup is not sent: somebody may have sent it before the database was put back.

Nothing in a database tells that it is an old copy of itself. What can be seen is that no worker gave a sign of life
for long (`heartbeats`). So a worker looks at that once, before it gives a sign of its own or takes a run: after a
long silence all that waited when it began is set aside, for its person to send again or not. What was asked during
the silence is sent. `manage.py restored` does the same at once, for a backup that is younger than that.
"""

import datetime
import threading
from typing import Final

from django.db.models import Max
from django.utils import timezone

from apps.runs.models import Heartbeat, Run

SILENCE: Final = datetime.timedelta(hours=1)
LAST_SIGN_LASTS: Final = datetime.timedelta(minutes=1)  # a backup is made a little after the last sign in it
_lock = threading.Lock()
_has_looked = threading.Event()


def has_looked_back() -> bool:
    """Until then this process takes no run: the sweeper publishes it again."""
    return _has_looked.is_set()


def look_back() -> int:
    """Once in each process, before everything else. How many runs were set aside."""
    with _lock:
        if _has_looked.is_set():
            return 0
        count = set_aside_after_silence()
        _has_looked.set()
        return count


def set_aside_after_silence() -> int:
    """If no worker has been here for long, what had waited since before."""
    last = Heartbeat.objects.aggregate(last=Max("seen_at"))["last"]
    if last is None or timezone.now() - last < SILENCE:
        return 0
    Run.objects.give_back_unsent()
    return Run.objects.set_aside(last + LAST_SIGN_LASTS)


def set_aside_all() -> int:
    """What a person who has put back a backup asks for, while no worker runs."""
    Run.objects.let_go_all()
    return Run.objects.set_aside(timezone.now())
