"""What the panel and the list show of providers: `{% load files_remote %}`."""

from dataclasses import dataclass, field
from typing import Any, Final

from django import template
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.access import may
from apps.accounts.models import Role
from apps.files.calls import SHOWN, calls_of, next_call
from apps.files.models import Copy, File, Part, Remote, Sync, Use
from apps.files.places import WITHHOLDING
from apps.files.purposes import BY_WORD, OFFERED, Purpose
from apps.files.remote_states import ON_ITS_WAY
from apps.files.sending import KEPT
from apps.files.standing import Standing, standing_of
from apps.files.syncing import OPEN, providers_of
from apps.files.telling import is_refused
from apps.providers.models import Provider
from apps.runs.models import Run
from apps.runs.services import fresh_key

register = template.Library()
register.simple_tag(fresh_key)

HOUR, DAY = 3600, 24 * 3600
LIFETIMES: Final = (
    ("", gettext_lazy("until it is deleted")),
    (str(HOUR), gettext_lazy("1 hour")),
    (str(DAY), gettext_lazy("1 day")),
    (str(7 * DAY), gettext_lazy("7 days")),
    (str(30 * DAY), gettext_lazy("30 days")),
)


@dataclass(frozen=True, slots=True)
class AtProvider:
    """How it stands with a file at its provider, and what can be done."""

    file: File
    words: str
    uses: list[Use]
    places: list[Provider]
    is_under_way: bool
    can_write: bool
    can_send: bool
    can_fetch: bool
    can_again: bool
    can_remove: bool
    why_not_fetched: str = ""
    done: int = 0
    purposes: tuple[Purpose, ...] = OFFERED
    lifetimes: tuple[Any, ...] = field(default=LIFETIMES)

    @property
    def is_there(self) -> bool:
        return self.file.remote in {Remote.THERE, Remote.DELETING}

    @property
    def can_stop(self) -> bool:
        return self.can_write and self.is_under_way and self.file.remote not in {Remote.STOPPING, Remote.DELETING}

    @property
    def can_send_anyway(self) -> bool:
        """It was held back because of what the check found."""
        held = self.file.remote == Remote.NONE and self.file.provider_id is not None and bool(self.file.flaws)
        return self.can_send and held and bool(self.file.purpose)

    @property
    def stop_words(self) -> str:
        return _("Stop fetching") if self.file.copy == Copy.COMING else _("Stop sending")

    @property
    def has_acts(self) -> bool:
        return self.can_stop or self.can_again or self.can_fetch or self.can_send_anyway

    @property
    def active_uses(self) -> list[Use]:
        return [use for use in self.uses if use.is_active]


@register.simple_tag(takes_context=True)
def at_provider(context: Any, file: File) -> AtProvider:
    membership = context["membership"]
    is_here, is_there = file.copy in KEPT and file.copy != Copy.COMING, file.remote == Remote.THERE
    is_fetching = file.copy == Copy.COMING and bool(file.remote_id)
    is_under_way = is_fetching or file.remote in {*ON_ITS_WAY, Remote.STOPPING, Remote.DELETING}
    can_write = may(membership, Role.EDITOR) and file.deleted_at is None
    known = BY_WORD.get(file.purpose)
    is_refused = known is not None and not known.is_fetchable and file.provider is not None and file.provider.dialect in WITHHOLDING
    return AtProvider(
        file=file,
        words=words_of(file),
        uses=list(Use.objects.filter(file=file).order_by("-is_active", "-seen_at")[:20]),
        places=providers_of(membership) if can_write and is_here else [],
        is_under_way=is_under_way,
        can_write=can_write,
        can_send=can_write and is_here and not is_under_way,
        can_fetch=can_write and is_there and file.copy == Copy.NONE and not is_refused,
        can_again=can_write and file.remote in {Remote.FAILED, Remote.UNCLEAR} and is_here,
        can_remove=can_write and is_there,
        why_not_fetched=_("Files for this purpose are not given back by the provider.") if is_refused and file.copy == Copy.NONE else "",
        done=_done(file),
    )


def words_of(file: File) -> str:
    """In one sentence."""
    names = {"provider": file.provider}
    if file.copy == Copy.COMING and not file.remote_id and file.remote == Remote.NONE:
        return _("It is still coming in, and was sent to nobody.")
    if file.copy == Copy.COMING and file.remote_id:
        amount = {"done": filesizeformat(file.received), "all": filesizeformat(file.size)}
        return _("%(done)s of %(all)s fetched from %(provider)s.") % {**names, **amount}
    if file.remote == Remote.SENDING:
        amount = {"done": filesizeformat(_done(file)), "all": filesizeformat(file.size)}
        return _("%(done)s of %(all)s at %(provider)s.") % {**names, **amount}
    sentences = {
        Remote.NONE: _("It lies only here."),
        Remote.WAITING: _("It is sent to %(provider)s as soon as it is ready."),
        Remote.THERE: _("%(provider)s has it, and says that it cannot be used.") if is_refused(file) else _("It lies at %(provider)s."),
        Remote.FAILED: _("It was not sent to %(provider)s."),
        Remote.UNCLEAR: _("Nobody knows whether it is at %(provider)s."),
        Remote.STOPPING: _("It is being stopped. If it arrived at %(provider)s all the same, it is deleted there."),
        Remote.DELETING: _("It is being deleted at %(provider)s."),
        Remote.GONE: _("It is not at %(provider)s any more."),
    }
    return sentences[Remote(file.remote)] % names


def _done(file: File) -> int:
    if file.remote != Remote.SENDING:
        return file.received
    return sum(Part.objects.filter(file=file.pk, way=Part.Way.UP, is_done=True).values_list("size", flat=True))


@dataclass(frozen=True, slots=True)
class Syncs:
    """The lists of all providers of the team, as far as they were read."""

    rows: list[Sync]
    providers: list[Provider]

    @property
    def is_under_way(self) -> bool:
        return any(row.state in OPEN for row in self.rows)

    @property
    def troubles(self) -> list[Sync]:
        return [row for row in self.rows if row.sentence and row.state not in OPEN]

    @property
    def last(self) -> Any:
        return max((row.finished_at for row in self.rows if row.finished_at), default=None)

    @property
    def reading(self) -> list[Sync]:
        return [row for row in self.rows if row.state in OPEN]


@register.simple_tag(takes_context=True)
def file_syncs(context: Any) -> Syncs:
    membership = context["membership"]
    providers = providers_of(membership)
    rows = Sync.objects.filter(team=membership.team, provider__in=providers).select_related("provider").order_by("provider__name")
    return Syncs(list(rows), providers)


@register.filter
def use_words(status: str) -> str:
    """The provider's word for how it stands, as people write: `in_progress` is `In progress`."""
    return status.replace("_", " ").capitalize()


@register.filter
def use_icon(what: str) -> str:
    return {Use.What.BATCH: "layers", Use.What.TUNING: "graduation-cap"}.get(Use.What(what), "circle")


@register.simple_tag
def standing(file: File) -> Standing:
    return standing_of(file)


@dataclass(frozen=True, slots=True)
class Calls:
    """The newest calls about a file. `has_next`: whether the next one can be shown."""

    runs: list[Run]
    has_more: bool
    has_next: bool


@register.simple_tag(takes_context=True)
def file_calls(context: Any, file: File) -> Calls:
    runs = calls_of(file)
    return Calls(runs[:SHOWN], len(runs) > SHOWN, next_call(context["membership"], file) is not None)
