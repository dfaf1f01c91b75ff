"""Models that leave: the list of them, and for one of them what to use instead."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import TeamRequest, may, requires, visible
from apps.accounts.models import Role
from apps.catalog.forms import LONGEST_QUESTION, QuestionForm
from apps.catalog.model_views import choice_of, get_model
from apps.catalog.operations import COMPARING
from apps.catalog.retiring import (
    MOST_TOKENS,
    ask_both,
    cost_of_both,
    keys_of,
    pair_of,
    replace_everywhere,
    replacements_for,
    retirements_of,
    suggestions_for,
)
from apps.catalog.trying import last_run
from apps.catalog.usage import called_lately
from apps.providers.choices import ModelChoice
from apps.providers.uses import NOTHING, touched_by, uses_of
from apps.runs.models import Run
from apps.runs.services import KeyReused, TooManyRuns

USES_OF_A_KIND = 20


@require_GET
@requires("viewer")
def show_list(request: TeamRequest) -> HttpResponse:
    """What goes when. `?show=used`: only what the team uses."""
    found = retirements_of(request.membership)
    is_narrowed = request.GET.get("show") == "used"
    parts = [[each for each in rows if each.is_used or not is_narrowed] for rows in (found.to_come, found.past)]
    used = sum(each.is_used for each in (*found.to_come, *found.past))
    context = {"to_come": parts[0], "past": parts[1], "used": used, "all": len(found.to_come) + len(found.past), "is_narrowed": is_narrowed}
    return render(request, "catalog/retirements.html", context)


@require_GET
@requires("viewer")
def replace(request: TeamRequest, pk: uuid.UUID) -> HttpResponse:
    """One model and what may take its place: `?with=` says which, `?asked=` the answers of which form are shown."""
    return _page(request, choice_of(request, get_model(request, pk)))


@require_POST
@requires("editor")
def ask(request: TeamRequest, pk: uuid.UUID) -> HttpResponseBase:
    """One question to both, side by side."""
    old = choice_of(request, get_model(request, pk))
    form = QuestionForm(request.POST)
    new = _chosen(request, old, request.POST.get("with", ""))
    if new is None or not _can_ask(old, new):
        form.add_error(None, _("Choose a model that can answer, then ask again."))
    if form.is_valid() and new is not None:
        try:
            ask_both(request.membership, old, new, form.cleaned_data["question"], str(form.cleaned_data["key"]))
            return redirect(f"{_address(old)}?with={new.id}&asked={form.cleaned_data['key']}")
        except KeyReused as error:
            form.add_error(None, str(error.sentence))
        except TooManyRuns:
            form.add_error(None, _("You have as many answers under way as one person may have. Wait for one of them, or stop one."))
    return _page(request, old, form)


@require_http_methods(["GET", "POST"])
@requires("admin")
def use(request: TeamRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Asks first, and names what changes."""
    old = choice_of(request, get_model(request, pk))
    new = _chosen(request, old, request.POST.get("with", "") or request.GET.get("with", ""))
    if new is None:
        messages.error(request, _("Choose the model that takes its place."))
        return redirect(_address(old))
    if request.method == "POST":
        told = replace_everywhere(request.membership, old.model, new.model)
        names = {"new": new.label, "places": ", ".join(told)}
        sentence = _("%(new)s has its place now: %(places)s.") if told else _("Nothing had chosen it any more, so nothing was changed.")
        messages.success(request, sentence % names)
        return redirect(f"{_address(old)}?with={new.id}")
    context = {"old": old, "new": new, **_touched(request, old)}
    return render(request, "catalog/use.html", context)


def _page(request: TeamRequest, old: ModelChoice, form: QuestionForm | None = None) -> HttpResponse:
    choices = replacements_for(request.membership, old)
    suggestions = suggestions_for(old, choices)
    suggested = next((each.choice for each in suggestions if each.choice), choices[0] if choices else None)
    wanted = request.POST.get("with", "") or request.GET.get("with", "")
    new = next((each for each in choices if str(each.id) == wanted), suggested)
    last = last_run(request.membership, COMPARING, old.id)
    asked = request.GET.get("asked", "")[:60].replace("\x00", "") or (last.key.rpartition("-")[0] if last else "")
    pairs = visible(request.membership, Run.objects.filter(parent_kind=COMPARING, parent_id=old.id, key__in=keys_of(asked)))
    pair = pair_of(pairs, asked)
    context: dict[str, Any] = {
        "old": old,
        "new": new,
        "suggestions": suggestions,
        "choices": choices,
        "form": form or QuestionForm(),
        "pair": pair,
        "is_under_way": [run for run in pair if run.is_active],
        "can_edit": may(request.membership, Role.ADMIN),
        "can_ask": new is not None and may(request.membership, Role.EDITOR) and _can_ask(old, new),
        "is_free": new is not None and old.facts.prices.is_free and new.facts.prices.is_free,
        "cost": cost_of_both([old, new], LONGEST_QUESTION) if new else None,
        "most_tokens": MOST_TOKENS,
        **_touched(request, old),
    }
    return render(request, "catalog/replace.html", context, status=422 if form and form.errors else 200)


def _touched(request: TeamRequest, old: ModelChoice) -> dict[str, Any]:
    calls = called_lately(request.membership.team, [old.model]).get((old.provider.pk, old.model.name), 0)
    return {
        "touched": touched_by(request.membership, [old.id]).get(old.id, NOTHING),
        "uses": uses_of(request.membership, old.id, USES_OF_A_KIND),
        "calls": calls,
        "calls_words": ngettext("%(n)s call in the last 30 days", "%(n)s calls in the last 30 days", calls) % {"n": f"{calls:,}"},
    }


def _chosen(request: TeamRequest, old: ModelChoice, wanted: str) -> ModelChoice | None:
    return next((each for each in replacements_for(request.membership, old) if str(each.id) == wanted), None)


def _can_ask(old: ModelChoice, new: ModelChoice) -> bool:
    return old.is_there and old.serves("chat") and new.serves("chat")


def _address(old: ModelChoice) -> str:
    return reverse("catalog:replace", args=[old.id])
