"""One product and one browser for all browser tests. They end with this folder: Playwright's loop would be in the way of async tests."""

import pathlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chat import Chat
from tests.browser.kept_transcripts import Kept
from tests.browser.models import MODELS
from tests.browser.reader import OpenTranscript, Reader
from tests.browser.seat import Seat, launch
from tests.loopback import Loopback
from tests.product import Product
from tests.product.product import EMAIL, PASSWORD

HERE = pathlib.Path(__file__).parent
OpenSeat = Callable[..., Seat]
OpenChat = Callable[..., Chat]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def provider() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running


@pytest.fixture(scope="package")
def product(provider: Loopback, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with Product(tmp_path_factory.mktemp("product"), provider, {"RUN_SHUTDOWN_GRACE": "2"}, MODELS) as running:
        yield running


@pytest.fixture(scope="package")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = launch(playwright, chromium_path)
        yield started
        started.close()


@pytest.fixture(scope="package")
def session(browser: Browser, product: Product) -> Any:
    """The cookies of somebody who has signed in; signing in is throttled, so it is done once."""
    seat = Seat(browser, product.url)
    seat.page.goto("/sign-in/?next=/chat/")
    seat.page.get_by_label("E-mail").fill(EMAIL)
    seat.page.get_by_label("Password").fill(PASSWORD)
    seat.page.get_by_role("button", name="Sign in").click()
    seat.page.wait_for_url(lambda url: "/sign-in/" not in url)
    kept = seat.context.storage_state()
    seat.close()
    assert seat.unexpected() == []
    return kept


@pytest.fixture
def open_seat(browser: Browser, product: Product) -> Iterator[OpenSeat]:
    """Makes browser profiles, and fails the test for whatever went wrong in one of them."""
    seats: list[Seat] = []

    def open_one(url: str = "", **options: Any) -> Seat:
        seats.append(Seat(browser, url or product.url, **options))
        return seats[-1]

    yield open_one
    for seat in seats:
        seat.close()
    assert [trouble for seat in seats for trouble in seat.unexpected()] == []


@pytest.fixture
def seat(open_seat: OpenSeat, session: Any) -> Seat:
    """Somebody who has signed in, at a desktop."""
    return open_seat(storage_state=session)


@pytest.fixture
def open_chat(seat: Seat, product: Product) -> OpenChat:
    """Opens a fresh conversation with a model in that seat's page, or in the page given."""

    def open_one(model: str, page: Any = None) -> Chat:
        return Chat(page or seat.page, product, product.conversation(model)).open()

    return open_one


@pytest.fixture(scope="module")
def kept(product: Product) -> Kept:
    return Kept(product)


@pytest.fixture
def open_transcript(seat: Seat, kept: Kept) -> OpenTranscript:
    def open_one(kind: str = "full", query: str = "", page: Page | None = None, **wish: Any) -> Reader:
        return Reader(page or seat.page, kept.keep(kind, **wish)).open(query)

    return open_one


# --- Playing -----------------------------------------------------------------------------------
