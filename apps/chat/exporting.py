"""One chat as a file: Markdown or plain text with the path that is shown, JSON with all branches.

Written while it is sent, a few turns at a time, as in an export of everything (`told`).
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import tzinfo
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.timezone import get_current_timezone, get_current_timezone_name, localtime, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.access import TeamRequest, requires
from apps.accounts.audit import record
from apps.accounts.models import Role, User
from apps.chat.models import Conversation, Turn
from apps.chat.pages import shown_path
from apps.chat.places import conversation_of
from apps.chat.threads import load_tree, with_attachments
from apps.chat.told import HEAVY, OF_CONVERSATION, TURNS_AT_ONCE, turn_as_told, who_asks
from apps.core.file_names import safe_stem
from apps.core.holdings import as_line, in_order
from apps.core.serving import InPieces
from apps.runs.models import Run, RunFile

RULE: Final = "-" * 40
Path = Sequence[uuid.UUID]


@requires(Role.VIEWER)
@require_safe
def export(request: TeamRequest, conversation_id: uuid.UUID, kind: str) -> HttpResponseBase:
    """The chat as `kind` ("md", "txt", "json"), by the path of the turn that the address names."""
    conversation = conversation_of(request, conversation_id)
    if kind not in WAYS:
        raise Http404
    path = shown_path(conversation, load_tree(conversation), request.GET.get("leaf", ""))
    write, content_type = WAYS[kind]
    name = f"{safe_stem(str(conversation), _('Chat'))}.{kind}"
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment", "Cache-Control": "private, no-store"}
    if request.method == "HEAD":
        return HttpResponse(content_type=content_type, headers=headers)
    record(request.membership, "data.exported", target=_("Chat"), numbers=[str(conversation.pk)])
    pieces = in_zone(write(conversation, path), get_current_timezone())
    return InPieces((piece.encode("utf-8", "replace") for piece in pieces), content_type=content_type, headers=headers)


def in_zone(pieces: Iterator[str], zone: tzinfo) -> Iterator[str]:
    """The same pieces, each written in that time zone: they are made while they are sent, in threads that know nothing of the person."""
    while True:
        with override(zone):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def as_markdown(conversation: Conversation, path: Path) -> Iterator[str]:
    """Text as it was written; names of who said it as headings."""
    yield f"# {_one_line(str(conversation))}\n\n*{_zone()}*\n\n"
    if conversation.instructions:
        yield f"**{_('Instructions')}**\n\n{conversation.instructions}\n\n"
    for turn in turns_of(conversation, path):
        yield f"## {_one_line(who_said(turn))}\n\n*{_when(turn)}*\n\n{text_with_files(turn)}\n\n"


def as_text(conversation: Conversation, path: Path) -> Iterator[str]:
    yield f"{_one_line(str(conversation))}\n{RULE}\n{_zone()}\n\n"
    if conversation.instructions:
        yield f"{_('Instructions')}:\n{conversation.instructions}\n\n"
    for turn in turns_of(conversation, path):
        yield f"{_one_line(who_said(turn))}, {_when(turn)}:\n{text_with_files(turn)}\n\n"


def as_json(conversation: Conversation, path: Path) -> Iterator[str]:
    """The conversation, the ids of the shown path, and every turn of all branches with the turn it follows."""
    told = {name: getattr(conversation, name) for name in OF_CONVERSATION if name != "deleted_at"}
    told |= {"person": _name_of(conversation.person), "path": list(path)}
    told["tags"] = [tag.name for tag in conversation.tags.order_by("pk")]
    yield as_line(told).decode()[:-2] + ',"turns":[\n'
    glue = ""
    rows = Turn.objects.filter(conversation=conversation).select_related("run__person").prefetch_related(with_attachments()).defer(*HEAVY)
    for turn in in_order(rows, TURNS_AT_ONCE):
        yield glue + as_line(turn_as_told(turn) | (_numbers(turn.run) if turn.run else {})).decode()[:-1]
        glue = ",\n"
    yield "\n]}\n"


WAYS: Final[dict[str, tuple[Callable[[Conversation, Path], Iterator[str]], str]]] = {
    "md": (as_markdown, "text/markdown; charset=utf-8"),
    "txt": (as_text, "text/plain; charset=utf-8"),
    "json": (as_json, "application/json"),
}


def turns_of(conversation: Conversation, path: Path) -> Iterator[Turn]:
    """The turns of a path, with their runs and the names of their files."""
    for start in range(0, len(path), TURNS_AT_ONCE):
        ids = path[start : start + TURNS_AT_ONCE]
        rows = (
            conversation.turns.select_related("run__person").defer(*HEAVY).prefetch_related("run__files", with_attachments()).in_bulk(ids)
        )
        yield from (rows[pk] for pk in ids if pk in rows)


def who_said(turn: Turn) -> str:
    return turn.model_name or who_asks(turn.call)


def text_with_files(turn: Turn) -> str:
    """With the names of what came with it: the files themselves are downloaded where they are shown."""
    files = [file.name for file in turn.run.files.all() if file.role == RunFile.Role.OUTPUT] if turn.run else []
    names = [_("File: %(name)s") % {"name": name} for name in (*files, *(each.name for each in turn.attachments.all()))]
    return "\n\n".join(part for part in (turn.full_text, *names) if part)


def _numbers(run: Run) -> dict[str, Any]:
    """What is known of the call. The cost is in US dollars, as text: it is a decimal number; times in milliseconds."""
    return {
        "model_label": run.model_label,
        "provider": run.provider_label,
        "person": _name_of(run.person),
        "queued_at": run.queued_at,
        "finished_at": run.finished_at,
        "first_ms": run.first_ms,
        "total_ms": run.total_ms,
        "usage": run.usage,
        "cost": None if run.cost is None else format(run.cost, "f"),
        "cost_kind": run.cost_kind,
        "finish_reason": run.finish_reason,
    }


def _name_of(person: User | None) -> str | None:
    """As the pages show it: the address of a colleague who has a name is not for everybody."""
    return str(person) if person else None


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _zone() -> str:
    return _("Times are those of %(zone)s.") % {"zone": get_current_timezone_name()}


def _when(turn: Turn) -> str:
    return localtime(turn.created_at).strftime("%Y-%m-%d %H:%M")
