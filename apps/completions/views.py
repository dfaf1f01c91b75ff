"""The text that is typed, and one that was continued."""

import uuid
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import TeamRequest, get_visible, may, requires
from apps.accounts.models import Role
from apps.completions.choosing import Desk, panel_context, params_of
from apps.completions.forms import TextForm, as_typed
from apps.completions.operations import ContinueText
from apps.completions.starters import STARTERS, starter
from apps.core.fragments import go_to, refuse, wants_fragment
from apps.providers.chosen import NoModel
from apps.runs.models import Run
from apps.runs.services import KeyReused, TooManyRuns, fresh_key, key_of, start_run

ERROR: Final = "#plain-error"
SENTENCES: Final = {
    KeyReused: gettext_lazy("This page has sent another text already. Press Continue again to have this one continued."),
    TooManyRuns: gettext_lazy("You have as many answers under way as one person may have. Wait for one of them, or stop one."),
}


@requires(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def new(request: TeamRequest) -> HttpResponse:
    """The form. `?from=<id>` begins with a text and what was added to it, `?example=<name>` with an example."""
    desk = Desk(request)
    if request.method == "POST":
        return _continue(request, desk)
    return render(request, "completions/new.html", _context(request, desk, _beginning(request)))


def _continue(request: TeamRequest, desk: Desk) -> HttpResponse:
    if not may(request.membership, Role.EDITOR):
        raise PermissionDenied(Role.EDITOR)
    errors = desk.take(request.POST)
    form = TextForm(request.POST)
    if desk.chosen.choice is None:
        return _refuse(request, desk, str(NoModel.sentence), 409)
    if not form.is_valid() or errors:
        return _refuse(request, desk, form.sentence or next(iter(errors.values())), 422)
    try:
        run = _start(request, desk, form)
    except (KeyReused, TooManyRuns) as error:
        return _refuse(request, desk, str(SENTENCES[type(error)]), 409)
    return go_to(request, reverse("completions:text", args=[run.pk]))


def _start(request: TeamRequest, desk: Desk, form: TextForm) -> Run:
    """Raises KeyReused and TooManyRuns."""
    chosen = desk.chosen
    assert chosen.choice is not None
    return start_run(
        team=request.membership.team,
        person=request.membership.user,
        operation=ContinueText.name,
        provider=chosen.choice.provider,
        model=chosen.choice.model.name,
        model_label=chosen.choice.label,
        params=params_of(form.cleaned_data["text"], chosen),
        key=key_of(form.cleaned_data["key"]),
    )


def _refuse(request: TeamRequest, desk: Desk, sentence: str, status: int) -> HttpResponse:
    if wants_fragment(request):
        return refuse(request, sentence, status, ERROR, "completions/_refusal.html", key=fresh_key())
    context = _context(request, desk, as_typed(request.POST.get("text", "")))
    return render(request, "completions/new.html", {**context, "error": sentence}, status=status)


def _beginning(request: TeamRequest) -> str:
    before, example = request.GET.get("from", ""), starter(request.GET.get("example", ""))
    if example:
        return str(example.text)
    return whole_text(get_visible(request.membership, _runs(), before)) if before else ""


def _context(request: TeamRequest, desk: Desk, text: str) -> dict[str, Any]:
    is_on = bool(request.GET.get("from"))
    return {**panel_context(desk, text), "text": text, "is_on": is_on, "starters": STARTERS, "operation": ContinueText.name}


@requires(Role.VIEWER)
@require_safe
def text(request: TeamRequest, run_id: uuid.UUID) -> HttpResponse:
    """A text with what is added to it."""
    run = get_visible(request.membership, _runs(), run_id)
    return render(request, "completions/text.html", {"run": run, "can_write": may(request.membership, Role.EDITOR)})


def _runs() -> Any:
    return Run.objects.filter(operation=ContinueText.name)


def whole_text(run: Run) -> str:
    """What was typed and what was added, as the one text that they are."""
    return f"{run.params.get('prompt', '')}{run.text}"
