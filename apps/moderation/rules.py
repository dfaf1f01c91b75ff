"""What a team has settled: from which score a category counts, and whether calls are checked before they are sent."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.access import may
from apps.accounts.audit import record
from apps.accounts.models import Membership, Role, Team
from apps.moderation.categories import LONGEST, WORDS
from apps.moderation.models import Rules
from apps.providers.choices import ModelChoice, choices_of, default_model
from apps.providers.models import Model
from apps.runs.gates import CHAT, PICTURES

Limits = dict[str, float]
NAMED: Final = re.compile(rf"[A-Za-z0-9][A-Za-z0-9 /_.-]{{0,{LONGEST - 1}}}")
MOST_LIMITS: Final = 60
LEAST_LIMIT: Final = 0.001  # from nothing on would flag what was not even looked for
FIELDS: Final = ("chat", "pictures", "otherwise")


def rules_of(team: Team) -> Rules:
    """Those that are stored, or those of a team that settled nothing."""
    return Rules.objects.filter(team=team).select_related("model__provider").first() or Rules(team=team)


def limits_of(team: Team) -> Limits:
    return dict(Rules.objects.filter(team=team).values_list("limits", flat=True).first() or {})


def may_have_limit(category: str) -> bool:
    return category in WORDS or (NAMED.fullmatch(category) is not None and "__" not in category and not category.isdigit())


def read_limits(before: Limits, posted: Mapping[str, str]) -> tuple[Limits, dict[str, str]]:
    """`posted`: category -> what stands in its field; nothing is the model's own limit. A sentence for each that cannot be."""
    limits, errors = dict(before), {}
    for category, typed in list(posted.items())[:MOST_LIMITS]:
        text = typed.strip().replace(",", ".")
        if not may_have_limit(category) or (category not in limits and len(limits) >= MOST_LIMITS):
            continue
        if not text:
            limits.pop(category, None)
            continue
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if LEAST_LIMIT <= value <= 1:
            limits[category] = round(value, 3)
        else:
            errors[category] = _("A limit is a number from 0.001 to 1.")
    return limits, errors


def save_limits(membership: Membership, posted: Mapping[str, str]) -> tuple[Limits, dict[str, str]]:
    """As `read_limits`, upon what stands there now: a colleague may have set another one meanwhile. In the audit, with what changed."""
    with transaction.atomic():
        row, _is_new = Rules.objects.select_for_update().get_or_create(team=membership.team)
        limits, errors = read_limits(row.limits, posted)
        if limits != row.limits:
            before, row.limits = row.limits, limits
            row.save(update_fields=["limits"])
            record(membership, "safety.limits", target=_("Limits of the safety check"), before=_told(before), after=_told(limits))
    return limits, errors


def may_change_limits(membership: Membership) -> bool:
    """An editor, as long as nothing is stopped by them: then it is for those who settled that."""
    rules = rules_of(membership.team)
    is_checked = {rules.chat, rules.pictures} != {Rules.Before.OFF}
    return may(membership, Role.ADMIN if is_checked else Role.EDITOR)


def save_before_sending(membership: Membership, chosen: Mapping[str, Any], model: Model | None) -> bool:
    """In the audit, with what changed. False where nothing did."""
    with transaction.atomic():
        row, _is_new = Rules.objects.select_for_update().get_or_create(team=membership.team)
        before = {**{name: getattr(row, name) for name in FIELDS}, "model": row.model.name if row.model else None}
        for name in FIELDS:
            setattr(row, name, chosen[name])
        row.model = model
        after = {**{name: str(chosen[name]) for name in FIELDS}, "model": model.name if model else None}
        if before == after:
            return False
        row.save(update_fields=[*FIELDS, "model"])
        record(membership, "safety.settings", target=_("Check before sending"), before=_told(before), after=_told(after))
    return True


def _told(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in values.items() if value)


def choice_of(rules: Rules) -> ModelChoice | None:
    """The model that checks before sending: the chosen one while it is there, else the team's best one."""
    chosen = choices_of(rules.team, [rules.model] if rules.model else [])
    if chosen and chosen[0].is_offered_for("moderation"):
        return chosen[0]
    found = default_model(rules.team, endpoint="moderation")
    return choices_of(rules.team, [found])[0] if found else None


def before_of(rules: Rules, kind: str) -> str:
    """off, warn or stop for what is to be sent."""
    return str({CHAT: rules.chat, PICTURES: rules.pictures}.get(kind, Rules.Before.OFF))


class Judged(Protocol):
    """What a model said, as it came or as it is stored."""

    is_flagged: Any
    scores: Any
    applied: Any


@dataclass(frozen=True, slots=True)
class Flagging:
    """`names`: the categories that count as flagged, highest first. Some servers flag without saying for what."""

    is_flagged: bool
    names: list[str]


def flagging(said: Judged, flags: Sequence[str], limits: Limits) -> Flagging:
    """By the team's limit where it has one, else by what the model said. `tables.where_flagged` says the same to the database."""
    found = [name for name in flags if name not in limits]
    found += [name for name, limit in limits.items() if said.scores.get(name, -1.0) >= limit and said.applied.get(name, True)]
    names = sorted(dict.fromkeys(found), key=lambda name: -said.scores.get(name, 0.0))
    return Flagging(bool(names) or (said.is_flagged and not flags), names)
