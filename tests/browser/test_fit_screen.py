"""The layout holds at a desk, on a tablet and on a phone, whatever the words are."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenSeat
from tests.browser.layout import SIZES, in_view, too_wide
from tests.browser.models import EMPTY, LONG, LONG_NAME, RTL, STEADY
from tests.browser.scenes import LONG_QUESTION, Stage
from tests.browser.seat import Seat
from tests.product import Product


@pytest.fixture(params=list(SIZES))
def sized(request: pytest.FixtureRequest, open_seat: OpenSeat, session: Any) -> Seat:
    return open_seat(storage_state=session, viewport=SIZES[request.param])


def test_it_keeps_composer_and_button_in_view(sized: Seat, product: Product) -> None:
    chat = Stage(sized.page, product).chat(LONG)
    for text in ("", LONG_QUESTION):
        chat.composer.fill(text)
        assert in_view(chat.composer) and in_view(chat.send_button)
    chat.ask(LONG_QUESTION)
    chat.wait_begin()
    assert in_view(chat.composer) and in_view(chat.stop_button)
    chat.stop_button.click()
    chat.wait_end()
    assert in_view(chat.composer) and in_view(chat.send_button)
    assert in_view(chat.answer.get_by_role("link", name="Receipt")), "the end of the answer is what one sees"


def test_it_reads_right_to_left_where_the_words_do(sized: Seat, product: Product) -> None:
    chat = Stage(sized.page, product).chat(RTL).answered("ما هو الميناء؟")
    for block in (sized.page.locator(".turn-u").last, chat.prose):
        assert block.evaluate("(element) => getComputedStyle(element).direction") == "rtl"
    assert sized.page.evaluate("getComputedStyle(document.body).direction") == "ltr"


def test_it_has_room_for_a_model_with_a_long_name(sized: Seat, product: Product) -> None:
    assert len(LONG_NAME) == 60
    chat = Stage(sized.page, product).chat(LONG_NAME).answered()
    assert in_view(chat.send_button)
    assert too_wide(sized.page) == []
    expect(chat.answer.locator(".turn-head")).to_contain_text(LONG_NAME)


def test_it_says_that_an_answer_is_empty(sized: Seat, product: Product) -> None:
    chat = Stage(sized.page, product).chat(EMPTY).answered()
    expect(chat.answer).to_contain_text("The model answered with nothing.")
    assert chat.answer.locator(".prose").count() == 0
    assert chat.answer.get_by_role("button", name="Copy").count() == 0


def test_it_zooms_to_four_times_like_a_phone(open_seat: OpenSeat, session: Any, product: Product) -> None:
    seat = open_seat(storage_state=session, viewport={"width": 360, "height": 225})
    chat = Stage(seat.page, product).chat(STEADY).answered()
    assert too_wide(seat.page) == []
    assert in_view(chat.composer) and in_view(chat.send_button)
