"""One picture: the page about it, its bytes, its name."""

import uuid
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import TeamRequest, get_visible, may, requires, visible
from apps.accounts.models import Role
from apps.core.fragments import wants_fragment
from apps.core.handing import HandedPicture, TooMuch, hand_over
from apps.core.serving import served
from apps.images.comparing import can_compare, compared
from apps.images.downloads import file_name
from apps.images.gallery import Square, squares
from apps.images.models import Picture
from apps.images.operations import OURS
from apps.images.pictures.encoding import WEBP
from apps.images.pictures.unusable import Unusable
from apps.images.uploads import LONGEST_NAME

MOST_SHOWN: Final = 24  # of what was made from a picture
LONG_RUN: Final = ("request", "response", "text", "thinking")


@requires(Role.VIEWER)
@require_safe
def picture(request: TeamRequest, picture_id: uuid.UUID) -> HttpResponse:
    """Everything about it. `?changes` says what changed outside of what was painted; for htmx that part alone."""
    rows = Picture.objects.select_related("person", "run__provider", "made_from", "mask").defer(*(f"run__{name}" for name in LONG_RUN))
    row = get_visible(request.membership, rows, picture_id)
    changes = _changes(row) if "changes" in request.GET else {}
    if wants_fragment(request) and changes:
        return render(request, "images/_changes.html", {"picture": row, **changes})
    return render(request, "images/picture.html", {**_context(request, row), **changes})


def _changes(row: Picture) -> dict[str, Any]:
    """How much of the rest looks different, in percent; or why nobody can say."""
    if not can_compare(row):
        return {}
    try:
        return {"changed": compared(row).changes.noticed_share * 100}
    except (Unusable, FileNotFoundError):
        return {"changed": None, "is_lost": True}


def _context(request: TeamRequest, row: Picture) -> dict[str, Any]:
    made = visible(request.membership, Picture.objects.alive().filter(made_from=row)).order_by("-pk")
    return {
        "picture": row,
        "run": row.run,
        "made_from": row.made_from,
        "made": squares(made[:MOST_SHOWN]),
        "references": _references(request, row),
        "pictures_of_run": row.run.usage.get("images", 1) if row.run else 1,
        "can_compare": can_compare(row),
        "can_write": may(request.membership, Role.EDITOR),
        "url": reverse("images:picture", args=[row.pk]),
    }


def _references(request: TeamRequest, row: Picture) -> list[Square]:
    """What the model looked at beside the picture that it changed, as far as it is still there."""
    ids = (row.run.params.get(OURS) or {}).get("references", []) if row.run else []
    return squares(visible(request.membership, Picture.objects.alive().filter(pk__in=ids))) if ids else []


@requires(Role.VIEWER)
@require_safe
def file(request: TeamRequest, picture_id: uuid.UUID) -> HttpResponseBase:
    """The bytes, also of a deleted one. A download is asked for anew each time, since its name may have changed."""
    row = _row(request, picture_id)
    is_shown = "inline" in request.GET
    return served(row.file, row.content_type, file_name(row), is_shown=is_shown, is_for_ever=is_shown, request=request)


@requires(Role.VIEWER)
@require_safe
def thumbnail(request: TeamRequest, picture_id: uuid.UUID) -> HttpResponseBase:
    row = _row(request, picture_id)
    if not row.thumbnail:
        return served(row.file, row.content_type, file_name(row), is_shown=True, is_for_ever=True, request=request)
    return served(row.thumbnail, WEBP, "thumbnail.webp", is_shown=True, is_for_ever=True, request=request)


@requires(Role.VIEWER)
@require_safe
def description(request: TeamRequest, picture_id: uuid.UUID) -> HttpResponse:
    """The whole description as plain text, for copying from the gallery."""
    row = get_visible(request.membership, Picture.objects.only("team", "description", "revised"), picture_id)
    return HttpResponse(row.description or row.revised, content_type="text/plain; charset=utf-8")


@requires(Role.EDITOR)
@require_POST
def rename(request: TeamRequest, picture_id: uuid.UUID) -> HttpResponse:
    """Nothing typed: it is called by its description again."""
    row = get_visible(request.membership, Picture.objects.alive(), picture_id)
    typed = "".join(letter if letter.isprintable() else " " for letter in request.POST.get("name", ""))
    row.name = " ".join(typed.split())[:LONGEST_NAME]
    row.save(update_fields=["name"])
    return HttpResponseRedirect(reverse("images:picture", args=[row.pk]), status=303)


@requires(Role.EDITOR)
@require_POST
def check(request: TeamRequest) -> HttpResponse:
    """Another page says what the picture would be flagged for. The key of the page makes a double click one check."""
    row = get_visible(request.membership, Picture.objects.alive(), request.POST.get("picture", ""))
    try:
        with row.file.storage.open(str(row.file.name), "rb") as content:
            key = f"{request.POST.get('key', '')[:32]}-{row.pk.hex}"
            url = hand_over("safety-picture", request, HandedPicture(str(row), content, key))
    except (TooMuch, FileNotFoundError) as error:
        messages.error(request, str(error) if isinstance(error, TooMuch) else _("The file of this picture is not there any more."))
        url = reverse("images:picture", args=[row.pk])
    return HttpResponseRedirect(url, status=303)


@requires(Role.EDITOR)
@require_POST
def ask(request: TeamRequest, picture_id: uuid.UUID) -> HttpResponse:
    """A new chat, with the picture attached to its first message."""
    row = get_visible(request.membership, Picture.objects.alive(), picture_id)
    try:
        with row.file.storage.open(str(row.file.name), "rb") as content:
            url = hand_over("chat-picture", request, HandedPicture(file_name(row), content))
    except (TooMuch, FileNotFoundError) as error:
        messages.error(request, str(error) if isinstance(error, TooMuch) else _("The file of this picture is not there any more."))
        url = reverse("images:picture", args=[row.pk])
    return HttpResponseRedirect(url, status=303)


def _row(request: TeamRequest, picture_id: uuid.UUID) -> Picture:
    fields = ("team", "kind", "name", "description", "content_type", "file", "thumbnail")
    return get_visible(request.membership, Picture.objects.only(*fields), picture_id)
