"""S7: how long the server takes for a page, in a database that has seen use."""

import json

from benchmarks.chat import Stage
from benchmarks.report import Figure, quantile

TIMES, TURNS = 40, 500
TEAM = {"people": 200, "audit": 20_000, "chats": 5_000, "models": 2_000}


async def measure_pages(stage: Stage) -> list[Figure]:
    wish = json.dumps({"runs": stage.runs, "turns": TURNS, **TEAM})
    addresses = json.loads(stage.product.run_python("-m", "benchmarks.filling", stdin=wish).splitlines()[-1])
    pages = [
        ("new chat", "/chat/", 50),
        ("chat of two turns", addresses["short"], 50),
        (f"chat of {TURNS} turns", addresses["long"], 300),
        (f"History over {stage.runs:,} runs", "/history/", 100),
        ("History, only what failed", "/history/?status=failed", 100),
        ("History, a word that is rare", "/history/?q=Question+77", 100),
        ("History, what broke off", "/history/?status=trouble", 100),
        (f"Home over {stage.runs:,} runs and {TEAM['models']:,} models", "/", 50),
        (f"past chats, a word among {TEAM['chats']:,}", "/chat/past/?q=pier+77", 100),
        ("jump box, a word", "/jump/?q=pier", 50),
        ("jump box, one letter", "/jump/?q=a", 50),
        (f"People, {TEAM['people']}", "/settings/people/", 150),
        (f"Audit, {TEAM['audit']:,} entries", "/settings/audit/", 50),
        ("Providers", "/settings/providers/", 50),
        (f"one page of {TEAM['models']:,} models", addresses["models"], 150),
        (f"rows of the picker, {TEAM['models']:,} models", "/settings/providers/picker/?endpoint=chat", 150),
        ("Health", "/settings/health/", 100),
        ("Data", "/settings/data/", 50),
    ]
    return [await measure_page(stage, *page) for page in pages]


async def measure_page(stage: Stage, name: str, address: str, promised: float, promise: str = "S7") -> Figure:
    for _ in range(3):
        page = await stage.visitor.get(address)
        assert page.status == 200, f"{address} answered {page.status}"
    seconds = [(await stage.visitor.get(address)).seconds * 1000 for _ in range(TIMES)]
    beside = f"p50 {quantile(seconds, 0.5):.0f} ms, {page.wire_bytes / 1024:.0f} KiB"
    return Figure(promise, f"{name}, p95 of {TIMES}", quantile(seconds, 0.95), "ms", promised, beside)
