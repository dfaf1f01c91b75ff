"""Recordings: sent piece by piece by a script, whole by a form; looked at, listened to, renamed, removed, brought back."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import TeamRequest, get_visible, may, requires
from apps.accounts.models import Role
from apps.core.fragments import wants_fragment
from apps.core.serving import served
from apps.core.storing import DiskFull
from apps.transcription.bin import RECORDINGS
from apps.transcription.forms import NameForm, RecordingForm
from apps.transcription.judging import Refused, disk_is_full, name_of_file
from apps.transcription.kinds import name_with_ending
from apps.transcription.listing import shown_rows
from apps.transcription.models import Recording
from apps.transcription.recordings import OutOfOrder, add_piece, finish, keep_whole
from apps.transcription.recordings import begin as begin_recording


# --- By a script -------------------------------------------------------------------------------
@requires(Role.EDITOR)
@require_POST
def begin(request: TeamRequest) -> HttpResponse:
    """Name, size, type, kind and key of what will come. The answer says which piece is the next: the first, or where it broke off."""
    try:
        row = begin_recording(request.membership, RecordingForm(request.POST).wish)
    except Refused as refusal:
        return _refused(refusal)
    return _told(request, row, 201 if not row.pieces else 200)


@requires(Role.EDITOR)
@require_POST
def piece(request: TeamRequest, recording_id: uuid.UUID, number: int) -> HttpResponse:
    """The bytes are the body. 409 where another piece is expected: the answer says which."""
    row = get_visible(request.membership, shown_rows().filter(deleted_at=None), recording_id)
    try:
        row = add_piece(row, number, request.read(settings.RECORDING_PIECE_BYTES + 1))
    except OutOfOrder as gap:
        return _told(request, gap.recording, 409)
    except Refused as refusal:
        return _refused(refusal)
    except DiskFull:
        return _refused(Refused(disk_is_full(), 507))
    return JsonResponse(_state(row))


@requires(Role.EDITOR)
@require_POST
def end(request: TeamRequest, recording_id: uuid.UUID) -> HttpResponse:
    row = get_visible(request.membership, shown_rows().filter(deleted_at=None), recording_id)
    try:
        return _told(request, finish(row), 200)
    except OutOfOrder as gap:
        return _told(request, gap.recording, 409)
    except Refused as refusal:
        return _refused(refusal)


def _state(row: Recording) -> dict[str, Any]:
    return {"id": str(row.pk), "state": row.state, "next": row.pieces, "received": row.received}


def _told(request: TeamRequest, row: Recording, status: int) -> HttpResponse:
    """With the line of the list, and where to send what."""
    pieces = reverse("transcription:piece", args=[row.pk, 0]).removesuffix("0/")
    urls = {
        "pieces": pieces,
        "finish": reverse("transcription:finish", args=[row.pk]),
        "sound": reverse("transcription:sound", args=[row.pk]),
    }
    line = render_to_string("transcription/_recording.html", _context(request, row), request)
    return JsonResponse({**_state(row), **urls, "row": line}, status=status)


def _refused(refusal: Refused) -> HttpResponse:
    return JsonResponse({"sentence": refusal.sentence}, status=refusal.status)


# --- By a form ---------------------------------------------------------------------------------
@requires(Role.EDITOR)
@require_POST
def upload(request: TeamRequest) -> HttpResponse:
    """One file or several in one request, for people without scripts."""
    files = request.FILES.getlist("file")
    if not files:
        messages.error(request, _("Choose a recording first."))
    for file in files:
        try:
            keep_whole(request.membership, file, str(file.name), file.content_type or "")
        except Refused as refusal:
            messages.error(request, f"{name_of_file(str(file.name))}: {refusal.sentence}")
        except DiskFull:
            messages.error(request, disk_is_full())
            break
    return _to_list()


# --- What is here ------------------------------------------------------------------------------
@requires(Role.VIEWER)
@require_safe
def recording(request: TeamRequest, recording_id: uuid.UUID) -> HttpResponse:
    """Its line in the list; as a page of its own the list."""
    row = get_visible(request.membership, shown_rows().filter(deleted_at=None), recording_id)
    if not wants_fragment(request):
        return _to_list(row)
    return render(request, "transcription/_recording.html", _context(request, row))


@requires(Role.VIEWER)
@require_safe
def sound(request: TeamRequest, recording_id: uuid.UUID) -> HttpResponseBase:
    """To listen to: the copy for browsers, else the original. `?original`: that, to keep."""
    fields = ("team", "name", "content_type", "file", "listen", "listen_type")
    row = get_visible(request.membership, Recording.objects.only(*fields), recording_id)
    if row.listen and "original" not in request.GET:
        return served(row.listen, row.listen_type, name_with_ending(str(row), row.listen_type), is_shown=True, request=request)
    if not row.file:  # it is still coming
        return HttpResponse(status=204)
    name = name_with_ending(str(row), row.content_type)
    return served(row.file, row.content_type, name, is_shown="original" not in request.GET, request=request)


@requires(Role.EDITOR)
@require_POST
def rename(request: TeamRequest, recording_id: uuid.UUID) -> HttpResponse:
    """Nothing typed: it keeps its name."""
    row = get_visible(request.membership, shown_rows().filter(deleted_at=None), recording_id)
    row.name = NameForm(request.POST).typed or row.name
    row.save(update_fields=["name"])
    return render(request, "transcription/_recording.html", _context(request, row)) if wants_fragment(request) else _to_list(row)


@requires(Role.EDITOR)
@require_POST
def delete(request: TeamRequest, recording_id: uuid.UUID) -> HttpResponse:
    """The toast has Undo. Transcripts of it stay, and are reached again when it is brought back."""
    row = get_visible(request.membership, shown_rows(), recording_id)
    RECORDINGS.put_away(request.membership, [row.pk])
    toast = mark_safe(render_to_string("transcription/_removed_toast.html", {"recording": row}, request))  # noqa: S308  # ours, escaped there
    if wants_fragment(request):
        return render(request, "transcription/_removed.html", {"toast": toast})
    messages.success(request, toast)
    return _to_list()


@requires(Role.EDITOR)
@require_POST
def restore(request: TeamRequest, recording_id: uuid.UUID) -> HttpResponse:
    row = get_visible(request.membership, shown_rows(), recording_id)
    RECORDINGS.bring_back(request.membership, [row.pk])
    return _to_list(row)


def _context(request: TeamRequest, row: Recording) -> dict[str, Any]:
    return {"recording": row, "can_write": may(request.membership, Role.EDITOR), "me": request.membership.user_id}


def _to_list(row: Recording | None = None) -> HttpResponse:
    place = f"#recording-{row.pk}" if row else ""
    return HttpResponseRedirect(f"{reverse('transcription:new')}{place}", status=303)
