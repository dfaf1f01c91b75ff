"""The safety check: without scripts by links and forms; with them nothing that a person opened is closed by what comes later."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenSeat
from tests.browser.models import SLOW_CHECK
from tests.browser.safety_scenes import LINES, check, checked
from tests.browser.seat import PHONE, Seat
from tests.browser.stage import Stage
from tests.loopback.safety_models import OMNI, OWN
from tests.product import Product
from tests.product.product import wait_until

LONG_WAIT = 40_000  # ms


@pytest.fixture
def plain(open_seat: OpenSeat, session: Any) -> Seat:
    return open_seat(storage_state=session, java_script_enabled=False)


def choose_model(page: Page, product: Product, model: str) -> None:
    page.goto("/safety/settings/")
    page.locator(f'[name="model"][value="{product.ids["models"][model]}"]').check()
    page.get_by_role("button", name="Use this model").click()
    page.wait_for_url("**/safety/")


def reload_until(page: Page, words: str) -> None:
    wait_until(lambda: page.reload() and page.get_by_text(words).count(), 40, words)


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_it_checks_reads_and_filters_without_scripts(plain: Seat, product: Product, size: str) -> None:
    page = plain.page
    if size == "phone":
        page.set_viewport_size(PHONE)
    choose_model(page, product, OMNI)
    page.get_by_role("link", name="Ten comments").click()
    assert "Where can I change my address?" in page.locator("#text").input_value()
    expect(page.get_by_label("Each line by itself")).to_be_checked()
    page.locator("#text").fill(LINES)
    page.locator(".check-button").locator("visible=true").first.click()
    page.wait_for_url("**/safety/*-*/")
    reload_until(page, "rows are flagged")
    expect(page.locator(".verdicts tbody tr")).to_have_count(8)
    page.get_by_role("link", name="Flagged", exact=True).click()
    page.wait_for_url("**show=flagged**")
    flagged = page.locator(".verdicts tbody tr").count()
    assert 0 < flagged < 8
    page.get_by_role("link", name="Open row 2").click()
    page.get_by_text("Flagged. Show the text").click()
    expect(page.locator(".content-text")).to_be_visible()
    expect(page.locator(".bars")).to_be_visible()


def test_an_opened_text_stays_open_while_others_are_checked_and_when_limits_change(seat: Seat, product: Product) -> None:
    stage = Stage(seat.page, product)
    checked(stage, LINES, each="Each line by itself")
    page = seat.page
    page.locator(".folded summary").first.click()
    page.locator("#open-2").focus()
    with page.expect_response("**/safety/limits/"):
        page.get_by_label("Illegal acts", exact=True).fill("0.99")
        page.keyboard.press("Tab")
    page.wait_for_timeout(1_500)  # what follows the limits comes by itself
    expect(page.locator(".folded[open]")).to_have_count(1)
    page.get_by_label("Check the same with another model").select_option(product.ids["models"][OWN])
    page.get_by_role("button", name="Check side by side").click()
    page.locator(".folded summary").first.click()
    page.locator("#open-2").focus()
    expect(page.get_by_text("Both models agree on")).to_be_visible(timeout=LONG_WAIT)
    expect(page.locator(".folded[open]")).to_have_count(1)
    expect(page.locator("#open-2")).to_be_focused()
    expect(page.locator("#announce")).to_have_text("Everything is checked.")


def test_waiting_leaves_the_stop_button_in_focus(seat: Seat, product: Product) -> None:
    stage = Stage(seat.page, product)
    check(stage, LINES, SLOW_CHECK, each="Each line by itself")
    stop = seat.page.get_by_role("button", name="Stop")
    stop.focus()
    expect(seat.page.locator("#announce")).to_have_text("0 percent checked", timeout=LONG_WAIT)
    expect(stop).to_be_focused()
    stop.press("Enter")
    expect(seat.page.get_by_text("Stopped.").first).to_be_visible(timeout=LONG_WAIT)
