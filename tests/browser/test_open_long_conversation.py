"""A conversation of 500 turns opens at its end, takes words without lag, and shows what was before without losing the place."""

import json
import statistics
import sys
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.conftest import OpenSeat
from tests.browser.seat import Seat
from tests.product import Product
from tests.product.product import wait_until

KEYS = 30
# From the key's event to the frame after it was painted, as a person would feel it.
MEASURE = """() => {
  window.lags = [];
  document.getElementById("message").addEventListener("keydown", (event) => {
    requestAnimationFrame(() => setTimeout(() => window.lags.push(performance.now() - event.timeStamp)));
  });
}"""


@pytest.fixture(scope="module")
def address(product: Product) -> str:
    wish = json.dumps({"runs": 0, "turns": 500})
    return str(json.loads(product.run_python("-m", "benchmarks.filling", stdin=wish).splitlines()[-1])["long"])


@pytest.fixture
def page(open_seat: OpenSeat, session: Any, address: str) -> Page:
    page = open_seat(storage_state=session).page
    page.goto(address)
    return page


def test_it_opens_at_the_newest_turn(page: Page) -> None:
    expect(page.get_by_text("What of boat 249?")).to_be_in_viewport()
    expect(page.locator(".turn")).to_have_count(30)


def test_it_types_without_lag(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    page.locator("#message").focus()
    page.evaluate(MEASURE)
    for _key in range(KEYS):
        page.keyboard.press("x")
    page.wait_for_function("(keys) => window.lags.length >= keys", arg=KEYS)
    lags: list[float] = page.evaluate("window.lags")
    with capsys.disabled():
        sys.stdout.write(f"\n500 turns: a key is on the screen after {statistics.median(lags):.0f} ms, at worst {max(lags):.0f} ms\n")
    assert len(lags) == KEYS
    assert statistics.median(lags) < 250  # generous: the machine may be busy with other tests


def wait_until_back(words: Locator, before: FloatRect | None) -> None:
    def is_back() -> bool:
        after = words.bounding_box()
        return bool(before and after and abs(after["y"] - before["y"]) < 5)

    wait_until(is_back, 10, "the words that were read, where they were")


def test_it_shows_earlier_turns_and_keeps_the_place(page: Page) -> None:
    for first in (220, 205):
        page.locator("#thread").evaluate("(thread) => thread.scrollTo(0, -thread.scrollHeight)")
        page.wait_for_timeout(150)
        reading = page.get_by_text(f"What of boat {first + 15}?")
        before = reading.bounding_box()
        page.get_by_role("link", name="Show earlier turns").click()
        expect(page.get_by_text(f"What of boat {first}?")).to_be_attached()
        wait_until_back(reading, before)
    expect(page.locator(".turn")).to_have_count(90)


def test_it_shows_all_turns_without_scripts(open_seat: OpenSeat, session: Any, address: str) -> None:
    seat: Seat = open_seat(storage_state=session, java_script_enabled=False)
    seat.page.goto(address)
    seat.page.get_by_role("link", name="Show earlier turns").click()
    expect(seat.page.locator(".turn")).to_have_count(60)
