"""The connection of the browser goes and comes back: the page says so, what was typed stays, the answer goes on."""

from playwright.sync_api import expect

from tests.browser.conftest import OpenChat
from tests.browser.models import LONG, STEADY
from tests.browser.seat import Seat

GONE = ("ERR_INTERNET_DISCONNECTED", "htmx:sendError", "ERR_NETWORK", "ERR_INCOMPLETE_CHUNKED", "htmx:sseError")


def test_it_says_so_and_keeps_what_is_typed(open_chat: OpenChat, seat: Seat) -> None:
    seat.allow(*GONE)
    chat = open_chat(STEADY)
    banner = seat.page.locator("#offline")
    seat.context.set_offline(True)
    expect(banner).to_be_visible()
    marker = chat.type("Kept over a broken line")
    chat.composer.press("Enter")
    expect(chat.composer).to_have_value(f"Kept over a broken line {marker}")
    seat.context.set_offline(False)
    expect(banner).to_be_hidden()
    chat.composer.press("Enter")
    chat.wait_end()
    assert len(chat.calls()) == 1


def test_it_goes_on_with_the_answer(open_chat: OpenChat, seat: Seat) -> None:
    seat.allow(*GONE)
    chat = open_chat(LONG).ask().wait_words(10)
    seat.context.set_offline(True)
    seat.page.wait_for_timeout(1500)
    seat.context.set_offline(False)
    assert chat.wait_end().words() == list(range(1, 121))
    assert len(chat.calls()) == 1
