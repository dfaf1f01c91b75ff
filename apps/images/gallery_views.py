"""The gallery: all pictures of a team, several of them at once, and choosing one for another page."""

import uuid
from typing import Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import TeamRequest, get_visible, may, requires, visible
from apps.accounts.audit import record
from apps.accounts.bin import BIN_DAYS
from apps.accounts.models import Role
from apps.core.addresses import own_address
from apps.core.fragments import wants_fragment
from apps.core.listing import searched
from apps.images.bin import PICTURES
from apps.images.downloads import MOST, zip_of
from apps.images.gallery import GalleryFilter, bin_page_of, page_of, with_words
from apps.images.models import Picture
from apps.images.pictures.judging import MOST_BYTES
from apps.images.starters import STARTERS

NOBODY: Final = uuid.UUID(int=0)  # stands for the picture in addresses that a script fills in
ON_A_CHOICE: Final = 24
EXAMPLE: Final = STARTERS[2]


@requires(Role.VIEWER)
@require_safe
def gallery(request: TeamRequest) -> HttpResponse:
    """Newest first; filters and place are in the address. For htmx the grid, or only the squares that follow."""
    is_bin = request.GET.get("show") == "deleted"
    filters = GalleryFilter(request.GET, request.membership)
    rows = filters.narrowed(visible(request.membership, Picture.objects.filter(deleted_at__isnull=not is_bin)))
    found, after = (bin_page_of if is_bin else page_of)(rows, request.GET.get("after", ""))
    context = {
        "squares": found,
        "next_page": _with(request, after=after) if after else "",
        "filters": filters,
        "is_bin": is_bin,
        "is_begun": "after" in request.GET,
        "bin_days": BIN_DAYS,
        "can_write": may(request.membership, Role.EDITOR),
        "here": request.get_full_path() if not wants_fragment(request) else _with(request, after=""),
    }
    if wants_fragment(request):
        return render(request, f"images/{'_squares' if request.htmx.target == 'more' else '_grid'}.html", context)
    filters.offer()
    return render(request, "images/gallery.html", {**context, "nobody": NOBODY, "example": EXAMPLE, "most_bytes": MOST_BYTES})


def _with(request: TeamRequest, **changed: str) -> str:
    """The address of this page with something else in its query."""
    query = request.GET.copy()
    for name, value in changed.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"{request.path}?{query.urlencode()}" if query else request.path


@requires(Role.VIEWER)
@require_safe
def choose(request: TeamRequest) -> HttpResponse:
    """A small gallery for a dialog of another page, which hears of a choice by the event `picture:chosen`.

    As a page of its own: a choice leads to where that picture is changed; `?reference=<picture>` goes along.
    """
    words = searched(request)
    rows = visible(request.membership, Picture.objects.alive())
    found, after = page_of(with_words(rows, words) if words else rows, request.GET.get("after", ""), ON_A_CHOICE)
    reference = request.GET.get("reference", "")
    context = {
        "squares": found,
        "next_page": _with(request, after=after) if after else "",
        "words": words,
        "reference": get_visible(request.membership, Picture.objects.alive(), reference) if reference else None,
        "is_dialog": wants_fragment(request),
        "can_write": may(request.membership, Role.EDITOR),
        "most_bytes": MOST_BYTES,
    }
    part = {"choices": "_choices", "more-choices": "_choices_more"}.get(request.htmx.target or "", "_choose")
    response = render(request, f"images/{part if wants_fragment(request) else 'choose'}.html", context)
    if part == "_choose":
        response["HX-Reswap"] = "innerHTML"  # the button that opens the dialog may stand in a form that swaps otherwise
    return response


@requires(Role.VIEWER)
@require_POST
def download_several(request: TeamRequest) -> HttpResponseBase:
    """As one ZIP file. Who took what is in the audit."""
    ids = _ids(request)
    rows = visible(request.membership, Picture.objects.filter(pk__in=ids))
    pictures = list(rows.only("name", "description", "kind", "content_type", "file").order_by("-pk")[: MOST + 1])
    if len(ids) > MOST:
        messages.error(request, _("These are too many at once. Choose %(most)s pictures at most.") % {"most": MOST})
        return _back(request)
    if not pictures:
        return _nothing_of(request, ids)
    record(request.membership, "data.exported", target=_("Pictures"), numbers=[str(picture.pk) for picture in pictures])
    response = StreamingHttpResponse(zip_of(pictures), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="pictures-{timezone.localdate():%Y-%m-%d}.zip"'
    response["Cache-Control"] = "no-store, no-transform"
    response["X-Accel-Buffering"] = "no"
    return response


@requires(Role.EDITOR)
@require_POST
def delete_several(request: TeamRequest) -> HttpResponse:
    """One or more. The toast has Undo, the bin keeps them for a while."""
    ids = _ids(request)
    gone = PICTURES.put_away(request.membership, ids)
    if not gone:
        return _nothing_of(request, ids)
    undo = own_address(request, request.POST.get("back") or request.POST.get("next", ""), reverse("images:gallery"))
    toast = mark_safe(render_to_string("images/_deleted_toast.html", {"gone": gone, "undo": undo}, request))  # noqa: S308  # ours, escaped there
    if wants_fragment(request):
        return render(request, "images/_deleted.html", {"gone": gone, "toast": toast})
    messages.success(request, toast)
    return _back(request)


@requires(Role.EDITOR)
@require_POST
def restore_several(request: TeamRequest) -> HttpResponse:
    ids = _ids(request)
    if not PICTURES.bring_back(request.membership, ids):
        return _nothing_of(request, ids)
    return _back(request)


def _ids(request: TeamRequest) -> list[uuid.UUID]:
    """Those in the form, each once; what is none is left out."""
    found = []
    for text in request.POST.getlist("picture"):
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


def _nothing_of(request: TeamRequest, ids: list[uuid.UUID]) -> HttpResponse:
    """None of them is to be had: of nobody's it is a 404, of another team of this person it leads there."""
    if not ids:
        messages.error(request, _("Choose a picture first."))
        return _back(request)
    get_visible(request.membership, Picture.objects.all(), ids[0])
    return _back(request)  # somebody was a moment earlier


def _back(request: TeamRequest) -> HttpResponse:
    return HttpResponseRedirect(own_address(request, request.POST.get("next", ""), reverse("images:gallery")), status=303)
