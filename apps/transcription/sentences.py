"""Text cut into sentences. Pure."""

import re
from typing import Final

LONGEST: Final = 240  # characters; longer ones are cut at a comma or a space
_SENTENCE: Final = re.compile(r".+?(?:[.!?…]+[\"'”’»)\]]*(?=\s|\Z)|[。！？]+[」』”]*|\n|\Z)", re.DOTALL)
_BREAKS: Final = (", ", "; ", "、", "，", " ")


def sentences(text: str) -> list[str]:
    """The sentences of a text, none of them empty or very long. Joined they are the text, but for blanks between them."""
    found = [sentence.strip() for sentence in _SENTENCE.findall(text)]
    return [piece for sentence in found if sentence for piece in _pieces(sentence)]


def _pieces(sentence: str) -> list[str]:
    pieces = []
    while len(sentence) > LONGEST:
        at = next((place + len(mark) for mark in _BREAKS if (place := sentence.rfind(mark, LONGEST // 3, LONGEST)) > 0), LONGEST)
        pieces.append(sentence[:at].strip())
        sentence = sentence[at:].strip()
    return [*pieces, sentence] if sentence else pieces
