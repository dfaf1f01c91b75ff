"""The pages of models with scripts: filters without a reload, sync in place, a test that appears, and all of it by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.layout import too_wide
from tests.browser.models import MARKDOWN, NOTED, STEADY
from tests.browser.people import add_colleague
from tests.browser.seat import Seat
from tests.product import Product

LONG_WAIT = 20_000


@pytest.fixture
def page(seat: Seat) -> Page:
    seat.page.goto("/models/")
    return seat.page


def address_of(product: Product, name: str) -> str:
    return f"/models/{product.ids['models'][name]}/"


def names(page: Page) -> list[str]:
    return page.locator("#models-found tbody .model-name").all_inner_texts()


def test_it_narrows_while_one_types_and_goes_back(page: Page, seat: Seat) -> None:
    seat.allow("Autofocus processing was blocked")  # the jump box, on a page that comes back with the focus where it was
    page.get_by_role("searchbox", name="Find a model").press_sequentially("markdown-rate400")
    expect(page.locator("#models-found tbody tr")).to_have_count(1)
    expect(page.get_by_role("searchbox", name="Find a model")).to_be_focused()
    assert names(page) == [MARKDOWN] and "q=markdown-rate400" in page.url
    page.get_by_label("Good for").select_option("speech")
    expect(page.get_by_text("No model fits")).to_be_visible()
    page.go_back()
    expect(page.locator("#models-found tbody tr")).to_have_count(1)


def test_it_sorts_by_the_head_of_a_column(page: Page) -> None:
    page.goto("/models/?q=rate")  # on one page, whatever other tests have added
    page.get_by_role("link", name="Model", exact=True).click()
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Model")
    first = names(page)
    page.get_by_role("link", name="Model", exact=True).click()
    expect(page.locator("th[aria-sort=descending]")).to_have_text("Model")
    assert first == sorted(first, key=str.lower) and names(page) == first[::-1]


def test_it_syncs_in_place_and_keeps_the_filters(page: Page) -> None:
    page.goto("/models/?show=tuned")
    button = page.locator(".shelf").first.get_by_role("button", name=re.compile("^Sync"))
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#models-found tbody .model-name").first).to_contain_text("ft:steady", timeout=LONG_WAIT)
    expect(page.locator(".shelf").first).to_contain_text("Today")
    assert page.url.endswith("?show=tuned")
    expect(button).to_be_focused()


def test_it_marks_a_favourite_by_keyboard_without_losing_the_place(page: Page, product: Product) -> None:
    page.goto(f"/models/?q={STEADY}")
    star = page.locator(f"#favour-{product.ids['models'][STEADY]}")
    star.focus()
    page.keyboard.press("Enter")
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(star).to_be_focused()
    page.keyboard.press("Enter")
    expect(star).to_have_attribute("aria-pressed", "false")


def test_it_walks_through_the_rows(page: Page) -> None:
    page.keyboard.press("j")
    expect(page.locator("#models-found tbody .model-name").first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/models/*-*/")


def test_it_shows_the_word_when_it_comes(page: Page, product: Product) -> None:
    page.goto(address_of(product, STEADY))
    page.get_by_role("button", name="Ask for one word").click()
    expect(page.locator("#test .turn-foot")).to_contain_text("tokens", timeout=LONG_WAIT)
    expect(page.locator("#test")).to_contain_text("w0001")


def test_it_shows_what_the_provider_says(page: Page, product: Product) -> None:
    page.goto(address_of(product, STEADY))
    page.get_by_role("button", name="Ask for them").click()
    expect(page.locator("#told-answer")).not_to_be_empty(timeout=LONG_WAIT)


def test_it_keeps_a_model_for_chosen_people(page: Page, product: Product) -> None:
    colleague = add_colleague(product, "editor")
    page.goto(address_of(product, NOTED))
    page.get_by_label("Only the people below").check()
    page.get_by_label(colleague).check()
    page.get_by_role("button", name="Save who may use it").click()
    expect(page.get_by_text("It is not open to you, so you cannot test it.")).to_be_visible()
    page.goto(f"/models/?q={NOTED}")
    expect(page.locator("tr", has_text=NOTED)).to_contain_text("Not for everybody")
    page.goto(address_of(product, NOTED))
    page.get_by_label("Everybody who may ask").check()
    page.get_by_role("button", name="Save who may use it").click()
    expect(page.get_by_role("button", name="Ask for one word")).to_be_visible()


def test_it_asks_both_and_shows_both(page: Page, product: Product) -> None:
    page.goto(f"{address_of(product, STEADY)}replace/?with={product.ids['models'][MARKDOWN]}")
    page.get_by_label("Question").fill("How does a letter travel?")
    page.get_by_role("button", name="Ask both").dblclick()
    expect(page.locator("#answers article:not([aria-busy])")).to_have_count(2, timeout=LONG_WAIT)
    expect(page.locator("#answers")).to_contain_text("w0001")
    expect(page.locator("#answers")).to_contain_text("How a letter travels")
    assert too_wide(page) == []
