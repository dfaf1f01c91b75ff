"""One question of a test, with all that the outside can know of it."""

import asyncio
import uuid
from dataclasses import dataclass
from typing import Any

from tests.loopback import Loopback, Request, story
from tests.product import Product, Visitor
from tests.product.card import Card
from tests.product.live import Live
from tests.product.visitor import Sent

RECONNECT = 0.2


@dataclass(frozen=True, slots=True)
class Question:
    """A message that was sent, and the marker by which the provider's calls are found."""

    product: Product
    visitor: Visitor
    model: str
    address: str
    marker: str
    key: str
    sent: Sent

    @property
    def run_id(self) -> str:
        return self.sent.run_id

    @property
    def provider(self) -> Loopback:
        return self.product.provider

    def calls(self) -> list[Request]:
        return self.provider.calls(self.marker)

    def row(self) -> dict[str, Any]:
        return self.product.row(self.run_id)

    def final(self, timeout: float = 20) -> dict[str, Any]:
        return self.product.wait_for_status(self.run_id, timeout=timeout)

    def story(self) -> str:
        return story(self.model)

    async def watch_until(self, words: int, card: Card | None = None) -> Card:
        """Watch until so many words are on the page, then close the tab."""
        card = card or Card(self.run_id)
        async with asyncio.timeout(20), self.visitor.watch(self.sent.live) as live:
            await read(live, card, words)
        return card

    async def follow(self, card: Card, timeout: float = 40, visitor: Visitor | None = None) -> Card:
        """Watch to the end, connecting again whenever the stream breaks, as a browser does."""
        async with asyncio.timeout(timeout):
            while not card.is_done:
                try:
                    async with (visitor or self.visitor).watch(self.sent.live) as live:
                        await read(live, card)
                except OSError:
                    await asyncio.sleep(RECONNECT)
        return card


async def read(live: Live, card: Card, words: int = 10**9) -> None:
    async for event in live:
        card.take(event)
        assert card.is_unbroken, f"the page shows {card.words}"
        if len(card.words) >= words:
            return


async def ask(product: Product, visitor: Visitor, model: str, text: str = "Hello") -> Question:
    """Send a message in a conversation of its own."""
    marker, key, address = f"#t-{uuid.uuid4().hex[:10]}", str(uuid.uuid4()), product.conversation(model)
    sent = await visitor.send(address, f"{text} {marker}", key)
    return Question(product, visitor, model, address, marker, key, sent)
