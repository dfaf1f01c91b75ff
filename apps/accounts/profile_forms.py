"""Forms about the person: name, time zone, address."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.time_zones import zone_choices
from apps.core.forms import Form, ModelForm

NOT_USABLE = _("This address cannot be used here.")


class Profile(ModelForm):
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=zone_choices,
        widget=forms.Select(attrs={"data-detect-zone": "zone-suggested"}),
        help_text=_("Times on all pages are shown in it."),
    )

    class Meta:
        model = User
        fields = ("name", "time_zone")
        help_texts = {"name": _("How colleagues see you. Empty shows your address.")}


class NewAddress(Form):
    """Another e-mail address, by whoever knows the password.

    One sentence for every address that is refused, and none before the password is right: the form
    tells nobody who has an account here.
    """

    email = forms.CharField(
        label=_("Address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}), help_text=_("You sign in with it.")
    )
    password = forms.CharField(
        label=_("Password now"), strip=False, max_length=4096, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, initial={"email": person.email}, **kwargs)
        self.person = person

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "password" not in data or "email" not in data:
            return data
        if not self.person.check_password(data["password"]):
            self.add_error("password", _("This is not your password."))
            return data
        data["email"] = User.objects.normalize_email(data["email"]).lower()
        if data["email"] == self.person.email:
            self.add_error("email", _("This is your address now."))
        elif not self._is_usable(data["email"]):
            self.add_error("email", NOT_USABLE)
        return data

    @staticmethod
    def _is_usable(address: str) -> bool:
        try:
            forms.EmailField(max_length=254).clean(address)
        except forms.ValidationError:
            return False
        return not User.objects.filter(email=address).exists()
