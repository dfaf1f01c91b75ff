"""The forms of the first start."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.forms import NewPerson
from apps.accounts.models import Team
from apps.core.forms import Form
from apps.providers.choices import default_model, models_for
from apps.providers.models import DefaultModel
from apps.providers.services import set_default


class FirstAccount(NewPerson):
    """The first person and the first team."""

    field_order = ("email", "name", "team", "password")
    team = forms.CharField(
        label=_("Name of the team"),
        max_length=Team._meta.get_field("name").max_length,
        help_text=_("Everything is saved for the team. You can be its only member."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs["autofocus"] = True


def _by_picker() -> forms.Select:
    """A select that js/picker.js replaces by the model picker; without scripts it is what it looks like."""
    return forms.Select(attrs={"data-picker-endpoint": "chat"})


class Defaults(Form):
    """The models that pages of the team start with. What is not chosen is left as it is."""

    writing = forms.ChoiceField(
        label=_("Model for writing"),
        required=False,
        widget=_by_picker(),
        help_text=_("Chats start with it. You can choose another one in each chat."),
    )
    cheap = forms.ChoiceField(
        label=_("Model for small jobs"),
        required=False,
        widget=_by_picker(),
        help_text=_("A quick one that costs little, for what is done many times."),
    )

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team = team
        choices = models_for(team, "chat")
        self.models = {str(choice.id): choice.model for choice in choices}
        groups: dict[str, list[tuple[str, str]]] = {}
        for choice in choices:
            groups.setdefault(choice.provider.name, []).append((str(choice.id), choice.label))
        start = default_model(team)
        for name in ("writing", "cheap"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = list(groups.items())
            field.initial = str(start.pk) if start else None

    def save(self) -> None:
        for purpose in DefaultModel.Purpose.values:
            chosen = self.models.get(self.cleaned_data.get(purpose, ""))
            if chosen:
                set_default(self.team, purpose, chosen)
