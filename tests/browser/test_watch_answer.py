"""An answer in the making: it comes word by word, and neither a reload, a second tab nor a closed browser loses any of it."""

import re
from typing import Any

from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat, OpenSeat
from tests.browser.models import CUT, EMPTY, LATE, LONG, REFUSED, STEADY, THINKING
from tests.browser.seat import Seat
from tests.product import Product

WHOLE = list(range(1, 121))


def test_it_shows_words_while_they_come_and_numbers_at_the_end(open_chat: OpenChat, seat: Seat) -> None:
    chat = open_chat(LONG).ask().wait_words(5)
    first = len(chat.words())
    expect(chat.answer).to_have_attribute("aria-busy", "true")
    expect(seat.page.locator("#announce")).to_contain_text("Press Escape to stop")
    chat.wait_words(30)
    assert len(chat.words()) > first
    chat.wait_end()
    assert chat.words() == WHOLE
    expect(chat.answer).not_to_have_attribute("aria-busy", "true")
    for number in ("first word", "125 tokens", "own server"):
        expect(chat.answer.locator(".turn-foot")).to_contain_text(number)
    expect(seat.page.locator("#announce")).to_have_text("Answer ready, 120 words.")
    assert len(chat.calls()) == 1


def test_it_goes_on_after_a_reload_in_the_middle(open_chat: OpenChat, seat: Seat) -> None:
    chat = open_chat(LONG).ask().wait_words(20)
    seat.page.reload()
    words = chat.wait_words(20).words()
    assert words == list(range(1, len(words) + 1))
    assert chat.wait_end().words() == WHOLE
    assert len(chat.calls()) == 1


def test_it_shows_the_same_in_a_second_tab(open_chat: OpenChat, seat: Seat, product: Product) -> None:
    chat = open_chat(LONG).ask().wait_words(10)
    other = Chat(seat.context.new_page(), product, chat.address).open()
    assert other.wait_words(10).wait_end().words() == WHOLE
    assert chat.wait_end().words() == WHOLE
    assert len(chat.calls()) == 1


def test_it_has_the_whole_text_after_the_browser_was_closed(
    open_chat: OpenChat, open_seat: OpenSeat, seat: Seat, session: Any, product: Product
) -> None:
    chat = open_chat(LONG).ask().wait_words(10)
    seat.context.close()
    again = Chat(open_seat(storage_state=session).page, product, chat.address).open()
    assert again.wait_end().words() == WHOLE
    assert len(chat.calls()) == 1


def test_it_comes_back_to_the_answer_with_the_back_button(open_chat: OpenChat, seat: Seat) -> None:
    chat = open_chat(LONG).ask().wait_words(10)
    seat.page.get_by_role("link", name="History").click()
    seat.page.wait_for_url("**/history/")
    seat.page.go_back()
    assert chat.wait_end().words() == WHOLE
    assert len(chat.calls()) == 1


def test_it_says_what_it_waits_for(open_chat: OpenChat) -> None:
    chat = open_chat(LATE).ask().wait_begin()
    expect(chat.answer.locator(".live")).to_contain_text("Waiting for the first word")
    expect(chat.answer.locator("[data-since]")).to_have_text(re.compile(r"^[2-6] s$"))
    chat.stop_button.click()
    chat.wait_end()
    expect(chat.answer).to_contain_text("Stopped before the first word.")


def test_it_folds_what_the_model_thought(open_chat: OpenChat) -> None:
    chat = open_chat(THINKING).answered()
    thinking = chat.answer.locator("details.thinking")
    assert thinking.get_attribute("open") is None
    thinking.locator("summary").click()
    expect(thinking).to_contain_text("t0020")


def test_it_says_what_went_wrong_and_what_to_do(open_chat: OpenChat) -> None:
    refused = open_chat(REFUSED).answered()
    expect(refused.answer.get_by_role("alert")).to_contain_text("did not accept the key")
    expect(refused.answer.get_by_role("link", name="Check the key")).to_be_visible()
    cut = open_chat(CUT).answered()
    expect(cut.answer).to_contain_text("The connection broke after 20 words.")
    assert cut.words() == list(range(1, 21))
    empty = open_chat(EMPTY).answered()
    expect(empty.answer).to_contain_text("The model answered with nothing.")


def test_it_tries_again_beside_the_first_answer(open_chat: OpenChat, seat: Seat) -> None:
    chat = open_chat(STEADY).answered()
    chat.answer.get_by_role("button", name="Try again").click()
    chat.wait_end()
    expect(seat.page.locator(".siblings")).to_contain_text("2 of 2")
    assert len(chat.calls()) == 2
    seat.page.get_by_role("button", name="Previous").click()
    expect(seat.page.locator(".siblings")).to_contain_text("1 of 2")
