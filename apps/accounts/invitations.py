"""Links that make somebody a member: made, found, accepted and taken back.

The link holds a token of 32 bytes that nobody can guess, the database only its hash. It is made from
the key of the form under the installation's secret, so that a double click gives one link, not two.
"""

import base64
import datetime
import hashlib
import hmac
import uuid

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.audit import record
from apps.accounts.members import GIVEN_ROLES
from apps.accounts.models import Invitation, Membership, Role, Team, User
from apps.accounts.teams import Refused, held

DAYS = (1, 7, 30)
LONGEST_TOKEN = 200


class Gone(Exception):
    """The link opens nothing: unknown, used, taken back, too old, or its team is gone."""


class LockedOut(Exception):
    """The person is a member who was locked out. No link opens the door again, an admin does."""


class AddressTaken(Exception):
    """The address has an account. Its owner signs in; a link never sets a password."""


class OtherAddress(Exception):
    """The link is for somebody else's address."""


def invite(actor: Membership, *, role: str, days: int, key: uuid.UUID, email: str = "") -> tuple[Invitation, str]:
    """A new invitation and the token of its link, which nobody can look up later. The same key gives the same one."""
    email = email.lower()
    if role not in GIVEN_ROLES or days not in DAYS:
        raise Refused(_("This invitation cannot be made. Choose a role and how long it is valid."))
    token = _token_of(actor, key)
    with held(actor, Role.ADMIN) as actor_now:
        if email and Membership.objects.filter(team=actor_now.team_id, user__email=email).exists():
            raise Refused(_("%(email)s is in this team already.") % {"email": email})
        fields = {"team": actor_now.team, "invited_by": actor_now.user, "role": role, "email": email}
        expires_at = timezone.now() + datetime.timedelta(days=days)
        row, is_new = Invitation.objects.get_or_create(token_hash=hash_of(token), defaults={**fields, "expires_at": expires_at})
        if is_new:
            record(actor_now, "invitation.made", target=email, role=role, days=days)
        elif (row.role, row.email) != (role, email) or not row.is_open:
            raise Refused(_("This page is out of date. Open it again to invite somebody."))
    return row, token


def _token_of(actor: Membership, key: uuid.UUID) -> str:
    words = f"invitation:{actor.team_id}:{actor.user_id}:{key}".encode()
    digest = hmac.digest(settings.SECRET_KEY.encode(), words, "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def find(token: str) -> Invitation | None:
    """The invitation of a link, in whatever state it is."""
    if not token or len(token) > LONGEST_TOKEN:
        return None
    rows = Invitation.objects.select_related("team", "invited_by")
    return rows.filter(token_hash=hash_of(token), team__deleted_at=None).first()


def revoke(actor: Membership, invitation: Invitation) -> bool:
    """Take it back. False if it was used, taken back or too old already."""
    with held(actor, Role.ADMIN) as actor_now:
        rows = Invitation.objects.open().filter(pk=invitation.pk, team=actor_now.team_id)
        done = bool(rows.update(revoked_at=timezone.now()))
        if done:
            record(actor_now, "invitation.revoked", target=invitation.email, role=invitation.role)
    return done


def accept(invitation: Invitation, user: User) -> Membership:
    """Use the link: the user becomes a member. Whoever is one already keeps the role, and the link stays unused."""
    if invitation.email and invitation.email != user.email:
        raise OtherAddress
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=invitation.team_id)
        present = Membership.objects.filter(team=invitation.team_id, user=user).select_related("team").first()
        if present is not None:
            if present.disabled_at is not None:
                raise LockedOut
            return present
        used = Invitation.objects.open().filter(pk=invitation.pk, team__deleted_at=None)
        if not used.update(accepted_at=Now(), accepted_by=user):
            raise Gone
        member = Membership.objects.create(team=invitation.team, user=user, role=invitation.role)
        by = str(invitation.invited_by or "")
        record(member, "invitation.accepted", target=str(user), role=invitation.role, by=by)
    return member


def accept_as_new(invitation: Invitation, *, email: str, name: str, password: str) -> Membership:
    """Make an account and use the link with it: both or neither."""
    email = (invitation.email or email).lower()
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=invitation.team_id)
        return accept(invitation, _new_user(email, name, password))


def _new_user(email: str, name: str, password: str) -> User:
    try:
        with transaction.atomic():
            return User.objects.create_user(email, password, name=name)
    except IntegrityError as error:
        raise AddressTaken from error
