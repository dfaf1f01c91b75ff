"""The composer: Enter, line breaks, double clicks, Stop, drafts."""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenChat
from tests.browser.models import LONG, STEADY
from tests.browser.seat import Seat


def test_it_makes_one_call_for_a_double_enter(open_chat: OpenChat, seat: Seat) -> None:
    chat = open_chat(STEADY)
    chat.type()
    chat.composer.focus()
    seat.page.keyboard.press("Enter")
    seat.page.keyboard.press("Enter")
    chat.wait_end()
    expect(seat.page.locator(".turn-u")).to_have_count(1)
    assert len(chat.calls()) == 1


def test_it_makes_one_call_for_a_double_click(open_chat: OpenChat, seat: Seat) -> None:
    chat = open_chat(STEADY)
    chat.type()
    box = chat.send_button.bounding_box()
    assert box
    seat.page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    chat.wait_end()
    expect(seat.page.locator(".turn-u")).to_have_count(1)
    assert len(chat.calls()) == 1


def test_it_begins_a_conversation_with_one_call_for_a_double_enter(seat: Seat, open_chat: OpenChat) -> None:
    chat = open_chat(STEADY)
    seat.page.goto("/chat/")
    marker = chat.type("The first message")
    chat.composer.focus()
    seat.page.keyboard.press("Enter")
    seat.page.keyboard.press("Enter")
    seat.page.wait_for_url("**/chat/*-*/")
    chat.wait_end()
    assert len(chat.calls(marker)) == 1


def test_it_breaks_the_line_with_shift_and_enter(open_chat: OpenChat, seat: Seat) -> None:
    chat = open_chat(STEADY)
    chat.composer.press_sequentially("one")
    chat.composer.press("Shift+Enter")
    chat.composer.press_sequentially("two")
    assert chat.composer.input_value() == "one\ntwo"
    chat.composer.press("Enter")
    expect(seat.page.locator(".turn-u")).to_have_text("one\ntwo")
    expect(chat.composer).to_have_value("")
    chat.wait_end()


def test_it_sends_nothing_when_nothing_is_typed(open_chat: OpenChat, seat: Seat) -> None:
    chat = open_chat(STEADY)
    chat.composer.press("Enter")
    chat.composer.fill("   ")
    chat.composer.press("Enter")
    expect(seat.page.locator(".turn")).to_have_count(0)


@pytest.mark.parametrize("by", ["Escape", "button"])
def test_it_stops_within_two_seconds(open_chat: OpenChat, seat: Seat, by: str) -> None:
    chat = open_chat(LONG).ask().wait_words(10)
    pressed = time.monotonic()
    if by == "Escape":
        seat.page.keyboard.press("Escape")
    else:
        chat.stop_button.click()
    assert chat.closed_after(pressed) < 2
    chat.wait_end()
    expect(chat.answer).to_contain_text(f"Stopped after {len(chat.words())} words. The text so far is kept.")
    assert 10 <= len(chat.words()) < 120
    assert chat.words() == list(range(1, len(chat.words()) + 1))
    expect(chat.send_button).to_be_visible()


def test_it_takes_the_next_message_while_it_answers_and_keeps_it_over_a_reload(open_chat: OpenChat, seat: Seat) -> None:
    chat = open_chat(LONG).ask().wait_words(5)
    chat.composer.press_sequentially("And then?")
    seat.page.reload()
    expect(chat.composer).to_have_value("And then?")
    chat.wait_end()
    expect(chat.composer).to_have_value("And then?")
    chat.composer.press("Enter")
    expect(seat.page.locator(".turn-u")).to_have_count(2)
    expect(chat.composer).to_have_value("")
    chat.wait_begin()
    seat.page.keyboard.press("Escape")
    chat.wait_end()


def test_it_does_not_send_into_a_running_answer_but_keeps_the_text(open_chat: OpenChat, seat: Seat) -> None:
    seat.allow("status of 409", "Error Code 409")
    chat = open_chat(LONG).ask().wait_words(5)
    chat.composer.fill("Too early")
    chat.composer.press("Enter")
    expect(seat.page.locator("#composer-error")).to_contain_text("still being written")
    expect(chat.composer).to_have_value("Too early")
    seat.page.keyboard.press("Escape")
    chat.wait_end()
    assert len(chat.calls()) == 1
