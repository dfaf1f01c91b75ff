"""The rows of a side with their vectors, and what was found out about them, as pages read it.

A row is known by its `place`, counted from 0. Those that have no vector are left out of everything that is compared,
so what was found counts the others alone: `Seen.places` says which row each of them is. These places are the first thing that is
kept of a comparison: a text that gets its numbers later, for another set, changes nothing of what was found.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

import vectors
from apps.similarity.claiming import vectors_of
from apps.similarity.models import Finding, Row, Side

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Seen:
    """`units`: a vector for each row that has one; `places`: which row of the set each is, counted from 0."""

    units: vectors.Units
    places: Places


def seen_by(side: Side) -> Seen:
    """The rows that were compared, or before that all that have numbers; from the database. For what is asked again and again there is
    `held`. Raises vectors.Refused where stored numbers are broken, or gone."""
    packed = {digest: bytes(numbers) for digest, numbers in packed_of(side)}
    digests = list(side.set.rows.order_by("place").values_list("digest", flat=True))
    kept = kept_places(side)
    places = [place for place, digest in enumerate(digests) if digest in packed] if kept is None else kept.tolist()
    return Seen(vectors.unpack([packed.get(digests[place], b"") for place in places], side.numbers), np.array(places, dtype=np.int64))


def kept_places(side: Side) -> Places | None:
    """Which rows were compared; None before that."""
    finding = side.findings.filter(kind=Finding.Kind.PLACES).first()
    return places_in(bytes(finding.packed)) if finding and finding.packed is not None else None


def places_in(packed: bytes) -> Places:
    return np.frombuffer(packed, dtype="<i4").astype(np.int64)


def packed_of(side: Side) -> Any:
    """Digest and numbers of each text of the rows of a side, as far as they are there."""
    texts = Row.objects.filter(set=side.set_id).values("digest")
    return vectors_of(side).exclude(packed=None).filter(digest__in=texts).values_list("digest", "packed").iterator(chunk_size=500)


def places_of(side: Side) -> Places:
    """Which rows have numbers now, without these."""
    there = set(
        vectors_of(side)
        .exclude(packed=None)
        .filter(digest__in=Row.objects.filter(set=side.set_id).values("digest"))
        .values_list("digest", flat=True)
    )
    digests = side.set.rows.order_by("place").values_list("digest", flat=True)
    return np.array([place for place, digest in enumerate(digests) if digest in there], dtype=np.int64)


@dataclass(slots=True)
class Group:
    """`rows`: nearest to the middle first. The first one gives it its name."""

    number: int
    rows: list[int]
    closeness: float

    @property
    def size(self) -> int:
        return len(self.rows)

    @property
    def middle(self) -> int:
        return self.rows[0]

    @property
    def letter(self) -> str:
        return letter_of(self.number)


def letter_of(number: int) -> str:
    """A … Z, then AA, AB …"""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(slots=True)
class Findings:
    """What was found out about a side so far. What is not there yet is None."""

    told: dict[str, dict[str, Any]] = field(default_factory=dict)
    packed: dict[str, bytes] = field(default_factory=dict)

    def has(self, kind: str) -> bool:
        return kind in self.told

    @property
    def places(self) -> list[int] | None:
        """Which rows were compared; None before that."""
        packed = self.packed.get(Finding.Kind.PLACES)
        found: list[int] | None = None if packed is None else places_in(packed).tolist()
        return found

    @property
    def groups(self) -> list[Group]:
        told = self.told.get(Finding.Kind.GROUPS)
        if told is None:
            return []
        order = np.frombuffer(self.packed[Finding.Kind.GROUPS], dtype="<i4").tolist()
        found, start = [], 0
        for number, (size, closeness) in enumerate(zip(told["sizes"], told["closeness"], strict=True)):
            found.append(Group(number, order[start : start + size], closeness))
            start += size
        return found

    @property
    def nearest(self) -> tuple[list[int], list[float]]:
        """Of each row the one that is nearest, and how near; empty for a single row."""
        packed = self.packed.get(Finding.Kind.NEAREST, b"")
        half = len(packed) // 2
        return np.frombuffer(packed[:half], dtype="<i4").tolist(), np.frombuffer(packed[half:], dtype="<f4").tolist()

    @property
    def points(self) -> npt.NDArray[np.float32]:
        return np.frombuffer(self.packed.get(Finding.Kind.MAP, b""), dtype="<f4").reshape(-1, 2)

    @property
    def twin_sets(self) -> list[int]:
        """Of each row the number of the set of those that say almost the same; -1 for none."""
        found: list[int] = np.frombuffer(self.packed.get(Finding.Kind.TWINS, b""), dtype="<i4").tolist()
        return found


def findings_of(side: Side, *kinds: str) -> Findings:
    """All that was found out, or some kinds of it."""
    rows = side.findings.filter(kind__in=kinds) if kinds else side.findings.all()
    found = Findings()
    for row in rows:
        found.told[row.kind] = row.told
        if row.packed is not None:
            found.packed[row.kind] = bytes(row.packed)
    return found
