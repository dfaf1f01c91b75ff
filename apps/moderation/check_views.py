"""A check: its verdicts; a brought table whose column is to be chosen; another model, its name, deleting and bringing back."""

import uuid

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
from apps.accounts.access import TeamRequest, get_visible, requires
from apps.accounts.models import Role
from apps.core.fragments import wants_fragment
from apps.core.lists import look_again, words_of
from apps.core.storing import DiskFull
from apps.moderation import services
from apps.moderation.bin import CHECKS
from apps.moderation.choosing import Desk, panel_context
from apps.moderation.models import Check
from apps.moderation.showing import ending_of, page_context, progress_context
from apps.providers.choices import ModelChoice, choices_of, get_model
from apps.providers.chosen import NoModel
from apps.runs.services import KeyReused, fresh_key, key_of

LONGEST_NAME = 200
LOST = gettext_lazy("The file is not on this server any more. Choose it again.")


@requires(Role.VIEWER)
@require_safe
def check(request: TeamRequest, check_id: uuid.UUID) -> HttpResponse:
    """The page; for htmx what was filtered or sorted."""
    row = check_of(request, check_id)
    if row.is_draft:
        return _draft(request, row)
    if wants_fragment(request) and request.GET.get("part") == "progress":
        return _progress(request, row)
    context = page_context(request.membership, row, request.GET)
    if wants_fragment(request):
        return render(request, "moderation/_results.html", {**context, "is_part": True})
    return render(request, "moderation/check.html", {**context, "key": fresh_key()})


def _progress(request: TeamRequest, row: Check) -> HttpResponse:
    """Only how far it is, so that what a person opened or points at stays; everything when it is over."""
    context = progress_context(request.membership, row, request.GET)
    if context["is_working"]:
        return render(request, "moderation/_judgings.html", {**context, "is_part": True})
    whole = page_context(request.membership, row, request.GET)
    response = render(request, "moderation/_results.html", {**whole, "is_part": True, "announced": ending_of(whole["judgings"])})
    response["HX-Retarget"], response["HX-Reswap"] = "#results", "outerHTML"
    return response


def check_of(request: TeamRequest, check_id: uuid.UUID) -> Check:
    row: Check = get_visible(request.membership, Check.objects.alive().select_related("team"), check_id)
    return row


def _draft(request: TeamRequest, row: Check, error: str = "", status: int = 200) -> HttpResponse:
    """The first rows of the table, and which of its columns is to be checked. What was chosen so far is in the address."""
    asked = request.POST if request.method == "POST" else request.GET
    try:
        with row.source.storage.open(str(row.source.name), "rb") as source:
            preview = look_again(asked, source)
    except (rows.Unreadable, FileNotFoundError) as wrong:
        error = words_of(wrong) if isinstance(wrong, rows.Unreadable) else str(LOST)
        preview = None
    context = {**panel_context(Desk(request)), "check": row, "preview": preview, "error": error, "encodings": rows.ENCODINGS}
    return render(request, "moderation/draft.html", context, status=status)


@requires(Role.EDITOR)
@require_POST
def begin(request: TeamRequest, check_id: uuid.UUID) -> HttpResponse:
    """The rows of the chosen column are checked. "look" only shows the table with other letters."""
    row = check_of(request, check_id)
    choice = Desk(request).chosen.choice
    if not row.is_draft:
        return _to(row)
    if "look" in request.POST:
        return _draft(request, row)
    if choice is None:
        return _draft(request, row, str(NoModel.sentence), 409)
    try:
        services.begin_file(request.membership, row, request.POST, choice)
    except rows.Unreadable as error:
        return _draft(request, row, words_of(error), 422)
    except FileNotFoundError:
        return _draft(request, row, str(LOST), 409)
    return _to(row)


@requires(Role.EDITOR)
@require_POST
def add_model(request: TeamRequest, check_id: uuid.UUID) -> HttpResponse:
    """The same rows by a second model; clicked twice it is asked once."""
    row = check_of(request, check_id)
    choice = other_of(request, row)
    if choice is not None:
        services.add_model(request.membership, row, choice)
    return _to(row)


def other_of(request: TeamRequest, row: Check) -> ModelChoice | None:
    """The model that was chosen for these rows. None where it cannot check them, which the next page tells."""
    model = get_model(request.membership.team, request.POST.get("other", ""))
    choice = next(iter(choices_of(request.membership.team, [model] if model else [])), None)
    if choice is None or not choice.is_offered_for("moderation"):
        messages.error(request, _("This model cannot check anything now. Choose another one."))
        return None
    if row.has_pictures and not choice.facts.takes("image_url"):
        messages.error(request, _("%(model)s checks no pictures.") % {"model": choice.label})
        return None
    return choice


@requires(Role.EDITOR)
@require_POST
def another_column(request: TeamRequest, check_id: uuid.UUID) -> HttpResponse:
    """The same file once more, for another of its columns; clicked twice it is one draft."""
    row = check_of(request, check_id)
    try:
        return _to(services.another_column(request.membership, row, key_of(request.POST.get("key", ""))))
    except (FileNotFoundError, ValueError):
        messages.error(request, str(LOST))
    except DiskFull:
        messages.error(request, _("There is no room for it on this server. Ask who runs it to make some, then try again."))
    except KeyReused as error:
        messages.error(request, str(error.sentence))
    return _to(row)


@requires(Role.EDITOR)
@require_POST
def rename(request: TeamRequest, check_id: uuid.UUID) -> HttpResponse:
    row = check_of(request, check_id)
    typed = "".join(letter if letter.isprintable() else " " for letter in request.POST.get("name", ""))
    row.name = " ".join(typed.split())[:LONGEST_NAME] or row.source_name or row.name
    row.save(update_fields=["name"])
    return _to(row)


@requires(Role.EDITOR)
@require_POST
def delete(request: TeamRequest, check_id: uuid.UUID) -> HttpResponse:
    row = get_visible(request.membership, Check.objects.all(), check_id)
    if CHECKS.put_away(request.membership, [row.pk]):
        messages.info(request, mark_safe(render_to_string("moderation/_deleted_toast.html", {"check": row}, request)))  # noqa: S308
    return HttpResponseRedirect(reverse("moderation:new"), status=303)


@requires(Role.EDITOR)
@require_POST
def restore(request: TeamRequest, check_id: uuid.UUID) -> HttpResponse:
    row = get_visible(request.membership, Check.objects.all(), check_id)
    CHECKS.bring_back(request.membership, [row.pk])
    return _to(row)


def _to(row: Check) -> HttpResponse:
    return HttpResponseRedirect(reverse("moderation:check", args=[row.pk]), status=303)
