"""Lines of JSON out of a table: its columns are matched, the first lines are shown, then a file is made of all of them."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import rows
from apps.accounts.access import TeamRequest, requires
from apps.accounts.models import Role
from apps.core.fragments import go_to, wants_fragment
from apps.core.lists import words_of
from apps.files import making
from apps.files.examples import told_of
from apps.files.look_views import context_of, file_of
from apps.files.models import Copy, File, Kind
from apps.files.table_forms import ENDPOINTS, METHODS, SLOTS, Choices, choices_of, look_at
from apps.files.writing_out import first_lines
from apps.runs.services import fresh_key, key_of


@requires(Role.EDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def as_examples(request: TeamRequest, file_id: uuid.UUID) -> HttpResponse:
    """What was chosen so far stands in the query, so that the first lines follow each change."""
    file = file_of(request, file_id)
    if file.copy != Copy.READY or file.kind != Kind.TABLE:
        return _page(request, {"file": file, "error": _("Only a table can be made into lines of JSON.")}, 409)
    try:
        look = look_at(file)
    except rows.Unreadable as wrong:
        return _page(request, {"file": file, "error": words_of(wrong)}, 422)
    except FileNotFoundError:
        return _page(request, {"file": file, "error": _("Its content is not on this server any more.")}, 409)
    choices = choices_of(request.POST if request.method == "POST" else request.GET, look)
    if request.method == "POST" and not choices.errors:
        return _make(request, file, choices)
    return _page(request, _context(request, file, look, choices), 422 if request.method == "POST" else 200)


def _make(request: TeamRequest, file: File, choices: Choices) -> HttpResponse:
    key = making.key_of("examples", file.pk, key_of(request.POST.get("key", "")))
    purpose = "batch" if choices.method == "batch" else "fine-tune"
    how, name = choices.as_kept(), name_of(file)
    new = making.begin(request.membership, file, "examples", how, key=key, name=name, check_method=choices.method, purpose=purpose)
    return go_to(request, reverse("files:check", args=[new.pk]))


def name_of(file: File) -> str:
    """`replies.csv` becomes `replies.jsonl`."""
    stem, dot, ending = file.name.rpartition(".")
    return f"{stem if dot and stem and len(ending) <= 4 else file.name}.jsonl"[:255]


def _context(request: TeamRequest, file: File, look: rows.Look, choices: Choices) -> dict[str, Any]:
    shown = {} if request.method != "POST" and not request.GET else choices.errors  # nobody has chosen anything yet
    columns = [(at, name or _("Column %(n)s") % {"n": at}) for at, name in enumerate(look.columns, 1)]
    is_complete = not [field for field in choices.errors if field.startswith("column")]
    return {
        "file": file,
        "look": look,
        "choices": choices,
        "slots": [(slot, choices.columns[slot.name], shown.get(f"column-{slot.name}", "")) for slot in SLOTS[choices.method]],
        "columns": columns,
        "methods": METHODS,
        "endpoints": ENDPOINTS,
        "first": [told_of(value) for value in first_lines(file, choices.as_kept())] if is_complete else [],
        "new_name": name_of(file),
        "key": fresh_key(),
    }


def _page(request: TeamRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    template = "files/_from_table.html" if wants_fragment(request) else "files/from_table.html"
    return render(request, template, context_of(request, context.pop("file"), **context), status=status)
