"""One answer, watched word by word: through the product as a browser, and directly."""

import asyncio
import json
import re
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tests.loopback import Loopback
from tests.product import Visitor
from tests.product.card import Card
from tests.product.client import Client
from tests.product.live import Event, EventParser

WORD = re.compile(r"w(\d{4,})")
PATIENCE = 90


@dataclass(slots=True)
class Answer:
    """When what came. Times are of the monotonic clock; `arrivals[n]` belongs to word n + 1."""

    marker: str
    asked_at: float = 0.0
    arrivals: list[float] = field(default_factory=list)
    posted: float = 0.0
    stream_bytes: int = 0
    plain_bytes: int = 0
    page_bytes: int = 0
    is_whole: bool = False
    run_id: str = ""
    problem: str = ""

    @property
    def first_word(self) -> float:
        """Milliseconds from the click to the first word."""
        return (self.arrivals[0] - self.asked_at) * 1000 if self.arrivals else float("inf")

    def take(self, text: str, at: float) -> None:
        for number in WORD.findall(text):
            if int(number) == len(self.arrivals) + 1:
                self.arrivals.append(at)


def problems(answers: list[Answer]) -> str:
    """What went wrong, each kind with its count."""
    kinds = Counter(answer.problem or "not whole" for answer in answers if answer.problem or not answer.is_whole)
    return "; ".join(f"{number} x {kind}" for kind, number in kinds.items())


def new_answer() -> Answer:
    return Answer(f"#t-{uuid.uuid4().hex[:12]}")


async def ask_product(visitor: Visitor, address: str, words: int) -> Answer:
    """Send a message in the conversation at that address and watch its answer to the end. Whatever goes wrong is in `problem`."""
    answer = new_answer()
    answer.asked_at = time.monotonic()
    try:
        await watch_answer(visitor, address, words, answer)
    except (AssertionError, OSError, TimeoutError) as error:
        answer.problem = f"{type(error).__name__} {str(error).partition(':')[0]}"
    return answer


async def watch_answer(visitor: Visitor, address: str, words: int, answer: Answer) -> None:
    sent = await visitor.send(address, f"Tell me something. {answer.marker}")
    answer.posted = time.monotonic() - answer.asked_at
    answer.run_id, answer.page_bytes = sent.run_id, sent.page.wire_bytes
    card = Card(sent.run_id)

    def take(event: Event) -> None:
        answer.take(event.data, event.at)
        if event.name in {f"end-{sent.run_id}", "done"}:
            card.take(event)

    live = visitor.watch(sent.live, take)
    async with asyncio.timeout(PATIENCE), live:
        await live.finished()
    answer.stream_bytes, answer.plain_bytes = live.wire_bytes, live.plain_bytes
    answer.is_whole = card.is_done and card.words[-words:] == list(range(1, words + 1))


async def ask_directly(client: Client, provider: Loopback, model: str) -> Answer:
    """The same question straight to the provider, from the same kind of client."""
    answer = new_answer()
    body = {"model": model, "stream": True, "messages": [{"role": "user", "content": f"Tell me something. {answer.marker}"}]}
    parser = EventParser(lambda event: answer.take(event.data, event.at))
    answer.asked_at = time.monotonic()
    connection = await client.connect()
    request = client.build("POST", "/v1/chat/completions", {"authorization": f"Bearer {provider.key}"}, json.dumps(body).encode())
    await connection.ask(request, parser.feed)
    client.rest(connection)
    return answer


async def spread(number: int, interval: float, act: Callable[[], Awaitable[Answer]]) -> list[Answer]:
    """Begin `number` answers, one every `interval` seconds, and wait for all."""
    tasks = []
    begun = time.monotonic()
    for index in range(number):
        await asyncio.sleep(max(0.0, begun + index * interval - time.monotonic()))
        tasks.append(asyncio.ensure_future(act()))
    return await asyncio.gather(*tasks)


def delays(answers: list[Answer], provider: Loopback) -> list[float]:
    """Milliseconds from the moment the provider sent a word to its arrival, for every word."""
    sent = {call.token: call.sent for call in provider.requests(sent=True)}
    return [(at - left) * 1000 for answer in answers for at, left in zip(answer.arrivals, sent.get(answer.marker, ()), strict=False)]
