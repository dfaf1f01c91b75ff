"""Health and Home while parts of the product are frozen or away: they say so, soon, and stay pages."""

import asyncio
import re
import signal

from tests.product import Product, Visitor
from tests.product.client import Page
from tests.wiring.settings import SWEEP

HEALTH = "/settings/health/"
SOON = 4.0  # two seconds are the promise; the rest is for busy cores


async def look(visitor: Visitor) -> Page:
    page = await visitor.get(HEALTH)
    assert page.status == 200
    assert page.seconds < SOON
    return page


def state_of(page: Page, part: str) -> str:
    card = page.text.split(f'id="h-{part}"')[1]
    found = re.search(r"</svg>(Works|Look at this|Down)</span>", card)
    assert found
    return found[1]


async def until_home_says(visitor: Visitor, sentence: str, is_said: bool) -> None:
    for _ in range(SWEEP * 12):
        if (sentence in (await visitor.get("/")).text) is is_said:
            return
        await asyncio.sleep(0.5)
    raise AssertionError(f"Home {'does not say' if is_said else 'still says'}: {sentence}")


async def until_all_work(visitor: Visitor) -> Page:
    """A worker that another test killed counts as there until its signs of life are old; a scheduler that began anew is silent at first."""
    for _ in range(SWEEP * 6):
        page = await visitor.get(HEALTH)
        states = {part: state_of(page, part) for part in ("database", "queue", "workers", "storage")}
        if set(states.values()) == {"Works"} and "1 of 1" in page.text:
            return await look(visitor)
        await asyncio.sleep(1)
    raise AssertionError(f"Health does not find all at work: {states}")


async def test_it_finds_every_part_at_work(product: Product, visitor: Visitor) -> None:
    page = await until_all_work(visitor)
    assert "Valkey" in page.text


async def test_it_tells_a_frozen_worker_at_once_and_takes_it_for_gone_soon(product: Product, visitor: Visitor) -> None:
    await until_home_says(visitor, "No worker answers", False)
    product.send_signal("worker", signal.SIGSTOP)
    page = await look(visitor)
    assert "gives signs of life but does not answer" in page.text
    await until_home_says(visitor, "No worker answers", True)
    page = await look(visitor)
    assert state_of(page, "workers") == "Down" and "gone, last seen" in page.text
    product.send_signal("worker", signal.SIGCONT)
    await until_home_says(visitor, "No worker answers", False)


async def test_it_stays_a_page_without_the_queue(product: Product, visitor: Visitor) -> None:
    product.kill("valkey")
    page = await look(visitor)
    assert state_of(page, "queue") == "Down" and "What is asked is kept" in page.text
    assert state_of(page, "database") == "Works"
    assert "the queue is away" in page.text


async def test_it_stays_a_page_while_the_queue_is_frozen(product: Product, visitor: Visitor) -> None:
    product.send_signal("valkey", signal.SIGSTOP)
    try:
        page = await look(visitor)
        assert state_of(page, "queue") == "Down"
        assert state_of(page, "database") == "Works"
    finally:
        product.send_signal("valkey", signal.SIGCONT)
