"""A long text in pieces that a model takes: cut between sentences, and only where that is not enough between words. Pure."""

from typing import Final

from apps.core.sentences import sentences

CHARACTERS_A_SECOND: Final = 15.0  # of ordinary speech


def pieces_of(text: str, most: int) -> list[str]:
    """Pieces of at most `most` characters, each as long as whole sentences allow. Joined they are the text, but for blanks between them."""
    pieces, current = [], ""
    for sentence in sentences(text, longest=most, line_breaks=2):
        joined = f"{current} {sentence}" if current else sentence
        if len(joined) <= most:
            current = joined
            continue
        pieces.append(current)
        current = sentence
    return [*pieces, current] if current else pieces


def seconds_of(characters: int, speed: float = 1.0) -> float:
    """About how long a text is when it is spoken."""
    return characters / CHARACTERS_A_SECOND / max(speed, 0.1)
