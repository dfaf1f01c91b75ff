"""What a person sets in Look and Profile changes what the pages do, at once and later, with a script and without."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenChat, OpenSeat
from tests.browser.models import MARKDOWN, STEADY
from tests.browser.seat import Seat

LOOK = "/settings/look/"
AS_IT_WAS = {"Send with Enter": True, "Single keys": True, "Read answers out": False}


@pytest.fixture(autouse=True)
def as_it_was(seat: Seat) -> Iterator[None]:
    """The person is the same in all tests: what one has set, the next does not find."""
    yield
    seat.page.goto(LOOK)
    choose(seat.page, "Normal")
    for name, is_on in AS_IT_WAS.items():
        switch(seat.page, name, is_on)


def switch(page: Page, name: str, is_on: bool) -> None:
    box = page.get_by_role("switch", name=name)
    if box.is_checked() != is_on:
        with page.expect_response(f"**{LOOK}"):
            box.set_checked(is_on)


def choose(page: Page, name: str) -> None:
    radio = page.get_by_role("radio", name=name, exact=True)
    if not radio.is_checked():
        with page.expect_response(f"**{LOOK}"):
            radio.check()


def root(page: Page, name: str) -> Any:
    return page.evaluate(f"document.documentElement.dataset.{name} ?? ''")


def test_it_shows_a_change_at_once_and_keeps_it(seat: Seat) -> None:
    seat.page.goto(LOOK)
    choose(seat.page, "Compact")
    choose(seat.page, "Dark")
    choose(seat.page, "None")
    for _ in range(2):
        expect(seat.page.locator("html")).to_have_attribute("data-density", "compact")
        assert (root(seat.page, "theme"), root(seat.page, "motion")) == ("dark", "reduce")
        seat.page.goto("/history/")
    seat.page.goto(LOOK)
    choose(seat.page, "Normal")
    expect(seat.page.locator("html")).not_to_have_attribute("data-density", "compact")
    expect(seat.page.locator("#announce")).to_have_text("Saved")


def test_it_takes_a_switch_back_that_was_not_kept(seat: Seat) -> None:
    seat.allow("ERR_FAILED", "console error: htmx:sendError")
    seat.page.goto(LOOK)
    seat.page.route(f"**{LOOK}", lambda route: route.abort())
    box = seat.page.get_by_role("switch", name="Single keys")
    box.click()
    expect(seat.page.locator(".toast")).to_contain_text("did not answer")
    expect(box).to_be_checked()
    assert seat.page.evaluate("document.body.dataset.keys") == "on"
    seat.page.unroute(f"**{LOOK}")


def test_it_sends_with_ctrl_enter_when_enter_starts_a_line(seat: Seat, open_chat: OpenChat) -> None:
    seat.page.goto(LOOK)
    switch(seat.page, "Send with Enter", False)
    chat = open_chat(STEADY)
    expect(seat.page.locator(".composer-note")).to_contain_text("Ctrl Enter sends")
    marker = chat.type()
    chat.composer.press("Enter")
    assert chat.composer.input_value().endswith(f"{marker}\n")
    chat.composer.press("Control+Enter")
    expect(seat.page.locator(".turn-u", has_text=marker)).to_be_visible()
    chat.wait_end()


def slow_down(page: Page) -> None:
    """A line on which what is sent comes late and many events at once."""
    line = {"offline": False, "latency": 400, "downloadThroughput": 20_000, "uploadThroughput": 20_000}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", line)


@pytest.mark.parametrize("line", ["fast", "slow"])
def test_it_reads_each_paragraph_out_once(seat: Seat, open_chat: OpenChat, line: str) -> None:
    seat.page.goto(LOOK)
    switch(seat.page, "Read answers out", True)
    if line == "slow":
        slow_down(seat.page)
    chat = open_chat(MARKDOWN).answered("How does a letter travel?")
    log = seat.page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    read = " ".join(log.locator("p").all_text_contents()).split()
    assert log.locator("p").count() > 1
    assert read == " ".join(chat.prose.locator(".block").all_text_contents()).split()


def test_it_reads_nothing_out_to_whom_has_not_asked(seat: Seat, open_chat: OpenChat) -> None:
    open_chat(MARKDOWN).answered()
    assert seat.page.get_by_role("log").count() == 0


def test_it_saves_by_a_button_without_scripts(open_seat: OpenSeat, session: Any) -> None:
    plain = open_seat(storage_state=session, java_script_enabled=False)
    plain.page.goto(LOOK)
    plain.page.get_by_text("Compact", exact=True).click()
    plain.page.get_by_role("button", name="Save").click()
    expect(plain.page.locator(".toast")).to_contain_text("Saved")
    expect(plain.page.locator("html")).to_have_attribute("data-density", "compact")


def test_it_suggests_the_zone_of_the_browser_and_keeps_what_was_chosen(open_seat: OpenSeat, session: Any) -> None:
    page = open_seat(storage_state=session, timezone_id="Asia/Tokyo").page
    page.goto("/settings/profile/")
    zone, hint = page.get_by_label("Time zone"), page.locator("#zone-suggested")
    expect(zone).to_have_value("Asia/Tokyo")
    expect(hint).to_be_visible()
    zone.select_option("Europe/Rome")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("Saved")
    expect(zone).to_have_value("Europe/Rome")
    expect(hint).to_be_hidden()
    zone.select_option("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("Saved")
