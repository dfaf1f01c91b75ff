"""`python -m benchmarks [S1 S5 …] [--runs N] [--json FILE]`: prints each promise beside what was measured."""

import argparse
import pathlib
import sys
import tempfile
from collections.abc import Awaitable, Callable

import uvloop

from benchmarks import (
    big_files,
    chat,
    chat_import,
    chat_search,
    examples,
    files,
    idle,
    likeness,
    pages,
    painter,
    pictures,
    similarity,
    sound,
    starting,
)
from benchmarks.chat import Stage
from benchmarks.report import Report
from tests.loopback import Loopback
from tests.product import Product

Measure = Callable[[Stage], Awaitable[list]]
MEASURES: dict[tuple[str, ...], Measure] = {
    ("S8",): idle.measure_memory,
    ("S1", "S2", "S4"): chat.measure_first_words,
    ("S3",): chat.measure_crowd,
    ("S5",): chat.measure_bytes,
    ("S10",): chat.measure_run_cost,
    ("S7",): pages.measure_pages,
    ("P1",): painter.measure_painter,
    ("S9",): starting.measure_second_start,
    ("S12",): pictures.measure_pictures,
    ("S13",): sound.measure_crowd_of_recordings,
    ("S14",): sound.measure_long_recording,
    ("S15",): similarity.measure_maths,
    ("S16",): likeness.measure_whole_way,
    ("S17",): examples.measure_examples,
    ("S18",): files.measure_list,
    ("S19",): big_files.measure_big_file,
    ("S21",): chat_search.measure_search,
    ("S22",): chat_import.measure_import,
}
NAMES = sorted({name for names in MEASURES for name in names}, key=lambda name: int(name[1:]))


async def measure(stage: Stage, chosen: list[str], report: Report) -> None:
    for names, function in MEASURES.items():
        if not chosen or set(names) & set(chosen):
            report.add(await function(stage))


async def run(folder: pathlib.Path, chosen: list[str], runs: int, report: Report) -> None:
    with (
        Loopback() as provider,
        Product(folder, provider, {"LOG_LEVEL": "WARNING", "RUN_MAX_ACTIVE": "1000"}, [*chat.MODELS, *pictures.MODELS]) as product,
    ):
        visitor = await product.visitor()
        await visitor.read_answer(await visitor.send(product.conversation("steady-rate0-tokens3"), "Warm up"))
        await measure(Stage(product, provider, visitor, runs), chosen, report)
        visitor.close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the speed promises.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"which: {' '.join(NAMES)}; all when none is given")
    parser.add_argument("--runs", type=int, default=50_000, help="rows in History for S7; the promise is about 1000000")
    parser.add_argument("--folder", type=pathlib.Path, help="keep data and logs of the measured product there")
    parser.add_argument("--json", type=pathlib.Path, default=pathlib.Path("data/benchmarks.json"))
    wishes = parser.parse_args()
    if unknown := set(wishes.names) - set(NAMES):
        parser.error(f"nothing is called {', '.join(sorted(unknown))}; there is {', '.join(NAMES)}")
    report = Report()
    print(", ".join(f"{name} {value}" for name, value in report.machine.items()), flush=True)
    with tempfile.TemporaryDirectory(prefix="playground-bench-") as temporary:
        uvloop.run(run(wishes.folder or pathlib.Path(temporary), wishes.names, wishes.runs, report))
    report.write(wishes.json)
    print(f"\nWritten to {wishes.json}. {'All promises kept.' if report.is_kept else 'Some promises were missed: SHORT.'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
