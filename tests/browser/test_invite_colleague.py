"""A colleague is invited, comes in, and is locked out, without help from outside the page."""

import uuid

from playwright.sync_api import expect

from tests.browser.accessibility import findings_everywhere
from tests.browser.conftest import OpenSeat
from tests.browser.layout import too_wide_anywhere
from tests.browser.people import add_colleague, invite
from tests.browser.seat import PHONE, Seat
from tests.product import Product
from tests.product.product import PASSWORD


def test_it_brings_a_colleague_in_by_a_link(seat: Seat, open_seat: OpenSeat) -> None:
    email = f"new-{uuid.uuid4().hex[:8]}@example.org"
    link = invite(seat.page)
    newcomer = open_seat()
    newcomer.allow("status of 403")  # at the end
    colleague = newcomer.page
    colleague.goto(link)
    assert colleague.url.endswith("/invite/"), "the token is not in the address bar"
    assert findings_everywhere(colleague) + too_wide_anywhere(colleague) == []
    colleague.get_by_label("E-mail").fill(email)
    colleague.get_by_label("Your name").fill("Kim")
    colleague.get_by_label("Password").fill(PASSWORD)
    colleague.get_by_role("button", name="Make account and join").click()
    expect(colleague.locator(".team-name")).to_have_text("Wiring")
    expect(colleague.get_by_role("button", name="Account menu")).to_contain_text("Kim")

    again = open_seat()
    again.allow("status of 404")
    again.page.goto(link)
    expect(again.page.get_by_role("heading", name="This link opens nothing")).to_be_visible()
    assert findings_everywhere(again.page) == []

    seat.page.goto("/settings/people/")
    row = seat.page.get_by_role("row").filter(has_text=email)
    row.get_by_label("Role of Kim").select_option("viewer")
    row.get_by_role("button", name="Change").click()
    expect(seat.page.locator("#toasts")).to_contain_text("Kim: Viewer")
    row.get_by_role("button", name="Lock out").click()
    expect(row).to_contain_text("Locked out")

    response = colleague.goto("/chat/")
    assert response and response.status == 403
    expect(colleague.get_by_role("heading", name="You are in no team")).to_be_visible()
    assert findings_everywhere(colleague) + too_wide_anywhere(colleague) == []


def test_it_asks_before_somebody_is_removed(seat: Seat, product: Product) -> None:
    email = add_colleague(product)
    seat.page.goto("/settings/people/")
    seat.page.get_by_role("row").filter(has_text=email).get_by_role("link", name="Remove").click()
    expect(seat.page.get_by_role("heading", level=1)).to_have_text(f"Remove {email}?")
    assert findings_everywhere(seat.page) + too_wide_anywhere(seat.page) == []
    seat.page.get_by_role("button", name="Remove from the team").click()
    expect(seat.page.get_by_role("row").filter(has_text=email)).to_have_count(0)


def test_it_opens_the_menu_of_teams_without_a_script(open_seat: OpenSeat, session: object) -> None:
    for options in ({}, {"viewport": PHONE}):
        page = open_seat(storage_state=session, java_script_enabled=False, **options).page
        page.goto("/settings/team/")
        if options:
            page.get_by_role("button", name="More").click()
        page.get_by_role("button", name="Change team").click()
        menu = page.locator("#team-menu")
        expect(menu.get_by_role("link", name="Team settings")).to_be_visible()
        menu.get_by_role("button", name="Wiring").click()
        expect(page.locator(".top")).to_be_visible()
        assert "/settings/team/" not in page.url
