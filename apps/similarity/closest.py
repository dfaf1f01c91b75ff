"""The ten rows nearest to a text that somebody typed. Its numbers are one more call; then they are kept like those of a row."""

from typing import Any, Final

import vectors
from apps.similarity.claiming import vectors_of
from apps.similarity.held import closest_to, held_by
from apps.similarity.models import Query, Side
from apps.similarity.texts import Texts

TEN: Final = 10
LATEST: Final = 8


def closest_of(side: Side, texts: Texts, digest: str) -> dict[str, Any]:
    """`question`: the one that was asked, `found`: its rows; without them `is_waiting`, or `error` says why not."""
    told: dict[str, Any] = {"is_there": side.state in {Side.State.READY, Side.State.PARTIAL}, "latest": latest_of(side)}
    question = side.queries.filter(digest=digest).first() if len(digest) == 64 else None
    if question is None:
        if told["is_there"]:
            held_by(side)  # now, so that the first search finds the numbers in memory
        return told
    told["question"] = question
    packed = vectors_of(side).exclude(packed=None).filter(digest=digest).values_list("packed", flat=True).first()
    if packed is None:
        return {**told, "error": question.sentence, "is_waiting": not question.sentence}
    if not told["is_there"]:
        return told
    [unit] = vectors.unpack([bytes(packed)])
    found = closest_to(unit, side, TEN)
    lines = texts.at([place for place, _cosine in found])
    told["found"] = [
        {"line": line, "value": f"{cosine:.2f}", "width": f"{max(0.0, cosine) * 100:.1f}"}
        for line, (_place, cosine) in zip(lines, found, strict=True)
    ]
    return told


def latest_of(side: Side) -> list[Query]:
    return list(side.queries.only("id", "text", "digest").order_by("-id")[:LATEST])
