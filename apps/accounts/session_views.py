"""Where a person is signed in, and signing out from afar."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import TeamRequest, requires
from apps.accounts.browsers import browsers_of, end_browser, end_others
from apps.accounts.user_agents import describe_browser


@require_safe
@requires()
def sessions(request: TeamRequest) -> HttpResponse:
    return render(request, "accounts/sessions.html", {"browsers": browsers_of(request)})


@require_POST
@requires()
def end_session(request: TeamRequest, pk: int) -> HttpResponse:
    """One of the person's own; those of others are as if they were not there."""
    row = get_object_or_404(UserSession, pk=pk, user=request.user)
    name = describe_browser(row.user_agent)
    end_browser(request, row)
    if not request.user.is_authenticated:
        return redirect("account_login")
    messages.success(request, _("%(browser)s is signed out") % {"browser": name})
    return redirect("accounts:sessions")


@require_POST
@requires()
def end_other_sessions(request: TeamRequest) -> HttpResponse:
    count = end_others(request)
    said = ngettext("%(count)s other browser is signed out", "%(count)s other browsers are signed out", count) % {"count": count}
    messages.success(request, said)
    return redirect("accounts:sessions")
