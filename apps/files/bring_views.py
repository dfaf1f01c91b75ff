"""Files that come: piece by piece from a script, whole from a form."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.access import TeamRequest, get_visible, requires
from apps.accounts.models import Role
from apps.core.fragments import wants_fragment
from apps.core.storing import DiskFull
from apps.files.bringing import OutOfOrder, add_piece, finish, keep_whole
from apps.files.bringing import begin as begin_file
from apps.files.forms import WishForm
from apps.files.judging import Refused, disk_is_full, name_of_file
from apps.files.models import File
from apps.files.removing import cancel as cancel_file
from apps.files.views import all_files, context_of


@requires(Role.EDITOR)
@require_POST
def begin(request: TeamRequest) -> HttpResponse:
    """Name, size, type, key and place of what will come. The answer says which piece is the next: the first, or where it broke off."""
    try:
        file = begin_file(request.membership, WishForm(request.POST, request.membership).wish)
    except Refused as refusal:
        return _refused(refusal)
    return _told(request, file, 200 if file.pieces else 201)


@requires(Role.EDITOR)
@require_POST
def piece(request: TeamRequest, file_id: uuid.UUID, number: int) -> HttpResponse:
    """The bytes are the body. 409 where another piece is expected: the answer says which."""
    file = _alive(request, file_id)
    try:
        return JsonResponse(_state(add_piece(file, number, request.read(settings.FILE_PIECE_BYTES + 1))))
    except OutOfOrder as gap:
        return _told(request, gap.file, 409)
    except Refused as refusal:
        return _refused(refusal)
    except DiskFull:
        return _refused(Refused(disk_is_full(), 507))


@requires(Role.EDITOR)
@require_POST
def end(request: TeamRequest, file_id: uuid.UUID) -> HttpResponse:
    try:
        return _told(request, finish(_alive(request, file_id)), 200)
    except OutOfOrder as gap:
        return _told(request, gap.file, 409)


@requires(Role.EDITOR)
@require_POST
def cancel(request: TeamRequest, file_id: uuid.UUID) -> HttpResponse:
    """Of one that is here already nothing is taken away."""
    file = get_visible(request.membership, all_files(), file_id)
    is_gone = cancel_file(request.membership, file) or file.deleted_at is not None
    if wants_fragment(request):
        return HttpResponse() if is_gone else HttpResponse(status=204)
    return HttpResponseRedirect(reverse("files:list") if is_gone else reverse("files:file", args=[file.pk]), status=303)


def _alive(request: TeamRequest, file_id: uuid.UUID) -> File:
    found: File = get_visible(request.membership, all_files().filter(deleted_at=None), file_id)
    return found


def _state(file: File) -> dict[str, Any]:
    return {"id": str(file.pk), "state": file.copy, "next": file.pieces, "received": file.received}


def _told(request: TeamRequest, file: File, status: int) -> HttpResponse:
    """With its row in the list, and where to send what."""
    urls = {
        "pieces": reverse("files:piece", args=[file.pk, 0]).removesuffix("0/"),
        "finish": reverse("files:finish", args=[file.pk]),
    }
    line = render_to_string("files/_row.html", context_of(request, file), request)
    return JsonResponse({**_state(file), **urls, "row": line}, status=status)


def _refused(refusal: Refused) -> HttpResponse:
    return JsonResponse({"sentence": refusal.sentence}, status=refusal.status)


@requires(Role.EDITOR)
@require_POST
def upload(request: TeamRequest) -> HttpResponse:
    """One file or several in one request, for people without scripts."""
    files = request.FILES.getlist("file")
    form = WishForm(request.POST, request.membership)
    if not files:
        messages.error(request, _("Choose a file first."))
    for file in files:
        try:
            wish = form.wish
            keep_whole(request.membership, file, str(file.name), file.content_type or "", wish.purpose, wish.provider, wish.lifetime)
        except Refused as refusal:
            messages.error(request, f"{name_of_file(str(file.name))}: {refusal.sentence}")
        except DiskFull:
            messages.error(request, disk_is_full())
            break
    return HttpResponseRedirect(reverse("files:list"), status=303)
