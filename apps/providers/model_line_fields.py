"""The fields of the form of a line (`model_line_form`): each shows in grey, or in its first choice, what is so without the line."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.providers.model_list import HIGHEST
from apps.providers.model_words import Known

YES_NO = {None: "", True: "yes", False: "no"}
MEANING = {word: value for value, word in YES_NO.items()}
MOST_VALUES, LONGEST_VALUE = 100, 100
WIDEST = 10**12


class Checks(forms.CheckboxSelectMultiple):
    """Check boxes that look as all of ours do."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        option["attrs"]["class"] = "check"
        return option


def _says(word: Any) -> Any:
    return _("The table says: %(word)s") % {"word": word} if word not in (None, "") else ""


def text_field(label: Any, value: str, longest: int, told: Any, hint: Any = "") -> forms.CharField:
    attrs = {"autocomplete": "off", "placeholder": told or ""}
    return forms.CharField(
        label=label, initial=value, max_length=longest, required=False, help_text=_says(told) or hint, widget=forms.TextInput(attrs)
    )


def date_field(value: Any, told: Any) -> forms.DateField:
    return forms.DateField(
        label=gettext_lazy("Switched off on"),
        initial=value,
        required=False,
        help_text=_says(told and date_format(told, "j F Y")),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Type a date, for example 2027-02-26.")},
    )


def tri_state_field(label: Any, value: bool | None, told: bool | None, yes: str, no: str) -> forms.ChoiceField:
    table = _("As the table says") if told is None else _("%(word)s, as the table says") % {"word": (yes if told else no).capitalize()}
    choices = [("", table), ("yes", yes.capitalize()), ("no", no.capitalize())]
    return forms.ChoiceField(label=label, choices=choices, initial=YES_NO[value], required=False)


def price_field(label: Any, value: Any, told: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        initial=value,
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(100000),
        max_digits=12,
        decimal_places=6,
        widget=forms.NumberInput({"placeholder": "" if told is None else str(told), "step": "any"}),
    )


def count_field(label: Any, value: Any, told: Any) -> forms.IntegerField:
    widget = forms.NumberInput({"placeholder": "" if told is None else str(told)})
    return forms.IntegerField(label=label, initial=value, required=False, min_value=1, max_value=HIGHEST, widget=widget)


def taken_field(known: Known, own: Mapping[str, Any], told: Mapping[str, Any] | None, *, is_known: bool) -> forms.ChoiceField:
    taken, left_out = _("taken"), _("left out")
    field = tri_state_field(
        known.label, _not(own.get("off")), None if not is_known else bool(told is not None and not told.get("off")), taken, left_out
    )
    field.widget.attrs["aria-label"] = known.label
    return field


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def bounds_fields(known: Known, own: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, forms.Field]:
    """The fields for the bounds of a setting, by its kind."""
    if known.kind == "range":
        return {
            "low": _number(known, _("from"), own.get("min"), told.get("min")),
            "high": _number(known, _("to"), own.get("max"), told.get("max")),
        }
    if known.kind == "count":
        return {"high": _number(known, _("at most"), own.get("max"), told.get("max"), least=1)}
    if known.kind == "values":
        return {"values": ValuesField(known, own.get("values", ()), told.get("values", ()))}
    return {}


def _number(known: Known, what: str, value: Any, told: Any, least: float = -WIDEST) -> forms.FloatField:
    attrs = {"placeholder": what if told is None else f"{what} {told}", "aria-label": f"{known.label}, {what}", "step": "any"}
    return forms.FloatField(initial=value, required=False, min_value=least, max_value=WIDEST, widget=forms.NumberInput(attrs))


class ValuesField(forms.CharField):
    """Values by comma."""

    def __init__(self, known: Known, own: Iterable[Any], told: Iterable[Any]) -> None:
        attrs = {
            "placeholder": ", ".join(map(str, told)) or _("values, by comma"),
            "aria-label": _("%(setting)s, one of") % {"setting": known.label},
        }
        super().__init__(initial=", ".join(map(str, own)), required=False, max_length=4000, widget=forms.TextInput(attrs))

    def clean(self, value: Any) -> list[str]:
        values = list(dict.fromkeys(part.strip() for part in super().clean(value).split(",") if part.strip()))
        if len(values) > MOST_VALUES or any(len(each) > LONGEST_VALUE or not each.isprintable() for each in values):
            raise forms.ValidationError(_("At most %(count)s values, each of at most %(length)s visible characters.") % _MOST)
        return values


_MOST = {"count": MOST_VALUES, "length": LONGEST_VALUE}
