"""The page of people: who is in the team, in which role, and the links that bring more."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts import invitations, members
from apps.accounts.access import TeamRequest, get_visible, may, requires, visible
from apps.accounts.models import Invitation, Membership, Role
from apps.accounts.team_forms import InvitationForm
from apps.accounts.teams import Refused

MOST_ENDED = 50


@require_GET
@requires(Role.VIEWER)
def people(request: TeamRequest) -> HttpResponse:
    return people_page(request)


def people_page(request: TeamRequest, form: InvitationForm | None = None, **more: Any) -> HttpResponse:
    here = request.membership
    rows = list(visible(here, Membership.objects.all()).select_related("user").order_by("pk"))
    for row in rows:
        row.is_managed = members.may_manage(here, row)  # type: ignore[attr-defined]  # for the table alone
    context: dict[str, Any] = {"members": rows, "may_manage": may(here, Role.ADMIN), "roles": [(r, r.label) for r in members.GIVEN_ROLES]}
    if context["may_manage"]:
        context["form"] = form or InvitationForm()
        context |= invitation_lists(here)
    return render(request, "accounts/people.html", context | more, status=422 if form and form.errors else 200)


def invitation_lists(here: Membership) -> dict[str, list[Invitation]]:
    rows = visible(here, Invitation.objects.select_related("invited_by", "accepted_by")).order_by("-pk")
    still_open = rows.open()
    ended = rows.exclude(pk__in=still_open.values("pk"))[:MOST_ENDED]
    return {"open_invitations": list(still_open), "ended_invitations": list(ended)}


@require_POST
@requires(Role.ADMIN)
def invite(request: TeamRequest) -> HttpResponse:
    """Answers with the page itself, because the link is on it this once and nowhere else."""
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return people_page(request, form)
    wish = form.cleaned_data
    try:
        row, token = invitations.invite(request.membership, role=wish["role"], days=wish["days"], email=wish["email"], key=wish["key"])
    except Refused as refusal:
        form.add_error("email" if wish["email"] else None, str(refusal))
        return people_page(request, form)
    link = request.build_absolute_uri(reverse("accounts:open_invitation", args=[token]))
    return people_page(request, made=row, link=link)


@require_POST
@requires(Role.ADMIN)
def revoke_invitation(request: TeamRequest, pk: uuid.UUID) -> HttpResponse:
    row = get_visible(request.membership, Invitation.objects.all(), pk)
    if invitations.revoke(request.membership, row):
        messages.success(request, _("Taken back. The link opens nothing any more."))
    else:
        messages.info(request, _("This link was not open any more."))
    return redirect("accounts:people")


def changed(request: TeamRequest, pk: uuid.UUID, change: Callable[[Membership], Membership], words: str) -> HttpResponse:
    """Look the member up, change him, say what happened."""
    get_visible(request.membership, Membership.objects.all(), pk)
    try:
        member = change(request.membership)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, words % {"person": member.user, "role": member.get_role_display()})
    return redirect("accounts:people")


@require_POST
@requires(Role.ADMIN)
def change_role(request: TeamRequest, pk: uuid.UUID) -> HttpResponse:
    role = request.POST.get("role", "")
    return changed(request, pk, lambda actor: members.change_role(actor, pk, role), _("%(person)s: %(role)s"))


@require_POST
@requires(Role.ADMIN)
def lock_out(request: TeamRequest, pk: uuid.UUID) -> HttpResponse:
    words = _("%(person)s is locked out of this team.")
    return changed(request, pk, lambda actor: members.lock_out(actor, pk), words)


@require_POST
@requires(Role.ADMIN)
def let_in(request: TeamRequest, pk: uuid.UUID) -> HttpResponse:
    return changed(request, pk, lambda actor: members.let_in(actor, pk), _("%(person)s is let in again, as %(role)s."))


@require_http_methods(["GET", "POST"])
@requires(Role.ADMIN)
def remove(request: TeamRequest, pk: uuid.UUID) -> HttpResponse:
    """Asks first, and says what stays."""
    member = get_visible(request.membership, Membership.objects.select_related("user"), pk)
    if request.method == "POST":
        return changed(request, pk, lambda actor: members.remove(actor, pk), _("%(person)s is not in this team any more."))
    if not members.may_manage(request.membership, member):
        messages.error(request, _("You cannot remove this person from the team."))
        return redirect("accounts:people")
    return render(request, "accounts/remove.html", {"member": member})
