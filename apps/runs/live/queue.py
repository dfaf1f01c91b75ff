"""What the queue's server says of itself, for Health."""

from typing import Any

import redis
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from apps.core.health import Fact, Report, State, timed
from apps.core.templatetags.core import count
from apps.runs.models import Run, Status

ANSWER_SECONDS = 1.0
NEARLY_FULL = 0.9


def report_queue() -> Report:
    """Version, memory and length of the queue; how many runs wait is told by the rows, so also while it is away."""
    waiting = Fact(_("Runs that wait"), count(Run.objects.filter(status=Status.QUEUED).count()))
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS)
    try:
        told, speed = timed(client.info)
        names = [f"{settings.CELERY_BROKER_TRANSPORT_OPTIONS['global_keyprefix']}{settings.CELERY_TASK_DEFAULT_QUEUE}"]
        length = sum(int(client.llen(name)) for name in names)
    except (RedisError, OSError) as error:
        sentence = _("The queue does not answer (%(error)s). What is asked is kept and starts when it is back.")
        return Report(State.DOWN, sentence % {"error": type(error).__name__}, [waiting])
    finally:
        client.close()
    return _report(told, [Fact(_("Messages in the queue"), count(length)), waiting, speed])


def _report(told: dict[str, Any], more: list[Fact]) -> Report:
    used, most = int(told.get("used_memory", 0)), int(told.get("maxmemory", 0))
    kind, number = ("Valkey", told["valkey_version"]) if "valkey_version" in told else ("Redis", told.get("redis_version", ""))
    memory = _("%(used)s of %(most)s") % {"used": filesizeformat(used), "most": filesizeformat(most)} if most else filesizeformat(used)
    facts = [Fact(_("Kind"), f"{kind} {number}"), Fact(_("Memory"), memory), *more]
    if most and used > most * NEARLY_FULL:
        return Report(State.WARN, _("Its memory is nearly full. When it is, live text stops and runs start later."), facts)
    return Report(State.FINE, "", facts)
