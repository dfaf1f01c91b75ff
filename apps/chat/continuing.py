"""An answer that broke off goes on: a call of its own whose turn keeps the text that it goes on from.

The new turn stands beside the broken one, as any other answer to the question, and both its text and the rest are shown as one.
The old one stays with its own receipt: what it cost is counted there, and the new call counts what it cost itself.
"""

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from apps.chat.history import Message
from apps.chat.models import Turn
from apps.chat.ways import NoSuchWay, Way
from apps.runs.models import Run, Status

BROKE_OFF: Final = frozenset({Status.CANCELLED, Status.INTERRUPTED})
CAME_TO_NOTHING: Final = frozenset({Status.FAILED, Status.UNKNOWN})  # of an answer that went on: what it goes on from is there
LONGEST_WORD: Final = 40  # characters that are taken back at most
ENDS: Final = (".", "!", "?", ":", ";", ",")
GO_ON: Final = _("Your answer broke off. Go on exactly where it ended, without repeating any of it and without a word about this.")


def may_continue(turn: Turn) -> bool:
    """Whether an answer has a text that broke off."""
    run = turn.run
    if run is None or not turn.full_text:
        return False
    if run.status in BROKE_OFF or run.finish_reason == "length":
        return True
    return bool(turn.text) and run.status in CAME_TO_NOTHING


def going_on_from(turn: Turn) -> Way:
    """The text so far goes along as the model's own words, and after it the wish to go on.

    A wish in words is what all servers take: those that go on from a last message of the assistant by themselves are few, each
    has its own parameter for it, and the others begin anew or refuse.
    """
    if not may_continue(turn) or turn.run is None:
        raise NoSuchWay(_("This answer is complete. There is nothing to continue."))
    so_far = cut_back(turn.full_text)

    def messages(asked: list[Message]) -> tuple[list[Message], Sequence[str]]:
        return [*asked, {"role": "assistant", "content": so_far}, {"role": "user", "content": str(GO_ON)}], ()

    fields: dict[str, Any] = {"text": so_far, "continues": turn}
    return Way(messages=messages, turn=fields)


def cut_back(text: str) -> str:
    """The text up to its last whole word, with the blank behind it: nobody knows whether a word that stands at the end was cut.

    The model writes that word again. Where no blank is near (in Chinese, in a long link) nothing is taken back.
    """
    if not text or text[-1].isspace():
        return text
    if text.endswith(ENDS):
        return f"{text} "
    end = max(text.rfind(blank) for blank in (" ", "\n", "\t")) + 1
    return text[:end] if end and len(text) - end <= LONGEST_WORD and text[:end].strip() else text


def earlier_parts(turn: Turn) -> list[Run]:
    """The calls whose text this answer goes on from, the first one first. Short: each was continued by a person."""
    parts: list[Run] = []
    seen = {turn.pk}
    before = turn.continues
    while before is not None and before.run is not None and before.pk not in seen:
        seen.add(before.pk)
        parts.append(before.run)
        before = before.continues
    return parts[::-1]
