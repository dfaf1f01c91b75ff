"""The page of rows that were compared: what is alike, in tabs, for one model or two side by side; its name, deleting and bringing back."""

import math
import uuid
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

import rows
from apps.accounts.access import TeamRequest, get_visible, may, requires
from apps.accounts.models import Role
from apps.core.addresses import same_page
from apps.core.fragments import go_to, refuse, wants_fragment
from apps.core.lists import read_brought, words_of
from apps.core.storing import DiskFull
from apps.providers.choices import choices_of
from apps.providers.chosen import Chosen, NoModel
from apps.providers.models import Model
from apps.runs.services import KeyReused, key_of
from apps.similarity import services
from apps.similarity.bin import SETS
from apps.similarity.choosing import Counted, Desk, panel_context
from apps.similarity.forms import MOST_ROWS, QuestionForm
from apps.similarity.models import MOST_SIDES, RowSet, Side, digest_of
from apps.similarity.planning import bounds_of, settings_of
from apps.similarity.showing import TABS, View
from apps.similarity.telling import agreement_sentence, with_progress
from apps.similarity.texts import Texts

LONGEST_NAME: Final = 200
TITLES: Final = (
    ("pairs", gettext_lazy("Pairs")),
    ("map", gettext_lazy("Map")),
    ("closest", gettext_lazy("Closest")),
    ("groups", gettext_lazy("Groups")),
    ("same", gettext_lazy("Almost the same")),
    ("rows", gettext_lazy("All rows")),
)


@requires(Role.VIEWER)
@require_safe
def page(request: TeamRequest, set_id: uuid.UUID) -> HttpResponse:
    """`?tab=` names a tab. For htmx the part below the tabs alone: the page asks for it when something was found."""
    row = _row(request, set_id)
    if wants_fragment(request):
        return render(request, "similarity/_findings.html", _findings(request, row))
    return _page(request, row)


def _page(request: TeamRequest, row: RowSet, error: str = "", status: int = 200, **more: Any) -> HttpResponse:
    desk = Desk(request)
    context = {**panel_context(desk, _much(row, desk)), **_findings(request, row), "error": error, **more}
    return render(request, "similarity/set.html", context, status=status)


def _findings(request: TeamRequest, row: RowSet) -> dict[str, Any]:
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "pairs"
    texts = Texts(row)
    views = [View(side, texts, request.GET) for side in with_progress(list(row.sides.select_related("set", "provider")))]
    columns: list[dict[str, Any]] = []
    for view in views:
        order = columns[0].get("order") if tab == "pairs" and columns else None
        shown = TABS[tab](view, order) if tab == "pairs" else TABS[tab](view)  # type: ignore[operator]
        columns.append({"view": view, "side": view.side, **shown})
    return {
        "set": row,
        "tab": tab,
        "tabs": [(name, title, f"{request.path}?tab={name}") for name, title in TITLES],
        "columns": columns,
        "question_text": next((column["question"].text for column in columns if "question" in column), ""),
        "has_values": "values" in request.GET,
        "other_values": _without(request, "values") if "values" in request.GET else same_page(request, values="1"),
        "agreement": agreement_sentence([view.side for view in views]),
        "has_room": len(views) < MOST_SIDES,
        "is_busy": any(view.side.is_busy for view in views),
        "can_write": may(request.membership, Role.EDITOR),
        "address": request.get_full_path(),
    }


def _without(request: TeamRequest, name: str) -> str:
    query = request.GET.copy()
    query.pop(name, None)
    return f"{request.path}?{query.urlencode()}"


def _much(row: RowSet, desk: Desk) -> Counted:
    """What one more model would read of these rows, each text once. The calls are the least that it can be."""
    chosen = desk.chosen
    if chosen.choice is None:
        return Counted(row.count, row.tokens, 0)
    bounds = bounds_of(chosen.choice.facts, settings_of(chosen.choice.facts, chosen.parameters))
    calls = max(math.ceil(row.different / bounds.texts), math.ceil(row.tokens / bounds.tokens))
    return Counted(row.count, row.tokens, calls)


# --- Acts ---------------------------------------------------------------------------------------
@requires(Role.EDITOR)
@require_POST
def search(request: TeamRequest, set_id: uuid.UUID) -> HttpResponse:
    """What is nearest to a typed text, with each model of the set."""
    row = _row(request, set_id)
    form = QuestionForm(request.POST)
    if not form.is_valid():
        request.GET = request.GET.copy()
        request.GET["tab"] = "closest"
        return _page(request, row, question_error=form.errors["text"][0], question_text=request.POST.get("text", ""), status=422)
    text = form.cleaned_data["text"]
    sides = list(row.sides.filter(state__in=(Side.State.READY, Side.State.PARTIAL)))
    if not sides:
        request.GET = request.GET.copy()
        request.GET["tab"] = "closest"
        told = _("These rows are not compared yet. Ask again when they are.")
        return _page(request, row, question_error=told, question_text=text, status=409)
    for side in sides:
        services.ask(request.membership, side, text)
    return HttpResponseRedirect(f"{_address(row)}?tab=closest&q={digest_of(text)}", status=303)


@requires(Role.EDITOR)
@require_POST
def add_side(request: TeamRequest, set_id: uuid.UUID) -> HttpResponse:
    """The same rows with one more model, as the settings beside the page say."""
    row = _row(request, set_id)
    desk = Desk(request)
    errors = desk.take(request.POST)
    if errors:
        return _refuse(request, row, next(iter(errors.values())), 422)
    try:
        services.add_side(request.membership, row, desk.chosen)
    except (NoModel, services.AllSidesTaken, services.SideThere) as why:
        return _refuse(request, row, str(why.sentence), 409)
    return go_to(request, _address(row))


def _refuse(request: TeamRequest, row: RowSet, sentence: str, status: int) -> HttpResponse:
    if wants_fragment(request):
        return refuse(request, sentence, status, "#set-error")
    return _page(request, row, sentence, status)


@requires(Role.EDITOR)
@require_POST
def other_column(request: TeamRequest, set_id: uuid.UUID) -> HttpResponse:
    """Another column of the file that was brought: a set of its own, with the same model."""
    row = _row(request, set_id)
    try:
        with row.file.open("rb") as file:
            wish = {**row.source.get("shape", {}), "column": request.POST.get("column", "")}
            brought = read_brought(wish, [file], most=MOST_ROWS)
            file.name = str(row.source.get("file", ""))
            bringing = services.Bringing(brought, file, f"{row.source.get('file', '')} · {_column_name(row, brought.column)}"[:200])
            found = services.compare(request.membership, bringing, _chosen_of(row), key_of(request.POST.get("key", "")))
    except rows.Unreadable as wrong:
        return _page(request, row, words_of(wrong), 422)
    except NoModel as why:
        return _page(request, row, str(why.sentence), 409)
    except KeyReused:
        return _page(request, row, str(KeyReused.sentence), 409)
    except (DiskFull, OSError, ValueError):
        return _page(request, row, _("The file that these rows came from is not on this server any more. Bring it again."), 409)
    return HttpResponseRedirect(_address(found), status=303)


def _chosen_of(row: RowSet) -> Chosen:
    """The model and size by which the rows were compared first, while it is offered."""
    side = row.sides.select_related("provider").first()
    models = Model.objects.select_related("provider").filter(provider=side.provider_id, name=side.model) if side else []
    choice = next((each for each in choices_of(row.team, models) if each.is_offered_for("embeddings")), None)
    return Chosen(choice, {"dimensions": side.dimensions} if side and side.dimensions else {})


def _column_name(row: RowSet, column: int) -> str:
    return str(dict(map(tuple, row.source.get("columns", []))).get(column, column))


@requires(Role.EDITOR)
@require_POST
def rename(request: TeamRequest, set_id: uuid.UUID) -> HttpResponse:
    """Nothing typed: it is called by its first row again."""
    row = _row(request, set_id)
    typed = "".join(letter if letter.isprintable() else " " for letter in request.POST.get("name", ""))
    row.name = " ".join(typed.split())[:LONGEST_NAME] or services.name_of([rows.Row(1, Texts(row).at([0])[0].text)])
    row.save(update_fields=["name"])
    return HttpResponseRedirect(_address(row), status=303)


@requires(Role.EDITOR)
@require_POST
def delete(request: TeamRequest, set_id: uuid.UUID) -> HttpResponse:
    row = get_visible(request.membership, RowSet.objects.all(), set_id)
    if SETS.put_away(request.membership, [row.pk]):
        messages.info(request, mark_safe(render_to_string("similarity/_deleted_toast.html", {"set": row}, request)))  # noqa: S308
    return HttpResponseRedirect(reverse("similarity:new"), status=303)


@requires(Role.EDITOR)
@require_POST
def restore(request: TeamRequest, set_id: uuid.UUID) -> HttpResponse:
    row = get_visible(request.membership, RowSet.objects.all(), set_id)
    SETS.bring_back(request.membership, [row.pk])
    return HttpResponseRedirect(_address(row), status=303)


def _address(row: RowSet) -> str:
    return reverse("similarity:set", args=[row.pk])


def _row(request: TeamRequest, set_id: uuid.UUID) -> RowSet:
    row: RowSet = get_visible(request.membership, RowSet.objects.alive(), set_id)
    return row
