"""Editing a small text, and lines of JSON out of a table."""

import uuid
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import rows
from apps.accounts.access import TeamRequest, get_visible, requires
from apps.accounts.models import Role
from apps.core.fragments import go_to
from apps.core.storing import DiskFull
from apps.files import editing, making
from apps.files.look_views import context_of
from apps.files.models import File
from apps.runs.services import fresh_key, key_of

MOST_NUMBERED: Final = 10_000  # lines: the script writes the other numbers


@requires(Role.EDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: TeamRequest, file_id: uuid.UUID) -> HttpResponse:
    """`?line=` is where it begins. What is saved takes the place of the file, which goes to the bin."""
    file = get_visible(request.membership, File.objects.all(), file_id)
    if request.method == "POST":
        return _save(request, file)
    if file.deleted_at is not None:
        return _gone(request, file)
    try:
        text = editing.read(file) if editing.can_edit(file) else None
    except (FileNotFoundError, rows.Unreadable):
        text = None
    if text is None:
        return _page(request, file, "", error=editing.why_not(file), is_closed=True, status=409)
    return _page(request, file, text.text, fresh_key())


def _gone(request: TeamRequest, file: File) -> HttpResponse:
    follower = making.follower_of(file)
    if follower is None:
        return go_to(request, reverse("files:list"))
    return go_to(request, reverse("files:edit", args=[follower.pk]))


def _save(request: TeamRequest, file: File) -> HttpResponse:
    typed, key = request.POST.get("text", ""), key_of(request.POST.get("key", ""))
    row_key = making.key_of("edit", file.pk, key)
    done = File.objects.filter(team=request.membership.team, key=row_key).first()
    if done is not None and done.deleted_at is None:
        return _saved_before(request, done, typed)
    if done is not None:  # it was saved, undone, and is saved again
        row_key = making.key_of("edit", file.pk, fresh_key())
    if file.deleted_at is not None:
        return _changed_meanwhile(request, file, typed)
    return _save_new(request, file, typed, key, row_key)


def _saved_before(request: TeamRequest, done: File, typed: str) -> HttpResponse:
    """Pressed twice; or typed on after going back, and then nothing of it may be lost."""
    if editing.is_same(done, typed):
        return go_to(request, reverse("files:check", args=[done.pk]))
    return _page(request, done, typed, fresh_key(), meanwhile=done, status=409)


def _save_new(request: TeamRequest, file: File, typed: str, key: str, row_key: str) -> HttpResponse:
    try:
        was = editing.read(file)
        body = editing.body_of(typed, was)
    except (FileNotFoundError, rows.Unreadable):
        return _page(request, file, typed, key, error=_("Its content is not on this server any more. Copy your text."), status=409)
    if error := _refusal(body):
        return _page(request, file, typed, key, error=error, status=422)
    if body == editing.body_of(was.text, was):
        messages.info(request, _("Nothing was changed."))
        return go_to(request, reverse("files:check", args=[file.pk]))
    return _store(request, file, body, typed, key, row_key)


def _store(request: TeamRequest, file: File, body: bytes, typed: str, key: str, row_key: str) -> HttpResponse:
    try:
        new = making.begin_edited(request.membership, file, body, key=row_key)
    except making.Replaced:
        return _changed_meanwhile(request, file, typed)
    except DiskFull:
        error = _("There is no room on this server. Nothing was changed, and your text is still here.")
        return _page(request, file, typed, key, error=error, status=507)
    return go_to(request, reverse("files:check", args=[new.pk]))


def _refusal(body: bytes) -> str:
    if not body.strip():
        return _("Nothing is left in it. Type something, or delete the file in the list.")
    return _("The text is too long to be edited here: at most 1 MB.") if len(body) > editing.MOST else ""


def _changed_meanwhile(request: TeamRequest, file: File, typed: str) -> HttpResponse:
    """What was typed goes on as a change of what is there now, if there is anything."""
    follower = making.follower_of(file)
    if follower is None:
        return _page(request, file, typed, error=_("This file was deleted meanwhile. Copy your text."), is_closed=True, status=409)
    return _page(request, follower, typed, fresh_key(), meanwhile=follower, status=409)


def _page(request: TeamRequest, file: File, text: str, key: str = "", *, status: int = 200, **more: Any) -> HttpResponse:
    context = context_of(request, file, text=text, key=key, numbers=_numbers(text), **more)
    context |= {"what_happens": editing.what_happens(file), "earlier": " ".join(editing.earlier(file))}
    context["line"] = request.GET.get("line", "") if request.GET.get("line", "").isdigit() else ""
    return render(request, "files/edit.html", context, status=status)


def _numbers(text: str) -> str:
    """What stands beside the lines, each number with a line end."""
    return "".join(f"{number}\n" for number in range(1, min(text.count("\n") + 1, MOST_NUMBERED) + 1))
