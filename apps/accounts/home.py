"""What a team has for Home: the step of not being alone in it."""

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import Invitation, Membership, Team
from apps.core.home import Contribution, Step


def contribution(membership: Membership) -> Contribution:
    """One question."""
    others = Membership.objects.filter(team=OuterRef("pk")).exclude(pk=membership.pk)
    invited = Invitation.objects.filter(team=OuterRef("pk"), revoked_at=None)
    is_invited = Team.objects.filter(Exists(others) | Exists(invited), pk=membership.team_id).exists()
    text = _("A link is enough. What you make is seen by the whole team.")
    return Contribution(steps=[Step(_("Invite a colleague"), text, reverse("accounts:people"), is_invited, 30, "admin")])
