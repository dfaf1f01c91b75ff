"""What somebody sees who may not: who can help, or that he is in no team at all."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from apps.accounts.access import who_may
from apps.accounts.models import User
from apps.accounts.team_views import no_team
from apps.core.fragments import wants_fragment
from apps.core.views import error_page


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`access.requires` puts the missing role into the exception."""
    role = str(exception.args[0]) if exception and exception.args else ""
    membership = getattr(request, "membership", None)
    if not membership and getattr(request, "user", None) and request.user.is_authenticated:
        return _without_team(request)
    if role == "installation":
        owners: list[Any] = list(User.objects.filter(is_superuser=True, is_active=True).order_by("pk"))
        return error_page(request, 403, _("You may not do this"), _("Only the owner of this installation may."), people=owners)
    people: list[Any] = who_may(membership, role)
    return error_page(request, 403, _("You may not do this"), _("Your role in this team does not include it."), people=people)


def _without_team(request: HttpRequest) -> HttpResponse:
    """A part of a page is refused in place, so that what was typed stays; everything else becomes the page without a team."""
    if wants_fragment(request):
        sentence = _("You are not in the team of this page any more. Reload it to see where you are.")
        return error_page(request, 403, _("You may not do this"), sentence)
    return no_team(request)
