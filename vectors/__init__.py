"""Numbers that stand for texts, and what is alike among them. numpy only; no Django, no app.

Everything takes a matrix of unit vectors, a row for each text, and gives the same answer for the same rows: seeds are fixed, equal
values are decided by the order of rows. One row, two, all the same, and more groups wanted than there are rows are all answered.

Vectors              packing (made one long, as bytes, as a file), errors
Answers              nearness (closest, pairs, two models), sameness (almost the same), flattening (a map), grouping, ordering
"""

from vectors.errors import CODES, Refused
from vectors.flattening import Plane, flatten
from vectors.grouping import Group, Grouping, groups
from vectors.nearness import Agreement, Alone, Pair, Standouts, agreement, closest, closest_packed, cosines, neighbours, standouts
from vectors.ordering import order
from vectors.packing import Units, normalise, npy_pieces, pack, unpack
from vectors.sameness import Above, Alike, pairs_above, sets_above

__all__ = [
    "CODES", "Above", "Agreement", "Alike", "Alone", "Group", "Grouping", "Pair", "Plane", "Refused", "Standouts", "Units", "agreement",
    "closest", "closest_packed", "cosines", "flatten", "groups", "neighbours", "normalise", "npy_pieces", "order", "pack", "pairs_above",
    "sets_above", "standouts", "unpack",
]  # fmt: skip
