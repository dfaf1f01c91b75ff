"""Runs in words: the state line of one that goes on, where one belongs, and whether its words are kept."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import Team, User
from apps.core.templatetags.core import count, duration
from apps.providers.connections import INSTALLATIONS, KEY_OF, PERSONS, TEAMS
from apps.runs import markdown, registry
from apps.runs.models import GateState, Run, Status
from apps.runs.operations import Operation

QUEUE_PATIENCE = 15  # seconds until a waiting run says why


@dataclass(frozen=True, slots=True)
class Place:
    """The page that a run belongs to."""

    title: Any
    url: str


def place_of(run: Run) -> Place | None:
    """Where a run was started and is shown, if it belongs anywhere."""
    operation = registry.find(run.operation)
    url = operation.page_of(run) if operation else ""
    if not operation or not url:
        return None
    app = apps.get_app_config(operation.name.partition(".")[0])
    return Place(app.verbose_name, url)


def is_kept(run: Run, team: Team) -> bool:
    """Whether History shows what was asked and answered: not where the team keeps numbers only, nor after it was erased."""
    return team.keeps_content and run.erased_at is None


def renderer_of(run: Run) -> Callable[[str], str]:
    """What makes HTML of its words while they come."""
    operation = registry.find(run.operation) or Operation
    if operation.is_verbatim:
        return markdown.verbatim
    return markdown.render_once if operation.is_markdown else markdown.plain


def state_line(run: Run) -> Callable[[int, int], str]:
    """The state of a run that goes on, as HTML, from how many words and characters of thought have come."""
    begun = int((run.sent_at or run.queued_at).timestamp() * 1000)

    def line(words: int, thinking: int) -> str:
        if words:
            return _line(_("Writing"), begun, ngettext("%(n)s word", "%(n)s words", words) % {"n": count(words)})
        if thinking:
            return _line(_("Thinking"), begun, _("about %(n)s tokens") % {"n": count(thinking // 4)})
        if run.status == Status.QUEUED:
            return _queued_line(run, begun)
        return _line(str((registry.find(run.operation) or Operation).waiting), begun, "")

    return line


def _queued_line(run: Run, begun: int) -> str:
    if run.gate == GateState.WAITING:
        return _line(_("Being checked before it is sent"), begun, "")
    if run.not_before is not None:
        return _line(_slowed_down(run, run.not_before), 0, "")
    if (timezone.now() - run.queued_at).total_seconds() > QUEUE_PATIENCE:
        return _line(_("Waiting: no worker has taken it yet. It starts by itself."), begun, "")
    return _line(_("Waiting for its turn"), begun, "")


def _slowed_down(run: Run, until: datetime.datetime) -> SafeString:
    """Why it waits, with the seconds that are left; the page counts them down."""
    seconds = max(0, round((until - timezone.now()).total_seconds()))
    sentence = _("{provider} asks us to slow down. Next try in {wait}.")
    if run.error_kind in {"unreachable", "timeout_connect"}:
        sentence = _("{provider} could not be reached. Next try in {wait}.")
    moment = str(int(until.timestamp() * 1000))
    left = duration(seconds) if seconds >= 10 else _("%(n)s s") % {"n": seconds}  # as the page counts: in whole seconds
    wait = format_html('<span class="num" data-until="{}">{}</span>', moment, left)
    return format_html("<span>{}</span>", format_html(sentence, provider=run.provider_label, wait=wait))


def _line(state: str, begun: int, counted: str) -> str:
    passed = duration(max(0, round(timezone.now().timestamp() - begun / 1000)))
    seconds = format_html('<span data-since="{}">{}</span>', str(begun), passed) if begun else ""
    separator = ", " if begun and counted else ""
    return format_html(
        '<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>{}<span class="meta num">{}{}{}</span>',
        state,
        seconds,
        separator,
        counted,
    )


def whose_key(run: Run, viewer: User | None) -> str:
    """Whose key the call went with, for this viewer; empty where there was none, or it was not sent."""
    key_of = str((run.request or {}).get(KEY_OF, ""))
    if key_of == PERSONS:
        is_theirs = viewer is not None and run.person_id == viewer.pk
        return _("your own key") if is_theirs else _("the own key of %(person)s") % {"person": run.person or _("somebody who left")}
    return {TEAMS: _("the team’s key"), INSTALLATIONS: _("the key of this installation")}.get(key_of, "")
