"""S16: 10,000 rows through the whole product: read by a provider, grouped, drawn, searched. Beside it stands the floor, which is the
number of calls times their latency, divided by the calls at once.

The latency is measured by one full call that goes to the provider directly. The provider is a process of its own that answers one call
after the other, but for the second that each waits.
"""

import asyncio
import math
import time
import uuid
from typing import Any, Final

import httpx
import psutil

from benchmarks.chat import Stage
from benchmarks.report import Figure
from benchmarks.sound import POLITE, watched
from tests.loopback import Loopback
from tests.loopback.embedding_models import SIZED

ROWS, IN_A_CALL, CALLS_AT_ONCE = 10_000, 2_048, 6
MODEL: Final = f"{SIZED}-delay1000"
TOPICS: Final = (
    "parcel late",
    "boots small",
    "card charged",
    "password lost",
    "green kettle",
    "market bread",
    "lamp broken",
    "boat harbour",
)
PATIENCE: Final = 300.0
QUICK: Final = 0.2
STATES: Final = "SELECT state, sentence FROM similarity_side WHERE set_id = ?"
FOUND: Final = "SELECT f.kind AS kind FROM similarity_finding f JOIN similarity_side s ON s.id = f.side_id WHERE s.set_id = ?"


def texts() -> list[str]:
    return [f"{TOPICS[n % len(TOPICS)]} {TOPICS[n % len(TOPICS)]} number{n}" for n in range(ROWS)]


async def measure_whole_way(stage: Stage) -> list[Figure]:
    lines = texts()
    with Loopback() as provider:
        psutil.Process(provider.pid).nice(POLITE)
        latency = await asyncio.to_thread(_latency, provider, lines)
        ids = await asyncio.to_thread(stage.product.connect, provider, f"Numbers {provider.port}", [MODEL])
        visitor = await stage.product.visitor()
        provider.reset()
        try:
            async with watched(stage) as peak:
                begun, used = time.monotonic(), stage.cpu()
                form = {"text": "\n".join(lines), "key": uuid.uuid4().hex, "model": ids[MODEL], "shown.model": ""}
                page = await visitor.post("/similarity/", form)
                assert page.status == 200 and "hx-redirect" in page.headers, page.text[:500]
                address = page.headers["hx-redirect"]
                posted = time.monotonic() - begun
                times = await _wait(stage, address, begun)
                used = stage.cpu() - used
                calls = len([call for call in provider.requests() if call.path.endswith("/embeddings")])
                pages = [(await visitor.get(f"{address}?tab={tab}")).seconds for tab in ("pairs", "map", "groups", "rows")]
                asked, cold, warm = await _ask(stage, visitor, address)
        finally:
            visitor.close()
    floor = math.ceil(ROWS / IN_A_CALL) * latency / min(CALLS_AT_ONCE, math.ceil(ROWS / IN_A_CALL))
    name = f"{ROWS:,} rows"
    beside = f"floor {floor:.1f} s: {math.ceil(ROWS / IN_A_CALL)} calls of {IN_A_CALL:,} rows × {latency:.2f} s ÷ {CALLS_AT_ONCE} at once"
    return [
        Figure("S16", f"{name}: calls that were not needed", calls - math.ceil(ROWS / IN_A_CALL), "", 0, f"{calls} calls"),
        Figure(
            "S16",
            f"{name}: from the click until all numbers are there",
            times["read"],
            "s",
            None,
            f"{beside}; the click itself {posted:.1f} s",
        ),
        Figure("S16", f"{name}: until the groups are there", times["groups"], "s"),
        Figure("S16", f"{name}: until everything is there", times["all"], "s", None, f"{used:.1f} s of a processor"),
        Figure("S16", f"{name}: the slowest tab", max(pages), "s"),
        Figure("S16", f"{name}: ten closest to a new text, with its call", asked, "s", None, "the call waits 1 s"),
        Figure("S16", f"{name}: ten closest, page for the first time", cold, "s", None, "the numbers come from the database"),
        Figure("S16", f"{name}: ten closest, page again", warm, "s", QUICK),
        *(
            Figure("S16", f"memory of {each} at its most meanwhile", peak.most[each], "MiB", 1024, f"{peak.first[each]:.0f} MiB before")
            for each in ("web", "worker")
        ),
    ]


def _latency(provider: Loopback, lines: list[str]) -> float:
    """Of one full call, as the product makes it."""
    body = {"model": MODEL, "input": lines[:IN_A_CALL], "encoding_format": "base64"}
    begun = time.monotonic()
    httpx.post(f"{provider.url}/embeddings", json=body, trust_env=False, timeout=60).raise_for_status()
    return time.monotonic() - begun


async def _wait(stage: Stage, address: str, begun: float) -> dict[str, float]:
    """When all numbers, the groups, and everything were there."""
    key, times = uuid.UUID(address.strip("/").rsplit("/", 1)[-1]).hex, {}
    while time.monotonic() - begun < PATIENCE:
        (side,) = await asyncio.to_thread(stage.product.rows, STATES, key)
        found = {row["kind"] for row in await asyncio.to_thread(stage.product.rows, FOUND, key)}
        now = time.monotonic() - begun
        if side["state"] != "working":
            times.setdefault("read", now)
        if "groups" in found:
            times.setdefault("groups", now)
        if side["state"] in {"ready", "partial", "failed"}:
            assert side["state"] == "ready", side
            return {**times, "all": now}
        await asyncio.sleep(0.05)
    raise AssertionError(f"not within {PATIENCE:.0f} s")


async def _ask(stage: Stage, visitor: Any, address: str) -> tuple[float, float, float]:
    begun = time.monotonic()
    page = await visitor.post(f"{address}search/", {"text": "where is the late parcel"}, htmx=False)
    target = page.headers["location"]
    while True:
        page = await visitor.get(target)
        if "Nearest to" in page.text:
            break
        assert time.monotonic() - begun < 30, page.text[:500]
        await asyncio.sleep(0.05)
    asked, cold = time.monotonic() - begun, page.seconds
    again = sorted([(await visitor.get(target)).seconds for _number in range(5)])
    return asked, cold, again[2]
