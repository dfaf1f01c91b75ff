"""How long the content of a team is kept."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Team
from apps.core.forms import Form, Switch

OWN: Final = "own"
FOR_EVER: Final = "ever"
DAYS: Final = (30, 90, 365)
MOST_DAYS: Final = 3650


class Keeping(Form):
    keep = forms.ChoiceField(
        label=_("Keep for"),
        choices=[
            (FOR_EVER, _("For ever")),
            ("30", _("30 days")),
            ("90", _("90 days")),
            ("365", _("A year")),
            (OWN, _("Own number")),
        ],
        widget=forms.RadioSelect,
    )
    days = forms.IntegerField(
        label=_("Own number of days"),
        required=False,
        min_value=1,
        max_value=MOST_DAYS,
        help_text=_("Counts when “Own number” is chosen. From 1 to 3,650."),
    )
    numbers_only = forms.BooleanField(
        label=_("Keep numbers only"),
        required=False,
        widget=Switch,
        help_text=_(
            "History shows numbers only, and calls lose their words as soon as they have ended, whatever is chosen above. An answer in a "
            "chat stays there, because the chat is where it is read. What another page shows of a call stays there for an hour."
        ),
    )

    @classmethod
    def of(cls, team: Team) -> "Keeping":
        """As it is set now."""
        is_own = team.keep_days is not None and team.keep_days not in DAYS
        keep = OWN if is_own else str(team.keep_days or FOR_EVER)
        return cls(initial={"keep": keep, "days": team.keep_days if is_own else None, "numbers_only": not team.keeps_content})

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("keep") == OWN and not cleaned.get("days") and "days" not in self.errors:
            self.add_error("days", _("Type a number of days."))
        return cleaned

    @property
    def keep_days(self) -> int | None:
        """Of a valid form; None is for ever."""
        keep = self.cleaned_data["keep"]
        if keep == FOR_EVER:
            return None
        return int(self.cleaned_data["days"] if keep == OWN else keep)

    @property
    def keeps_content(self) -> bool:
        return not self.cleaned_data["numbers_only"]
