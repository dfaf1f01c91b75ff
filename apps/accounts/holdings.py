"""The team itself, its people and its audit, as `apps.core.holdings` asks for them. People keep their accounts."""

import datetime
from collections.abc import Iterator
from typing import Any, Final

from apps.accounts.models import AuditEntry, Invitation, Membership, Team
from apps.core.holdings import Holding, Part, TeamId, as_line, as_lines, in_order

OF_TEAM: Final = ("id", "name", "keep_days", "keeps_content", "created_at")
OF_INVITATION: Final = ("role", "email", "created_at", "expires_at", "accepted_at", "revoked_at")  # never its token
OF_ENTRY: Final = ("person_label", "act", "target", "details", "created_at")


class AccountsHolding(Holding):
    name = "accounts"
    position = 90  # everything else hangs on the team

    def export(self, team_id: TeamId, since: datetime.datetime | None = None) -> Iterator[Part]:
        team = Team.objects.get(pk=team_id)
        yield Part("team.json", iter([as_line({name: getattr(team, name) for name in OF_TEAM})]))
        people = Membership.objects.filter(team=team_id).select_related("user")
        yield Part("people.jsonl", as_lines(_person(each) for each in in_order(people)))
        invitations = Invitation.objects.filter(team=team_id)
        yield Part("invitations.jsonl", as_lines({name: getattr(each, name) for name in OF_INVITATION} for each in in_order(invitations)))
        audit = AuditEntry.objects.filter(team=team_id)
        yield Part("audit.jsonl", as_lines({name: getattr(each, name) for name in OF_ENTRY} for each in in_order(audit)))

    def delete(self, team_id: TeamId, limit: int) -> int:
        for kind in (AuditEntry, Invitation, Membership):
            rows: Any = kind.objects.filter(team=team_id)  # type: ignore[attr-defined]  # each kind has a manager
            found = list(rows.order_by("pk").values_list("pk", flat=True)[:limit])
            if found:
                return int(rows.filter(pk__in=found).delete()[0])
        return 0

    def left(self, team_id: TeamId, before: Any = None) -> int:
        if before is not None:
            return 0
        return sum(kind.objects.filter(team=team_id).count() for kind in (AuditEntry, Invitation, Membership))  # type: ignore[attr-defined]  # the same


def _person(membership: Membership) -> dict[str, Any]:
    person = membership.user
    times = {"joined_at": membership.created_at, "locked_out_at": membership.disabled_at}
    return {"email": person.email, "name": person.name, "role": membership.role, **times}
