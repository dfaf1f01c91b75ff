"""A colleague who is locked out, removed or made a reader in the middle of an answer."""

import asyncio
import time

import pytest

from tests.product import Product, Visitor
from tests.product.card import Card
from tests.wiring.asking import ask
from tests.wiring.settings import LASTING, RENEW

PROMISED = 30
ACTS = {"lock-out": {}, "remove": {"sure": "yes"}, "role": {"role": "viewer"}}


@pytest.mark.parametrize("act", ACTS)
async def test_it_ends_the_answer_and_sends_nothing_more(product: Product, visitor: Visitor, act: str) -> None:
    colleague, membership = await product.colleague()
    question = await ask(product, colleague, LASTING)
    card = await question.watch_until(10)
    page = await visitor.post(f"/settings/people/{membership}/{act}/", ACTS[act], htmx=False)
    assert page.status in {302, 303}, page.text[:2000]
    done = time.monotonic()
    row = question.final(RENEW + 5)
    assert time.monotonic() - done < PROMISED * RENEW / 5  # the default renews every 5 s
    assert (row["status"], row["error_kind"]) == ("interrupted", "revoked")
    assert question.story().startswith(row["text"]) and len(row["text"].split()) >= len(card.words)
    (call,) = question.calls()
    assert not call.finished and call.pieces < 150  # the provider's connection was closed, so nothing more is paid for
    refused = await colleague.post_message(product.conversation(LASTING), "And this?")
    assert refused.status in {403, 404}
    colleague.close()


async def test_it_ends_an_open_stream_while_the_answer_goes_on(product: Product, visitor: Visitor) -> None:
    colleague, membership = await product.colleague("viewer")
    watched = await ask(product, visitor, LASTING)
    card, is_locked_out = Card(watched.run_id), False
    async with asyncio.timeout(PROMISED), colleague.watch(watched.sent.live) as live:
        async for event in live:
            card.take(event)
            if len(card.words) >= 5 and not is_locked_out:
                is_locked_out = (await visitor.post(f"/settings/people/{membership}/lock-out/", {}, htmx=False)).status in {302, 303}
    assert is_locked_out
    assert not card.ended and len(card.words) < 150  # "done" may come: it tells the browser not to connect again
    assert watched.final()["status"] == "completed"
    colleague.close()


async def test_it_never_sends_what_was_waiting(product: Product, visitor: Visitor) -> None:
    colleague, membership = await product.colleague()
    product.kill("worker")
    waiting = await ask(product, colleague, LASTING)
    await visitor.post(f"/settings/people/{membership}/lock-out/", {}, htmx=False)
    product.start_process("worker")
    row = waiting.final(20)
    assert (row["status"], row["error_kind"]) == ("failed", "not_allowed")
    assert waiting.calls() == []
    colleague.close()
