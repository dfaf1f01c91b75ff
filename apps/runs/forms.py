"""The filters of History. They live in the address, so that every view can be linked and Back works."""

import datetime
import uuid
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User
from apps.core.forms import Form
from apps.core.ids import new_id
from apps.runs import registry
from apps.runs.models import Run, Status
from apps.runs.transitions import RunQuerySet

SEARCH_DAYS = 90  # text is looked for in what is not older, since it has no index


class HistoryFilter(Form):
    """Every field is optional; what is not understood is left out, since an address is not a form."""

    q = forms.CharField(
        label=_("Text"), required=False, max_length=100, widget=forms.SearchInput(attrs={"placeholder": _("Find in what was asked")})
    )
    operation = forms.ChoiceField(label=_("Page"), required=False)
    status = forms.ChoiceField(label=_("State"), required=False)
    person = forms.ChoiceField(label=_("Person"), required=False)
    model = forms.CharField(label=_("Model"), required=False, max_length=200, widget=forms.TextInput(attrs={"placeholder": _("Any model")}))
    cost = forms.ChoiceField(label=_("Cost"), required=False)

    def __init__(self, data: Any, team: Team) -> None:
        super().__init__(data)
        people = User.objects.filter(memberships__team=team).order_by("name", "email")
        self._set("operation", _("Any page"), [(each.name, each.title) for each in registry.all_operations()])
        self._set("status", _("Any state"), list(Status.choices))
        self._set("person", _("Anybody"), [(str(person.pk), str(person)) for person in people])
        self._set(
            "cost",
            _("Any cost"),
            [("0.01", _("from $0.01")), ("0.1", _("from $0.10")), ("1", _("from $1.00")), ("unknown", _("not known"))],
        )

    def _set(self, name: str, nothing: Any, choices: list[Any]) -> None:
        self.fields[name].choices = [("", nothing), *choices]  # type: ignore[attr-defined]

    def narrowed(self, runs: RunQuerySet) -> RunQuerySet:
        """The runs that the filters leave."""
        self.is_valid()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        for name in ("operation", "status"):
            if name in chosen:
                runs = runs.filter(**{name: chosen[name]})
        if "person" in chosen:
            runs = runs.filter(person_id=uuid.UUID(chosen["person"]))
        if "model" in chosen:
            runs = runs.filter(model=chosen["model"])
        if "cost" in chosen:
            runs = runs.filter(cost_kind="unknown") if chosen["cost"] == "unknown" else runs.filter(cost__gte=chosen["cost"])
        if "q" in chosen:
            runs = runs.filter(Q(summary__icontains=chosen["q"]), pk__gte=id_at(datetime.timedelta(days=SEARCH_DAYS)))
        return runs

    @property
    def is_narrowing(self) -> bool:
        return self.is_valid() and any(self.cleaned_data.values())


def id_at(age: datetime.timedelta) -> uuid.UUID:
    """The smallest identifier that a row of that age can have: they begin with the time in milliseconds."""
    milliseconds = (new_id().int >> 80) - int(age.total_seconds() * 1000)
    return uuid.UUID(int=milliseconds << 80)


def page_of(runs: RunQuerySet, after: str, size: int) -> tuple[list[Run], str]:
    """One page, newest first, and the id that the next one begins after ("" on the last). No counting, no offset."""
    if after:
        try:
            runs = runs.filter(pk__lt=uuid.UUID(after))
        except ValueError:
            runs = runs.none()
    rows = list(runs.order_by("-pk").defer("params", "request", "response", "text", "thinking").select_related("person")[: size + 1])
    return rows[:size], str(rows[size - 1].pk) if len(rows) > size else ""
