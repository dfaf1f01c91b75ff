"""S15: what is alike among 10,000 rows of 1,536 numbers, and reading rows. Seconds, and the memory that each takes on top.

Every act has a process of its own (`python -m benchmarks.similarity groups`), which holds the packed rows as the database gives them:
seconds and memory are those from there to the answer.
"""

import asyncio
import io
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import psutil

import rows
import vectors
from benchmarks.chat import Stage
from benchmarks.report import Figure

ROWS, NUMBERS, TOPICS = 10_000, 1_536, 25
AT_ONCE: Final = 500
TWINS: Final = 40  # every so many rows one that says almost the same as the row before
ALMOST: Final = 0.95
READ, LETTERS = 100_000, 100
MIB: Final = 2**20
PEAK_UNIT: Final = 1 if sys.platform == "darwin" else 1024  # bytes that a unit of `ru_maxrss` has


def packed_rows() -> list[bytes]:
    """Topics with noise around them, all leaning to one side as those of real models do; made in pieces, so that none is held."""
    chance = np.random.default_rng(15)
    middles, side = chance.standard_normal((TOPICS, NUMBERS)), chance.standard_normal(NUMBERS)
    made: list[bytes] = []
    for start in range(0, ROWS, AT_ONCE):
        some = side + middles[chance.integers(TOPICS, size=AT_ONCE)] + chance.standard_normal((AT_ONCE, NUMBERS))
        twins = np.arange(start, start + AT_ONCE) % TWINS == 1
        some[twins] = some[np.flatnonzero(twins) - 1] + 0.1 * chance.standard_normal((int(twins.sum()), NUMBERS))
        made += vectors.pack(vectors.normalise(some))
    return made


@dataclass(frozen=True, slots=True)
class Act:
    """`prepare` is not measured; `act` gets what it made and says what came out."""

    what: str
    act: Callable[[Any], str]
    promised: float | None = None
    prepare: Callable[[], Any] = packed_rows


def table() -> io.BytesIO:
    lines = (f'{number},"{"x" * (LETTERS - 8)}, größer"\r\n' for number in range(READ))
    return io.BytesIO(b"id,text\r\n" + "".join(lines).encode())


def group(packed: list[bytes]) -> str:
    found = vectors.groups(vectors.unpack(packed))
    return f"{len(found.groups)} groups of {TOPICS} topics"


def draw(packed: list[bytes]) -> str:
    return f"{sum(vectors.flatten(vectors.unpack(packed)).shares):.0%} of all difference"


def find_twins(packed: list[bytes]) -> str:
    return f"{len(vectors.sets_above(vectors.unpack(packed), ALMOST))} sets, {ROWS // TWINS} made"


def find_standouts(packed: list[bytes]) -> str:
    found = vectors.standouts(vectors.unpack(packed))
    return f"rows {found.pair.first} and {found.pair.second}" if found.pair else ""


def compare(packed: list[bytes]) -> str:
    units = vectors.unpack(packed)
    found = vectors.agreement(units, units[:, : NUMBERS // 2] / np.linalg.norm(units[:, : NUMBERS // 2], axis=1, keepdims=True), 10)
    return f"{found.same:,} of {found.of:,} nearest, asked of {found.rows:,} rows"


def find_closest(packed: list[bytes]) -> str:
    [query] = vectors.unpack(packed[:1])
    return f"the next one has {vectors.closest_packed(query, packed, 10)[1][1]:.2f}"


def look_up(units: vectors.Units) -> str:
    return f"the next one has {vectors.closest(units[0], units, 10)[1][1]:.2f}"


def read_table(file: io.BytesIO) -> str:
    reading = rows.read_column(file, rows.shape_of(file), "text", most=READ)
    return f"{sum(1 for _row in reading):,} rows, {len(file.getbuffer()) / MIB:.0f} MiB"


ACTS: Final = {
    "closest": Act("ten closest, from the bytes that are stored", find_closest, 0.2),
    "again": Act("ten closest, of rows that are still there", look_up, 0.2, lambda: vectors.unpack(packed_rows())),
    "groups": Act("groups, their number found", group),
    "map": Act("map", draw),
    "duplicates": Act("what is almost the same", find_twins),
    "standouts": Act("most alike, and alone", find_standouts),
    "models": Act("two models compared", compare),
    "rows": Act(f"{READ:,} rows read from CSV", read_table, 3, table),
}


async def measure_maths(_stage: Stage) -> list[Figure]:
    figures = []
    for name, act in ACTS.items():
        seconds, memory, answer = await asyncio.to_thread(measured_apart, name)
        figures.append(Figure("S15", act.what, seconds, "s", act.promised, f"{memory:.0f} MiB on top; {answer}"))
    return figures


def measured_apart(name: str) -> tuple[float, float, str]:
    """Seconds, MiB, and what came out."""
    done = subprocess.run([sys.executable, "-m", "benchmarks.similarity", name], capture_output=True, text=True, check=True)
    seconds, memory, answer = json.loads(done.stdout)
    return seconds, memory, answer


def measured_here(name: str) -> tuple[float, float, str]:
    prepared = ACTS[name].prepare()
    before = psutil.Process().memory_info().rss
    begun = time.perf_counter()
    answer = ACTS[name].act(prepared)
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * PEAK_UNIT
    return seconds, max(0, peak - before) / MIB, answer


if __name__ == "__main__":
    print(json.dumps(measured_here(sys.argv[1])))
