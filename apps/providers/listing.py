"""The models page of a provider: what is shown of each model, how much at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team
from apps.providers.facts import Facts, facts_for_many
from apps.providers.models import DefaultModel, Model, Provider

SHOWN_AT_ONCE = 200
ENDPOINT_WORDS = {
    "chat": _("Chat"),
    "responses": _("Agents and tools"),
    "completions": _("Continue a text"),
    "embeddings": _("Similarity"),
    "rerank": _("Sorting by relevance"),
    "transcription": _("Transcribe"),
    "speech": _("Speech"),
    "moderation": _("Safety check"),
    "images.generate": _("Make images"),
    "images.edit": _("Edit images"),
    "realtime": _("Live talk"),
    "audio_chat": _("Talk by sound"),
    "video": _("Video"),
}


@dataclass(frozen=True, slots=True)
class Row:
    model: Model
    facts: Facts
    is_default: bool
    is_default_for_small_jobs: bool

    @property
    def endpoint_words(self) -> list[Any]:
        return [ENDPOINT_WORDS.get(name, name) for name in self.facts.endpoints]

    @property
    def is_gone(self) -> bool:
        return not (self.model.is_listed or self.model.is_typed)


@dataclass(frozen=True, slots=True)
class Listing:
    """`found` models match `search`; `rows` are those shown."""

    rows: Sequence[Row]
    found: int
    search: str

    @property
    def hidden(self) -> int:
        return self.found - len(self.rows)


def list_models(team: Team, provider: Provider, search: str = "", *, show_all: bool = False) -> Listing:
    """The provider's models by name, those that left its list at the end. Four questions to the database."""
    models = Model.objects.filter(provider=provider).select_related("provider").order_by("-is_listed", "name")
    search = search.replace("\x00", "").strip()[:200]
    if search:
        models = models.filter(Q(name__icontains=search) | Q(label__icontains=search))
    found = models.count()
    shown = list(models if show_all else models[:SHOWN_AT_ONCE])
    facts = facts_for_many(team, shown)
    defaults = {(row.model_id, row.purpose) for row in DefaultModel.objects.filter(team=team)}
    writing, cheap = DefaultModel.Purpose.WRITING, DefaultModel.Purpose.CHEAP
    rows = [Row(model, facts[model.pk], (model.pk, writing) in defaults, (model.pk, cheap) in defaults) for model in shown]
    return Listing(rows, found, search)
