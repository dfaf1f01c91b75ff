"""The pages of imports: a form with those that were begun, and one import with what came of it."""

import uuid
from typing import Any, Final

from django.conf import settings
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import TeamRequest, get_visible, requires, visible
from apps.accounts.models import Membership, Role
from apps.chat import importing
from apps.chat.chatgpt import Unreadable, opened
from apps.chat.import_models import OPEN, Import
from apps.chat.import_words import fault_in_words, reason_in_words
from apps.core.file_names import readable, shortened, without_folders
from apps.core.fragments import render_page, wants_fragment
from apps.core.storing import DiskFull, fresh_name, remove, store
from apps.runs.followups import publish_follow_up
from apps.runs.services import fresh_key, key_of

LISTED: Final = 20
MOST_OPEN: Final = 3  # of one team: each file lies on the disk until it was read
LONGEST_NAME: Final = 200


@requires(Role.EDITOR)
@require_http_methods(["GET", "POST"])
def home(request: TeamRequest) -> HttpResponse:
    """The form, and the imports of the team, newest first."""
    if request.method != "POST":
        return _form(request)
    key = key_of(request.POST.get("key", ""))
    row = Import.objects.filter(team=request.membership.team, key=key).first()
    if row is None:
        upload = request.FILES.get("file")
        sentence = _why_not(request, upload)
        if sentence or upload is None:
            return _form(request, sentence, 422)
        try:
            row = begin(request.membership, upload, key)
        except DiskFull:
            return _form(request, _("The disk of this server is full. Nothing was kept of the file."), 507)
    return HttpResponseRedirect(reverse("chat:import", args=[row.pk]), status=303)


@requires(Role.EDITOR)
@require_safe
def one(request: TeamRequest, import_id: uuid.UUID) -> HttpResponse:
    row: Import = get_visible(request.membership, Import.objects.select_related("person"), import_id)
    return render_page(request, "chat/import.html", context_of(row), "chat/_import.html")


@requires(Role.EDITOR)
@require_POST
def stop(request: TeamRequest, import_id: uuid.UUID) -> HttpResponse:
    row: Import = get_visible(request.membership, Import.objects.select_related("person"), import_id)
    with transaction.atomic():
        if importing.stop(row.pk):
            publish_follow_up(importing.KIND, row.pk)  # the file goes
    if wants_fragment(request):
        row.refresh_from_db()
        return render(request, "chat/_import.html", context_of(row))
    return HttpResponseRedirect(reverse("chat:import", args=[row.pk]), status=303)


def begin(membership: Membership, upload: "File[bytes]", key: str) -> Import:
    """The file in the storage, and its row. The same key gives the same row. Raises DiskFull."""
    name = shortened(readable(without_folders(str(upload.name)), LONGEST_NAME), LONGEST_NAME) or _("Export")
    row = Import(team=membership.team, person=membership.user, name=name, size=upload.size, key=key)
    store(row.file, fresh_name("export"), upload)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            publish_follow_up(importing.KIND, row.pk)
    except BaseException as error:
        remove(row.file)
        if not isinstance(error, IntegrityError):
            raise
        return Import.objects.get(team=membership.team, key=key)  # the other half of a double click was quicker
    return row


def _why_not(request: TeamRequest, upload: "File[bytes] | None") -> str:
    if upload is None:
        return _("Choose a file first.")
    if upload.size > settings.MAX_IMPORT_BYTES:
        most = {"most": filesizeformat(settings.MAX_IMPORT_BYTES)}
        return _("The file is larger than %(most)s. Unpack it, and send only the file conversations.json out of it.") % most
    if Import.objects.filter(team=request.membership.team, state__in=OPEN).count() >= MOST_OPEN:
        return _("Your team has as many imports under way as it may have. Wait for one of them, or stop one.")
    try:
        with opened(upload):  # type: ignore[arg-type]  # an upload reads and seeks as a file does
            upload.seek(0)
    except Unreadable as wrong:
        return fault_in_words(wrong.kind)
    return ""


def _form(request: TeamRequest, error: str = "", status: int = 200) -> HttpResponse:
    rows = visible(request.membership, Import.objects.select_related("person")).defer("bad").order_by("-pk")[:LISTED]
    context = {
        "imports": rows,
        "error": error,
        "key": fresh_key(),
        "most": settings.MAX_IMPORT_BYTES,
        "keep_days": request.membership.team.keep_days,
    }
    return render(request, "chat/imports.html", context, status=status)


def context_of(row: Import) -> dict[str, Any]:
    """What its page shows. `bad`: pairs of what an entry is called and why it was left out."""
    bad = [(each["number"], each["title"], reason_in_words(each["reason"])) for each in row.bad]
    return {"row": row, "fault": fault_in_words(row.fault), "bad": bad, "unnamed": row.left_out - len(bad)}
