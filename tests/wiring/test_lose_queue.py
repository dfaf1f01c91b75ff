"""Valkey that is killed, emptied, frozen or away. Nothing lives only there."""

import asyncio
import signal
import time

from tests.product import Product, Visitor
from tests.wiring.asking import ask
from tests.wiring.settings import LONG, STEADY, SWEEP


async def test_it_goes_on_when_the_queue_was_killed(product: Product, visitor: Visitor) -> None:
    question = await ask(product, visitor, LONG)
    card = await question.watch_until(20)
    product.kill("valkey")
    product.start_process("valkey")
    await question.follow(card)
    assert card.words[-120:] == list(range(1, 121))
    assert question.final()["text"] == question.story()
    assert len(question.calls()) == 1


async def test_it_goes_on_when_the_queue_was_emptied(product: Product, visitor: Visitor) -> None:
    question = await ask(product, visitor, LONG)
    card = await question.watch_until(20)
    product.redis().flushall()
    await question.follow(card)
    assert card.words[-120:] == list(range(1, 121))
    assert question.final()["text"] == question.story()


async def test_it_shows_the_answer_without_a_queue(product: Product, visitor: Visitor) -> None:
    """The page follows the row while Valkey stays away."""
    question = await ask(product, visitor, LONG)
    card = await question.watch_until(20)
    product.kill("valkey")
    await question.follow(card)
    assert card.words[-120:] == list(range(1, 121))
    assert question.row()["status"] == "completed"


async def test_it_takes_messages_while_the_queue_is_away(product: Product, visitor: Visitor) -> None:
    product.kill("valkey")
    begun = time.monotonic()
    question = await ask(product, visitor, STEADY)
    assert time.monotonic() - begun < 3
    await asyncio.sleep(1)
    assert question.row()["status"] == "queued"
    product.start_process("valkey")
    assert question.final(30)["text"] == question.story()
    assert len(question.calls()) == 1


async def test_it_takes_messages_while_the_queue_is_frozen(product: Product, visitor: Visitor) -> None:
    product.send_signal("valkey", signal.SIGSTOP)
    begun = time.monotonic()
    question = await ask(product, visitor, STEADY)
    took = time.monotonic() - begun
    product.send_signal("valkey", signal.SIGCONT)
    assert took < 3
    assert question.final(30)["text"] == question.story()
    assert len(question.calls()) == 1


async def test_it_runs_once_what_was_only_in_the_queue(product: Product, visitor: Visitor) -> None:
    product.kill("worker")
    question = await ask(product, visitor, STEADY)
    await asyncio.sleep(0.5)
    product.redis().flushall()
    product.start_process("worker")
    assert question.final(SWEEP + 20)["text"] == question.story()
    await asyncio.sleep(SWEEP)
    assert len(question.calls()) == 1
