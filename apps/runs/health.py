"""What Health tells of the workers and of the limits that runs have."""

from typing import Any, Final

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.core.health import Fact, Report, State
from apps.core.templatetags.core import count, duration, when
from apps.runs.heartbeats import Worker, beat_seen_at, workers
from apps.runs.tasks import ping_workers

HOUR: Final = 3600
LIMITS: Final = (
    ("RUN_FIRST_BYTE_TIMEOUT", gettext_lazy("Longest wait for the first word"), "seconds"),
    ("RUN_SILENCE_TIMEOUT", gettext_lazy("Longest silence in an answer"), "seconds"),
    ("RUN_TOTAL_TIMEOUT", gettext_lazy("Longest answer, in time"), "seconds"),
    ("RUN_MAX_ANSWER_BYTES", gettext_lazy("Largest answer"), "bytes"),
    ("RUN_MAX_ACTIVE", gettext_lazy("Answers under way for one person"), "count"),
    ("RUN_MAX_TRIES", gettext_lazy("Tries of a call that cannot have been charged"), "count"),
    ("RUN_MAX_RETRY_WAIT", gettext_lazy("Longest wait inside a worker before a new try"), "seconds"),
    ("RUN_QUEUE_LIMIT", gettext_lazy("Longest wait for a worker, then it is never sent"), "seconds"),
    ("RUN_SAVE_EVERY", gettext_lazy("Text that comes is saved at least every"), "seconds"),
    ("RUN_SAVE_BYTES", gettext_lazy("and at least after"), "bytes"),
    ("RUN_LEASE", gettext_lazy("A worker without a sign loses its runs after"), "seconds"),
    ("RUN_LEASE_RENEW", gettext_lazy("It gives a sign for each run every"), "seconds"),
    ("RUN_SWEEP_EVERY", gettext_lazy("Lost runs are looked for every"), "seconds"),
    ("RUN_SHUTDOWN_GRACE", gettext_lazy("Time to finish when a worker is told to end"), "seconds"),
    ("WORKER_THREADS", gettext_lazy("Calls at once in one worker"), "count"),
    ("DATA_UPLOAD_MAX_MEMORY_SIZE", gettext_lazy("Largest form that is taken"), "bytes"),
)
NAMES_OF_VARIABLES: Final = {"DATA_UPLOAD_MAX_MEMORY_SIZE": "MAX_FORM_BYTES"}


def report_workers() -> Report:
    """Who gives signs of life, who answers within a second, and how many runs are under way."""
    found = workers()
    here = [worker for worker in found if worker.is_here]
    answers = ping_workers(len(here))
    seen, is_beating = beat_seen_at()
    told = _("%(n)s of %(all)s") % {"n": answers, "all": len(here)} if answers is not None else _("the queue is away")
    facts = [Fact(_("Answer to a call within a second"), told), *(_fact(worker) for worker in found)]
    facts.append(Fact(_("Runs under way"), count(sum(worker.runs for worker in here))))
    facts.append(Fact(_("Scheduler (beat) last seen"), when(seen) if seen else _("never")))
    if not here:
        return Report(State.DOWN, _("No worker is running. What is asked is kept and starts when one does."), facts)
    if answers is not None and answers < len(here):
        return Report(
            State.WARN,
            _("A worker gives signs of life but does not answer to the queue. What is asked may wait until it is started again."),
            facts,
        )
    if not is_beating:
        return Report(State.WARN, _("The scheduler is silent. Workers look after lost runs by themselves."), facts)
    return Report(State.FINE, "", facts)


def _fact(worker: Worker) -> Fact:
    name = _("%(host)s, process %(pid)s") % {"host": worker.host, "pid": worker.pid}
    if not worker.is_here:
        return Fact(name, format_html("{} {}", _("gone, last seen"), when(worker.seen_at)))
    runs = ngettext("%(n)s run", "%(n)s runs", worker.runs) % {"n": count(worker.runs)}
    return Fact(name, format_html("{} {}, {}", _("since"), when(worker.started_at), runs))


def report_limits() -> Report:
    """Every limit with its value and the variable that sets it."""
    facts = [Fact(words, _in_words(getattr(settings, name), unit), NAMES_OF_VARIABLES.get(name, name)) for name, words, unit in LIMITS]
    return Report(facts=facts)


def _in_words(value: Any, unit: str) -> str:
    if unit == "bytes":
        return filesizeformat(value)
    if unit == "count":
        return count(value)
    if value >= HOUR and value % HOUR == 0:
        hours = round(value / HOUR)
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return duration(value)
