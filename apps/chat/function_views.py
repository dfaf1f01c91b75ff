"""The functions of a team: the list, and the form of one."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import TeamRequest, get_visible, may, requires
from apps.accounts.audit import record
from apps.accounts.models import Role, Team
from apps.chat import fields
from apps.chat.function_forms import FunctionForm, initial_of
from apps.chat.models import Function
from apps.chat.tools import MOST_FUNCTIONS

SPARE_ROWS = 3
KEPT = ("name", "description", "parameters", "address", "private_origin")


@requires(Role.VIEWER)
@require_safe
def functions(request: TeamRequest) -> HttpResponse:
    """All functions of the team."""
    rows = list(request.membership.team.functions.all())
    context = {"functions": rows, "can_write": may(request.membership, Role.EDITOR), "most": MOST_FUNCTIONS}
    return render(request, "chat/functions.html", context | {"is_full": len(rows) >= MOST_FUNCTIONS})


@requires(Role.EDITOR)
@require_http_methods(["GET", "POST"])
def edit(request: TeamRequest, function_id: uuid.UUID | None = None) -> HttpResponse:
    """A new function, or one that is there. One with an address is an admin's: what goes there was allowed by one."""
    team = request.membership.team
    function = get_visible(request.membership, Function.objects.all(), function_id) if function_id else None
    is_admin = may(request.membership, Role.ADMIN)
    may_edit = is_admin or function is None or not function.address
    options: dict[str, Any] = {"team": team, "function": function, "may_allow": is_admin}
    if request.method == "GET" or "add_rows" in request.POST:
        form = FunctionForm(initial=request.POST.dict() or initial_of(function), **options)
        form.rows = fields.read_posted(request.POST) if "add_rows" in request.POST else form.rows
        return _page(request, form, may_edit)
    if not may_edit:
        raise PermissionDenied(Role.ADMIN)
    form = FunctionForm(request.POST, **options)
    if not form.is_valid():
        return _page(request, form, may_edit, 422)
    if not _save(request, team, function, form.cleaned_data):
        form.add_error(None, _("Your team has %(most)s functions, which is the most. Delete one first.") % {"most": MOST_FUNCTIONS})
        return _page(request, form, may_edit, 422)
    return HttpResponseRedirect(reverse("chat:functions"), status=303)


@requires(Role.EDITOR)
@require_POST
def delete(request: TeamRequest, function_id: uuid.UUID) -> HttpResponse:
    """Take it away. Chats that have it switched on go on without it."""
    function = get_visible(request.membership, Function.objects.all(), function_id)
    if function.address and not may(request.membership, Role.ADMIN):
        raise PermissionDenied(Role.ADMIN)
    with transaction.atomic():
        if function.address:
            record(request.membership, "function.address", target=function.name, before=function.address, after="")
        function.delete()
    messages.success(request, _("Deleted “%(name)s”.") % {"name": function.name})
    return HttpResponseRedirect(reverse("chat:functions"), status=303)


def _save(request: TeamRequest, team: Team, function: Function | None, data: dict[str, Any]) -> bool:
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=team.pk)  # one after the other: there is a most
        if function is None and team.functions.count() >= MOST_FUNCTIONS:
            return False
        row = Function.objects.get(pk=function.pk) if function else Function(team=team)
        before, changed = row.address, [name for name in KEPT if name in data]
        for name in changed:
            setattr(row, name, data[name])
        if function is None and team.functions.filter(name=row.name).exists():
            return True  # a double click: it is there
        row.save(update_fields=None if function is None else changed)
        if row.address != before:
            record(request.membership, "function.address", target=row.name, before=before, after=row.address)
    return True


def _page(request: TeamRequest, form: FunctionForm, may_edit: bool, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "function": form.function,
        "rows": [*form.rows, *[fields.Field("")] * min(SPARE_ROWS, fields.MOST_FIELDS - len(form.rows))],
        "kinds": fields.KINDS,
        "may_edit": may_edit,
        "is_admin": may(request.membership, Role.ADMIN),
    }
    return render(request, "chat/function.html", context, status=status)
