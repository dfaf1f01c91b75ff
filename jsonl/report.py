"""What a check found. What is kept is bounded, whatever the file is; counts are of everything."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from jsonl.problems import ERRORS, Problem

KEPT_OF_A_CODE: Final = 100
KEPT: Final = 1_000
NAMES: Final = 20  # models and addresses that are told


@dataclass(frozen=True, slots=True)
class Longest:
    """The example with the most tokens."""

    line: int
    tokens: int


@dataclass(slots=True)
class Report:
    """`examples`: lines that could be read. `problems`: the first of each code; `counts`: how many there are of each in all.

    `tokens` are about: as whoever asks counts them, of all that a model reads once; `characters` are those of the same texts. `fixes`:
    those of `fixing.FIXES` that would help. `is_whole`: it was read to its end.
    """

    method: str
    lines: int = 0
    examples: int = 0
    size: int = 0
    tokens: int = 0
    characters: int = 0
    images: int = 0
    longest: Longest | None = None
    problems: list[Problem] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    broken: int = 0  # lines with an error
    models: Counter[str] = field(default_factory=Counter)
    urls: Counter[str] = field(default_factory=Counter)
    is_whole: bool = True

    @property
    def errors(self) -> int:
        return sum(count for code, count in self.counts.items() if code in ERRORS)

    @property
    def warnings(self) -> int:
        return sum(count for code, count in self.counts.items() if code not in ERRORS)

    @property
    def is_ready(self) -> bool:
        """Whether nothing is known that the service would refuse."""
        return self.is_whole and not self.errors

    @property
    def fixes(self) -> list[str]:
        return [name for name in ("utf16", "bom", "crlf", "blank") if self.counts[name]]

    def add(self, code: str, line: int = 0, values: Mapping[str, Any] | None = None) -> None:
        self.counts[code] += 1
        if self.counts[code] <= KEPT_OF_A_CODE and len(self.problems) < KEPT:
            self.problems.append(Problem(code, line, values or {}))

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        sums = ("lines", "examples", "size", "tokens", "characters", "images", "broken", "errors", "warnings")
        names = ("method", *sums, "is_ready", "is_whole", "fixes")
        return {
            **{name: getattr(self, name) for name in names},
            "longest": {"line": self.longest.line, "tokens": self.longest.tokens} if self.longest else None,
            "problems": [{"code": each.code, "line": each.line, "values": dict(each.values)} for each in self.problems],
            "counts": dict(self.counts),
            "models": dict(self.models.most_common(NAMES)),
            "urls": dict(self.urls.most_common(NAMES)),
        }
