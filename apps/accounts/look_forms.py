"""How pages look and behave for one person."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Density, User
from apps.core.context import MOTIONS, THEMES
from apps.core.forms import ModelForm, Switch


class Look(ModelForm):
    """`theme` and `motion` belong to the browser and are kept there, the rest to the person."""

    theme = forms.ChoiceField(
        label=_("Theme"),
        required=False,
        choices=[("", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))],
        widget=forms.RadioSelect,
        help_text=_("Kept in this browser."),
    )
    density = forms.ChoiceField(
        label=_("Density"), choices=Density.choices, widget=forms.RadioSelect, help_text=_("Compact shows more rows at once.")
    )
    motion = forms.ChoiceField(
        label=_("Motion"),
        required=False,
        choices=[("", _("As the system")), (MOTIONS[0], _("None"))],
        widget=forms.RadioSelect,
        help_text=_("None: nothing blinks, slides or fades. Kept in this browser."),
    )

    class Meta:
        model = User
        fields = ("density", "sends_with_enter", "uses_keys", "hears_answers")
        widgets = {"sends_with_enter": Switch, "uses_keys": Switch, "hears_answers": Switch}
        labels = {"sends_with_enter": _("Send with Enter"), "uses_keys": _("Single keys"), "hears_answers": _("Read answers out")}
        help_texts = {
            "sends_with_enter": _("Off: Enter starts a new line, Ctrl and Enter send."),
            "uses_keys": _("Shortcuts of one letter. Those with Ctrl, and Esc, work either way."),
            "hears_answers": _("For screen readers: each paragraph of an answer is read as soon as it is finished."),
        }

    @property
    def switches(self) -> list[Any]:
        return [self["sends_with_enter"], self["uses_keys"], self["hears_answers"]]

    @property
    def choices(self) -> list[Any]:
        return [self["theme"], self["density"], self["motion"]]


def other_theme(theme: str) -> str:
    """The theme that a switch without script changes to."""
    return THEMES[0] if theme == THEMES[1] else THEMES[1]
