"""The page behind a link of an invitation: join, make an account, or sign in.

The link itself only puts its token into the session and leads on, and never answers with an error: so
the token stays out of logs, of the address bar, and of what the browser tells other pages.
"""

from typing import Any, Final

from allauth.core.internal.ratelimit import consume
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.accounts import invitations
from apps.accounts.access import switch_team
from apps.accounts.models import Invitation, Membership, User
from apps.accounts.team_forms import NewAccount

TOKEN = "invitation_token"  # noqa: S105  -- its name in the session
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LIMIT: Final = {"app": "allauth.account", "action": "invitation", "limit_get": True}  # how many: ACCOUNT_RATE_LIMITS


@never_cache
def open_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """`/invite/<token>/`. A wrong guess counts; who guessed too often is not heard, also when he is right."""
    if may_guess(request):
        if invitations.find(token) is None:
            count_guess(request)
            request.session.pop(TOKEN, None)
        else:
            request.session[TOKEN] = token
    return HttpResponseRedirect("/invite/")


def may_guess(request: HttpRequest) -> bool:
    return consume(request, **LIMIT, dry_run=True) is not None


def count_guess(request: HttpRequest) -> None:
    consume(request, **LIMIT)


@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest) -> HttpResponse:
    """`/invite/`: what the link of this session opens."""
    if not may_guess(request):
        return render(request, "429.html", status=429)
    found = invitations.find(str(request.session.get(TOKEN, "")))
    if found is None:
        return no_invitation(request)
    present = membership_in(request, found)
    if present is not None:
        return already_in(request, present)
    if not found.is_open:
        return no_invitation(request)
    if request.user.is_authenticated:
        return join(request, found, request.user)
    return make_account(request, found)


def no_invitation(request: HttpRequest) -> HttpResponse:
    """One answer for a wrong, used, expired and revoked link."""
    request.session.pop(TOKEN, None)
    return render(request, "accounts/no_invitation.html", status=404)


def membership_in(request: HttpRequest, found: Invitation) -> Membership | None:
    memberships: list[Membership] = request.memberships  # type: ignore[attr-defined]  # the middleware sets it
    return next((each for each in memberships if each.team_id == found.team_id), None)


def already_in(request: HttpRequest, membership: Membership) -> HttpResponse:
    request.session.pop(TOKEN, None)
    switch_team(request, membership)
    messages.info(request, _("You are in the team %(team)s already.") % {"team": membership.team})
    return redirect("home")


def join(request: HttpRequest, found: Invitation, user: User) -> HttpResponse:
    other = _("The invitation is for another address. Sign out, and open the link again with that account.")
    problem = other if found.email and found.email != user.email else ""  # no button that can only refuse
    if request.method == "POST":
        try:
            return welcome(request, invitations.accept(found, user))
        except invitations.Gone:
            return no_invitation(request)
        except invitations.LockedOut:
            problem = _("You were locked out of this team. One of its admins can let you in again.")
        except invitations.OtherAddress:
            problem = other
    context = {"invitation": found, "problem": problem}
    return render(request, "accounts/join.html", context, status=403 if problem and request.method == "POST" else 200)


def make_account(request: HttpRequest, found: Invitation) -> HttpResponse:
    """For somebody who is not signed in. An address that has an account must sign in."""
    has_account = bool(found.email) and User.objects.filter(email=found.email).exists()
    form = NewAccount(request.POST or None, invitation=found)
    if request.method == "POST" and not has_account and form.is_valid():
        try:
            return enter(request, found, form.cleaned_data)
        except invitations.Gone:
            return no_invitation(request)
        except invitations.AddressTaken:
            count_guess(request)
            form.add_error("email", _("This address has an account already. Sign in with it."))
    context = {"invitation": found, "form": form, "has_account": has_account}
    return render(request, "accounts/invitation.html", context, status=422 if form.errors else 200)


def enter(request: HttpRequest, found: Invitation, account: dict[str, Any]) -> HttpResponse:
    member = invitations.accept_as_new(found, email=account["email"], name=account["name"], password=account["password"])
    login(request, member.user, backend=BACKEND)
    return welcome(request, member)


def welcome(request: HttpRequest, membership: Membership) -> HttpResponse:
    request.session.pop(TOKEN, None)
    switch_team(request, membership)
    messages.success(request, _("You are in the team %(team)s now.") % {"team": membership.team})
    return redirect("home")
