"""Plain text in a browser: what is added flows in behind one's own words, letter for letter, and is written on."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import OpenSeat
from tests.browser.plain_text_scenes import LONG_WAIT, TEXT, continued, hostile_text, plain_page, stopped_text, written, written_on
from tests.browser.seat import Seat
from tests.browser.stage import Stage
from tests.loopback.stories import PROSE
from tests.product import Product

WHOLE = f"{TEXT} {PROSE}"
SHOWN = "() => document.querySelector('.plain-text').textContent"


def test_it_shows_each_letter_once_while_it_is_written_and_after(seat: Seat, product: Product) -> None:
    written(Stage(seat.page, product))
    seat.page.wait_for_timeout(1500)
    so_far = seat.page.evaluate(SHOWN)
    assert len(TEXT) + 20 < len(so_far) < len(WHOLE) and WHOLE.startswith(so_far)
    expect(seat.page.get_by_role("link", name="Keep writing")).to_be_visible(timeout=LONG_WAIT)
    assert WHOLE.startswith(seat.page.evaluate(SHOWN)) and seat.page.evaluate(SHOWN).rstrip() == WHOLE.rstrip()


def test_it_comes_back_to_one_that_is_being_written(seat: Seat, product: Product) -> None:
    written(Stage(seat.page, product))
    seat.page.reload()
    expect(seat.page.locator(".plain-text .added-words")).to_contain_text("crates of lemons", timeout=LONG_WAIT)
    assert WHOLE.startswith(seat.page.evaluate(SHOWN))


def test_it_goes_on_at_the_end_of_the_text(seat: Seat, product: Product) -> None:
    written_on(Stage(seat.page, product))
    seat.page.keyboard.type("Then")
    assert seat.page.locator("#text").input_value() == f"{WHOLE.rstrip()}\n\nThen"


def test_it_stops_and_keeps_what_came(seat: Seat, product: Product) -> None:
    stopped_text(Stage(seat.page, product))
    assert WHOLE.startswith(seat.page.evaluate(SHOWN))
    expect(seat.page.get_by_role("link", name="Keep writing")).to_be_visible()


def test_it_copies_all_of_the_text(seat: Seat, product: Product) -> None:
    seat.context.grant_permissions(["clipboard-read", "clipboard-write"])
    continued(Stage(seat.page, product))
    seat.page.get_by_role("button", name="Copy").click()
    assert seat.page.evaluate("() => navigator.clipboard.readText()").rstrip() == WHOLE.rstrip()


def test_what_a_model_writes_stays_text(seat: Seat, product: Product) -> None:
    hostile_text(Stage(seat.page, product))
    assert '<img src=x onerror="alert(1)"><script>alert(2)</script> </ins></div> **not bold**' in seat.page.evaluate(SHOWN)
    assert seat.page.locator(".plain-text img, .plain-text script, .plain-text b").count() == 0


def test_a_refused_text_stays_where_it_is(seat: Seat, product: Product) -> None:
    seat.allow("status of 422")
    plain_page(Stage(seat.page, product))
    seat.page.locator("#text").fill("   ")
    seat.page.get_by_role("button", name="Continue").last.click()
    expect(seat.page.locator("#plain-error")).to_contain_text("Type the beginning of a text first.")
    assert seat.page.locator("#text").input_value() == "   "


def test_it_works_without_scripts(open_seat: OpenSeat, session: Any, product: Product) -> None:
    page = open_seat(storage_state=session, java_script_enabled=False).page
    page.goto("/completions/?example=list")
    page.get_by_role("button", name="Continue").last.click()
    page.wait_for_url("**/completions/*-*/")
    expect(page.locator(".plain-text .own-words")).to_contain_text("Germany:")
