"""A side gets its vectors: texts that nobody asked for yet go into calls, and what comes is written. Done by workers, under a lease.

A text is claimed (a `Vector` without numbers) before it is asked for, so that two sides, also of two people, never ask for the same one.
"""

import datetime
import uuid
from collections.abc import Iterable
from typing import Any, ClassVar, Final

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.ids import first_id_at
from apps.providers.models import Provider
from apps.runs.costs import facts_by_name
from apps.runs.followups import FollowUp, publish_follow_up
from apps.runs.leases import held, is_free
from apps.runs.models import ACTIVE
from apps.runs.services import TooManyRuns, start_run
from apps.similarity.claiming import claim, missing, settle_size, texts_of, vectors_of
from apps.similarity.models import COMPARING, PARENT, Batch, Query, Side, Vector
from apps.similarity.operations import Embed
from apps.similarity.planning import bounds_of, calls_of, settings_of
from apps.similarity.taking import close, take, too_much

ROUNDS: Final = 10
A_DAY: Final = datetime.timedelta(days=1)
AT_ONCE: Final = 6  # calls of one side under way
WORKING: Final = Side.State.WORKING


class SideFollowUp(FollowUp):
    """Writes what came, and asks for what is missing, as much as there is room for. What is alike is `Comparing`'s."""

    kind: ClassVar[str] = PARENT

    def work(self, pk: uuid.UUID) -> None:
        for _round in range(ROUNDS):  # what ended meanwhile found the lease taken
            with held(Side.objects, pk) as is_ours:
                side = Side.objects.select_related("provider", "team", "person", "set").filter(pk=pk).first() if is_ours else None
                if side is None:
                    return
                _go_on(side)
            if not _has_news(side):
                break
        if Side.objects.filter(pk=pk, state=Side.State.COMPARING).exists():
            publish_follow_up(COMPARING, pk)

    def due(self, limit: int) -> Iterable[uuid.UUID]:
        # In any order: those of a person who has no place left would stand before all others each time.
        ended = _ended().filter(side=OuterRef("pk"))
        under_way = Batch.objects.filter(side=OuterRef("pk"), run__status__in=ACTIVE)
        asked = Batch.objects.filter(side=OuterRef("pk"), run=None).exclude(query=None)
        unclaimed = _forgotten().filter(side=OuterRef("pk"))
        is_due = Exists(ended) | Exists(asked) | Exists(unclaimed) | Q(state=WORKING) & ~Exists(under_way)
        rows = Side.objects.filter(is_free()).filter(is_due)
        return list(rows.order_by("?").values_list("pk", flat=True)[:limit])


def _ended() -> Any:
    return Batch.objects.filter(is_taken=False).exclude(run=None).exclude(run__status__in=ACTIVE)


def _forgotten() -> Any:
    """Questions of the last day for which nobody asks: whoever had claimed the same text was refused."""
    same = {name: OuterRef(f"side__{name}") for name in ("team", "provider", "model", "dimensions")}
    there = Vector.objects.filter(Q(numbers=0) | Q(numbers=OuterRef("side__numbers")), digest=OuterRef("digest"), **same)
    return Query.objects.filter(~Exists(there), sentence="", pk__gte=first_id_at(timezone.now() - A_DAY))


def _has_news(side: Side) -> bool:
    return bool(_ended().filter(side=side).exists() or _unclaimed(side).exists())


def _go_on(side: Side) -> None:
    for batch in _ended().filter(side=side).select_related("run"):
        take(side, batch)
    side.refresh_from_db(fields=["state", "sentence"])
    settle_size(side)
    if side.state == WORKING and not side.sentence:
        reason = _why_not(side)
        if reason:
            Side.objects.filter(pk=side.pk, sentence="").update(sentence=reason)
            side.sentence = reason
    _claim_queries(side)
    if side.state == WORKING:
        _drop_waiting(side) if side.sentence else _claim_rows(side)
    _start(side)
    if side.state == WORKING and _has_ended(side):
        close(side)


def _why_not(side: Side) -> str:
    if side.set.deleted_at is not None:
        return _("The rows were deleted.")
    if not Provider.objects.alive().filter(pk=side.provider_id).exists():
        return _("The provider of this model was deleted, so nothing was sent.")
    return too_much(side, side.set.count)


# --- Claiming -----------------------------------------------------------------------------------
def _claim_rows(side: Side) -> None:
    facts = facts_by_name(side.team_id, side.provider_id, side.model)
    bounds = bounds_of(facts, settings_of(facts, _chosen(side)), side.numbers)
    for call in calls_of(missing(side), bounds):
        claim(side, [text.digest for text in call])


def _claim_queries(side: Side) -> None:
    for query in _unclaimed(side):
        claim(side, [query.digest], query)


def _unclaimed(side: Side) -> Any:
    """Questions for which nobody has asked yet."""
    return side.queries.filter(~Exists(vectors_of(side).filter(digest=OuterRef("digest"))), sentence="")


def _drop_waiting(side: Side) -> None:
    """It was stopped: what was not sent is nobody's any more."""
    side.batches.filter(run=None, query=None).delete()


# --- Calls --------------------------------------------------------------------------------------
def _start(side: Side) -> None:
    facts = facts_by_name(side.team_id, side.provider_id, side.model)
    settings = settings_of(facts, _chosen(side))
    waiting = list(side.batches.filter(run=None).select_related("query").order_by(F("query").asc(nulls_last=True), "pk"))
    room = AT_ONCE - side.batches.filter(run__status__in=ACTIVE).count()
    try:
        for batch in waiting[: max(0, room)]:
            _start_batch(side, batch, settings)
    except TooManyRuns:  # the sweeper comes by again
        return


def _start_batch(side: Side, batch: Batch, settings: dict[str, Any]) -> None:
    """The call of one batch, with the batch in one transaction; none for a side that was stopped meanwhile. Raises TooManyRuns."""
    with transaction.atomic():
        now = Side.objects.select_for_update().get(pk=side.pk)
        if batch.query_id is None and (now.state != WORKING or now.sentence):
            return
        texts = [batch.query.text] if batch.query else texts_of(batch)
        if not texts:
            batch.delete()
            return
        run = start_run(
            team=side.team,
            person=batch.query.person if batch.query else side.person,
            operation=Embed.name,
            provider=side.provider,
            model=side.model,
            model_label=side.model_label,
            params={"input": texts, **settings},
            key=f"{batch.pk.hex}",
            parent=(PARENT, side.pk),
        )
        Batch.objects.filter(pk=batch.pk).update(run=run)


def _chosen(side: Side) -> dict[str, Any]:
    return {"dimensions": side.dimensions} if side.dimensions else {}


# --- The end ------------------------------------------------------------------------------------
def _has_ended(side: Side) -> bool:
    """Nothing of ours is under way or waits. What others have claimed is waited for, unless it was stopped."""
    if side.batches.filter(query=None, is_taken=False).exists():
        return False
    return bool(side.sentence) or not _waits_for_others(side)


def _waits_for_others(side: Side) -> bool:
    claimed = vectors_of(side).filter(packed=None, digest=OuterRef("digest"))
    return bool(side.set.rows.filter(Exists(claimed)).exists())
