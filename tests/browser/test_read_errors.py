"""What only a browser sees of errors: seconds that count down, and a button that is called by what it ends."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import OpenChat
from tests.browser.models import DECLINED, LATE, SLOWED


def test_it_counts_down_to_the_next_try_and_stops_trying(open_chat: OpenChat) -> None:
    chat = open_chat(SLOWED).ask()
    seconds = chat.answer.locator("[data-until]")
    expect(chat.answer.locator(".live")).to_contain_text("asks us to slow down. Next try in", timeout=20_000)
    expect(seconds).to_have_text(re.compile(r"^(29|30) s$"))
    expect(seconds).to_have_text(re.compile(r"^2[0-8] s$"), timeout=12_000)
    expect(chat.stop_button.get_by_text("Stop", exact=True)).to_be_hidden()
    chat.page.get_by_role("button", name="Stop trying").click()
    chat.wait_end()
    expect(chat.answer).to_contain_text("Stopped before the first word.")
    assert len(chat.calls()) == 1


def test_it_says_stop_while_an_answer_is_waited_for(open_chat: OpenChat) -> None:
    chat = open_chat(LATE).ask().wait_begin()
    expect(chat.page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    expect(chat.stop_button.get_by_text("Stop trying")).to_be_hidden()
    chat.stop_button.click()
    chat.wait_end()


def test_it_brings_the_words_back_where_they_are_changed(open_chat: OpenChat) -> None:
    chat = open_chat(DECLINED).answered("How is a glaze made?")
    chat.answer.get_by_role("link", name="Change the wording").click()
    field = chat.page.get_by_role("textbox", name="Question")
    expect(field).to_have_value(re.compile("How is a glaze made"))
    field.fill("What is a glaze?")
    chat.page.get_by_role("button", name="Send", exact=True).click()
    expect(chat.page.locator(".turn-u", has_text="What is a glaze?")).to_be_visible()
    expect(chat.page.get_by_text("2 of 2")).to_be_visible()
