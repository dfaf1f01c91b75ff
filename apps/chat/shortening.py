"""A chat that is longer than the model takes is asked again without its oldest turns."""

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.chat.continuing import GO_ON
from apps.chat.history import Message
from apps.chat.operations import MESSAGE_TOKENS, count_tokens
from apps.chat.ways import NoSuchWay, Way
from apps.runs.models import Run

ROOM: Final = 0.8  # of what the model takes: the rest is for the answer, and for what our counting misses
HALF: Final = 0.5  # of the chat, where the provider told no numbers


def shortened(run: Run) -> Way:
    """The same question with as many of the newest turns as fit, by what the provider said of its limit. Never without the question."""
    told = run.error.get("details", {})
    tokens, limit = told.get("tokens"), told.get("limit")
    share = min(ROOM * limit / tokens, ROOM) if isinstance(tokens, int) and isinstance(limit, int) and tokens > 0 else HALF

    def messages(asked: list[Message]) -> tuple[list[Message], Sequence[str]]:
        kept, left_out = newest(asked, share)
        if not left_out:
            raise NoSuchWay(_("Your question alone is longer than the model takes. Edit it, or choose a model with more room."))
        return kept, [_sentence(left_out)]

    return Way(messages=messages)


def newest(messages: Sequence[Message], share: float) -> tuple[list[Message], int]:
    """The instructions and the newest turns that make up this share of all tokens, and how many messages were left out."""
    sizes = [MESSAGE_TOKENS + count_tokens(message["content"]) for message in messages]
    head = 1 if messages and messages[0]["role"] == "system" else 0
    starts = [number for number, message in enumerate(messages) if message["role"] == "user" and message["content"] != str(GO_ON)][1:]
    room = share * sum(sizes) - sum(sizes[:head])
    first = next((start for start in starts if sum(sizes[start:]) <= room), starts[-1] if starts else head)
    return [*messages[:head], *messages[first:]], first - head


def _sentence(left_out: int) -> str:
    told = ngettext("The oldest message was left out.", "The %(n)s oldest messages were left out.", left_out)
    return told % {"n": left_out}
