"""The layout holds at a desk, on a tablet and on a phone, whatever the words are."""

from typing import Any

import pytest
from playwright.sync_api import FloatRect, Locator, ViewportSize, expect

from tests.browser.conftest import OpenSeat
from tests.browser.models import EMPTY, LONG_NAME, RTL, STEADY
from tests.browser.scenes import EXPECTED, LONG_QUESTION, SCENES, Stage
from tests.browser.seat import DESKTOP, PHONE, TABLET, Seat
from tests.product import Product

SIZES: dict[str, ViewportSize] = {"desk": DESKTOP, "tablet": TABLET, "phone": PHONE}
PAGES = ["empty", "long", "rtl", "error", "long-name", "past", "history", "receipt", "settings", "providers", "provider-edit", "not-found"]
WIDE = """() => {
  const wide = [...document.querySelectorAll("body *")].filter((element) => {
    const box = element.getBoundingClientRect();
    const clipped = element.closest(".vh, pre, [popover]:not(:popover-open), .prose table, dialog:not([open])");
    for (let node = element.parentElement; node; node = node.parentElement) {
      if (getComputedStyle(node).textOverflow === "ellipsis") return false;
    }
    return box.width > 0 && box.right > innerWidth + 1 && !clipped;
  });
  return { document: document.documentElement.scrollWidth > innerWidth || document.body.scrollWidth > innerWidth,
    elements: wide.slice(0, 5).map((element) => `${element.tagName.toLowerCase()}.${element.className}`),
    scrollers: [...document.querySelectorAll(".thread, .content, .panel-body, .outside")]
      .filter((element) => element.offsetParent && element.scrollWidth > element.clientWidth + 1).map((element) => element.className) };
}"""
FITS = {"document": False, "elements": [], "scrollers": []}


@pytest.fixture(params=list(SIZES))
def sized(request: pytest.FixtureRequest, open_seat: OpenSeat, session: Any) -> Seat:
    return open_seat(storage_state=session, viewport=SIZES[request.param])


def in_view(target: Locator, seat: Seat) -> bool:
    box: FloatRect | None = target.bounding_box()
    size = seat.page.viewport_size
    assert size
    return bool(
        box and box["x"] >= 0 and box["y"] >= 0 and box["x"] + box["width"] <= size["width"] and box["y"] + box["height"] <= size["height"]
    )


@pytest.mark.parametrize("name", PAGES)
def test_it_never_scrolls_sideways(open_seat: OpenSeat, session: Any, product: Product, name: str) -> None:
    seat = open_seat(storage_state=session)
    seat.allow(EXPECTED.get(name, "^$"))
    SCENES[name](Stage(seat.page, product))
    for size in SIZES.values():
        seat.page.set_viewport_size(size)
        assert seat.page.evaluate(WIDE) == FITS, f"at {size['width']}"


def test_it_keeps_composer_and_button_in_view(sized: Seat, product: Product) -> None:
    chat = Stage(sized.page, product).chat(STEADY)
    for text in ("", LONG_QUESTION):
        chat.composer.fill(text)
        assert in_view(chat.composer, sized) and in_view(chat.send_button, sized)
    chat.ask(LONG_QUESTION)
    chat.wait_begin()
    assert in_view(chat.composer, sized) and in_view(chat.stop_button, sized)
    chat.wait_end()
    assert in_view(chat.composer, sized) and in_view(chat.send_button, sized)
    assert in_view(chat.answer.get_by_role("link", name="Receipt"), sized), "the end of the answer is what one sees"


def test_it_reads_right_to_left_where_the_words_do(sized: Seat, product: Product) -> None:
    chat = Stage(sized.page, product).chat(RTL).answered("ما هو الميناء؟")
    for block in (sized.page.locator(".turn-u").last, chat.prose):
        assert block.evaluate("(element) => getComputedStyle(element).direction") == "rtl"
    assert sized.page.evaluate("getComputedStyle(document.body).direction") == "ltr"


def test_it_has_room_for_a_model_with_a_long_name(sized: Seat, product: Product) -> None:
    assert len(LONG_NAME) == 60
    chat = Stage(sized.page, product).chat(LONG_NAME).answered()
    assert in_view(chat.send_button, sized)
    assert sized.page.evaluate(WIDE) == FITS
    expect(chat.answer.locator(".turn-head")).to_contain_text(LONG_NAME)


def test_it_says_that_an_answer_is_empty(sized: Seat, product: Product) -> None:
    chat = Stage(sized.page, product).chat(EMPTY).answered()
    expect(chat.answer).to_contain_text("The model answered with nothing.")
    assert chat.answer.locator(".prose").count() == 0
    assert chat.answer.get_by_role("button", name="Copy").count() == 0


def test_it_zooms_to_four_times_like_a_phone(open_seat: OpenSeat, session: Any, product: Product) -> None:
    seat = open_seat(storage_state=session, viewport={"width": 360, "height": 225})
    chat = Stage(seat.page, product).chat(STEADY).answered()
    assert seat.page.evaluate(WIDE) == FITS
    assert in_view(chat.composer, seat) and in_view(chat.send_button, seat)
