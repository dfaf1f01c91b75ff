"""What can be done to a team as a whole."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.audit import record
from apps.accounts.models import Invitation, Membership, Role, Team, User
from apps.accounts.signals import team_created


class Refused(Exception):
    """A rule stands against it. The text is a sentence for the person; nothing was changed."""


def create_team(owner: User, name: str) -> Membership:
    """A new team with its Owner. Whoever listens to `team_created` gives it what a team starts with."""
    with transaction.atomic():
        team = Team.objects.create(name=name)
        membership = Membership.objects.create(team=team, user=owner, role=Role.OWNER)
        record(membership, "team.created", target=name)
        team_created.send(Team, team=team)
    return membership


@contextmanager
def held(actor: Membership, role: str) -> Iterator[Membership]:
    """A transaction in which nobody else changes who is in this team; gives the actor as he is now.

    What he was when his page was made does not count: he may have lost the role meanwhile.
    """
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=actor.team_id)
        now = Membership.objects.alive().select_related("team", "user").filter(pk=actor.pk).first()
        if now is None or not now.has_role(role):
            raise PermissionDenied(role)
        yield now


def rename_team(actor: Membership, name: str) -> None:
    with held(actor, Role.ADMIN) as actor_now:
        team = actor_now.team
        if name == team.name:
            return
        record(actor_now, "team.renamed", target=name, before=team.name, after=name)
        team.name = name
        team.save(update_fields=["name"])


def transfer_team(actor: Membership, heir_id: object) -> Membership:
    """The heir becomes Owner, the actor Admin."""
    with held(actor, Role.OWNER) as actor_now:
        heir = Membership.objects.alive().select_related("user").filter(team=actor_now.team_id, pk=heir_id).first()
        if heir is None or heir.pk == actor_now.pk:
            raise Refused(_("Choose somebody else who is in this team and not locked out."))
        # In this order: the database lets a team have one Owner at any moment.
        Membership.objects.filter(pk=actor_now.pk).update(role=Role.ADMIN)
        Membership.objects.filter(pk=heir.pk).update(role=Role.OWNER)
        record(actor_now, "team.transferred", target=str(heir.user))
    return heir


def delete_team(actor: Membership) -> None:
    """Gone from every page at once, and what runs in it is stopped. Its rows are removed in the background."""
    with held(actor, Role.OWNER) as actor_now:
        Team.objects.filter(pk=actor_now.team_id, deleted_at=None).update(deleted_at=timezone.now())
        record(actor_now, "team.deleted", target=actor_now.team.name)


def leave_team(actor: Membership) -> None:
    """What the person made stays. The Owner gives the team to somebody first."""
    with held(actor, Role.VIEWER) as actor_now:
        if actor_now.role == Role.OWNER:
            raise Refused(_("The team is yours. Give it to somebody before you leave it."))
        end_invitations(actor_now)
        record(actor_now, "member.left", target=str(actor_now.user))
        Membership.objects.filter(pk=actor_now.pk).delete()


def end_invitations(member: Membership) -> None:
    """Links that the person made would let him in again under another name."""
    Invitation.objects.open().filter(team=member.team_id, invited_by=member.user_id).update(revoked_at=timezone.now())
