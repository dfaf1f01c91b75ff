"""A message and its answer, through every process, with nothing broken but the patience of people."""

import asyncio
import json
import time

from tests.product import Product, Visitor
from tests.product.card import Card
from tests.wiring.asking import ask, read
from tests.wiring.settings import CROWD, LEASE, LONG, STEADY


async def test_it_streams_an_answer_and_keeps_it(product: Product, visitor: Visitor) -> None:
    question = await ask(product, visitor, STEADY)
    card = await question.follow(Card(question.run_id))
    row = question.final()
    assert (row["status"], row["text"]) == ("completed", question.story())
    assert json.loads(row["usage"])["output"] == 60
    assert card.words[-60:] == list(range(1, 61))
    assert len(question.calls()) == 1


async def test_it_shows_words_while_they_are_written(product: Product, visitor: Visitor) -> None:
    question = await ask(product, visitor, LONG)
    await question.watch_until(10)
    assert question.row()["status"] in {"sending", "streaming"}
    call = question.provider.calls(question.marker)[0]
    assert 10 <= call.pieces < 40


async def test_it_makes_one_call_for_a_double_click(product: Product, visitor: Visitor) -> None:
    question = await ask(product, visitor, STEADY)
    message = f"Hello {question.marker}"
    again = await asyncio.gather(*(visitor.post_message(question.address, message, question.key) for _ in range(4)))
    assert all(page.status in {200, 204} for page in again)
    question.final()
    assert len(question.calls()) == 1
    assert len(product.rows("SELECT 1 FROM runs_run WHERE parent_id = ?", question.row()["parent_id"])) == 1


async def test_it_makes_one_call_for_clicks_at_the_same_moment(product: Product, visitor: Visitor) -> None:
    address, marker, key = product.conversation(STEADY), "#t-same-moment", "2f0c33a4-5a1c-4a6e-9d2c-6b5ff5a2c1de"
    pages = await asyncio.gather(*(visitor.post_message(address, f"Hello {marker}", key) for _ in range(5)))
    assert {page.status for page in pages} <= {200, 204}
    product.provider.wait_for_call(marker)
    await asyncio.sleep(1)
    assert len(product.provider.calls(marker)) == 1


async def test_it_goes_on_after_a_reload(product: Product, visitor: Visitor) -> None:
    question = await ask(product, visitor, LONG)
    await question.watch_until(20)
    page = await visitor.get(question.address)
    assert question.sent.live.partition("?")[2] in page.text.replace("&amp;", "&")
    card = await question.follow(Card(question.run_id))
    assert card.words[-120:] == list(range(1, 121))
    assert len(question.calls()) == 1


async def test_it_shows_two_viewers_the_same(product: Product, visitor: Visitor) -> None:
    question = await ask(product, visitor, LONG)
    other = await product.visitor()
    first, second = Card(question.run_id), await question.watch_until(5)
    await asyncio.gather(question.follow(first), question.follow(second, visitor=other))
    other.close()
    assert first.words == second.words
    assert first.words[-120:] == list(range(1, 121))
    assert len(question.calls()) == 1


async def test_it_finishes_when_nobody_watches(product: Product, visitor: Visitor) -> None:
    question = await ask(product, visitor, STEADY)
    visitor.close()
    assert question.final()["text"] == question.story()


async def test_it_ends_at_once_for_who_comes_late(product: Product, visitor: Visitor) -> None:
    question = await ask(product, visitor, STEADY)
    question.final()
    begun = time.monotonic()
    card = await question.follow(Card(question.run_id))
    assert card.is_done and card.words[-60:] == list(range(1, 61))
    assert time.monotonic() - begun < 2


async def test_it_answers_forty_at_the_same_moment(product: Product, visitor: Visitor) -> None:
    """More writers than the database lets in at a time: all wait their turn, nobody is turned away."""
    questions = await asyncio.gather(*(ask(product, visitor, CROWD) for _ in range(40)))
    rows = [question.final(40) for question in questions]
    assert {(row["status"], row["text"]) for row in rows} == {("completed", questions[0].story())}
    assert {len(question.calls()) for question in questions} == {1}


async def test_it_makes_one_call_for_a_message_delivered_often(product: Product, visitor: Visitor) -> None:
    question = await ask(product, visitor, LONG)
    again = "import uuid; from apps.runs.tasks import _publish; [_publish([str(uuid.UUID(%r))]) for _ in range(5)]"
    product.manage("shell", "-c", again % question.run_id)
    question.final()
    await asyncio.sleep(0.5)
    assert len(question.calls()) == 1


async def test_it_keeps_an_answer_while_the_database_is_locked(product: Product, visitor: Visitor) -> None:
    question = await ask(product, visitor, LONG)
    card = await question.watch_until(20)
    with product.locked_database():
        await asyncio.sleep(LEASE - 2)
    await question.follow(card)
    assert question.final()["text"] == question.story()
    assert card.words[-120:] == list(range(1, 121))
    assert len(question.calls()) == 1


async def test_it_closes_the_connection_when_stopped(product: Product, visitor: Visitor) -> None:
    question = await ask(product, visitor, LONG)
    card = Card(question.run_id)
    async with visitor.watch(question.sent.live) as live:
        await read(live, card, 10)
        pressed = time.monotonic()
        await visitor.post(f"/history/{question.run_id}/stop/", {})
        await read(live, card)
    call, row = question.calls()[0], question.final()
    assert call.connection_closed_at and call.connection_closed_at - pressed < 2
    assert row["status"] == "cancelled"
    assert row["text"] and question.story().startswith(row["text"])
    assert card.is_done and len(card.words) >= 10


async def test_it_keeps_what_a_hostile_answer_says_harmless(product: Product, visitor: Visitor) -> None:
    from tests.wiring.harmless import dangers_in

    question = await ask(product, visitor, "hostile-rate400")
    found: list[str] = []
    async with visitor.watch(question.sent.live) as live:
        async for event in live:
            if event.name.startswith(("start-", "commit-", "draft-")):
                found += dangers_in(event.data)
    page = await visitor.get(question.address)
    assert found == []
    assert question.final()["text"] == question.story().replace("\x00", "\ufffd")
    assert "owned.invalid" not in page.headers.get("content-security-policy", "")
