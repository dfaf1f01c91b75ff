"""What is alike among the rows of a side: found one after the other, groups first, and kept. Done by a worker, under a lease."""

import uuid
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Final

import numpy as np
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

import vectors
from apps.runs.followups import FollowUp
from apps.runs.leases import held
from apps.similarity.finding import Seen, seen_by
from apps.similarity.models import COMPARING, Finding, RowSet, Side

Found = tuple[dict[str, Any], bytes | None]
MOST_GROUPS: Final = 40
MOST_TOLD: Final = 200  # sets of rows that are almost the same
MOST_OF_A_SET: Final = 50
DECIMALS: Final = 4
ROUNDS: Final = 20
MOST_ATTEMPTS: Final = 3  # that did not end: what ends its worker each time is not begun for ever


class Comparing(FollowUp):
    """Finds what is missing, or what is wished for in another way than it was found."""

    kind: ClassVar[str] = COMPARING

    def work(self, pk: uuid.UUID) -> None:
        set_id = Side.objects.filter(pk=pk).values_list("set", flat=True).first()
        if set_id is None:
            return
        for _round in range(ROUNDS):  # what was wished for meanwhile found the lease taken
            with held(RowSet.objects, set_id) as is_ours:
                sides = list(Side.objects.select_related("set").filter(_due(), set=set_id)) if is_ours else []
                for side in sides:
                    _compare(side)
            if not sides:
                return

    def due(self, limit: int) -> Iterable[uuid.UUID]:
        busy = RowSet.objects.filter(pk=OuterRef("set"), lease_until__gte=Now())
        return list(Side.objects.filter(_due(), ~Exists(busy)).order_by("pk").values_list("pk", flat=True)[:limit])


def _due() -> Q:
    return Q(state=Side.State.COMPARING) | Q(is_wished=True, state__in=(Side.State.READY, Side.State.PARTIAL))


def _compare(side: Side) -> None:
    missing = missing_of(side)
    if missing and not _begin(side):
        return
    try:
        if not _find(side, missing):
            return
    except vectors.Refused:
        _give_up(side, _("The stored numbers of these rows cannot be read, so nothing could be compared."))
        return
    if side.state == Side.State.COMPARING:  # before its end, or a kill in between would leave it undone
        _compare_sides(side)
    _end(side)


def _begin(side: Side) -> bool:
    if side.attempts >= MOST_ATTEMPTS:
        told = _("Comparing these rows was begun %(n)s times and never ended. Bring fewer rows, or choose a smaller size.")
        _give_up(side, told % {"n": side.attempts})
        return False
    Side.objects.filter(pk=side.pk).update(attempts=F("attempts") + 1)
    return True


def _find(side: Side, missing: list[str]) -> bool:
    """The missing kinds, each kept when it is found. False where somebody tried again meanwhile: then it is of other rows."""
    seen = seen_by(side) if missing else None
    return seen is None or all(_keep(side, kind, ACTS[kind](side, seen)) for kind in missing)


def _end(side: Side) -> None:
    """Nothing where somebody tried again meanwhile."""
    with transaction.atomic():
        now = Side.objects.select_for_update().get(pk=side.pk)
        if now.tries != side.tries:
            return
        if now.wishes == side.wishes:
            now.is_wished = False
        if now.state == Side.State.COMPARING:
            now.state = Side.State.PARTIAL if now.sentence else Side.State.READY
            now.finished_at = timezone.now()
        elif now.state == Side.State.READY:
            now.sentence = ""  # of a wish that came to nothing
        now.attempts = 0
        now.save(update_fields=["state", "sentence", "finished_at", "is_wished", "attempts"])


def _give_up(side: Side, sentence: str) -> None:
    """What was never compared has failed. Of what was, all is as before the wish."""
    with transaction.atomic():
        now = Side.objects.select_for_update().get(pk=side.pk)
        if now.state == Side.State.COMPARING:
            now.state, now.sentence, now.finished_at = Side.State.FAILED, sentence, timezone.now()
        else:
            now.sentence = now.sentence or sentence
            there = dict(now.findings.values_list("kind", "told"))
            names = {Finding.Kind.GROUPS: "groups", Finding.Kind.TWINS: "limit"}
            now.wishes = {**now.wishes, **{name: there[kind]["wish"] for kind, name in names.items() if kind in there}}
        now.is_wished, now.attempts = False, 0
        now.save(update_fields=["state", "sentence", "finished_at", "wishes", "is_wished", "attempts"])


def missing_of(side: Side) -> list[str]:
    """Kinds that were not found yet, or for another wish, in the order in which they are wanted."""
    side.refresh_from_db(fields=["wishes"])
    there = {finding.kind: finding.told.get("wish") for finding in side.findings.only("kind", "told")}
    wishes = wishes_of(side)
    return [kind for kind in ACTS if kind not in there or there[kind] != wishes.get(kind)]


def wishes_of(side: Side) -> dict[str, Any]:
    return {Finding.Kind.GROUPS: side.wanted_groups, Finding.Kind.TWINS: side.limit}


def _keep(side: Side, kind: str, found: Found) -> bool:
    told, packed = found
    with transaction.atomic():
        if not Side.objects.select_for_update().filter(pk=side.pk, tries=side.tries).exists():
            return False
        Finding.objects.update_or_create(side=side, kind=kind, defaults={"told": told, "packed": packed})
    return True


# --- Each kind ----------------------------------------------------------------------------------
def find_places(side: Side, seen: Seen) -> Found:
    """`packed`: which row of the set each compared row is, as int32. All other kinds count the compared rows alone."""
    return {}, seen.places.astype("<i4").tobytes()


def find_groups(side: Side, seen: Seen) -> Found:
    """`packed`: the rows group by group, nearest to the middle first, as int32. `between`: how alike
    the rows of two groups are on average."""
    wanted = side.wanted_groups
    found = vectors.groups(seen.units, min(wanted, MOST_GROUPS) if wanted else None)
    sizes = [len(group.rows) for group in found.groups]
    told = {
        "wish": wanted,
        "sizes": sizes,
        "closeness": [round(group.closeness, DECIMALS) for group in found.groups],
        "between": _between(seen.units, found),
        "apart": round(found.apart, DECIMALS) if found.apart is not None else None,
    }
    return told, np.concatenate([np.array(group.rows, dtype="<i4") for group in found.groups]).tobytes()


def _between(units: vectors.Units, found: vectors.Grouping) -> list[list[float]]:
    """The mean of all cosines between the rows of two groups; within one, of all pairs of different rows."""
    means = np.stack([units[group.rows].mean(axis=0, dtype=np.float64) for group in found.groups])
    between = means @ means.T
    for at, group in enumerate(found.groups):
        count = len(group.rows)
        between[at, at] = (between[at, at] * count - 1) / (count - 1) if count > 1 else 1.0
    return [[round(float(value), DECIMALS) for value in line] for line in np.clip(between, -1, 1)]


def find_nearest(side: Side, seen: Seen) -> Found:
    """`packed`: of each row the one that is nearest, as int32, then how near, as float32."""
    if len(seen.units) < 2:
        return {"pair": None, "alone": None}, None
    nearest = vectors.neighbours(seen.units, 1)
    found = vectors.standouts(seen.units, nearest)
    pair = [found.pair.first, found.pair.second, round(found.pair.cosine, DECIMALS)] if found.pair else None
    alone = [found.alone.row, round(found.alone.cosine, DECIMALS)] if found.alone else None
    return {"pair": pair, "alone": alone}, nearest[0][:, 0].astype("<i4").tobytes() + nearest[1][:, 0].astype("<f4").tobytes()


def find_map(side: Side, seen: Seen) -> Found:
    """`packed`: two float32 for each row."""
    plane = vectors.flatten(seen.units)
    return {"shares": [round(share, DECIMALS) for share in plane.shares]}, plane.points.astype("<f4").tobytes()


def find_twins(side: Side, seen: Seen) -> Found:
    """`sets`: the first of them, with the likeness of each row to the first of its set."""
    found = vectors.sets_above(seen.units, side.limit)
    sets = [
        {
            "size": len(each.rows),
            "rows": each.rows[:MOST_OF_A_SET],
            "cosines": [round(value, DECIMALS) for value in each.cosines[:MOST_OF_A_SET]],
        }
        for each in found[:MOST_TOLD]
    ]
    of_set = np.full(len(seen.units), -1, dtype="<i4")
    for number, each in enumerate(found):
        of_set[each.rows] = number
    return {"wish": side.limit, "count": len(found), "rows": sum(len(each.rows) for each in found), "sets": sets}, of_set.tobytes()


ACTS: Final[dict[str, Callable[[Side, Seen], Found]]] = {
    Finding.Kind.PLACES: find_places,
    Finding.Kind.GROUPS: find_groups,
    Finding.Kind.NEAREST: find_nearest,
    Finding.Kind.MAP: find_map,
    Finding.Kind.TWINS: find_twins,
}


# --- Two models ---------------------------------------------------------------------------------
def _compare_sides(side: Side) -> None:
    """Whoever is ready last says how far both agree. It is kept with the second one."""
    is_compared = Q(state__in=(Side.State.READY, Side.State.PARTIAL)) | Q(pk=side.pk)
    sides = list(Side.objects.select_related("set").filter(is_compared, set=side.set_id).order_by("position"))
    if len(sides) != 2:
        return
    some, others = seen_by(sides[0]), seen_by(sides[1])
    both, at_some, at_others = np.intersect1d(some.places, others.places, assume_unique=True, return_indices=True)
    found = vectors.agreement(some.units[at_some], others.units[at_others])
    told = {"same": found.same, "of": found.of, "rows": found.rows, "both": len(both)}
    Finding.objects.update_or_create(side=sides[1], kind=Finding.Kind.AGREEMENT, defaults={"told": told})
