"""What people take away: every row with what was found about it, and the numbers themselves; written while they are sent."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

import rows
import vectors
from apps.similarity.finding import letter_of
from apps.similarity.held import held_by
from apps.similarity.models import RowSet, Side
from apps.similarity.showing import View
from apps.similarity.texts import Texts

AT_ONCE: Final = 500


class Found:
    """What is known of each row of a set with one model, by its place."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.row_at = {place: row for row, place in enumerate(view.places)}
        self.names = {named.group.number: named.line.words for named in view.groups}
        self.nearest, self.cosines = view.findings.nearest
        self.points, self.sets = view.findings.points, view.findings.twin_sets
        self.numbers = dict(view.side.set.rows.values_list("place", "number"))

    def told(self, place: int) -> dict[str, Any]:
        """By names that stay; what is not known is None."""
        row = self.row_at.get(place)
        told: dict[str, Any] = dict.fromkeys(FIELDS)
        if row is None:
            return told
        told["vector"] = row
        if self.names:
            number = self.view.group_of[row]
            told |= {"group": letter_of(number), "group_name": self.names[number]}
        if self.nearest:
            told |= {"nearest_row": self.numbers[self.view.places[self.nearest[row]]], "nearest_likeness": round(self.cosines[row], 4)}
        if len(self.points):
            told |= {"x": round(float(self.points[row][0]), 5), "y": round(float(self.points[row][1]), 5)}
        if self.sets and self.sets[row] >= 0:
            told["almost_the_same"] = self.sets[row] + 1
        return told


FIELDS: Final = ("vector", "group", "group_name", "nearest_row", "nearest_likeness", "x", "y", "almost_the_same")


def _views(row: RowSet) -> list[View]:
    texts = Texts(row)
    return [View(side, texts, {}) for side in row.sides.select_related("set")]


def csv_of(row: RowSet) -> Iterator[bytes]:
    found = [Found(view) for view in _views(row)]
    heading = [_("Row"), _("File"), _("Text")]
    for each in found:
        behind = f" ({each.view.side.title})" if len(found) > 1 else ""
        heading += [f"{name}{behind}" for name in _titles()]
    lines = (
        [number, label, text, *(value for each in found for value in each.told(place).values())]
        for place, number, label, text in _rows(row)
    )
    return rows.csv_pieces(heading, lines)


def _titles() -> Sequence[str]:
    return (
        _("Place in the NPY file"), _("Group"), _("Name of the group"), _("Nearest row"), _("Likeness"), _("Map, across"), _("Map, up"),
        _("Almost the same"),
    )  # fmt: skip


def json_of(row: RowSet) -> Iterator[bytes]:
    found = [Found(view) for view in _views(row)]
    return rows.as_json(
        {"row": number, "file": label or None, "text": text, "models": [_model(each, place) for each in found]}
        for place, number, label, text in _rows(row)
    )


def _model(each: Found, place: int) -> dict[str, Any]:
    return {"model": each.view.side.model, "dimensions": each.view.side.dimensions or None, **each.told(place)}


def npy_of(side: Side) -> Iterator[bytes]:
    return vectors.npy_pieces(held_by(side).units)


def _rows(row: RowSet) -> Iterable[tuple[int, int, str, str]]:
    """Place, number, label and the whole text, some hundreds at a time, so that no question stays open while somebody downloads."""
    for first in range(0, row.count, AT_ONCE):
        some = row.rows.filter(place__gte=first, place__lt=first + AT_ONCE).order_by("place")
        yield from list(some.values_list("place", "number", "label", "text"))
