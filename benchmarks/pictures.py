"""S12: many pictures at once beside a chat, and what the processes hold meanwhile."""

import asyncio
import contextlib
import re
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

from benchmarks.chat import Stage, model_of
from benchmarks.report import Figure, quantile
from benchmarks.streams import ask_product, spread
from tests.loopback.picture_models import PLAIN
from tests.product import Visitor
from tests.product.processes import memory_bytes

CALLS, PICTURES = 12, 10
CHATS, TOKENS, APART = 20, 10, 0.4
PATIENCE = 180
MODELS = [PLAIN]
RUN = re.compile(r'id="run-([0-9a-f-]{36})"')


@dataclass(slots=True)
class Peak:
    """The most that each process held while somebody looked, in MiB."""

    at_first: dict[str, float] = field(default_factory=dict)
    most: dict[str, float] = field(default_factory=dict)

    def look(self, stage: Stage) -> None:
        for name, pid in stage.product.pids.items():
            held = memory_bytes([pid]) / 2**20
            self.at_first.setdefault(name, held)
            self.most[name] = max(self.most.get(name, 0.0), held)


@contextlib.asynccontextmanager
async def watched(stage: Stage) -> AsyncIterator[Peak]:
    peak = Peak()

    async def watch() -> None:
        while True:
            peak.look(stage)
            await asyncio.sleep(0.05)

    watching = asyncio.ensure_future(watch())
    try:
        yield peak
    finally:
        watching.cancel()


async def first_words(stage: Stage, addresses: Iterator[str]) -> list[float]:
    answers = await spread(CHATS, APART, lambda: ask_product(stage.visitor, next(addresses), TOKENS))
    return [answer.first_word for answer in answers]


async def begin(stage: Stage, visitor: Visitor) -> str:
    """Ask for ten pictures as the page does. The id of the call."""
    model = stage.product.ids["models"][PLAIN]
    fields = {"prompt": f"A harbour {uuid.uuid4().hex}", "key": uuid.uuid4().hex, "n": str(PICTURES), "shown.n": "1"}
    page = await visitor.post("/images/new/", {**fields, "model": model, "shown.model": ""})
    found = RUN.search(page.text)
    assert page.status == 200 and found, f"the wish was answered with {page.status}: {page.text[:500]}"
    return found[1]


async def make_all(stage: Stage) -> float:
    """Seconds until the last picture of all calls is kept."""
    visitor = await stage.product.visitor()
    begun = time.monotonic()
    runs = [await begin(stage, visitor) for _ in range(CALLS)]
    visitor.close()
    for run_id in runs:
        await asyncio.to_thread(stage.product.wait_for_status, run_id, "completed", timeout=PATIENCE)
    return time.monotonic() - begun


async def measure_pictures(stage: Stage) -> list[Figure]:
    """A chat alone, then the same chat while the pictures are made."""
    addresses = iter(stage.product.new_conversations(model_of(TOKENS), 2 * CHATS))  # now: it holds this loop for a while
    alone = await first_words(stage, addresses)
    async with watched(stage) as peak:
        making = asyncio.ensure_future(make_all(stage))
        await asyncio.sleep(0.3)
        meanwhile = await first_words(stage, addresses)
        seconds = await making
    slowed = quantile(meanwhile, 0.5) / quantile(alone, 0.5)
    figures = [
        Figure("S12", f"first word of a chat beside {CALLS} calls of {PICTURES} pictures, x", slowed, "", 2, told(alone, meanwhile)),
        Figure(
            "S12", f"all {CALLS * PICTURES} pictures made, judged and kept", seconds, "s", None, "drawn by the provider on the same cores"
        ),
    ]
    for name in ("web", "worker"):
        before = f"{peak.at_first[name]:.0f} MiB before"
        figures.append(Figure("S12", f"memory of {name} at its most meanwhile", peak.most[name], "MiB", 512, before))
    return figures


def told(alone: list[float], meanwhile: list[float]) -> str:
    """Median and 95th of a hundred, both ways."""
    both = [f"{quantile(words, 0.5):.0f} / {quantile(words, 0.95):.0f} ms" for words in (alone, meanwhile)]
    return f"alone {both[0]}, meanwhile {both[1]}"
