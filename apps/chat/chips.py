"""What is attached to the next message, as the composer shows it: a chip for each, with what the chosen model cannot do with it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import ngettext

from apps.chat.attaching import unsent
from apps.chat.attachments import Attachment
from apps.chat.places import Place
from apps.chat.reading_in import attached_to, tokens_of, why_not
from apps.providers.choices import ModelChoice

ICONS: Final = {"picture": "image", "pdf": "file-text", "text": "file-code", "sound": "audio-lines"}


@dataclass(frozen=True, slots=True)
class Chip:
    """`trouble`: why the chosen model cannot be given it."""

    row: Attachment
    trouble: str

    @property
    def icon(self) -> str:
        return ICONS[self.row.kind]


@dataclass(frozen=True, slots=True)
class Chips:
    """`earlier`: a sentence about what stays behind of earlier messages. `tokens`: roughly what all of it takes."""

    chips: Sequence[Chip]
    earlier: str = ""
    tokens: int = 0


def chips_of(place: Place, choice: ModelChoice | None, path: Sequence[uuid.UUID]) -> Chips:
    """One query, and one for a conversation."""
    chips = [Chip(row, why_not(row, choice)) for row in unsent(place.request.membership, place.conversation)]
    if choice is None:
        return Chips(chips)
    sent = attached_to(place.conversation, path) if place.conversation else []
    behind = [each for each in sent if why_not(each, choice)]
    going = [*(chip.row for chip in chips if not chip.trouble), *(each for each in sent if each not in behind)]
    sentence = ""
    if behind:
        sentence = ngettext(
            "%(n)s attachment of an earlier message stays behind, because %(model)s does not take it.",
            "%(n)s attachments of earlier messages stay behind, because %(model)s does not take them.",
            len(behind),
        ) % {"n": len(behind), "model": choice.label}
    return Chips(chips, sentence, sum(tokens_of(each, choice.facts) for each in going))
