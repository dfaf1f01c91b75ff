"""Where the scenes of these tests are played."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.browser.chat import Chat
from tests.product import Product


@dataclass(frozen=True, slots=True)
class Stage:
    """A page of somebody who is signed in, and the product it belongs to."""

    page: Page
    product: Product

    def chat(self, model: str) -> Chat:
        return Chat(self.page, self.product, self.product.conversation(model)).open()


Scene = Callable[[Stage], object]
