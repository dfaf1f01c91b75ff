"""Forms of the door: signing in, and a new password."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _


class SignIn(LoginForm):  # type: ignore[misc]
    """allauth's form in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["login"].label = _("E-mail")
        self.fields["login"].widget.attrs.pop("placeholder", None)
        self.fields["login"].widget.attrs["autofocus"] = True
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)


class NewPassword(ChangePasswordForm):  # type: ignore[misc]
    """allauth's form in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"oldpassword": _("Password now"), "password1": _("New password"), "password2": _("New password again")}
        for name, label in labels.items():
            self.fields[name].label = label
            self.fields[name].widget.attrs.pop("placeholder", None)
        forgotten = format_html('<a class="link" href="{}">{}</a>', reverse("account_reset_password"), _("Forgot your password?"))
        self.fields["oldpassword"].help_text = forgotten
        self.fields["password1"].help_text = _("At least 10 characters, and not one that many people use.")
