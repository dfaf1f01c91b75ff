"""Scripts off: signing in, asking, reading, stopping, settings and History are links and forms."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import OpenSeat
from tests.browser.models import LONG, STEADY
from tests.browser.seat import PHONE, Seat
from tests.product import Product
from tests.product.product import EMAIL, PASSWORD, wait_until


@pytest.fixture
def plain(open_seat: OpenSeat, session: Any) -> Seat:
    return open_seat(storage_state=session, java_script_enabled=False)


def test_it_signs_in_and_out(open_seat: OpenSeat) -> None:
    page = open_seat(java_script_enabled=False).page
    page.goto("/sign-in/?next=/chat/")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/chat/")
    page.locator(".account").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/**")


def reload_until_ended(chat: Chat) -> None:
    """As a person does who has no scripts: the last word may be there a moment before the end is saved."""
    wait_until(lambda: chat.page.reload() and chat.answer.get_by_role("link", name="Receipt").count(), 20, "the end of the answer")


def test_it_shows_the_answer_after_a_reload(plain: Seat, product: Product) -> None:
    chat = Chat(plain.page, product, product.conversation(STEADY)).open().ask()
    wait_until(lambda: chat.calls() and chat.calls()[0].finished, 20, "the answer")
    reload_until_ended(chat)
    assert chat.wait_end().words() == list(range(1, 61))
    assert len(chat.calls()) == 1


def test_it_stops_an_answer(plain: Seat, product: Product) -> None:
    chat = Chat(plain.page, product, product.conversation(LONG)).open().ask()
    product.provider.wait_for_call(chat.marker)
    plain.page.reload()
    chat.stop_button.click()
    wait_until(lambda: chat.calls()[0].connection_closed_at, 5, "the connection closed")
    reload_until_ended(chat)
    chat.wait_end()
    expect(chat.answer).to_contain_text("Stopped")


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_it_changes_a_setting_by_form(plain: Seat, product: Product, size: str) -> None:
    chat = Chat(plain.page, product, product.conversation(STEADY)).open()
    if size == "phone":
        plain.page.set_viewport_size(PHONE)
        plain.page.locator(".top-actions .open-panel").click()
    plain.page.locator("#settings .seg label", has_text="Precise").click()
    plain.page.get_by_role("button", name="Save settings").click()
    plain.page.wait_for_url(f"**{chat.address}")
    expect(plain.page.locator("#preset-precise")).to_be_checked()


def test_it_filters_history_and_opens_a_receipt(plain: Seat, product: Product) -> None:
    chat = Chat(plain.page, product, product.conversation(STEADY)).open().ask("A question about lemons")
    plain.page.goto("/history/")
    plain.page.locator("#id_q").fill(chat.marker)
    plain.page.get_by_role("button", name="Filter").click()
    row = plain.page.locator("#rows tbody tr")
    expect(row).to_have_count(1)
    row.get_by_role("link").first.click()
    expect(plain.page.get_by_role("heading", level=1)).to_contain_text("A question about lemons")
