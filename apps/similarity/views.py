"""The first page of Similarity: rows are brought, looked at and counted; below stands what was compared before."""

import itertools
from collections.abc import Iterator
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.db.models.functions import Length
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

import rows
from apps.accounts.access import TeamRequest, get_visible, may, requires, visible
from apps.accounts.models import Membership, Role
from apps.core.addresses import same_page
from apps.core.fragments import go_to, refuse, wants_fragment
from apps.core.listing import page_by_id, searched
from apps.core.lists import delimiters
from apps.core.storing import DiskFull
from apps.providers.chosen import NoModel
from apps.runs.services import KeyReused, fresh_key, key_of
from apps.similarity import services
from apps.similarity.choosing import Desk, counted, lines_in, panel_context, texts_of
from apps.similarity.forms import BringForm
from apps.similarity.models import RowSet, Side
from apps.similarity.starters import EXAMPLES, example

ON_A_PAGE: Final = 30
ERROR: Final = "#similar-error"
SEEN_ROWS: Final = 5
SEEN_CHARACTERS: Final = 200
MOST_LIKE: Final = 5_000  # rows that are put into the field again
LIKE_BYTES: Final = 500_000  # of them together


@requires(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def new(request: TeamRequest) -> HttpResponse:
    """`?like=<id>` begins with those rows, `?example=<name>` with an example."""
    desk = Desk(request)
    if request.method == "POST":
        return _compare(request, desk)
    if wants_fragment(request) and "after" in request.GET:
        return render(request, "similarity/_made_rows.html", _made(request))
    text, left_out = _beginning(request)
    return render(request, "similarity/new.html", {**_context(request, desk, text), "left_out": left_out})


def _compare(request: TeamRequest, desk: Desk) -> HttpResponse:
    if not may(request.membership, Role.EDITOR):
        raise PermissionDenied(Role.EDITOR)
    errors = desk.take(request.POST)
    if desk.chosen.choice is None:
        return _refuse(request, desk, str(NoModel.sentence), 409)
    form = BringForm(request.POST, request.FILES.getlist("file"))
    if not form.is_valid() or errors:
        return _refuse(request, desk, form.sentence or next(iter(errors.values()), ""), 422)
    try:
        name = str(form.file.name)[:200] if form.file else ""
        bringing = services.Bringing(form.brought, form.file, name)
        found = services.compare(request.membership, bringing, desk.chosen, key_of(form.cleaned_data["key"]))
    except KeyReused:
        return _refuse(request, desk, _("This page has sent other rows already. Press Compare again to have these compared."), 409)
    except (DiskFull, OSError):
        return _refuse(request, desk, _("There is no room for the file on this server. Ask who runs it to make some, then try again."), 507)
    return go_to(request, reverse("similarity:set", args=[found.pk]))


def _refuse(request: TeamRequest, desk: Desk, sentence: str, status: int) -> HttpResponse:
    if wants_fragment(request):
        return refuse(request, sentence, status, ERROR, "similarity/_refusal.html", key=fresh_key())
    context = _context(request, desk, request.POST.get("text", ""))
    return render(request, "similarity/new.html", {**context, "error": sentence}, status=status)


@requires(Role.EDITOR)
@require_POST
def preview(request: TeamRequest) -> HttpResponse:
    """What would be read of the files that were chosen: the first rows, another column, how much it is. Nothing is kept."""
    desk = Desk(request)
    form = BringForm(request.POST, request.FILES.getlist("file"))
    context: dict[str, Any] = {"error": "", "can_write": True}
    if not form.files_brought:
        much = counted(lines_in(request.POST.get("text", "")), desk)
    elif form.is_valid():
        much = counted(texts_of(form.brought), desk)
        seen = [{"number": row.number, "text": row.text[:SEEN_CHARACTERS]} for row in form.brought.rows[:SEEN_ROWS]]
        context |= {"brought": form.brought, "seen": seen, "names": form.brought.names[:SEEN_ROWS]}
        context |= {"delimiters": delimiters(), "encodings": rows.ENCODINGS}
    else:
        much, context["error"] = None, form.sentence
    context |= panel_context(desk, much)
    if not wants_fragment(request):
        return render(request, "similarity/new.html", {**_context(request, desk, request.POST.get("text", "")), **context})
    return render(request, "similarity/_preview.html", context)


def _beginning(request: TeamRequest) -> tuple[str, dict[str, Any]]:
    """What stands in the field at first; and of rows that are more than fit into it, how many do, and of which set they are."""
    like, shown = request.GET.get("like", ""), example(request.GET.get("example", ""))
    if like:
        row = get_visible(request.membership, RowSet.objects.alive(), like)
        lines = list(_lines_of(row))
        return "\n".join(lines), {} if len(lines) == row.count else {"set": row, "lines": len(lines)}
    return (shown.text if shown else ""), {}


def _lines_of(row: RowSet) -> Iterator[str]:
    """The first rows of a set, each as one line, as far as a field can hold them: one row may have a megabyte."""
    sizes = row.rows.order_by("place").annotate(size=Length("text")).values_list("size", flat=True)[:MOST_LIKE]
    most = sum(1 for total in itertools.accumulate(sizes) if total <= LIKE_BYTES)
    room = LIKE_BYTES
    for text in row.rows.filter(place__lt=most).order_by("place").values_list("text", flat=True):
        line = " ".join(text.split())
        room -= len(line.encode("utf-8", "surrogatepass")) + 1
        if room < 0:
            return
        yield line


def _context(request: TeamRequest, desk: Desk, text: str) -> dict[str, Any]:
    much = counted(lines_in(text), desk)
    return {**panel_context(desk, much), **_made(request), "text": text, "examples": EXAMPLES}


def _made(request: TeamRequest) -> dict[str, Any]:
    words = searched(request)
    found, last = page_by_id(_sets(request.membership, words), request.GET.get("after", ""), ON_A_PAGE)
    following = same_page(request, after=last) if last else ""
    return {"sets": found, "next_made": following, "words": words}


def _sets(membership: Membership, words: str) -> Any:
    rows = visible(membership, RowSet.objects.alive())
    if words:
        rows = rows.filter(name__icontains=words)
    sides = Side.objects.only("model", "model_label", "state", "set", "position")
    return rows.select_related("person").prefetch_related(Prefetch("sides", sides))
