"""Who speaks: the labels of a model under the names that people gave them, how long each talks, and in which colour."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

LETTERS: Final = "abcdef"
LANES: Final = 8  # as many as a person tells apart
SHORT: Final = 4  # letters of a label that is no name


@dataclass(frozen=True, slots=True)
class Speaker:
    """Labels with the same name are one person: each part of a long recording counts its speakers anew."""

    labels: tuple[str, ...]
    name: str
    letter: str  # of the colour
    seconds: float
    percent: int

    @property
    def label(self) -> str:
        return self.labels[0]


def name_of(label: str, names: Mapping[str, Any]) -> str:
    """`Anna`, where somebody said so; else `Speaker A`, or the label where it is a name."""
    if not label:
        return ""
    return str(names.get(label) or (_("Speaker %(label)s") % {"label": label} if len(label) < SHORT else label))


def speakers_of(rows: Iterable[Any], names: Mapping[str, Any]) -> dict[str, Speaker]:
    """By label, in the order in which they begin to speak. `rows` have `speaker`, `start`, `end`."""
    labels: dict[str, list[str]] = {}
    seconds: dict[str, float] = {}
    for row in rows:
        if row.speaker:
            name = name_of(row.speaker, names)
            own = labels.setdefault(name, [])
            if row.speaker not in own:
                own.append(row.speaker)
            seconds[name] = seconds.get(name, 0.0) + max(0.0, row.end - row.start)
    shares = _percents(list(seconds.values()))
    found: dict[str, Speaker] = {}
    for number, (name, own) in enumerate(labels.items()):
        speaker = Speaker(tuple(own), name, LETTERS[number % len(LETTERS)], seconds[name], shares[number])
        found |= dict.fromkeys(own, speaker)
    return found


def distinct(speakers: Mapping[str, Speaker]) -> list[Speaker]:
    return list(dict.fromkeys(speakers.values()))


def _percents(amounts: list[float]) -> list[int]:
    """Whole numbers that make a hundred together: what is left over goes to the largest remainders."""
    total = sum(amounts)
    if total <= 0:
        return [0] * len(amounts)
    exact = [100 * amount / total for amount in amounts]
    whole = [int(share) for share in exact]
    order = sorted(range(len(exact)), key=lambda index: whole[index] - exact[index])
    for index in order[: 100 - sum(whole)]:
        whole[index] += 1
    return whole
