"""The book of who changed keys, roles, providers and people, and who deleted or exported what.

    record(request.membership, "role.changed", target=str(colleague), before="editor", after="admin")

Called in the transaction of the change itself: what is not written was not done.
"""

from typing import Any, Final

from allauth.account.signals import password_changed, password_reset, password_set
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import AuditEntry, Membership, User

ACTS: Final[dict[str, Any]] = {
    "team.created": _("Made the team"),
    "team.renamed": _("Renamed the team"),
    "team.deleted": _("Deleted the team"),
    "team.transferred": _("Gave the team to a new owner"),
    "invitation.made": _("Invited"),
    "invitation.revoked": _("Took back an invitation"),
    "invitation.accepted": _("Joined by invitation"),
    "role.changed": _("Changed a role"),
    "member.disabled": _("Locked out"),
    "member.enabled": _("Let in again"),
    "member.removed": _("Removed from the team"),
    "member.left": _("Left the team"),
    "password.changed": _("Changed the password"),
    "email.changed": _("Changed the e-mail address"),
    "provider.added": _("Added a provider"),
    "provider.changed": _("Changed a provider"),
    "provider.deleted": _("Deleted a provider"),
    "provider.offered": _("Offered a provider to all teams"),
    "key.changed": _("Changed a key"),
    "key.removed": _("Removed a key"),
    "model.changed": _("Changed what is known of a model"),
    "model.access": _("Changed who may use a model"),
    "model.replaced": _("Put another model in the place of one"),
    "model.deleting": _("Asked a provider to delete a model"),
    "model.deleted": _("Deleted a model at its provider"),
    "safety.limits": _("Changed the limits of the safety check"),
    "safety.settings": _("Changed the check before sending"),
    "safety.stopped": _("Stopped a call before sending"),
    "function.address": _("Changed where a function is asked"),
    "data.settings": _("Changed how long data is kept"),
    "data.exported": _("Exported"),
    "chat.shared": _("Shared a chat by a link"),
    "chat.withdrawn": _("Withdrew the link of a chat"),
    "chat.sharing": _("Changed who may read shared chats"),
    "data.deleted": _("Deleted data"),
    "data.restored": _("Brought data back"),
}


def record(membership: Membership, act: str, *, target: str = "", **details: Any) -> AuditEntry:
    """Write one entry. `act` is a name of ACTS, `details` are JSON values and hold no secret."""
    if act not in ACTS:
        raise ValueError(act)
    person = membership.user
    return AuditEntry.objects.create(
        team_id=membership.team_id, person=person, person_label=str(person)[:254], act=act, target=target[:254], details=details
    )


def watch_passwords() -> None:
    """Note every new password from here on, however it was set on a page."""
    for signal in (password_changed, password_set, password_reset):
        signal.connect(note_password, dispatch_uid=f"accounts.note_password.{id(signal)}")


def note_password(sender: Any, user: User, **more: Any) -> None:
    """In the book of each team: the account opens all of them."""
    for membership in Membership.objects.alive().filter(user=user).select_related("user"):
        record(membership, "password.changed", target=str(user))
