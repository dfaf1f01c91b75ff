"""The filters of History. They live in the address, so that every view can be linked and Back works."""

import datetime
import uuid
from typing import Any, Final

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team, User
from apps.core.forms import Form
from apps.core.ids import first_id_at
from apps.providers.models import Model, Provider
from apps.runs import registry
from apps.runs.models import ACTIVE, CostKind, Run, Status
from apps.runs.month import TROUBLES
from apps.runs.transitions import RunQuerySet

SEARCH_DAYS = 90  # text is looked for in what is not older, since it has no index
MOST_MODELS = 300  # offered while a name is typed
GROUPS: Final = {"active": ACTIVE, "trouble": TROUBLES}  # of states, beside each state alone
PERIODS: Final = {"day": datetime.timedelta(days=1), "week": datetime.timedelta(days=7), "quarter": datetime.timedelta(days=90)}
DAY = datetime.timedelta(days=1)
EARLIEST, LATEST = datetime.date(2000, 1, 1), datetime.date(2999, 12, 31)


class DateInput(forms.DateInput):
    input_type = "date"


class HistoryFilter(Form):
    """Every field is optional; what is not understood is left out, since an address is not a form."""

    q = forms.CharField(
        label=_("Text"), required=False, max_length=100, widget=forms.SearchInput(attrs={"placeholder": _("Find in what was asked")})
    )
    status = forms.ChoiceField(label=_("State"), required=False)
    period = forms.ChoiceField(label=_("When"), required=False)
    person = forms.ChoiceField(label=_("Person"), required=False)
    operation = forms.ChoiceField(label=_("Page"), required=False)
    provider = forms.ChoiceField(label=_("Provider"), required=False)
    model = forms.CharField(
        label=_("Model"), required=False, max_length=200, widget=forms.TextInput(attrs={"placeholder": _("Any model"), "list": "models"})
    )
    cost = forms.ChoiceField(label=_("Cost"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=DateInput(format="%Y-%m-%d"))
    until = forms.DateField(label=_("To"), required=False, widget=DateInput(format="%Y-%m-%d"))

    MORE = ("operation", "provider", "model", "cost", "since", "until")

    def __init__(self, data: Any, team: Team) -> None:
        super().__init__(data)
        self.team = team
        people = User.objects.filter(memberships__team=team).order_by("name", "email")
        providers = Provider.objects.filter(Q(team=team) | Q(team=None))  # deleted ones too: their calls are still there
        operations = [each for each in registry.all_operations() if each.name == _alike(each.name)[0]]
        self._set("operation", _("Any page"), [(each.name, each.title) for each in operations])
        self._set("status", _("Any state"), [("active", _("Under way")), ("trouble", _("Failed or broke off")), *Status.choices])
        self._set("person", _("Anybody"), [(str(person.pk), str(person)) for person in people])
        self._set("provider", _("Any provider"), [(str(row.pk), row.name) for row in providers.only("name").order_by("name")])
        self._set(
            "period",
            _("Any time"),
            [("day", _("Last 24 hours")), ("week", _("Last 7 days")), ("month", _("This month")), ("quarter", _("Last 90 days"))],
        )
        costs = [("0.01", _("from $0.01")), ("0.1", _("from $0.10")), ("1", _("from $1.00"))]
        self._set("cost", _("Any cost"), [*costs, ("unknown", _("not known")), ("free", _("own server"))])
        if not team.keeps_content:
            del self.fields["q"]  # there is nothing to find it in

    def _set(self, name: str, nothing: Any, choices: list[Any]) -> None:
        self.fields[name].choices = [("", nothing), *choices]  # type: ignore[attr-defined]  # a ChoiceField

    @property
    def chosen(self) -> dict[str, Any]:
        """The filters that were set and understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def is_narrowing(self) -> bool:
        return bool(self.chosen)

    @property
    def is_more_chosen(self) -> bool:
        """Whether one of the filters is set that stand behind "More filters"."""
        return any(name in self.chosen for name in self.MORE)

    @property
    def shown(self) -> list[Any]:
        return [self[name] for name in self.fields if name not in self.MORE]

    @property
    def more(self) -> list[Any]:
        return [self[name] for name in self.MORE]

    def model_names(self) -> list[str]:
        """Names to choose from while one is typed."""
        rows = Model.objects.filter(provider__in=[pk for pk, _name in self.fields["provider"].choices if pk])  # type: ignore[attr-defined]  # the same
        return list(rows.order_by("name").values_list("name", flat=True).distinct()[:MOST_MODELS])

    @property
    def states(self) -> tuple[str, ...]:
        """The states to show, for `newest_ids`; empty: all."""
        chosen = self.chosen.get("status", "")
        return GROUPS.get(chosen, (chosen,)) if chosen else ()

    def narrowed(self, runs: RunQuerySet) -> RunQuerySet:
        """The runs that the filters leave, but for `states`."""
        chosen = self.chosen
        if "operation" in chosen:
            runs = runs.filter(operation__in=_alike(chosen["operation"]))
        if "model" in chosen:
            runs = runs.filter(model=chosen["model"])
        for name in ("person", "provider"):
            if name in chosen:
                runs = runs.filter(**{f"{name}_id": uuid.UUID(chosen[name])})
        if "cost" in chosen:
            is_kind = chosen["cost"] in CostKind.values
            runs = runs.filter(cost_kind=chosen["cost"]) if is_kind else runs.filter(cost__gte=chosen["cost"])
        if "q" in chosen:
            runs = runs.filter(summary__icontains=chosen["q"], erased_at=None, pk__gte=first_id_at(timezone.now() - SEARCH_DAYS * DAY))
        return self._in_time(runs, chosen)

    def _in_time(self, runs: RunQuerySet, chosen: dict[str, Any]) -> RunQuerySet:
        """By the time that the ids begin with, in the time zone of whoever looks."""
        if "period" in chosen:
            runs = runs.filter(pk__gte=first_id_at(beginning_of(chosen["period"])))
        if "since" in chosen:
            runs = runs.filter(pk__gte=first_id_at(midnight(chosen["since"])))
        if "until" in chosen:
            runs = runs.filter(pk__lt=first_id_at(midnight(min(chosen["until"], LATEST) + DAY)))
        return runs


def beginning_of(period: str) -> datetime.datetime:
    now = timezone.localtime()
    return midnight(now.date().replace(day=1)) if period == "month" else now - PERIODS[period]


def midnight(date: datetime.date) -> datetime.datetime:
    """The first moment of a day; of one that a calendar of ours cannot count, the nearest that it can."""
    return timezone.make_aware(datetime.datetime.combine(min(max(date, EARLIEST), LATEST), datetime.time()))


def page_of(runs: RunQuerySet, after: str, size: int, states: tuple[str, ...] = ()) -> tuple[list[Run], str]:
    """One page, newest first, and the id that the next one begins after ("" on the last). No counting, no offset."""
    if after:
        try:
            runs = runs.filter(pk__lt=uuid.UUID(after))
        except ValueError:
            runs = runs.none()
    found = Run.objects.filter(pk__in=newest_ids(runs, states, size + 1)).order_by("-pk")
    rows = list(found.defer("params", "request", "response", "text", "thinking").select_related("person"))
    return rows[:size], str(rows[size - 1].pk) if len(rows) > size else ""


def newest_ids(runs: RunQuerySet, states: tuple[str, ...], size: int) -> list[uuid.UUID]:
    """The newest of these runs in one of the states (empty: in any).

    Ids alone, since indexes have them and rows are long. One question for each state, since an index has the runs
    of one state in order, but not of several: asked for all at once, a database reads every run of the team.
    """
    parts = [runs.filter(status=state) for state in states] or [runs]
    found = [pk for part in parts for pk in part.order_by("-pk").values_list("pk", flat=True)[:size]]
    return sorted(found, reverse=True)[:size]


def _alike(name: str) -> list[str]:
    """The operations that are called so for people: a chat answer comes by two parts of the API."""
    title = registry.get(name).title
    return [each.name for each in registry.all_operations() if each.title == title]
