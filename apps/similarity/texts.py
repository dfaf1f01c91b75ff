"""The texts of a set by their places, as many as a page shows: cut by the database, since one may have a megabyte."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models.functions import Substr
from django.utils.translation import gettext as _

from apps.similarity.models import RowSet

SHOWN: Final = 300  # characters
AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Line:
    """A row as a page shows it."""

    place: int
    number: int
    label: str
    text: str

    @property
    def name(self) -> str:
        """What people call it."""
        return self.label or _("row %(n)s") % {"n": f"{self.number:,}"}

    @property
    def words(self) -> str:
        found = " ".join(self.text.split())
        return f"{found[: SHOWN - 1]}…" if len(self.text) >= SHOWN else found

    @property
    def short(self) -> str:
        found = self.words
        return found if len(found) <= 60 else f"{found[:59].rstrip()}…"


class Texts:
    """Fetches what is asked for and nothing else."""

    def __init__(self, row: RowSet) -> None:
        self.row = row
        self._found: dict[int, Line] = {}

    def at(self, places: Iterable[int]) -> list[Line]:
        """In the order in which they were asked for."""
        wanted = [int(place) for place in places]
        missing = [place for place in dict.fromkeys(wanted) if place not in self._found]
        for start in range(0, len(missing), AT_ONCE):
            self._fetch(missing[start : start + AT_ONCE])
        return [self._found[place] for place in wanted]

    def names(self, places: Sequence[int]) -> list[str]:
        return [line.name for line in self.at(places)]

    def _fetch(self, places: Sequence[int]) -> None:
        rows = self.row.rows.filter(place__in=places).annotate(beginning=Substr("text", 1, SHOWN))
        for place, number, label, text in rows.values_list("place", "number", "label", "beginning"):
            self._found[place] = Line(place, number, label, text)
