"""Single keys and the jump box: found by typing, gone to with Enter, silent where somebody writes."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import findings
from tests.browser.conftest import OpenChat, OpenSeat
from tests.browser.layout import too_wide
from tests.browser.models import STEADY
from tests.browser.seat import PATIENCE, PHONE, Seat
from tests.product import Product


def jump_field(page: Page) -> Locator:
    return page.locator("#jump-q")


def results(page: Page) -> Locator:
    return page.locator("#jump-list [role=option]")


def test_it_jumps_to_a_page_by_another_word(seat: Seat) -> None:
    page = seat.page
    page.goto("/help/")
    page.keyboard.press("/")
    expect(jump_field(page)).to_be_focused()
    expect(results(page).first).to_be_visible(timeout=PATIENCE)
    page.keyboard.type("receipts")
    page.keyboard.press("Enter")  # before the results have come
    page.wait_for_url("**/history/**")


def test_it_jumps_to_a_chat_with_the_arrows(seat: Seat, product: Product) -> None:
    page = seat.page
    page.goto("/help/")
    page.keyboard.press("Control+k")
    page.keyboard.type("measured")
    expect(results(page).first).to_contain_text("Measured", timeout=PATIENCE)
    expect(page.locator("#jump-count")).to_contain_text("results")
    page.keyboard.press("ArrowDown")
    second = results(page).nth(1)
    expect(second).to_have_class("opt active")
    address = second.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")


def test_it_opens_from_its_button_and_gives_the_focus_back(seat: Seat) -> None:
    page = seat.page
    page.goto("/help/")
    button = page.get_by_role("button", name="Search or jump to")
    button.focus()
    page.keyboard.press("Enter")
    expect(jump_field(page)).to_be_focused()
    assert findings(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#jump-dialog")).to_be_hidden()
    expect(button).to_be_focused()


def test_it_says_that_nothing_has_this_name(seat: Seat) -> None:
    page = seat.page
    page.goto("/help/")
    page.keyboard.press("/")
    jump_field(page).fill("zzzz")
    expect(results(page)).to_have_count(1, timeout=PATIENCE)
    expect(results(page).first).to_contain_text("Find “zzzz” in History")


def test_it_opens_the_search_as_a_page_when_it_does_not_answer(seat: Seat) -> None:
    page = seat.page
    page.goto("/help/")
    page.route("**/jump/*", lambda route: route.abort() if route.request.headers.get("hx-request") else route.continue_())
    seat.allow("Failed to load resource")
    page.keyboard.press("/")
    jump_field(page).fill("history")
    expect(page.locator("#jump-lost")).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Enter")
    page.wait_for_url("**/jump/?q=history")
    expect(page.get_by_role("link", name="History Team")).to_be_visible()


def test_it_works_in_the_drawer_of_a_phone(open_seat: OpenSeat, session: Any, product: Product) -> None:
    page = open_seat(storage_state=session, viewport=PHONE, has_touch=True).page
    page.goto("/help/")
    page.get_by_role("button", name="More").tap()
    page.get_by_role("button", name="Search or jump to").tap()
    expect(jump_field(page)).to_be_focused()
    jump_field(page).fill("words")
    expect(results(page).first).to_contain_text("Words", timeout=PATIENCE)
    assert too_wide(page) == [] and findings(page) == []
    results(page).first.tap()
    page.wait_for_url("**/help/words/")


def test_it_goes_to_pages_with_two_keys(seat: Seat) -> None:
    page = seat.page
    page.goto("/help/")
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url("**/history/")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/chat/")


def test_it_shows_the_keys_and_closes_them(seat: Seat) -> None:
    page = seat.page
    page.goto("/help/")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    expect(sheet).to_contain_text("Light or dark")
    assert findings(page) == []
    page.keyboard.press("t")  # what lies below is not meant
    assert page.evaluate("document.documentElement.dataset.theme ?? ''") == ""
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.keyboard.press("t")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_it_begins_a_new_chat_and_opens_the_settings(open_chat: OpenChat, seat: Seat) -> None:
    open_chat(STEADY)
    page = seat.page
    page.locator("#main").focus()
    page.keyboard.press("s")
    expect(page.locator("#settings-title")).to_be_focused()
    page.keyboard.press("n")
    page.wait_for_url("**/chat/")


def test_it_opens_the_settings_as_a_sheet_where_they_are_one(open_seat: OpenSeat, session: Any, product: Product) -> None:
    page = open_seat(storage_state=session, viewport=PHONE).page
    page.goto(product.conversation(STEADY))
    page.locator("#main").focus()
    page.keyboard.press("s")
    expect(page.locator("#settings")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#settings")).to_be_hidden()


def test_it_is_silent_where_somebody_writes(open_chat: OpenChat, seat: Seat) -> None:
    chat = open_chat(STEADY)
    chat.composer.focus()
    seat.page.keyboard.type("/ g h n s t ?")
    expect(chat.composer).to_have_value("/ g h n s t ?")
    expect(seat.page.locator("#jump-dialog")).to_be_hidden()
    assert seat.page.url.endswith(chat.address)


def test_it_is_silent_with_other_keys_and_when_switched_off(seat: Seat) -> None:
    page = seat.page
    page.goto("/help/")
    page.keyboard.press("Alt+t")
    page.keyboard.press("Shift+T")
    page.evaluate("document.body.dataset.keys = 'off'")
    for key in ("t", "/", "?"):
        page.keyboard.press(key)
    assert page.evaluate("document.documentElement.dataset.theme ?? ''") == ""
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_it_walks_through_the_rows_of_a_table(open_chat: OpenChat, seat: Seat) -> None:
    open_chat(STEADY).answered("First").answered("Second")
    page = seat.page
    page.goto("/history/")
    page.locator("#main").focus()
    rows = page.locator("[data-rows] tbody tr")
    for key, row in (("j", 0), ("j", 1), ("k", 0), ("k", 0)):
        page.keyboard.press(key)
        assert rows.nth(row).evaluate("(row) => row.contains(document.activeElement)")
