"""Rows that were compared, as they are when everything went well."""

import datetime
import uuid
from typing import Any

import numpy as np

import vectors
from apps.accounts.models import Team
from apps.core.ids import first_id_at
from apps.providers.models import Provider
from apps.runs.models import Run
from apps.similarity import comparing
from apps.similarity.models import PARENT, Batch, Query, Row, RowSet, Side, Vector, digest_of

TEXTS = ("About clay pots", "Clay pots and bowls", "A boat in the harbour", "The boats of the harbour", "Tax forms")


def make_set(
    team: Team,
    provider: Provider,
    *,
    texts: tuple[str, ...] = TEXTS,
    moment: datetime.datetime | None = None,
    model: str = "embed-words",
    **fields: Any,
) -> Side:
    """A set with one side, one call, one question, and all that was found."""
    early = {"id": uuid.UUID(int=first_id_at(moment).int + uuid.uuid4().int % 2**60)} if moment else {}
    told = {"name": texts[0], "key": uuid.uuid4().hex, "fingerprint": "-", "count": len(texts), "different": len(texts), **fields}
    row = RowSet.objects.create(team=team, **told, **early)
    Row.objects.bulk_create(Row(set=row, place=n - 1, number=n, text=text, digest=digest_of(text)) for n, text in enumerate(texts, 1))
    side = Side.objects.create(team=team, set=row, provider=provider, model=model, state="ready", numbers=16)
    query = Query.objects.create(side=side, text="About glaze", digest=digest_of("About glaze"))
    run = Run.objects.create(
        team=team, operation="similarity.embed", provider=provider, model=model, status="completed", key=uuid.uuid4().hex,
        fingerprint="-", queued_at=moment or row.created_at, params={"input": list(texts)}, parent_kind=PARENT, parent_id=side.pk,
    )  # fmt: skip
    Batch.objects.create(side=side, size=len(texts), run=run, is_taken=True)
    put_vectors(side, [*texts, query.text])
    for kind in comparing.missing_of(side):
        comparing._keep(side, kind, comparing.ACTS[kind](side, comparing.seen_by(side)))
    return side


def put_vectors(side: Side, texts: list[str], numbers: int = 16) -> None:
    chance = np.random.default_rng(6)
    packed = vectors.pack(vectors.normalise(chance.standard_normal((len(texts), numbers))))
    common = {
        "team_id": side.team_id,
        "provider_id": side.provider_id,
        "model": side.model,
        "dimensions": side.dimensions,
        "numbers": numbers,
    }
    Vector.objects.bulk_create(
        [Vector(digest=digest_of(t), packed=p, **common) for t, p in zip(texts, packed, strict=True)], ignore_conflicts=True
    )
