"""What is done with files that are here: downloaded, called otherwise, deleted, brought back."""

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import TeamRequest, get_visible, requires, visible
from apps.accounts.audit import record
from apps.accounts.bin import BIN_DAYS
from apps.accounts.models import Role
from apps.core.addresses import own_address
from apps.core.fragments import go_to, wants_fragment
from apps.core.serving import served
from apps.files.content import Whole
from apps.files.downloads import file_name, zip_of
from apps.files.forms import NameForm
from apps.files.models import File
from apps.files.removing import KEPT, MOST, delete_files, look_at, restore_files
from apps.files.views import all_files, context_of, told_of_change


@requires(Role.VIEWER)
@require_safe
def content(request: TeamRequest, file_id: uuid.UUID) -> HttpResponseBase:
    """Our copy, to keep; parts where they are asked for. `?show`: a picture or a sound in place. Without a copy its page says why."""
    file = get_visible(request.membership, all_files(), file_id)
    if file.copy not in KEPT:
        return render(request, "files/file.html", {**context_of(request, file), "is_not_here": True}, status=404)
    return served(Whole(file), file.content_type, file_name(file.name), is_shown="show" in request.GET, request=request)


@requires(Role.VIEWER)
@require_safe
def thumbnail(request: TeamRequest, file_id: uuid.UUID) -> HttpResponseBase:
    """A small picture of it; nothing (204) where nobody has made one."""
    file = get_visible(request.membership, File.objects.only("team", "name", "thumbnail"), file_id)
    if not file.thumbnail:
        return HttpResponse(status=204)
    return served(file.thumbnail, "image/webp", f"{file.pk}.webp", is_shown=True, is_for_ever=True, request=request)


@requires(Role.EDITOR)
@require_POST
def rename(request: TeamRequest, file_id: uuid.UUID) -> HttpResponse:
    """Our name for it: providers know no other one. Nothing typed: it keeps its name."""
    file = get_visible(request.membership, all_files().filter(deleted_at=None), file_id)
    file.name = NameForm(request.POST).typed or file.name
    file.save(update_fields=["name", "touched_at"])
    return _back(request, reverse("files:file", args=[file.pk]))


@requires(Role.VIEWER)
@require_POST
def download_several(request: TeamRequest) -> HttpResponseBase:
    """As one ZIP file. Who took what is in the audit."""
    ids = _ids(request)
    if len(ids) > MOST:
        return _too_many(request)
    files = list(visible(request.membership, all_files()).filter(pk__in=ids).order_by("name", "pk"))
    if not files:
        return _nothing_of(request, ids)
    if not any(file.copy in KEPT for file in files):
        messages.error(request, _("None of these is on this server. Fetch them from their provider first."))
        return _back(request)
    record(request.membership, "data.exported", target=_("Files"), numbers=[str(file.pk) for file in files])
    response = StreamingHttpResponse(zip_of(files), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="files-{timezone.localdate():%Y-%m-%d}.zip"'
    response["Cache-Control"] = "no-store, no-transform"
    response["X-Accel-Buffering"] = "no"
    return response


@requires(Role.EDITOR)
@require_POST
def delete(request: TeamRequest) -> HttpResponse:
    """Asks first: what uses them, what can be undone and what cannot. `confirmed`: it was asked."""
    ids = _ids(request)
    if len(ids) > MOST:
        return _too_many(request)
    leaving = look_at(request.membership, ids)
    if not leaving:
        return _nothing_of(request, ids)
    if "confirmed" not in request.POST:
        context = {"leaving": leaving, "next": _place(request), "bin_days": BIN_DAYS, "is_alone": "alone" in request.POST}
        context |= {"final": [each for each in leaving if each.is_final], "returning": [each for each in leaving if each.comes_back]}
        return render(request, f"files/{'_delete' if wants_fragment(request) else 'delete'}.html", context)
    files = delete_files(request.membership, [each.file.pk for each in leaving])
    if not files:  # somebody was a moment earlier
        return _nothing_of(request, ids)
    toast = _toast(request, files, len(ids) - len(files))
    if wants_fragment(request) and "alone" not in request.POST:
        return told_of_change(render(request, "files/_deleted.html", {"files": files, "toast": toast}))
    messages.success(request, toast)
    return go_to(request, _place(request))  # with the toast, also from the page of the file, which has nothing left to show


def _toast(request: TeamRequest, files: list[File], before: int) -> SafeString:
    """`before`: how many somebody else had deleted already."""
    context = {
        "files": files,
        "before": before,
        "undone": [file for file in files if file.copy in KEPT],
        "undo": _place(request),
    }
    return mark_safe(render_to_string("files/_deleted_toast.html", context, request))  # noqa: S308  # ours, escaped there


@requires(Role.EDITOR)
@require_POST
def restore(request: TeamRequest) -> HttpResponse:
    ids = _ids(request)
    if not restore_files(request.membership, ids):
        return _nothing_of(request, ids)
    return _back(request)


def _ids(request: TeamRequest) -> list[uuid.UUID]:
    """Those in the form, each once; what is none is left out."""
    found = []
    for text in request.POST.getlist("file"):
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


def _too_many(request: TeamRequest) -> HttpResponse:
    return _say(request, _("These are too many at once. Choose %(most)s files at most.") % {"most": MOST})


def _nothing_of(request: TeamRequest, ids: list[uuid.UUID]) -> HttpResponse:
    """None of them is to be had: of nobody's it is a 404, of another team of this person it leads there; else somebody was earlier."""
    if not ids:
        return _say(request, _("Choose a file first."))
    file = get_visible(request.membership, File.objects.all(), ids[0])
    if file.deleted_at is not None:
        return _say(request, _("A colleague has deleted this already.") if len(ids) == 1 else _("A colleague has deleted these already."))
    return _back(request)


def _say(request: TeamRequest, sentence: str) -> HttpResponse:
    if wants_fragment(request):
        return render(request, "files/_said.html", {"sentence": sentence})
    messages.error(request, sentence)
    return _back(request)


def _place(request: TeamRequest) -> str:
    return own_address(request, request.POST.get("next", ""), reverse("files:list"))


def _back(request: TeamRequest, otherwise: str = "") -> HttpResponse:
    return HttpResponseRedirect(own_address(request, request.POST.get("next", ""), otherwise or reverse("files:list")), status=303)
