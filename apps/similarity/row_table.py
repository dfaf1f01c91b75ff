"""All rows of a side as a table, a page at a time: of one group if wished, in the order of a column."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from apps.similarity.finding import letter_of

if TYPE_CHECKING:
    from apps.similarity.showing import View

ON_A_PAGE: Final = 100
COLUMNS: Final = {"row": _("Row"), "group": _("Group"), "likeness": _("Likeness"), "across": _("Across"), "up": _("Up")}
LARGEST_FIRST: Final = {"likeness"}


@dataclass(frozen=True, slots=True)
class Head:
    """A column that sorts: where its words lead, and its `aria-sort`."""

    words: Any
    address: str
    sort: str


def table(view: "View") -> dict[str, Any]:
    chosen, wanted = view.chosen_group(), _wanted(view)
    rows = _sorted(view, chosen.group.rows if chosen else range(len(view.places)), wanted)
    start = min(view.number("after"), len(rows))
    following = start + ON_A_PAGE if start + ON_A_PAGE < len(rows) else None
    return {
        "is_there": True,
        "rows": _entries(view, rows[start : start + ON_A_PAGE]),
        "chosen": chosen,
        "total": len(rows),
        "heads": _heads(view, wanted),
        "following": _address(view, wanted, after=following) if following else "",
    }


def _wanted(view: "View") -> str:
    """By which column, with "-" before it for the largest first. Else as they were brought; in a group the nearest to its middle first."""
    found = str(view.query.get("sort", ""))
    return found if found.removeprefix("-") in _sortable(view) else ("" if view.chosen_group() else "row")


def _sortable(view: "View") -> list[str]:
    has = {"group": bool(view.groups), "likeness": bool(view.findings.nearest[0])}
    return [name for name in COLUMNS if has.get(name, name == "row" or bool(len(view.findings.points)))]


def _sorted(view: "View", rows: Sequence[int], wanted: str) -> Sequence[int]:
    """Rows of one value stay in the order in which they were brought; what is no number comes last."""
    name = wanted.removeprefix("-")
    if not wanted:
        return rows
    values: Any = {
        "row": lambda: range(len(view.places)),
        "group": lambda: view.group_of,
        "likeness": lambda: view.findings.nearest[1],
        "across": lambda: [point[0] for point in view.findings.points],
        "up": lambda: [point[1] for point in view.findings.points],
    }[name]()
    sign = -1 if wanted.startswith("-") else 1
    return sorted(rows, key=lambda row: (math.isnan(values[row]), sign * values[row], row))


def _entries(view: "View", shown: Sequence[int]) -> list[dict[str, Any]]:
    others, cosines = view.findings.nearest
    points, letters = view.findings.points, view.group_of
    near = dict(zip(shown, view.lines([others[row] for row in shown]), strict=True)) if others else {}
    found = []
    for row, line in zip(shown, view.lines(shown), strict=True):
        entry = {"line": line, "letter": letter_of(letters[row]) if view.groups else ""}
        if others:
            entry |= {"near": near[row], "value": f"{cosines[row]:.2f}"}
        if len(points):
            entry |= {"x": f"{points[row][0]:.3f}", "y": f"{points[row][1]:.3f}"}
        found.append(entry)
    return found


def _heads(view: "View", wanted: str) -> dict[str, Head]:
    """A click on the column by which it is sorted turns it round."""
    heads, sortable = {}, _sortable(view)
    for name, words in COLUMNS.items():
        is_here, goes_down = wanted.removeprefix("-") == name, wanted.startswith("-")
        turned = (not goes_down) if is_here else name in LARGEST_FIRST
        address = _address(view, f"-{name}" if turned else name) if name in sortable else ""
        heads[name] = Head(words, address, ("descending" if goes_down else "ascending") if is_here else "none")
    return heads


def _address(view: "View", sort: str, after: int | None = None) -> str:
    chosen = view.chosen_group()
    values = {"tab": "rows", "group": chosen.group.letter if chosen else "", "sort": sort, "after": after or ""}
    return "?" + urlencode({name: value for name, value in values.items() if value})
