"""Vectors of the sides that were asked last, held in the memory of this process within a bound of bytes: a search is a product then."""

import threading
import uuid
from collections import OrderedDict
from typing import Final

import vectors
from apps.similarity.finding import Seen, seen_by
from apps.similarity.models import Side

MOST_BYTES: Final = 256 * 1024 * 1024
_held: "OrderedDict[tuple[uuid.UUID, int, str], Seen]" = OrderedDict()
_lock = threading.Lock()


def held_by(side: Side) -> Seen:
    """As `seen_by`. A side that was tried again is read again; what is too large for the bound is not held."""
    key = (side.pk, side.tries, side.state)
    with _lock:
        if key in _held:
            _held.move_to_end(key)
            return _held[key]
    seen = seen_by(side)
    if seen.units.nbytes <= MOST_BYTES and not side.is_active:
        with _lock:
            _held[key] = seen
            while sum(each.units.nbytes for each in _held.values()) > MOST_BYTES:
                _held.popitem(last=False)
    return seen


def closest_to(query: vectors.Units, side: Side, count: int) -> list[tuple[int, float]]:
    """The rows that are nearest to one unit vector, by their places, with their cosines; nearest first."""
    seen = held_by(side)
    return [(int(seen.places[at]), cosine) for at, cosine in vectors.closest(query, seen.units, count)]


def forget() -> None:
    with _lock:
        _held.clear()
