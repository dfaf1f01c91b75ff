"""A second column: asked for, how far it is, and what became of it, while the text stays where it is."""

from playwright.sync_api import expect

from tests.browser.kept_transcripts import Kept
from tests.browser.models import STEADY
from tests.browser.seat import Seat
from tests.product import Product


def test_it_is_asked_for_and_tells_what_became_of_it(seat: Seat, product: Product) -> None:
    page = seat.page
    page.goto(Kept(product).keep("full"))
    lines = page.locator(".segrow").count()
    page.get_by_role("button", name="Translate").first.click()
    page.locator("#translate-to").select_option("de")
    page.locator("#translate-by").select_option(str(product.ids["models"][STEADY]))
    page.locator("#translate-menu").get_by_role("button", name="Translate").click()
    page.wait_for_url("**?in=*")
    expect(page.locator(".segrow .tx.other")).to_have_count(lines)
    # Its words have no numbers, so they belong to no line: that is said, and can be tried again.
    expect(page.locator("#column-state")).to_contain_text("not translated into German", timeout=40_000)
    expect(page.locator("#column-state").get_by_role("button", name="Translate what is missing")).to_be_visible()
    expect(page.locator(".segrow")).to_have_count(lines)
    expect(page.locator("#view")).to_have_count(1)
