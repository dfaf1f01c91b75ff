"""The list of models to choose from: what a row says, and in which order rows come.

There may be thousands of rows, so they are not part of a page. The browser fetches them once
(`picker_views.rows`), and they are written here without a template for each.
"""

import datetime
import uuid
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Min
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.accounts.models import Membership, Team
from apps.core.templatetags.core import money
from apps.providers import retirement
from apps.providers.choices import ModelChoice, models_for
from apps.providers.facts import Facts, Prices
from apps.providers.models import Model

NEW_FOR = datetime.timedelta(days=14)
FIRST_SYNC = datetime.timedelta(hours=1)  # what came with a provider's first list is not new
SLOW_MS = 8000  # the same wait after which a running answer says that its model may be loading
TOKENS_PER_PAGE = Decimal(500) / Decimal("0.75")  # 500 words, three quarters of a word to a token
TEXT = frozenset({"chat", "responses", "completions"})
PICTURES_IN = frozenset({"images.edit", "vision"})
IMAGES = frozenset({"images.generate", "images.edit", "video"})
AUDIO = frozenset({"transcription", "speech", "realtime", "audio_chat"})
# What is not counted in tokens, by its name in the table of prices.
COUNTED = {
    "image": gettext_lazy("%(price)s for each picture"),
    "minute": gettext_lazy("%(price)s for a minute of sound"),
    "million_characters": gettext_lazy("%(price)s for a million characters"),
}
CHIPS = {
    "text": gettext_lazy("Text"),
    "pictures": gettext_lazy("Pictures in"),
    "images": gettext_lazy("Images"),
    "audio": gettext_lazy("Audio"),
    "own": gettext_lazy("Own server"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading: the favourites, then one group for each provider."""

    title: str
    choices: Sequence[ModelChoice]


@dataclass(frozen=True, slots=True)
class ModelList:
    """Everything there is to choose from. `new`: ids of the models that joined their provider's list lately."""

    groups: Sequence[Group]
    new: Set[uuid.UUID] = frozenset()


def list_for(team: Team, endpoint: str, member: Membership | None = None) -> ModelList:
    """The models for this endpoint that this member may use: favourites, then by provider; in each group new ones first.

    Four questions to the database, five for a member.
    """
    choices = models_for(team, endpoint, member)
    new = new_among(choices)
    by_provider: dict[uuid.UUID, list[ModelChoice]] = {}
    for choice in choices:
        if not choice.facts.is_favourite:
            by_provider.setdefault(choice.provider.pk, []).append(choice)
    groups = [Group(rows[0].provider.name, _new_first(rows, new)) for rows in by_provider.values()]
    favourites = [choice for choice in choices if choice.facts.is_favourite]
    if favourites:
        groups.insert(0, Group(_("Favourites"), _new_first(favourites, new)))
    return ModelList(groups, new)


def _new_first(choices: list[ModelChoice], new: Set[uuid.UUID]) -> list[ModelChoice]:
    return sorted(choices, key=lambda choice: choice.id not in new)


def new_among(choices: Iterable[ModelChoice]) -> set[uuid.UUID]:
    """Which of them joined their provider's list within the last two weeks. One question to the database, if any is that young."""
    young = [choice for choice in choices if choice.model.created_at > timezone.now() - NEW_FOR]
    if not young:
        return set()
    listed = Model.objects.filter(provider__in={choice.provider.pk for choice in young}, is_typed=False)
    first = dict(listed.values("provider").annotate(first=Min("created_at")).values_list("provider", "first"))
    return {choice.id for choice in young if choice.model.created_at - first.get(choice.provider.pk, choice.model.created_at) > FIRST_SYNC}


def kinds_of(facts: Facts) -> list[str]:
    """Under which of `CHIPS` a model is found."""
    does = set(facts.endpoints)
    fits = {
        "text": does & TEXT,
        "pictures": does & PICTURES_IN,
        "images": does & IMAGES,
        "audio": does & AUDIO,
        "own": facts.prices.is_free,
    }
    return [kind for kind, is_fit in fits.items() if is_fit]


def is_slow(choice: ModelChoice) -> bool:
    """Whether the last test of its server had to wait long for one word of exactly this model."""
    word = choice.provider.last_check.get("word") or {}
    return word.get("model") == choice.model.name and isinstance(word.get("ms"), int) and word["ms"] >= SLOW_MS


def pages_of(tokens: int) -> int:
    """Room in pages, by two digits that count: an estimate does not look like a measurement."""
    whole = max(1, int(tokens / TOKENS_PER_PAGE))
    unit: int = 10 ** max(0, len(str(whole)) - 2)
    return round(whole / unit) * unit


def price_line(prices: Prices) -> str:
    if prices.is_free:
        return _("own server")
    for name, words in COUNTED.items():
        if name in prices.others:
            return str(words) % {"price": money(prices.others[name])}
    if not prices.is_known:
        return _("price not known")
    return _("%(asked)s in, %(answered)s out per million") % {"asked": money(prices.input), "answered": money(prices.output)}


def room_line(facts: Facts) -> str:
    context = facts.limits.get("context")
    if not context:
        return ""
    pages = pages_of(context)
    return ngettext("about %(pages)s page", "about %(pages)s pages", pages) % {"pages": f"{pages:,}"}


def cost_line(facts: Facts) -> str:
    """Price and room of a model in one line."""
    return ", ".join(part for part in (price_line(facts.prices), room_line(facts)) if part)


def render_rows(models: ModelList) -> SafeString:
    """All rows as the script of the picker takes them: groups of options, each with the text it is found by."""
    writer = _RowWriter(models.new)
    return mark_safe("".join(writer.group(group) for group in models.groups))  # noqa: S308  # every part is escaped where it is put in


class _RowWriter:
    """Writes rows. What many of them share is put in words once: most models of a provider have the same facts."""

    def __init__(self, new: Set[uuid.UUID]) -> None:
        self.new = new
        self.new_badge = f'<span class="badge acct">{escape(_("New"))}</span>'
        self.slow_badge = f'<span class="badge">{escape(_("Slow to start"))}</span>'
        self.of_facts: dict[int, tuple[str, str, str]] = {}

    def group(self, group: Group) -> str:
        title = escape(group.title)
        rows = "".join(map(self.row, group.choices))
        return f'<div role="group" aria-label="{title}"><div class="opt-head" aria-hidden="true">{title}</div>{rows}</div>'

    def row(self, choice: ModelChoice) -> str:
        line, kinds, day = self.shared(choice.facts)
        name, label, provider, note = choice.model.name, choice.label, choice.provider.name, choice.facts.note
        badges = (self.new_badge if choice.id in self.new else "") + (self.slow_badge if is_slow(choice) else "") + day
        text = escape("\n".join((label, "" if name == label else name, provider, note)).lower())  # the script reads the first two as names
        strengths = f"<small>{escape(note)}</small>" if note else ""
        tech = f" <small>{escape(name)}</small>" if label != name else ""
        words = f'<b>{escape(label)}</b>{tech}<small class="opt-line">{escape(provider)}, {line}</small>{strengths}'
        return (
            f'<div role="option" class="opt" data-value="{choice.id}" data-kinds="{kinds}" data-text="{text}">'
            f'<span class="grow">{words}</span>{badges}</div>'
        )

    def shared(self, facts: Facts) -> tuple[str, str, str]:
        """Models with the same facts have the same object of them."""
        if id(facts) not in self.of_facts:
            self.of_facts[id(facts)] = (escape(cost_line(facts)), " ".join(kinds_of(facts)), retirement.badge(facts))
        return self.of_facts[id(facts)]
