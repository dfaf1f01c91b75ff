"""Signing in and out, and what a person sets for himself."""

from typing import Any
from urllib.parse import urlencode

from allauth.account import views as allauth_views
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.access import requires, who_may
from apps.accounts.adapter import has_mail
from apps.accounts.forms import Look, Profile
from apps.accounts.models import User
from apps.core.context import THEME_COOKIE, chosen_theme, entries
from apps.core.views import error_page

YEAR = 365 * 24 * 3600


def sign_in(request: HttpRequest) -> HttpResponseBase:
    """allauth's page; the first start when nobody has an account yet."""
    if getattr(request, "htmx", False):
        return sign_in_again(request)
    if not request.user.is_authenticated and not User.objects.exists():
        return redirect("setup:start")
    response: HttpResponseBase = allauth_views.login(request)
    return response


def sign_in_again(request: HttpRequest) -> HttpResponse:
    """The session ended in the middle of a page: the browser leaves it, its draft waits for the return.

    The status is an error, so that the page does not take its draft for sent.
    """
    try:
        back = request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
    except ValueError:  # a header that is no address
        back = "/"
    response = HttpResponse(status=401)
    response["HX-Redirect"] = f"{reverse('account_login')}?{urlencode({'next': back})}"
    return response


def password_reset(request: HttpRequest) -> HttpResponseBase:
    """By mail where mail is set up; else the page says how it is done on the server."""
    if has_mail():
        response: HttpResponseBase = allauth_views.password_reset(request)
        return response
    return render(request, "account/password_reset_on_server.html")


@requires()
@require_http_methods(["GET", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    form = Profile(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved"))
        return redirect("accounts:settings")
    here = reverse("accounts:settings")
    context = {
        "form": form,
        "look": Look(initial={"theme": chosen_theme(request)}),
        "pages": [entry for entry in entries() if entry.url.startswith(here) and entry.url != here],
    }
    return render(request, "accounts/settings.html", context, status=422 if form.errors else 200)


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Keeps the theme in a cookie, so that the server writes it into the page and nothing flashes."""
    response = HttpResponseRedirect(local_address(request, request.POST.get("next", "")))
    wish = request.POST.get("theme", "")
    theme = Look.other(chosen_theme(request)) if wish == "other" else wish
    if theme in dict(Look.base_fields["theme"].choices) and theme:  # type: ignore[attr-defined]
        response.set_cookie(THEME_COOKIE, theme, max_age=YEAR, samesite="Lax", secure=settings.HTTPS)
    else:
        response.delete_cookie(THEME_COOKIE)
    return response


def local_address(request: HttpRequest, address: str) -> str:
    """The address if it stays on this site, else the settings page."""
    is_local = url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return address if address and is_local else reverse("accounts:settings")


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Says who in the team can help. `access.requires` puts the missing role into the exception."""
    role = str(exception.args[0]) if exception and exception.args else ""
    people: list[Any] = who_may(getattr(request, "membership", None), role)
    return error_page(request, 403, _("You may not do this"), _("Your role in this team does not include it."), people=people)
