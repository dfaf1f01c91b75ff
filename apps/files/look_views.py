"""What was found of a file: its preview, the report of the check, and the repairs that it offers."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import rows
from apps.accounts.access import TeamRequest, get_visible, may, requires
from apps.accounts.audit import record
from apps.accounts.models import Role
from apps.core.fragments import go_to, wants_fragment
from apps.files import making, reporting
from apps.files.checking import METHODS
from apps.files.looking import look_again
from apps.files.models import Copy, File


def file_of(request: TeamRequest, file_id: uuid.UUID) -> File:
    found: File = get_visible(request.membership, File.objects.alive().select_related("provider"), file_id)
    return found


def context_of(request: TeamRequest, file: File, **more: Any) -> dict[str, Any]:
    return {"file": file, "can_write": may(request.membership, Role.EDITOR), "asked": request.GET, **more}


@requires(Role.VIEWER)
@require_safe
def preview(request: TeamRequest, file_id: uuid.UUID) -> HttpResponse:
    """`?line=` names an example, `?all=1` clips nothing. For htmx the preview alone."""
    context = context_of(request, file_of(request, file_id))
    return render(request, "files/_preview.html" if wants_fragment(request) else "files/look.html", context)


@requires(Role.VIEWER)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: TeamRequest, file_id: uuid.UUID) -> HttpResponse:
    """What the last check found; posted, it is checked by that `method`. For htmx the result with the preview.

    `?base=` is a model that is to learn from it: for htmx what a pass costs with that alone.
    """
    file = get_visible(request.membership, File.objects.select_related("provider"), file_id)
    if file.deleted_at is not None:
        return _not_made(request, file)
    if request.method == "POST":
        return _check_again(request, file)
    if wants_fragment(request):
        template = "files/_price.html" if "base" in request.GET else "files/_checked.html"
        return render(request, template, context_of(request, file))
    return render(request, "files/look.html", context_of(request, file, is_report=True))


def _not_made(request: TeamRequest, file: File) -> HttpResponse:
    """One that could not be made is gone; the one that it was to be made of says why."""
    old = File.objects.alive().filter(team=file.team_id, pk=file.details.get(making.MADE, {}).get("of")).first()
    if old is None:
        raise Http404
    return go_to(request, reverse("files:check", args=[old.pk]))


def _check_again(request: TeamRequest, file: File) -> HttpResponse:
    if not may(request.membership, Role.EDITOR):
        raise PermissionDenied(Role.EDITOR)
    method = request.POST.get("method", file.check_method)
    if method in METHODS:
        look_again(file, method)
    if wants_fragment(request):
        return render(request, "files/_checked.html", context_of(request, file_of(request, file.pk)))
    return HttpResponseRedirect(reverse("files:check", args=[file.pk]), status=303)


@requires(Role.VIEWER)
@require_safe
def problems(request: TeamRequest, file_id: uuid.UUID) -> StreamingHttpResponse:
    """Every problem that is kept, as CSV."""
    file = file_of(request, file_id)

    def lines() -> Iterator[list[Any]]:
        for problem in reporting.problems_of(file):
            yield [problem.line or "", _("error") if problem.is_error else _("warning"), problem.words]

    body = rows.csv_pieces([_("Line"), _("How bad"), _("What is wrong")], lines())
    response = StreamingHttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="problems.csv"'
    return response


@requires(Role.EDITOR)
@require_POST
def fix(request: TeamRequest, file_id: uuid.UUID) -> HttpResponse:
    """A repaired file in the place of this one. Pressed twice it is one."""
    file = get_visible(request.membership, File.objects.all(), file_id)
    offered = [name for name in file.check_report.get("fixes", []) if name in request.POST.getlist("fix")]
    if file.deleted_at is not None or not offered or file.copy != Copy.READY:
        return _nothing_to_fix(request, file)
    key = making.key_of("fixes", file.pk, reporting.short_name(offered))
    new = making.begin(request.membership, file, "fixes", {"fixes": offered}, key=key)
    return go_to(request, reverse("files:check", args=[new.pk]))


def _nothing_to_fix(request: TeamRequest, file: File) -> HttpResponse:
    """Where somebody was quicker, the repaired one is shown."""
    shown = making.follower_of(file) or (file if file.deleted_at is None else None)
    if shown is None:
        raise Http404
    if shown is file:
        messages.info(request, _("There is nothing to repair in it any more."))
    return go_to(request, reverse("files:check", args=[shown.pk]))


@requires(Role.EDITOR)
@require_POST
def undo(request: TeamRequest, file_id: uuid.UUID) -> HttpResponse:
    """The file that this one took the place of comes back, and this one goes to the bin."""
    file = get_visible(request.membership, File.objects.all(), file_id)
    old = making.undo(file)
    if old is None:
        messages.info(request, _("The earlier file cannot be brought back any more."))
        return go_to(request, reverse("files:list"))
    record(request.membership, "data.restored", target=str(_("Files")), numbers=[str(old.pk)])
    messages.success(request, _("“%(name)s” is as it was before.") % {"name": old.name})
    return go_to(request, reverse("files:check", args=[old.pk]))
