"""How django-allauth behaves here: nobody signs up by himself, and addresses for mail are optional."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by the first start and by invitations, never by the sign-up form."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """An address that cannot be read leads nowhere; allauth stumbles over it."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:profile")


def has_mail() -> bool:
    """Whether this installation can send mail, so that a forgotten password can be reset by it."""
    return bool(settings.EMAIL_HOST)
