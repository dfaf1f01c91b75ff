"""The page of the team: its name, leaving it, giving it away, deleting it; and making another."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import teams
from apps.accounts.access import TeamRequest, may, requires, switch_team
from apps.accounts.models import Membership, Role
from apps.accounts.team_forms import Confirmation, Giving, TeamName
from apps.core.forms import focus_on_mistake
from apps.core.views import is_member


@require_http_methods(["GET", "POST"])
@requires(Role.VIEWER)
def team(request: TeamRequest) -> HttpResponse:
    if request.method != "POST":
        return team_page(request)
    if not may(request.membership, Role.ADMIN):
        raise PermissionDenied(Role.ADMIN)
    form = TeamName(request.POST)
    if not form.is_valid():
        return team_page(request, naming=form)
    teams.rename_team(request.membership, form.cleaned_data["name"])
    messages.success(request, _("Renamed"))
    return redirect("accounts:team")


def team_page(request: TeamRequest, **forms: Form) -> HttpResponse:
    """The page with all its forms; one that was sent with mistakes takes the place of an empty one."""
    here = request.membership
    owner = Membership.objects.select_related("user").filter(team=here.team_id, role=Role.OWNER).first()
    context: dict[str, Any] = {"owner": owner, "is_owner": here.role == Role.OWNER, "may_rename": may(here, Role.ADMIN)}
    if context["may_rename"]:
        context["naming"] = TeamName(initial={"name": here.team.name})
    if context["is_owner"]:
        context["giving"] = Giving(owner=here, auto_id="give_%s")
        context["deleting"] = Confirmation(team=here.team, auto_id="delete_%s")
    for form in forms.values():
        focus_on_mistake(form)
    return render(request, "accounts/team.html", context | forms, status=422 if forms else 200)


@require_POST
@requires(Role.VIEWER)
def switch(request: TeamRequest) -> HttpResponse:
    """Work in another of one's teams from here on."""
    wanted = request.POST.get("team", "")
    membership = next((each for each in request.memberships if str(each.team_id) == wanted), None)
    if membership is None:
        raise Http404
    switch_team(request, membership)
    messages.success(request, _("You are in the team %(team)s now.") % {"team": membership.team})
    return redirect("home")


@require_http_methods(["GET", "POST"])
@login_required
def new_team(request: TeamRequest) -> HttpResponse:
    """For the owner of the installation, also when no team is left to be in."""
    if not request.user.owns_installation:  # type: ignore[union-attr]  # signed in
        raise PermissionDenied("installation")
    form = TeamName(request.POST or None)
    if request.method == "POST" and form.is_valid():
        membership = teams.create_team(request.user, form.cleaned_data["name"])  # type: ignore[arg-type]  # signed in
        switch_team(request, membership)
        messages.success(request, _("The team %(team)s is made. You own it.") % {"team": membership.team})
        return redirect("accounts:people")
    layout = "core/settings.html" if is_member(request) else "outside.html"
    return render(request, "accounts/new_team.html", {"form": form, "layout": layout}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(Role.VIEWER)
def leave(request: TeamRequest) -> HttpResponse:
    """Asks first: nobody comes back without an invitation."""
    if request.method != "POST":
        return render(request, "accounts/leave.html", {"is_owner": request.membership.role == Role.OWNER})
    try:
        teams.leave_team(request.membership)
    except teams.Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("accounts:team")
    return gone_from(request, _("You left the team %(team)s.") % {"team": request.membership.team})


@require_POST
@requires(Role.OWNER)
def give(request: TeamRequest) -> HttpResponse:
    form = Giving(request.POST, owner=request.membership, auto_id="give_%s")
    if not form.is_valid():
        return team_page(request, giving=form)
    try:
        heir = teams.transfer_team(request.membership, form.cleaned_data["heir"])
    except teams.Refused as refusal:
        form.add_error("heir", str(refusal))
        return team_page(request, giving=form)
    messages.success(request, _("%(person)s owns the team now. You are an admin.") % {"person": heir.user})
    return redirect("accounts:team")


@require_POST
@requires(Role.OWNER)
def delete(request: TeamRequest) -> HttpResponse:
    form = Confirmation(request.POST, team=request.membership.team, auto_id="delete_%s")
    if not form.is_valid():
        return team_page(request, deleting=form)
    teams.delete_team(request.membership)
    return gone_from(request, _("The team %(team)s is deleted.") % {"team": request.membership.team})


def gone_from(request: TeamRequest, sentence: str) -> HttpResponse:
    """To the oldest other team of this person, if there is one."""
    others: list[Any] = [each for each in request.memberships if each.pk != request.membership.pk]
    messages.success(request, sentence)
    if others:
        switch_team(request, others[0])
    return redirect("home")


def no_team(request: HttpRequest) -> HttpResponse:
    """For somebody whose account is on, but who is in no team, or locked out of all: says so, and who can help."""
    return render(request, "accounts/no_team.html", status=403)
