"""Who asks for the numbers of a text: each is claimed (a `Vector` without numbers) before it is asked for, so that it is asked for once."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef

from apps.similarity.models import Batch, Query, Row, Side, Vector
from apps.similarity.planning import Text

IN_ONE: Final = 500  # rows in one statement


def vectors_of(side: Side) -> Any:
    """The vectors of this team that a side can compare, and the texts that somebody asks for now."""
    return _of_model(side).filter(numbers__in=(0, side.numbers))


def _of_model(side: Side) -> Any:
    """Of every length that the model has given."""
    return Vector.objects.filter(team=side.team_id, provider=side.provider_id, model=side.model, dimensions=side.dimensions)


def missing(side: Side) -> list[Text]:
    """Each text once, in the order of rows: nobody has asked for it, and it was not refused."""
    refused = {digest for failed in side.batches.filter(query=None).values_list("failed", flat=True) for digest in failed}
    there = vectors_of(side).filter(digest=OuterRef("digest"))
    found = side.set.rows.filter(~Exists(there)).order_by("place").values_list("digest", "tokens")
    once = {digest: tokens for digest, tokens in found if digest not in refused}
    return [Text(digest, tokens) for digest, tokens in once.items()]


def claim(side: Side, digests: Sequence[str], query: Query | None = None) -> Batch | None:
    """A call for these texts, without those that somebody else claimed at this moment; None where that is all of them."""
    with transaction.atomic():
        batch = Batch.objects.create(side=side, query=query)
        common = {"team_id": side.team_id, "provider_id": side.provider_id, "model": side.model, "dimensions": side.dimensions}
        Vector.objects.bulk_create(
            [Vector(digest=digest, batch=batch, **common) for digest in digests], batch_size=IN_ONE, ignore_conflicts=True
        )
        if side.numbers:  # whoever had claimed one of them has got it at this moment
            there = vectors_of(side).exclude(packed=None).filter(digest=OuterRef("digest"))
            batch.claimed.filter(Exists(there)).delete()
        batch.size = batch.claimed.count()
        if not batch.size:
            batch.delete()
            return None
        batch.save(update_fields=["size"])
    return batch


def texts_of(batch: Batch) -> list[str]:
    """What a batch has claimed, each text once, in the order of rows."""
    claimed = batch.claimed.filter(packed=None).values("digest")
    found = Row.objects.filter(set=batch.side.set_id, digest__in=claimed).order_by("place").values_list("digest", "text")
    once: dict[str, str] = {}
    for digest, text in found:
        once.setdefault(digest, text)
    return list(once.values())


def keep_size(side: Side, numbers: int) -> None:
    """From now on the side compares vectors of this length."""
    side.numbers = numbers
    Side.objects.filter(pk=side.pk).update(numbers=numbers)


def settle_size(side: Side) -> None:
    """A side that has no length yet takes the one that came last from its model, so that what is known is not asked for again."""
    if not side.numbers:
        latest = _of_model(side).exclude(packed=None).order_by("-pk").values_list("numbers", flat=True).first()
        if latest:
            keep_size(side, latest)


def forget_vectors(team_id: uuid.UUID, digests: Iterable[str]) -> int:
    """The numbers of texts that no row and no question of the team has any more. How many texts it were."""
    gone = 0
    rows = Row.objects.filter(set__team=team_id, digest=OuterRef("digest"))
    queries = Query.objects.filter(side__team=team_id, digest=OuterRef("digest"))
    wanted = list(digests)
    for start in range(0, len(wanted), IN_ONE):
        found = Vector.objects.filter(~Exists(rows), ~Exists(queries), team=team_id, digest__in=wanted[start : start + IN_ONE])
        gone += found.delete()[0]
    return gone
