"""S1 to S5 and S10: what a chat costs, alone and among many."""

import asyncio
import time
from dataclasses import dataclass

from benchmarks.report import Figure, quantile
from benchmarks.streams import Answer, ask_directly, ask_product, delays, problems, spread
from tests.loopback import Loopback, story
from tests.loopback.stories import pieces
from tests.product import Product, Visitor
from tests.product.client import Client
from tests.product.processes import cpu_seconds

DELAY, RATE = 200, 50


def model_of(tokens: int, delay: int = DELAY) -> str:
    return f"loop-delay{delay}-rate{RATE}-tokens{tokens}"


@dataclass(frozen=True, slots=True)
class Level:
    """So many streams at a time: `samples` answers of `tokens` words, begun evenly so that `streams` are always open."""

    streams: int
    samples: int
    tokens: int
    p50: float
    p95: float

    @property
    def interval(self) -> float:
        return (self.tokens / RATE + DELAY / 1000) / self.streams


LEVELS = (Level(1, 20, 10, 12, 20), Level(10, 50, 100, 12, 25), Level(50, 120, 200, 20, 50))
CROWD, CROWD_TOKENS, CROWD_SECONDS = 200, 1000, 12.0  # opened within 12 s, all open at once for 8 s
MARKDOWN = "markdown-delay200-rate50"
MODELS = [*(model_of(level.tokens) for level in LEVELS), model_of(CROWD_TOKENS), model_of(1, 4000), MARKDOWN, "steady-rate0-tokens3"]


@dataclass(frozen=True, slots=True)
class Stage:
    """What all measurements share."""

    product: Product
    provider: Loopback
    visitor: Visitor

    runs: int = 50_000

    def cpu(self) -> float:
        return cpu_seconds(list(self.product.pids.values()))


async def measure_first_words(stage: Stage) -> list[Figure]:
    """S1 at each level, and at the highest also S2 and S4."""
    figures = []
    for level in LEVELS:
        figures += await measure_level(stage, level)
    return figures


async def measure_level(stage: Stage, level: Level) -> list[Figure]:
    """The product and the direct way in turns."""
    model, turns = model_of(level.tokens), 2
    addresses = iter(stage.product.new_conversations(model, level.samples))
    client = Client(stage.provider.url.removesuffix("/v1"))
    stage.provider.reset()
    ours: list[Answer] = []
    directly: list[Answer] = []
    cpu = 0.0
    for _ in range(turns):
        number = level.samples // turns
        directly += await spread(number, level.interval, lambda: ask_directly(client, stage.provider, model))
        before = stage.cpu()
        ours += await spread(number, level.interval, lambda: ask_product(stage.visitor, next(addresses), level.tokens))
        cpu += stage.cpu() - before
    client.close()
    return [*first_word_figures(level, ours, directly), *(steady_figures(stage, ours, cpu) if level is LEVELS[-1] else [])]


def first_word_figures(level: Level, ours: list[Answer], directly: list[Answer]) -> list[Figure]:
    floor = quantile([answer.first_word for answer in directly], 0.5)
    added = [answer.first_word - floor for answer in ours]
    posted = quantile([answer.posted * 1000 for answer in ours], 0.5)
    beside = f"direct {floor:.0f} ms, {len(ours)} answers, page answered in {posted:.0f} ms"
    name = f"added time to the first word, {level.streams} streams,"
    return [
        Figure("S1", f"{name} p50", quantile(added, 0.5), "ms", level.p50, beside),
        Figure("S1", f"{name} p95", quantile(added, 0.95), "ms", level.p95),
    ]


def steady_figures(stage: Stage, ours: list[Answer], cpu: float) -> list[Figure]:
    late = delays(ours, stage.provider)
    tokens = sum(len(answer.arrivals) for answer in ours)
    broken = sum(not answer.is_whole for answer in ours)
    return [
        Figure(
            "S2",
            "delay of a word, provider to browser, 50 streams, p95",
            quantile(late, 0.95),
            "ms",
            60,
            f"p50 {quantile(late, 0.5):.0f} ms",
        ),
        Figure("S4", "CPU of web + worker + Valkey for 1,000 tokens, 50 streams", cpu / tokens * 1000, "s", 0.35, f"{tokens:,} tokens"),
        Figure("S3", "answers not whole among them", broken, "", 0, problems(ours)),
    ]


async def measure_crowd(stage: Stage) -> list[Figure]:
    """S3: two hundred at once."""
    stage.provider.reset()
    model, interval = model_of(CROWD_TOKENS), CROWD_SECONDS / CROWD
    addresses = iter(stage.product.new_conversations(model, CROWD))
    before, begun = stage.cpu(), time.monotonic()
    answers = await spread(CROWD, interval, lambda: ask_product(stage.visitor, next(addresses), CROWD_TOKENS))
    cpu, seconds = stage.cpu() - before, time.monotonic() - begun
    first = [answer.first_word for answer in answers]
    late = delays(answers, stage.provider)
    beside = f"p50 {quantile(first, 0.5):.0f} ms, of which {DELAY} ms are the provider's"
    lost, how = (
        sum(not answer.is_whole for answer in answers),
        problems(answers) or f"opened within {CROWD_SECONDS:.0f} s, ended after {seconds:.0f} s",
    )
    return [
        Figure("S3", "200 streams: answers not whole", lost, "", 0, how),
        Figure("S3", "200 streams: first word after the click, p95", quantile(first, 0.95), "ms", 500, beside),
        Figure("S3", "200 streams: delay of a word, p95", quantile(late, 0.95), "ms", None, f"{cpu / seconds:.2f} cores"),
    ]


async def measure_bytes(stage: Stage) -> list[Figure]:
    """S5: one Markdown answer, everything the browser got for it."""
    answer = await ask_product(stage.visitor, stage.product.conversation(MARKDOWN), 0)
    tokens = len(pieces(MARKDOWN))
    packed, plain = answer.stream_bytes + answer.page_bytes, answer.plain_bytes + answer.page_bytes
    beside = f"{tokens} tokens, {len(story(MARKDOWN))} characters, page {answer.page_bytes:,} bytes"
    return [
        Figure("S5", "bytes to the browser per token, Markdown, as sent", packed / tokens, "B", 100, beside),
        Figure("S5", "the same before compression", plain / tokens, "B"),
    ]


async def measure_run_cost(stage: Stage) -> list[Figure]:
    """S10: what a run costs before its first word, with a provider that lets everybody wait."""
    number, delay = 40, 4000
    addresses = iter(stage.product.new_conversations(model_of(1, delay), number))
    idle_before = stage.cpu()
    await asyncio.sleep(2)
    idle = (stage.cpu() - idle_before) / 2
    before, begun = stage.cpu(), time.monotonic()
    waiting = asyncio.ensure_future(spread(number, 0.05, lambda: ask_product(stage.visitor, next(addresses), 1)))
    await asyncio.sleep(0.05 * number + 0.8)
    cpu = stage.cpu() - before - idle * (time.monotonic() - begun)
    await waiting
    return [Figure("S10", "CPU of a run before its first word", cpu / number * 1000, "ms", 25, f"{number} runs, with their pages")]
