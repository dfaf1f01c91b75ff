"""The forms of a model: its name, what the team knows of it, who may use it, a question to two, a typed confirmation."""

import uuid
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Membership, Role, Team
from apps.core.forms import Form
from apps.providers.facts import facts_without_note
from apps.providers.model_access import Rule
from apps.providers.model_line_form import LineForm
from apps.providers.model_list import LONGEST_NAME
from apps.providers.model_notes import change_line, line_of_team
from apps.providers.model_words import groups_for
from apps.providers.models import Model

EVERYBODY: Final = "everybody"
PEOPLE: Final = "people"
LONGEST_QUESTION: Final = 4_000


class ModelNameForm(Form):
    """A model that the server does not list."""

    tech = {"name": "model"}

    name = forms.CharField(
        label=gettext_lazy("Name of the model"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("Exactly as the server knows it. For Azure: the name of the deployment."),
    )
    label = forms.CharField(label=gettext_lazy("Name for people"), max_length=120, required=False)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if not name.isprintable():
            raise forms.ValidationError(_("A model's name has only visible characters."))
        return name


class ModelKnowledgeForm(LineForm):
    """What the team says of one model. Empty means: as the table or the server says."""

    def __init__(self, *args: Any, team: Team, model: Model, **kwargs: Any) -> None:
        self.team, self.model = team, model
        line, below = line_of_team(team, model), facts_without_note(team, model)
        super().__init__(*args, line=line, below=below, groups=groups_for(line.endpoints or below.endpoints), **kwargs)

    def clean_endpoints(self) -> list[str]:
        endpoints: list[str] = self.cleaned_data["endpoints"]
        if not endpoints and "endpoints" in self.changed_data:
            raise forms.ValidationError(_("Choose at least one. To take the model off all pages, hide it."))
        return endpoints

    def save(self) -> None:
        change_line(self.team, self.model, self.write_to)


class AccessForm(Form):
    """Who may use one model. `members`: those of the team who may ask at all."""

    who = forms.ChoiceField(
        label=gettext_lazy("Who may use it"),
        widget=forms.RadioSelect,
        choices=[
            (EVERYBODY, gettext_lazy("Everybody who may ask")),
            (Role.ADMIN, gettext_lazy("Admins and the owner")),
            (Role.OWNER, gettext_lazy("The owner")),
            (PEOPLE, gettext_lazy("Only the people below")),
        ],
    )
    people = forms.MultipleChoiceField(
        label=gettext_lazy("These people in any case"), required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )

    def __init__(self, data: Any, *, team: Team, rule: Rule | None) -> None:
        self.members = members_of(team)
        chosen = [str(pk) for pk in rule.people] if rule else []
        super().__init__(data, initial={"who": (rule.role or PEOPLE) if rule else EVERYBODY, "people": chosen})
        field: Any = self.fields["people"]
        field.choices = [(str(member.pk), str(member.user)) for member in self.members]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("who") == PEOPLE and not data.get("people") and not self.errors:
            self.add_error("people", _("Choose at least one person, or let everybody use it."))
        return data

    @property
    def rule(self) -> Rule | None:
        """What was chosen; None for everybody."""
        who = self.cleaned_data["who"]
        if who == EVERYBODY:
            return None
        return Rule("" if who == PEOPLE else who, {uuid.UUID(pk) for pk in self.cleaned_data["people"]})


def members_of(team: Team) -> list[Membership]:
    """Those who may ask models at all, by their names."""
    asking = [Role.EDITOR, Role.ADMIN, Role.OWNER]
    rows = Membership.objects.alive().filter(team=team, role__in=asking).select_related("user")
    return sorted(rows, key=lambda member: str(member.user).lower())


class QuestionForm(Form):
    """One question to a model that leaves and to the one that may take its place."""

    question = forms.CharField(
        label=gettext_lazy("Question"), max_length=LONGEST_QUESTION, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class DeleteForm(Form):
    """The name of the model, typed by hand, since nothing brings it back."""

    name = forms.CharField(
        label=gettext_lazy("Type the name of the model"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, data: Any, *, model: Model) -> None:
        super().__init__(data)
        self.model = model

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name != self.model.name:
            raise forms.ValidationError(_("This is not the name of the model. Nothing was deleted."))
        return name
