"""The chat page in the words of a person."""

import uuid

from playwright.sync_api import Locator, Page, expect

from tests.browser.seat import PATIENCE
from tests.loopback import Request
from tests.product import Product
from tests.product.card import words_in
from tests.product.product import wait_until


class Chat:
    """One conversation in one tab."""

    def __init__(self, page: Page, product: Product, address: str) -> None:
        self.page, self.product, self.address = page, product, address
        self.marker = ""

    def open(self) -> "Chat":
        self.page.goto(self.address)
        return self

    # --- What is on the page -------------------------------------------------------------------
    @property
    def composer(self) -> Locator:
        return self.page.locator("#message")

    @property
    def send_button(self) -> Locator:
        return self.page.locator(".composer .send")

    @property
    def stop_button(self) -> Locator:
        return self.page.locator(".composer button.stopping")

    @property
    def answer(self) -> Locator:
        return self.page.locator("#turns .turn-a").last

    @property
    def prose(self) -> Locator:
        return self.answer.locator(".prose").last

    def words(self) -> list[int]:
        return words_in(self.answer.inner_text())

    # --- What a person does --------------------------------------------------------------------
    def type(self, text: str = "Hello") -> str:
        """Text with a marker by which the provider's calls are found."""
        self.marker = f"#t-{uuid.uuid4().hex[:10]}"
        self.composer.fill(f"{text} {self.marker}")
        return self.marker

    def ask(self, text: str = "Hello") -> "Chat":
        """Send it with the button, and wait until it stands in the thread."""
        marker = self.type(text)
        self.send_button.click()
        expect(self.page.locator(".turn-u", has_text=marker)).to_be_visible(timeout=PATIENCE)
        return self

    def answered(self, text: str = "Hello") -> "Chat":
        return self.ask(text).wait_end()

    # --- What a person waits for ---------------------------------------------------------------
    def wait_begin(self) -> "Chat":
        expect(self.answer).to_have_attribute("aria-busy", "true", timeout=PATIENCE)
        return self

    def wait_words(self, number: int) -> "Chat":
        expect(self.answer).to_contain_text(f"w{number:04d}", timeout=PATIENCE)
        return self

    def wait_end(self) -> "Chat":
        """Until the card of an answer that has ended stands there: it alone has a receipt."""
        expect(self.answer.get_by_role("link", name="Receipt")).to_be_visible(timeout=PATIENCE)
        expect(self.page.locator('#turns [aria-busy="true"]')).to_have_count(0)
        return self

    def wait_end_of_all(self, number: int) -> "Chat":
        """Until all of several answers have ended."""
        expect(self.page.locator("#turns .together").get_by_role("link", name="Receipt")).to_have_count(number, timeout=PATIENCE)
        return self.wait_end()

    # --- What the provider saw -----------------------------------------------------------------
    def calls(self, marker: str = "") -> list[Request]:
        return self.product.provider.calls(marker or self.marker)

    def closed_after(self, pressed: float) -> float:
        """Seconds from then until the provider saw its connection closed."""
        call = wait_until(lambda: next((call for call in self.calls() if call.connection_closed_at), None), 8, "the connection closed")
        return float(call.connection_closed_at - pressed)
