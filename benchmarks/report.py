"""What was promised beside what was measured."""

import json
import pathlib
import platform
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import psutil


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: `measured` should be at most `promised`. Without a promise it is only told."""

    promise: str
    what: str
    measured: float
    unit: str
    promised: float | None = None
    beside: str = ""

    @property
    def verdict(self) -> str:
        if self.promised is None:
            return ""
        return "PASS" if self.measured <= self.promised else "SHORT"


def format_line(figure: Figure) -> str:
    promised = "" if figure.promised is None else f"≤ {figure.promised:g} {figure.unit}"
    measured = f"{figure.measured:.3g} {figure.unit}" if figure.measured < 100 else f"{figure.measured:,.0f} {figure.unit}"
    return f"{figure.promise:4} {figure.what:58} {measured:>14}  {promised:>14}  {figure.verdict:5}  {figure.beside}".rstrip()


def describe_machine() -> dict[str, Any]:
    return {
        "cores": psutil.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "pace_ms": round(pace()),
        "load": [round(value, 1) for value in psutil.getloadavg()],
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


@dataclass(slots=True)
class Report:
    """What was measured, and the machine as it was before."""

    figures: list[Figure] = field(default_factory=list)
    machine: dict[str, Any] = field(default_factory=describe_machine)

    def add(self, figures: Sequence[Figure]) -> None:
        for figure in figures:
            print(format_line(figure), flush=True)
        self.figures += figures

    @property
    def is_kept(self) -> bool:
        return all(figure.verdict != "SHORT" for figure in self.figures)

    def write(self, file: pathlib.Path) -> None:
        lines = [asdict(figure) | {"verdict": figure.verdict} for figure in self.figures]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"machine": self.machine, "figures": lines}, indent=1) + "\n")


def pace() -> float:
    """Milliseconds of CPU for a fixed piece of work: tells how fast this machine is now, when others use it too."""
    begun = time.process_time()
    sum(number * number for number in range(1_000_000))
    return (time.process_time() - begun) * 1000


def quantile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
