"""The addresses of what can be done with an answer."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from apps.chat.continuing import earlier_parts, may_continue
from apps.chat.texts import turn_of
from apps.chat.ways import LIMIT
from apps.runs.bounds import longer_patience
from apps.runs.models import Run


def address(name: str, run: Run, *words: str) -> str:
    """The address of that act. A copy in a branch is named, since its run is also the first one's."""
    turn = turn_of(run)
    named = f"?turn={turn.pk}" if turn is not None and turn.is_copy else ""
    return reverse(f"chat:{name}", args=[run.pk, *words]) + named


def ways_on(run: Run) -> Mapping[str, str]:
    """See `Operation.ways_on`."""
    turn = turn_of(run) if run.parent_kind == "chat" else None
    if turn is None:
        return {}
    ways: dict[str, str] = {}
    if may_continue(turn):
        ways["continue"] = address("again_way", run, "on")
    if run.finish_reason == "length" and run.params.get(LIMIT):
        ways["longer"] = address("again_way", run, "longer")
    if run.error_kind == "too_long":
        ways |= {"shorter": address("again_way", run, "shorter"), "more_room": address("again_with", run, "kept")}
    if longer_patience(run):
        ways["patient"] = address("again_way", run, "patient")
    if turn.parent is not None and turn.parent.is_question:
        ways["wording"] = reverse("chat:edit_turn", args=[turn.conversation_id, turn.parent_id])
    return ways | {"model": address("again_with", run, "kept")}


def of_answer(run: Run) -> dict[str, Any]:
    """What the foot of an answer offers, and the receipts of the calls whose text it goes on from; empty where it is in no chat."""
    turn = turn_of(run) if run.parent_kind == "chat" else None
    if turn is None:
        return {}
    parts = earlier_parts(turn) if turn.text else []
    return {"again": address("again", run), "ways": address("ways", run), "branch": address("branch", run), "parts": parts}
