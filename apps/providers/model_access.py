"""Who may use a model: the one rule, which pages ask for what they offer and `start_run` for what is sent.

A model of which a team says nothing is open to everybody who may ask. Of the others it says the least role, and people who may in any case.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.access import may
from apps.accounts.audit import record
from apps.accounts.models import Membership, Role, Team, User
from apps.providers.models import Model, ModelAccess, Provider

Key = tuple[uuid.UUID, str]  # the provider's id and the name of the model


@dataclass(slots=True)
class Rule:
    """What a team says of one model. `role`: "" where only the people may. `people`: ids of memberships."""

    role: str = ""
    people: set[uuid.UUID] = field(default_factory=set)

    def lets(self, membership: Membership) -> bool:
        return membership.pk in self.people or (bool(self.role) and may(membership, self.role))


class Barrier:
    """Which models one member may use; all for nobody in particular."""

    def __init__(self, membership: Membership | None, rules: Mapping[Key, Rule]) -> None:
        self._membership, self._rules = membership, rules

    def lets(self, model: Model) -> bool:
        rule = self._rules.get((model.provider_id, model.name))
        return rule is None or self._membership is None or rule.lets(self._membership)


OPEN = Barrier(None, {})


def barrier_for(membership: Membership | None) -> Barrier:
    """One question to the database; none where nobody in particular asks."""
    return Barrier(membership, rules_of(membership.team_id)) if membership else OPEN


def rules_of(team_id: uuid.UUID, **narrowed: Any) -> dict[Key, Rule]:
    """All that a team says, in one question."""
    found: dict[Key, Rule] = {}
    lines = ModelAccess.objects.filter(team=team_id, **narrowed)
    for provider, name, role, person in lines.values_list("provider", "name", "role", "people"):
        rule = found.setdefault((provider, name), Rule(role))
        if person is not None:
            rule.people.add(person)
    return found


def rule_of(team_id: uuid.UUID, provider_id: uuid.UUID, name: str) -> Rule | None:
    return rules_of(team_id, provider=provider_id, name=name).get((provider_id, name))


def why_not(team: Team, person: User | None, provider: Provider, name: str, label: str = "") -> str:
    """The sentence for somebody who may not use this model; "" for who may. Nobody in particular uses what is open to all."""
    rule = rule_of(team.pk, provider.pk, name)
    if rule is None:
        return ""
    membership = Membership.objects.alive().select_related("team", "user").filter(team=team, user=person).first() if person else None
    if membership is not None and rule.lets(membership):
        return ""
    sentence = _("%(model)s is not open to you in this team. Choose another model, or ask an admin to let you use it.")
    return sentence % {"model": label or name}


def words_of(rule: Rule | None, names: Sequence[str] = ()) -> str:
    """Who may, in words. `names`: of the people who may in any case."""
    if rule is None:
        return _("everybody who may ask")
    roles = {Role.EDITOR: _("editors and admins"), Role.ADMIN: _("admins"), Role.OWNER: _("the owner")}
    parts = [str(roles.get(Role(rule.role), rule.role))] if rule.role else []
    return ", ".join([*parts, *names]) or _("nobody")


def names_of(people: Iterable[uuid.UUID]) -> list[str]:
    return sorted(str(member.user) for member in Membership.objects.filter(pk__in=list(people)).select_related("user"))


def settle(by: Membership, model: Model, rule: Rule | None) -> bool:
    """Say who may use it from now on; None opens it to all. In the audit, with what changed. False where nothing did."""
    with transaction.atomic():
        at: dict[str, Any] = {"team": by.team, "provider": model.provider, "name": model.name}
        before = rule_of(by.team_id, model.provider_id, model.name)
        if before == rule:
            return False
        if rule is None:
            ModelAccess.objects.filter(**at).delete()
        else:
            line, _is_new = ModelAccess.objects.select_for_update().update_or_create(**at, defaults={"role": rule.role})
            line.people.set(Membership.objects.filter(pk__in=rule.people, team=by.team_id))
        told = [words_of(each, names_of(each.people) if each else ()) for each in (before, rule)]
        record(by, "model.access", target=model.name, provider=model.provider.name, before=told[0], after=told[1])
    return True
