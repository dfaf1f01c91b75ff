"""Signing in and out."""

from urllib.parse import urlencode

from allauth.account import views as allauth_views
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from apps.accounts.adapter import has_mail
from apps.accounts.models import User


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
