"""Data: how long things are kept, taking everything out, deleting everything."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import data_export, data_services
from apps.accounts.access import TeamRequest, requires
from apps.accounts.audit import record
from apps.accounts.data_forms import Keeping
from apps.accounts.models import Role
from apps.accounts.team_forms import Confirmation
from apps.core.fragments import wants_fragment


@require_http_methods(["GET", "POST"])
@requires(Role.ADMIN)
def data(request: TeamRequest) -> HttpResponse:
    """The page; for htmx what is left of a deletion. A rule that erases at once is asked about first."""
    if request.method != "POST":
        return _progress(request) if wants_fragment(request) else data_page(request)
    form = Keeping(request.POST)
    if not form.is_valid():
        return data_page(request, keeping=form)
    team = request.membership.team
    going = data_services.what_would_go(team, form.keep_days, form.keeps_content)
    if going and "confirmed" not in request.POST:
        return render(request, "accounts/data_confirm.html", {"form": form, "going": going, "strips": not form.keeps_content})
    if data_services.keep(request.membership, form.keep_days, form.keeps_content):
        messages.success(request, _("Saved. What is not to be kept is erased within minutes.") if going else _("Saved"))
    return redirect("accounts:data")


def data_page(request: TeamRequest, **forms: Form) -> HttpResponse:
    """The page with all its forms; one that was sent with mistakes takes the place of an empty one."""
    team = request.membership.team
    context: dict[str, Any] = {
        "there": data_services.what_is_there(team),
        "left": data_services.left_to_delete(team),
        "keeping": Keeping.of(team),
        "is_owner": request.membership.role == Role.OWNER,
        "deleting": Confirmation(team=team, auto_id="delete_%s"),
    }
    return render(request, "accounts/data.html", context | forms, status=422 if forms else 200)


def _progress(request: TeamRequest) -> HttpResponse:
    return render(request, "accounts/_data_left.html", {"left": data_services.left_to_delete(request.membership.team)})


@require_POST
@requires(Role.OWNER)
def export(request: TeamRequest) -> HttpResponseBase:
    """Everything as one file, made while it is downloaded; one at a time for a person."""
    membership = request.membership
    if not data_export.begin(membership):
        messages.error(request, _("An export of yours is under way. Wait until it has ended, or cancel that download."))
        return redirect("accounts:data")
    record(membership, "data.exported", target=membership.team.name)
    response = StreamingHttpResponse(data_export.Download(membership), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="export-{timezone.localdate():%Y-%m-%d}.zip"'
    response["Cache-Control"] = "no-store, no-transform"
    response["X-Accel-Buffering"] = "no"
    return response


@require_POST
@requires(Role.OWNER)
def delete(request: TeamRequest) -> HttpResponse:
    form = Confirmation(request.POST, team=request.membership.team, auto_id="delete_%s")
    if not form.is_valid():
        return data_page(request, deleting=form)
    data_services.delete_everything(request.membership)
    messages.success(request, _("Everything made so far is deleted."))
    return redirect("accounts:data")
