"""Web processes that go away while an answer is written."""

import time

from tests.product import Product, Visitor
from tests.product.card import Card
from tests.wiring.asking import ask
from tests.wiring.settings import LONG


async def test_it_goes_on_after_web_was_killed(product: Product, visitor: Visitor) -> None:
    question = await ask(product, visitor, LONG)
    card = await question.watch_until(20)
    product.kill("web")
    product.start_process("web")
    await question.follow(card)
    assert card.words[-120:] == list(range(1, 121))
    assert question.final()["text"] == question.story()
    assert len(question.calls()) == 1


async def test_it_lets_web_go_within_its_grace(product: Product, visitor: Visitor) -> None:
    question = await ask(product, visitor, LONG)
    async with visitor.watch(question.sent.live) as live:
        await anext(aiter(live))
        begun = time.monotonic()
        product.restart("web")
        assert time.monotonic() - begun < 20
    card = await question.follow(Card(question.run_id))
    assert card.words[-120:] == list(range(1, 121))
