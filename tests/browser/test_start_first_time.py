"""The first start in a browser: from the token to the first answer, then out and in again, and what a viewer may not."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.accessibility import findings_everywhere
from tests.browser.chat import Chat
from tests.browser.models import STEADY
from tests.browser.seat import Seat
from tests.browser.untouched import UntouchedProduct
from tests.loopback import Loopback
from tests.product import Product

EMAIL, PASSWORD = "first@example.org", "a long first password"
VIEWER = f"""
from apps.accounts.models import Membership, Role, Team, User
person = User.objects.create_user("viewer@example.org", "{PASSWORD}")
Membership.objects.create(team=Team.objects.get(), user=person, role=Role.VIEWER)
"""


@pytest.fixture(scope="module")
def untouched(provider: Loopback, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with UntouchedProduct(tmp_path_factory.mktemp("untouched"), provider, {"RUN_SHUTDOWN_GRACE": "2"}) as product:
        yield product


@pytest.fixture(scope="module")
def first(browser: Browser, untouched: Product) -> Iterator[Seat]:
    """One browser through the whole story: the tests below are its chapters, in their order."""
    seat = Seat(browser, untouched.url)
    yield seat
    seat.close()


@pytest.fixture(autouse=True)
def quiet(first: Seat) -> Iterator[None]:
    yield
    assert first.unexpected() == []


def test_it_wants_the_token(first: Seat) -> None:
    first.allow("status of 403")
    first.page.goto("/")
    expect(first.page.get_by_role("heading", level=1)).to_have_text("Nobody has an account yet")
    assert findings_everywhere(first.page) == []


def test_it_makes_the_first_account(first: Seat, untouched: Product) -> None:
    first.allow("status of 422")
    page = first.page
    page.goto(f"/setup/?token={untouched.ids['token']}")
    assert untouched.ids["token"] not in page.url
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Name of the team").fill("Harbour")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Make account").click()
    expect(page.locator(".err").first).to_be_visible()
    assert findings_everywhere(page) == []
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make account").click()
    page.wait_for_url("**/setup/provider/")


def test_it_connects_a_server_of_ones_own(first: Seat, untouched: Product) -> None:
    page = first.page
    assert findings_everywhere(page) == []
    page.get_by_role("link", name="Own server").click()
    assert findings_everywhere(page) == []
    page.get_by_label("Name").fill("Loopback")
    page.get_by_role("textbox", name="Address").fill(untouched.provider.url)
    page.get_by_role("button", name="Connect and test").click()
    expect(page.locator(".connected", has_text="Loopback")).to_contain_text("models")
    page.get_by_role("link", name="Continue").click()


def test_it_chooses_the_model_to_start_with(first: Seat) -> None:
    page = first.page
    page.get_by_role("button", name="Model for writing").click()
    page.get_by_role("combobox", name="Search models").press_sequentially("steady")
    options = page.locator("#id_writing-models-list").get_by_role("option")
    expect(options.first).to_contain_text("steady")
    assert findings_everywhere(page) == []
    options.filter(has_text=re.compile(r"^\s*steady(?!-)")).first.click()  # others have the word in their name
    expect(page.get_by_role("button", name="Model for writing")).to_contain_text("steady")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Everything is ready")
    assert findings_everywhere(page) == []


def test_it_answers_the_first_question(first: Seat, untouched: Product) -> None:
    first.page.get_by_role("link", name="Ask something").click()
    first.page.wait_for_url("**/chat/")
    chat = Chat(first.page, untouched, "").ask("The first question")
    assert chat.wait_end().words() == list(range(1, 41))
    assert chat.calls()[0].model == "steady"
    assert STEADY not in first.page.content()


def test_it_signs_out_and_in_again(first: Seat) -> None:
    page = first.page
    page.get_by_role("button", name="Account menu").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/**")
    page.goto("/chat/")
    page.wait_for_url("**/sign-in/?next=**")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill("a wrong password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/chat/")
    expect(page.locator(".account")).to_contain_text("first")


def test_it_tells_a_viewer_who_can_help(browser: Browser, untouched: Product) -> None:
    untouched.manage("shell", "-c", VIEWER)
    seat = Seat(browser, untouched.url)
    seat.allow("status of 403")
    seat.page.goto("/sign-in/?next=/settings/providers/new/")
    seat.page.get_by_label("E-mail").fill("viewer@example.org")
    seat.page.get_by_label("Password").fill(PASSWORD)
    seat.page.get_by_role("button", name="Sign in").click()
    expect(seat.page.locator("main")).to_contain_text(EMAIL)
    assert findings_everywhere(seat.page) == []
    seat.page.goto("/chat/")
    expect(seat.page.locator("#message")).to_have_count(0)
    assert findings_everywhere(seat.page) == []
    seat.close()
    assert seat.unexpected() == []
