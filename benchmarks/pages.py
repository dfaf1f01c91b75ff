"""S7: how long the server takes for a page, in a database that has seen use."""

import json

from benchmarks.chat import Stage
from benchmarks.report import Figure, quantile

TIMES, TURNS = 40, 500


async def measure_pages(stage: Stage) -> list[Figure]:
    wish = json.dumps({"runs": stage.runs, "turns": TURNS})
    addresses = json.loads(stage.product.run_python("-m", "benchmarks.filling", stdin=wish).splitlines()[-1])
    pages = [
        ("new chat", "/chat/", 50),
        ("chat of two turns", addresses["short"], 50),
        (f"chat of {TURNS} turns", addresses["long"], 300),
        (f"History over {stage.runs:,} runs", "/history/", 100),
        ("History, only what failed", "/history/?status=failed", 100),
        ("History, a word that is rare", "/history/?q=Question+77", 100),
    ]
    return [await measure_page(stage, *page) for page in pages]


async def measure_page(stage: Stage, name: str, address: str, promised: float) -> Figure:
    for _ in range(3):
        page = await stage.visitor.get(address)
        assert page.status == 200, f"{address} answered {page.status}"
    seconds = [(await stage.visitor.get(address)).seconds * 1000 for _ in range(TIMES)]
    beside = f"p50 {quantile(seconds, 0.5):.0f} ms, {page.wire_bytes / 1024:.0f} KiB"
    return Figure("S7", f"{name}, p95 of {TIMES}", quantile(seconds, 0.95), "ms", promised, beside)
