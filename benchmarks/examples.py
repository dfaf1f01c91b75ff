"""S17: checking files of examples. Seconds for a gigabyte and the memory on top, for 60,000 short lines and for long ones.

Each has a process of its own (`python -m benchmarks.examples short`).
"""

import asyncio
import json
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import time
from typing import Any, Final

import jsonl
from benchmarks.chat import Stage
from benchmarks.report import Figure

LINES: Final = {"short": (60_000, 100), "long": (12_000, 1_500)}  # how many, and words of each text
PROMISED: Final = 60.0  # seconds for a gigabyte
WORDS: Final = [
    "the",
    "bowl",
    "oven",
    "safe",
    "glaze",
    "kiln",
    "pot",
    "shelf",
    "water",
    "warm",
    "answer",
    "question",
    "order",
    "number",
    "parcel",
]
PEAK_UNIT: Final = 1 if sys.platform == "darwin" else 1024  # bytes that a unit of `ru_maxrss` has


def write(path: pathlib.Path, lines: int, words: int) -> None:
    chance = random.Random(17)
    with path.open("w") as file:
        for _ in range(lines):
            asked, said = (" ".join(chance.choices(WORDS, k=words)) for _ in range(2))
            messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": asked}]
            file.write(json.dumps({"messages": [*messages, {"role": "assistant", "content": said}]}) + "\n")


def check_one(which: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "examples.jsonl"
        write(path, *LINES[which])
        before, begun, worked = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter(), time.process_time()
        with path.open("rb") as source:
            report = jsonl.check(source, "chat", count=lambda text: len(text) // 4)
        seconds, cpu = time.perf_counter() - begun, time.process_time() - worked
        assert report.is_ready and report.examples == LINES[which][0]
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * PEAK_UNIT
        return {"seconds": seconds, "cpu": cpu, "megabytes": path.stat().st_size / 1e6, "grown": grown / 2**20}


async def measure_examples(_stage: Stage) -> list[Figure]:
    figures = []
    for which, (lines, _words) in LINES.items():
        command = [sys.executable, "-m", "benchmarks.examples", which]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=True, text=True)
        told: dict[str, Any] = json.loads(done.stdout)
        what = f"{lines:,} {which} lines checked, a gigabyte of them"
        beside = f"{told['megabytes']:.0f} MB in {told['seconds']:.2f} s ({told['cpu']:.2f} s of CPU); {told['grown']:.0f} MiB on top"
        figures.append(Figure("S17", what, 1_000 * told["seconds"] / told["megabytes"], "s", PROMISED, beside))
    return figures


if __name__ == "__main__":
    print(json.dumps(check_one(sys.argv[1])))
