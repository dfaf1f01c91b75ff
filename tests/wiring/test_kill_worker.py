"""A worker that dies, freezes or is told to go, in the middle of an answer."""

import asyncio
import signal
import time

from tests.product import Product, Visitor
from tests.product.card import Card
from tests.wiring.asking import ask
from tests.wiring.settings import FINAL_WITHIN, GRACE, LEASE, LONG, SILENT, STEADY


async def test_it_keeps_what_came_when_the_worker_is_killed(product: Product, visitor: Visitor) -> None:
    question = await ask(product, visitor, LONG)
    seen = await question.watch_until(70)
    product.kill("worker")
    killed = time.monotonic()
    product.start_process("worker")
    row = question.final(FINAL_WITHIN)
    assert time.monotonic() - killed < FINAL_WITHIN
    assert row["status"] == "interrupted"
    assert question.story().startswith(row["text"])
    assert len(row["text"].split()) >= len(seen.words) - 50  # two seconds at 20 words a second, and the beat
    assert len(question.calls()) == 1


async def test_it_does_not_ask_again_when_no_word_had_come(product: Product, visitor: Visitor) -> None:
    question = await ask(product, visitor, SILENT)
    product.provider.wait_for_call(question.marker)
    product.kill("worker")
    product.start_process("worker")
    row = question.final(FINAL_WITHIN)
    assert (row["status"], row["text"]) == ("unknown", "")
    assert len(question.calls()) == 1


async def test_it_starts_what_was_waiting_for_a_worker(product: Product, visitor: Visitor) -> None:
    product.kill("worker")
    question = await ask(product, visitor, STEADY)
    assert question.row()["status"] == "queued"
    product.start_process("worker")
    assert question.final()["text"] == question.story()
    assert len(question.calls()) == 1


async def test_it_never_sends_what_was_stopped_while_waiting(product: Product, visitor: Visitor) -> None:
    product.kill("worker")
    question = await ask(product, visitor, STEADY)
    await visitor.post(f"/history/{question.run_id}/stop/", {})
    assert question.row()["status"] == "cancelled"
    product.start_process("worker")
    await asyncio.sleep(1)
    assert question.calls() == []


async def test_it_does_not_change_its_mind_when_a_frozen_worker_wakes(product: Product, visitor: Visitor) -> None:
    question = await ask(product, visitor, LONG)
    await question.watch_until(60)  # past the first saving
    product.send_signal("worker", signal.SIGSTOP)
    await asyncio.sleep(LEASE + 1)
    product.manage("sweep")
    ended = question.final(1)
    product.send_signal("worker", signal.SIGCONT)
    await asyncio.sleep(2)
    row = question.row()
    assert ended["status"] == row["status"] == "interrupted"
    assert (row["text"], row["finished_at"]) == (ended["text"], ended["finished_at"])
    assert len(question.calls()) == 1
    again = await ask(product, visitor, STEADY)
    assert again.final()["status"] == "completed"


async def test_it_ends_with_its_text_when_told_to_go(product: Product, visitor: Visitor) -> None:
    question = await ask(product, visitor, LONG)
    seen = await question.watch_until(20)
    seconds = product.children["worker"].terminate()
    assert seconds < GRACE + 5
    row = question.row()
    assert row["status"] == "interrupted"
    assert question.story().startswith(row["text"])
    assert len(row["text"].split()) >= len(seen.words)
    assert len(question.calls()) == 1


async def test_it_finishes_short_answers_before_it_goes(product: Product, visitor: Visitor) -> None:
    question = await ask(product, visitor, STEADY)
    await question.watch_until(10)
    product.children["worker"].terminate()
    assert question.row()["status"] == "completed"


async def test_it_shows_the_page_the_end_of_a_dead_workers_run(product: Product, visitor: Visitor) -> None:
    question = await ask(product, visitor, LONG)
    card = Card(question.run_id)
    await question.watch_until(60, card)
    product.kill("worker")
    product.start_process("worker")
    await question.follow(card, FINAL_WITHIN + 5)
    assert card.is_done and question.row()["status"] == "interrupted"
    assert len(card.words) >= 10
