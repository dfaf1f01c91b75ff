"""Providers, their models and what a team noted about them, as `apps.core.holdings` asks for them. No key is ever told."""

import datetime
from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.core.holdings import Holding, Part, TeamId, as_lines, in_order
from apps.providers.models import DefaultModel, Model, ModelAccess, ModelFact, PersonalKey, Provider

OF_PROVIDER: Final = ("id", "name", "base_url", "dialect", "is_builtin", "api_version", "takes_personal_keys", "created_at", "deleted_at")
OF_MODEL: Final = ("id", "name", "label", "is_listed", "is_typed", "shutdown_date", "context_tokens", "facts", "deleted_at", "created_at")
OF_FACT: Final = (
    "provider_pattern", "model_pattern", "endpoints", "parameters", "limits", "prices",
    "label", "note", "shutdown_date", "replacement", "is_hidden", "is_favourite",
)  # fmt: skip


class ProvidersHolding(Holding):
    name = "providers"
    position = 40  # runs point to providers

    def export(self, team_id: TeamId, since: datetime.datetime | None = None) -> Iterator[Part]:
        providers = Provider.objects.filter(team=team_id).defer("key")
        yield Part("providers.jsonl", as_lines(_told(each, OF_PROVIDER) for each in in_order(providers)))
        models = Model.objects.filter(provider__in=providers.values("pk"))
        yield Part("models.jsonl", as_lines({"provider": each.provider_id, **_told(each, OF_MODEL)} for each in in_order(models)))
        facts = ModelFact.objects.filter(team=team_id)
        yield Part("model_facts.jsonl", as_lines(_told(each, OF_FACT) for each in in_order(facts)))

        access = ModelAccess.objects.filter(team=team_id).prefetch_related("people__user")
        yield Part("model_access.jsonl", as_lines(_access_as_told(each) for each in in_order(access)))

    def delete(self, team_id: TeamId, limit: int) -> int:
        for rows in self._rows(team_id):
            found = list(rows.order_by("pk").values_list("pk", flat=True)[:limit])
            if found and rows.model is Provider:
                _leave_to_others(team_id)
            if found:
                return int(rows.filter(pk__in=found).delete()[0])
        return 0

    def left(self, team_id: TeamId, before: Any = None) -> int:
        return sum(rows.count() for rows in self._rows(team_id)) if before is None else 0

    def _rows(self, team_id: TeamId) -> "list[QuerySet[Any]]":
        """In the order of removing."""
        return [
            PersonalKey.objects.filter(provider__team=team_id),
            DefaultModel.objects.filter(team=team_id),
            ModelFact.objects.filter(team=team_id),
            ModelAccess.objects.filter(team=team_id),
            Model.objects.filter(provider__team=team_id),
            Provider.objects.filter(team=team_id),
        ]


def _leave_to_others(team_id: TeamId) -> None:
    """One that was offered to all teams has calls of others, which say where they went. Its row stays: no team's, unused, without keys."""
    gone = {"team": None, "key": "", "key_origin": "", "key_tail": "", "deleted_at": timezone.now()}
    used = Provider.objects.filter(Q(runs__isnull=False) | Q(files__isnull=False), team=team_id)
    Provider.objects.filter(pk__in=used.values("pk")).update(**gone)


def _access_as_told(row: ModelAccess) -> dict[str, Any]:
    people = sorted(member.user.email for member in row.people.all())
    return {"provider": row.provider_id, "model": row.name, "role": row.role, "people": people}


def _told(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
