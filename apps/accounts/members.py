"""What can be done to the members of a team, and the rules for it.

Nobody changes himself. An Admin manages Viewers, Editors and Admins and gives roles up to Admin; the
Owner changes only by `teams.transfer_team`. Two admins at once: one waits for the other, the last one counts.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.audit import record
from apps.accounts.models import Membership, Role
from apps.accounts.teams import Refused, end_invitations, held

GIVEN_ROLES = (Role.VIEWER, Role.EDITOR, Role.ADMIN)


def may_manage(actor: Membership, member: Membership) -> bool:
    """Whether the page offers to change this row. The rules themselves are asked again when it is done."""
    return actor.has_role(Role.ADMIN) and member.user_id != actor.user_id and member.role != Role.OWNER


@contextmanager
def held_member(actor: Membership, member_id: object) -> Iterator[tuple[Membership, Membership]]:
    """The actor and the member he may change, both as they are now. 404 for whoever is not in the team (any more)."""
    with held(actor, Role.ADMIN) as actor_now:
        member = Membership.objects.select_related("user").filter(team=actor_now.team_id, pk=member_id).first()
        if member is None:
            raise Http404
        if member.user_id == actor_now.user_id:
            raise Refused(_("Nobody changes their own role or access. Ask another admin."))
        if member.role == Role.OWNER:
            raise Refused(_("This person owns the team. Only the owner can give it to somebody else."))
        yield actor_now, member


def change_role(actor: Membership, member_id: object, role: str) -> Membership:
    if role not in GIVEN_ROLES:
        raise Refused(_("This role cannot be given. Choose Viewer, Editor or Admin."))
    with held_member(actor, member_id) as (actor_now, member):
        before, member.role = member.role, role
        if before != role:
            member.save(update_fields=["role"])
            if not member.has_role(Role.ADMIN):
                end_invitations(member)
            record(actor_now, "role.changed", target=str(member.user), before=before, after=role)
    return member


def lock_out(actor: Membership, member_id: object) -> Membership:
    """No page of this team opens for the person from here on, and what he runs is stopped. His other teams do not notice."""
    with held_member(actor, member_id) as (actor_now, member):
        if member.disabled_at is None:
            member.disabled_at = timezone.now()
            member.save(update_fields=["disabled_at"])
            end_invitations(member)
            record(actor_now, "member.disabled", target=str(member.user))
    return member


def let_in(actor: Membership, member_id: object) -> Membership:
    with held_member(actor, member_id) as (actor_now, member):
        if member.disabled_at is not None:
            member.disabled_at = None
            member.save(update_fields=["disabled_at"])
            record(actor_now, "member.enabled", target=str(member.user))
    return member


def remove(actor: Membership, member_id: object) -> Membership:
    """The person is no member any more; what he made stays and bears his name."""
    with held_member(actor, member_id) as (actor_now, member):
        end_invitations(member)
        record(actor_now, "member.removed", target=str(member.user), role=member.role)
        Membership.objects.filter(pk=member.pk).delete()
    return member
