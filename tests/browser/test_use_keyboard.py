"""Without a mouse: everything is reached with Tab, what has the focus is seen, and closing gives the focus back."""

import time
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenChat, OpenSeat
from tests.browser.models import LONG, MARKDOWN, STEADY
from tests.browser.seat import PHONE, Seat
from tests.product.product import EMAIL, PASSWORD

STOPS = 120
# The ring is on the element itself or on what stands for it: the label of a radio, the frame of the composer.
FOCUSED = """() => {
  const element = document.activeElement;
  const ring = (node) => getComputedStyle(node).outlineStyle !== "none" && parseFloat(getComputedStyle(node).outlineWidth) >= 2;
  const box = element.getBoundingClientRect();
  let shown = false;
  for (let node = element, up = 0; node && up < 3; node = node.parentElement, up += 1) shown = shown || ring(node);
  const name = element.getAttribute("aria-label") || element.labels?.[0]?.innerText || element.innerText || "";
  return {
    is_page: element === document.body, path: `${element.tagName.toLowerCase()}#${element.id} ${name.trim().slice(0, 40)}`,
    is_seen: shown && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
  };
}"""


def focused(page: Page) -> Any:
    return page.evaluate(FOCUSED)


def has_focus(target: Locator) -> bool:
    return bool(target.evaluate("(element) => element === document.activeElement"))


def tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press Tab until it has the focus."""
    for _stop in range(STOPS):
        if has_focus(target):
            assert focused(page)["is_seen"], f"the focus is not seen: {focused(page)['path']}"
            return
        page.keyboard.press(key)
    raise AssertionError(f"not reached with {key}: {target}")


def test_it_signs_in(open_seat: OpenSeat) -> None:
    page = open_seat().page
    page.goto("/sign-in/?next=/chat/")
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type(EMAIL)
    tab_to(page, page.get_by_label("Password"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/chat/")
    expect(page.locator("#message")).to_be_focused()


def test_it_asks_and_stops_and_stays_in_the_composer(open_chat: OpenChat, seat: Seat) -> None:
    chat = open_chat(LONG)
    expect(chat.composer).to_be_focused()
    seat.page.keyboard.type("Hello")
    seat.page.keyboard.press("Enter")
    chat.wait_words(5)
    expect(chat.composer).to_be_focused()
    seat.page.keyboard.press("Escape")
    chat.wait_end()
    expect(chat.composer).to_be_focused()


def test_it_reaches_stop_with_tab(open_chat: OpenChat, seat: Seat) -> None:
    chat = open_chat(LONG).ask().wait_words(3)
    chat.composer.focus()
    tab_to(seat.page, chat.stop_button)
    pressed = time.monotonic()
    seat.page.keyboard.press("Enter")
    assert chat.closed_after(pressed) < 2


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_it_reaches_everything_and_always_shows_where_it_is(open_seat: OpenSeat, open_chat: OpenChat, session: Any, size: str) -> None:
    options = {"viewport": PHONE} if size == "phone" else {}
    page = open_seat(storage_state=session, **options).page
    open_chat(MARKDOWN, page).answered()
    page.reload()
    page.locator(".skip").focus()
    hidden, seen = [], []
    for _stop in range(STOPS):
        stop = focused(page)
        if stop["is_page"]:
            break
        seen.append(stop["path"])
        if not stop["is_seen"]:
            hidden.append(stop["path"])
        page.keyboard.press("Tab")
    assert hidden == []
    text = "\n".join(seen)
    for name in ("Skip to content", "textarea#message", "Copy", "Try again", "Receipt", "summary", "Instructions", "Messages"):
        assert name in text, f"{name} was not reached:\n{text}"
    for name in ("New chat", "Account menu", "History", "pick-model") if size == "desk" else ("More", "Answer settings"):
        assert name in text, f"{name} was not reached:\n{text}"


def test_it_opens_settings_on_a_phone_and_gives_the_focus_back(open_seat: OpenSeat, open_chat: OpenChat, session: Any) -> None:
    page = open_seat(storage_state=session, viewport=PHONE).page
    open_chat(STEADY, page)
    opener = page.locator(".top-actions .open-panel")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#settings")).to_be_visible()
    tab_to(page, page.locator("#pick-model"))
    page.keyboard.press("Escape")
    expect(page.locator("#settings")).to_be_hidden()
    expect(opener).to_be_focused()


def test_it_changes_the_model(open_chat: OpenChat, seat: Seat) -> None:
    chat = open_chat(LONG)
    picker = seat.page.locator("#pick-model")
    picker.focus()
    seat.page.keyboard.press("Enter")
    expect(seat.page.locator("#models-search")).to_be_focused()
    seat.page.keyboard.press("Escape")
    expect(picker).to_be_focused()
    seat.page.keyboard.press("Enter")
    seat.page.keyboard.type(STEADY)
    seat.page.keyboard.press("ArrowDown")
    with seat.page.expect_response("**/settings/"):
        seat.page.keyboard.press("Enter")
    expect(picker).to_contain_text(STEADY)
    expect(picker).to_be_focused()
    seat.page.reload()
    expect(picker).to_contain_text(STEADY)
    chat.answered()
    assert chat.calls()[0].model == STEADY


def test_it_changes_a_setting_and_asks_with_it(open_chat: OpenChat, seat: Seat) -> None:
    chat = open_chat(STEADY)
    slider = seat.page.get_by_label("Creativity")
    slider.focus()
    with seat.page.expect_response("**/settings/"):
        seat.page.keyboard.press("ArrowRight")
    expect(slider).to_be_focused()
    chat.answered()
    body = chat.product.provider.calls(chat.marker, body=True)[0].body
    assert 0 < body["temperature"] <= 2


def test_it_renames_deletes_and_brings_back(open_chat: OpenChat, seat: Seat) -> None:
    chat = open_chat(STEADY)
    page = seat.page
    menu = page.get_by_role("button", name="Rename or delete this chat")
    menu.focus()
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Name", exact=True))
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Name", exact=True))
    page.keyboard.press("Control+A")
    page.keyboard.type("The harbour")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("The harbour")
    menu.focus()
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Delete this chat", exact=True))
    page.keyboard.press("Enter")
    page.wait_for_url("**/chat/")
    expect(page.locator(".toast")).to_contain_text("Deleted “The harbour”")
    tab_to(page, page.get_by_role("button", name="Undo"))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{chat.address}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("The harbour")


def test_it_opens_and_leaves_the_request(open_chat: OpenChat, seat: Seat) -> None:
    open_chat(STEADY)
    link = seat.page.get_by_role("link", name="Show the request")
    link.focus()
    seat.page.keyboard.press("Enter")
    expect(seat.page.locator("#request-dialog")).to_contain_text("curl")
    seat.page.keyboard.press("Escape")
    expect(seat.page.locator("#request-dialog")).to_be_hidden()
    expect(link).to_be_focused()


def test_it_chooses_the_theme_and_keeps_it(seat: Seat) -> None:
    seat.page.goto("/history/")
    switch = seat.page.get_by_role("button", name="Light or dark")
    tab_to(seat.page, switch)
    seat.page.keyboard.press("Enter")
    assert seat.page.evaluate("document.documentElement.dataset.theme") == "dark"
    seat.page.goto("/settings/look/")
    assert seat.page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
