"""The forms of a model: one typed in by name, and what the team knows of one."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Team
from apps.core.forms import Form
from apps.providers.model_list import HIGHEST, LONGEST_NAME
from apps.providers.model_notes import line_of_team, note_of_team
from apps.providers.models import Model

PRICES = ("input", "output", "cached_input")


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


def _price(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, min_value=Decimal(0), max_value=Decimal(100000), max_digits=12, decimal_places=6)


class ModelKnowledgeForm(Form):
    """Name, room and prices of one model, as this team knows them. Empty means: as the table or the server says."""

    label = forms.CharField(label=gettext_lazy("Name for people"), max_length=120, required=False)
    input = _price(gettext_lazy("Price of a million tokens sent, in US dollars"))
    output = _price(gettext_lazy("Price of a million tokens written, in US dollars"))
    cached_input = _price(gettext_lazy("Price of a million tokens sent again, in US dollars"))
    context = forms.IntegerField(
        label=gettext_lazy("Room in tokens"),
        required=False,
        min_value=1,
        max_value=HIGHEST,
        help_text=gettext_lazy("How long the question and the answer can be together."),
    )

    def __init__(self, *args: Any, team: Team, model: Model, **kwargs: Any) -> None:
        self.team, self.model = team, model
        line = line_of_team(team, model)
        prices, limits = line.prices, line.limits
        kwargs["initial"] = {"label": model.label, "context": limits.get("context"), **{name: prices.get(name) for name in PRICES}}
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if (data.get("input") is None) != (data.get("output") is None) and not self.errors:
            self.add_error("output" if data.get("output") is None else "input", _("Enter both prices, or none."))
        return data

    def save(self) -> None:
        data = self.cleaned_data
        self.model.label = data["label"]
        self.model.save(update_fields=["label"])
        prices = {name: str(data[name]) for name in PRICES if data[name] is not None}
        note_of_team(self.team, self.model, prices=prices, limits={"context": data["context"]} if data["context"] else {})
