"""S8: what the processes hold when nothing happens."""

import asyncio

from benchmarks.chat import Stage
from benchmarks.report import Figure
from tests.product.processes import memory_bytes


async def measure_memory(stage: Stage) -> list[Figure]:
    await asyncio.sleep(2)
    each = {name: memory_bytes([pid]) / 2**20 for name, pid in stage.product.pids.items()}
    beside = ", ".join(f"{name} {size:.0f}" for name, size in each.items())
    return [Figure("S8", "memory of web + worker + Valkey, idle", sum(each.values()), "MiB", 300, beside)]
