"""A long text in pieces that a model takes: cut between sentences, and only where that is not enough between words. Pure."""

import re
from collections.abc import Iterator
from typing import Final

SENTENCE: Final = re.compile(r".+?(?:[.!?…]+[\"'”’»)\]]*(?=\s|\Z)|[。！？]+[」』”]*|\n{2,}|\Z)", re.DOTALL)
CHARACTERS_A_SECOND: Final = 15.0  # of ordinary speech


def pieces_of(text: str, most: int) -> list[str]:
    """Pieces of at most `most` characters, each as long as whole sentences allow. Joined they are the text, but for blanks between them."""
    pieces, current = [], ""
    for sentence in _sentences(text, most):
        joined = f"{current} {sentence}" if current else sentence
        if len(joined) <= most:
            current = joined
            continue
        pieces.append(current)
        current = sentence
    return [*pieces, current] if current else pieces


def _sentences(text: str, most: int) -> Iterator[str]:
    for match in SENTENCE.finditer(text):
        sentence = match[0].strip()
        while len(sentence) > most:
            at = max(sentence.rfind(mark, most // 3, most) for mark in (" ", "\n", ", ", "、", "，"))
            at = at + 1 if at > 0 else most
            yield sentence[:at].strip()
            sentence = sentence[at:].strip()
        if sentence:
            yield sentence


def seconds_of(characters: int, speed: float = 1.0) -> float:
    """About how long a text is when it is spoken."""
    return characters / CHARACTERS_A_SECOND / max(speed, 0.1)
