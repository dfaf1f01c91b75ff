"""Vectors out of an answer of `POST /embeddings`: base64 and lists of numbers, in the order of the texts. Pure.

A server may send anything. What cannot be compared is refused with a sentence, before it is stored.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from django.utils.translation import gettext as _

import vectors
from apps.similarity.planning import MOST_NUMBERS

SENT: Final = np.dtype("<f4")
LONGEST_CODE: Final = 4 * -(-MOST_NUMBERS * SENT.itemsize // 3)  # as base64
SENTENCES: Final = {
    "not_numbers": lambda: _("The answer has no numbers for text %(n)s."),
    "uneven": lambda: _("The answer has another count of numbers for text %(n)s than for the others, or than was asked for."),
    "not_finite": lambda: _("The answer has a number without a value for text %(n)s."),
    "zero": lambda: _("The answer has only zeros for text %(n)s, so nothing can be compared with it."),
}


class Unusable(Exception):
    """Nothing of the answer can be used. Its text is a sentence."""


def embeddings_of(answer: Any, count: int) -> list[Any]:
    """The entries for so many texts as they came, in the order of the texts. Raises Unusable."""
    data = answer.get("data") if isinstance(answer, Mapping) else None
    if not isinstance(data, Sequence) or isinstance(data, str):
        raise Unusable(_("The answer has no vectors in it."))
    if len(data) != count:
        raise Unusable(_("The answer has vectors for %(have)s texts, and %(asked)s were sent.") % {"have": len(data), "asked": count})
    placed: list[Any] = [None] * count
    for item in data:
        index = item.get("index") if isinstance(item, Mapping) else None
        if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < count or placed[index] is not None:
            raise Unusable(_("The answer does not say which vector belongs to which text."))
        placed[index] = item.get("embedding") if item.get("embedding") is not None else ()
    return placed


def packed_of(embeddings: Sequence[Any], size: int | None = None) -> tuple[list[bytes], int]:
    """Each as `vectors.pack` writes it, and how many numbers each has. `size`: what was asked for. Raises Unusable."""
    try:
        units = vectors.normalise((_numbers(each) for each in embeddings), size)
    except vectors.Refused as refused:
        raise Unusable(SENTENCES[refused.code]() % {"n": refused.index + 1}) from None
    return vectors.pack(units), int(units.shape[1])


def _numbers(embedding: Any) -> Any:
    """What base64 stands for; everything else as it is. Empty for what is no base64 of whole numbers: that is refused later."""
    if isinstance(embedding, str | list) and len(embedding) > (LONGEST_CODE if isinstance(embedding, str) else MOST_NUMBERS):
        told = _("The answer has more than %(most)s numbers for a text. So long ones are not compared.")
        raise Unusable(told % {"most": f"{MOST_NUMBERS:,}"})
    if not isinstance(embedding, str):
        return embedding
    try:
        decoded = base64.b64decode(embedding, validate=True)
    except (binascii.Error, ValueError):
        return ()
    return np.frombuffer(decoded, dtype=SENT) if decoded and len(decoded) % SENT.itemsize == 0 else ()
