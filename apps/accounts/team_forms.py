"""Forms about teams, invitations, and accounts that are made by one."""

import uuid
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from apps.accounts.forms import NewPerson
from apps.accounts.invitations import DAYS
from apps.accounts.members import GIVEN_ROLES
from apps.accounts.models import Invitation, Membership, Role, Team
from apps.core.forms import Form

ROLE_WORDS = {
    Role.VIEWER: _("reads everything"),
    Role.EDITOR: _("runs and writes"),
    Role.ADMIN: _("also manages people and providers"),
}


class TeamName(Form):
    name = forms.CharField(label=_("Name of the team"), max_length=Team._meta.get_field("name").max_length)


class Confirmation(Form):
    """The name of the team, typed by hand, for what cannot be taken back by a second click."""

    confirmed = forms.CharField(label=_("Type the name of the team"), widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team = team

    def clean_confirmed(self) -> str:
        typed = str(self.cleaned_data["confirmed"])
        if typed.strip() != self.team.name.strip():
            raise forms.ValidationError(_("This is not the name of the team: %(name)s."), params={"name": self.team.name})
        return typed


class Giving(Confirmation):
    """To whom the team goes."""

    field_order = ("heir", "confirmed")
    heir = forms.ChoiceField(label=_("New owner"))

    def __init__(self, *args: Any, owner: Membership, **kwargs: Any) -> None:
        super().__init__(*args, team=owner.team, **kwargs)
        others = Membership.objects.alive().filter(team=owner.team_id).exclude(pk=owner.pk).select_related("user").order_by("pk")
        choices = [(str(member.pk), f"{member.user}, {member.get_role_display()}") for member in others]
        self.has_choices = bool(choices)
        self.fields["heir"].choices = [("", _("Choose")), *choices]  # type: ignore[attr-defined]  # a ChoiceField


class InvitationForm(Form):
    """What a link gives, to whom, and for how long."""

    role = forms.ChoiceField(
        label=_("Role"),
        initial=Role.EDITOR,
        choices=[(role.value, format_lazy("{role}: {words}", role=role.label, words=ROLE_WORDS[role])) for role in GIVEN_ROLES],
    )
    email = forms.EmailField(
        label=_("For this address only"),
        max_length=Invitation._meta.get_field("email").max_length,
        required=False,
        help_text=_("Empty: whoever opens the link first."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        initial=7,
        coerce=int,
        choices=[(days, format_lazy("{words}", words=ngettext_lazy("%d day", "%d days", days) % days)) for days in DAYS],
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class NewAccount(NewPerson):
    """An account that is made by a link. An address that the invitation names is not asked for."""

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if invitation.email:
            email = self.fields["email"]
            email.disabled, email.initial = True, invitation.email
            email.help_text = _("The invitation is for this address.")
