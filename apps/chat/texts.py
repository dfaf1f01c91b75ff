"""The text of a turn as it is read: of an answer that went on from a text, both as one."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from apps.runs.models import Run


def whole(so_far: str, text: str) -> str:
    """A text and what came after it. Where the first ends with a blank, blanks at the beginning of the second are one too many."""
    return so_far + (text.lstrip(" ") if so_far and so_far[-1].isspace() else text)


def shown_in(run: "Run", turn: Any) -> None:
    """Remember which turn a page shows a run in: a run that was copied into a branch is in several."""
    run.__dict__["shown_turn"] = turn


def turn_of(run: "Run") -> Any:
    """The `Turn` that a page shows a run in, else the one that it was made for; None for a run of no chat."""
    from apps.chat.models import Turn

    if "shown_turn" not in run.__dict__:
        shown_in(run, Turn.objects.filter(run=run.pk, is_copy=False).first())
    return run.__dict__["shown_turn"]
