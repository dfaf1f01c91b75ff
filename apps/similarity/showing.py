"""One tab of the page of a set, for one side: what its template needs, of what was found out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import vectors
from apps.similarity import drawing
from apps.similarity.closest import closest_of
from apps.similarity.finding import Findings, Group, findings_of, letter_of, places_of
from apps.similarity.heat import MOST_ROWS, heat
from apps.similarity.held import held_by
from apps.similarity.models import Finding, Side
from apps.similarity.row_table import table
from apps.similarity.telling import groups_sentence, sentence_of
from apps.similarity.texts import Line, Texts

FIRST_OF_A_GROUP: Final = 5
IN_A_TABLE: Final = 60  # rows of a table below a picture
MOST_PAIRS: Final = 20
SETS_ON_A_PAGE: Final = 20
FIRST_OF_A_SET: Final = 10  # of a set of rows that are almost the same; its own page has more


@dataclass(frozen=True, slots=True)
class Named:
    """A group with the row that stands for it."""

    group: Group
    line: Line
    look: drawing.Look


class View:
    """A side with its rows and findings, each fetched when it is asked for. `query`: what stands in the address of the page."""

    def __init__(self, side: Side, texts: Texts, query: Any) -> None:
        self.side, self.texts, self.query = side, texts, query

    @cached_property
    def findings(self) -> Findings:
        return findings_of(self.side)

    @cached_property
    def places(self) -> Sequence[int]:
        """Which row of the set each compared row is; before anything was compared, each that has numbers."""
        kept = self.findings.places
        return places_of(self.side).tolist() if kept is None else kept

    @cached_property
    def groups(self) -> list[Named]:
        groups = self.findings.groups
        lines = self.lines([group.middle for group in groups])
        return [Named(group, line, drawing.look_of(group.number, group.letter)) for group, line in zip(groups, lines, strict=True)]

    @cached_property
    def group_of(self) -> list[int]:
        """Of each compared row the number of its group."""
        found = [0] * len(self.places)
        for group in self.findings.groups:
            for row in group.rows:
                found[row] = group.number
        return found

    @property
    def sentence(self) -> str:
        return sentence_of(self.findings, self.texts, self.places)

    @property
    def groups_sentence(self) -> str:
        return groups_sentence(self.findings)

    def lines(self, rows: Sequence[int]) -> list[Line]:
        """Of compared rows."""
        return self.texts.at([self.places[row] for row in rows])

    def chosen_group(self) -> Named | None:
        """The one whose letter stands in the address."""
        wanted = str(self.query.get("group", "")).upper()
        return next((named for named in self.groups if named.group.letter == wanted), None)

    def number(self, name: str) -> int:
        """A count in the address; 0 for what is none."""
        found = str(self.query.get(name, ""))
        return int(found) if found.isascii() and found.isdigit() and len(found) < 9 else 0


# --- Pairs --------------------------------------------------------------------------------------
def pairs(view: View, order: Sequence[int] | None = None) -> dict[str, Any]:
    """Few rows each with each; of many the groups, and the rows of one of them."""
    if not view.findings.has(Finding.Kind.GROUPS):
        return {"is_there": False}
    chosen = view.chosen_group() if len(view.places) > MOST_ROWS else None
    if len(view.places) > MOST_ROWS and chosen is None:
        between = view.findings.told[Finding.Kind.GROUPS]["between"]
        return {"is_there": True, "heat": heat(view.groups, between, with_own=True), "is_groups": True, "pairs": _most_alike(view)}
    rows = chosen.group.rows[:MOST_ROWS] if chosen else list(range(len(view.places)))
    return {"is_there": True, **_each_with_each(view, rows, order if not chosen else None), "chosen": chosen, "pairs": _most_alike(view)}


def _each_with_each(view: View, rows: Sequence[int], order: Sequence[int] | None) -> dict[str, Any]:
    """`order`: that of the other model, so that both tables can be laid beside each other; it counts rows of the set."""
    cosines = vectors.cosines(held_by(view.side).units[list(rows)])
    turn = [rows.index(row) for row in _rows_at(view, order) if row in rows] if order else vectors.order(cosines)
    found = [rows[at] for at in turn]
    values = [[float(cosines[at, other]) for other in turn] for at in turn]
    groups = [letter_of(view.group_of[row]) for row in found]
    heads = [{"line": line, "letter": letter} for line, letter in zip(view.lines(found), groups, strict=True)]
    return {"heat": heat(heads, values), "order": [view.places[row] for row in found]}


def _rows_at(view: View, places: Sequence[int]) -> list[int]:
    of_place = {place: row for row, place in enumerate(view.places)}
    known = [of_place[place] for place in places if place in of_place]
    return [*known, *(row for row in range(len(view.places)) if row not in set(known))]


def _most_alike(view: View) -> list[dict[str, Any]]:
    """Pairs of rows that are nearest to each other, as a table."""
    nearest, cosines = view.findings.nearest
    found = sorted(
        {(min(row, other), max(row, other)): cosines[row] for row, other in enumerate(nearest)}.items(), key=lambda pair: -pair[1]
    )
    most = found[:MOST_PAIRS]
    view.lines([row for pair, _cosine in most for row in pair])  # all at once
    return [{"lines": view.lines(pair), "value": f"{cosine:.2f}"} for pair, cosine in most]


# --- Map ----------------------------------------------------------------------------------------
def picture(view: View) -> dict[str, Any]:
    if not view.findings.has(Finding.Kind.MAP) or not view.findings.has(Finding.Kind.GROUPS):
        return {"is_there": False}
    points = view.findings.points
    looks = [view.groups[number].look for number in view.group_of]
    named = _named(view)
    shares = view.findings.told[Finding.Kind.MAP]["shares"]
    lines = dict(zip(named, view.lines(named), strict=True))
    rows = [
        {"line": lines[row], "letter": looks[row].letter, "x": f"{points[row][0]:.3f}", "y": f"{points[row][1]:.3f}"}
        for row in sorted(named)[:IN_A_TABLE]
    ]
    return {
        "is_there": True,
        "drawing": drawing.draw(points, looks, lines),
        "share": f"{sum(shares):.0%}",
        "shares": [f"{share:.0%}" for share in shares],
        "rows": rows,
        "named": len(named),
        "has_more": len(view.places) > len(rows),
    }


def _named(view: View) -> list[int]:
    """All rows, or of many those that are nearest to the middles of their groups."""
    if len(view.places) <= drawing.MOST_NAMED:
        return list(range(len(view.places)))
    each = max(1, min(drawing.NAMED_OF_A_GROUP, drawing.MOST_NAMED // max(1, len(view.groups))))
    return [row for named in view.groups for row in named.group.rows[:each]]


# --- Closest ------------------------------------------------------------------------------------
def nearest(view: View) -> dict[str, Any]:
    return closest_of(view.side, view.texts, str(view.query.get("q", "")))


# --- Groups, duplicates -------------------------------------------------------------------------
def grouped(view: View) -> dict[str, Any]:
    told = view.findings.told.get(Finding.Kind.GROUPS)
    if told is None:
        return {"is_there": False}
    shown = [
        {
            "named": named,
            "lines": view.lines(named.group.rows[1 : FIRST_OF_A_GROUP + 1]),
            "more": max(0, named.group.size - FIRST_OF_A_GROUP - 1),
        }
        for named in view.groups
    ]
    is_new = told["wish"] != view.side.wanted_groups
    return {"is_there": True, "groups": shown, "count": len(shown), "wish": view.side.wanted_groups, "is_waiting": is_new}


def twins(view: View) -> dict[str, Any]:
    told = view.findings.told.get(Finding.Kind.TWINS)
    if told is None:
        return {"is_there": False}
    chosen = view.number("set")
    one = told["sets"][chosen - 1 : chosen] if chosen else []
    start = chosen - 1 if one else min(view.number("after"), len(told["sets"]))
    some = one or told["sets"][start : start + SETS_ON_A_PAGE]
    end = start + len(some)
    return {
        "is_there": True,
        "sets": [_twin_set(view, number, each, whole=bool(one)) for number, each in enumerate(some, start + 1)],
        "is_one": bool(one),
        "count": told["count"],
        "all": told["rows"],
        "following": end if end < len(told["sets"]) and not one else None,
        "more": 0 if one or end < len(told["sets"]) else told["count"] - end,
        "limit": f"{view.side.limit:.3f}".removesuffix("0"),
        "is_waiting": told["wish"] != view.side.limit,
        **_most_like(view),
    }


def _twin_set(view: View, number: int, told: dict[str, Any], *, whole: bool) -> dict[str, Any]:
    most = len(told["rows"]) if whole else FIRST_OF_A_SET
    lines = view.lines(told["rows"][:most])
    rows = [{"line": line, "value": f"{cosine:.2f}"} for line, cosine in zip(lines, told["cosines"], strict=False)]
    return {"number": number, "size": told["size"], "rows": rows, "more": told["size"] - len(rows)}


def _most_like(view: View) -> dict[str, Any]:
    """How like the two rows are that are most alike, and the limit at which they are told: not above it by rounding."""
    pair = view.findings.told.get(Finding.Kind.NEAREST, {}).get("pair")
    if pair is None:
        return {}
    limit = math.floor(pair[2] * 100) / 100
    names = view.texts.names([view.places[row] for row in pair[:2]])
    most = f"{pair[2]:.2f}" if round(pair[2], 2) < view.side.limit else f"{pair[2]:.4f}"  # never as much as the limit by rounding
    return {"most": most, "most_names": names, "offer": f"{limit:.2f}" if 0 < limit < view.side.limit else ""}


TABS: Final = {"pairs": pairs, "map": picture, "closest": nearest, "groups": grouped, "same": twins, "rows": table}
