"""One studio and one browser for the tests of the painter. They end with this folder, as those of tests/browser do."""

import pathlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.seat import Seat, launch
from tests.painter.easel import Easel
from tests.painter.studio import Studio

HERE = pathlib.Path(__file__).parent
OpenEasel = Callable[..., Easel]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def studio() -> Iterator[Studio]:
    with Studio() as running:
        yield running


@pytest.fixture(scope="package")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = launch(playwright, chromium_path)
        yield started
        started.close()


@pytest.fixture
def open_easel(browser: Browser, studio: Studio) -> Iterator[OpenEasel]:
    """Makes browser profiles with the painter in front, and fails the test for whatever went wrong in one of them."""
    studio.posts.clear()
    seats: list[Seat] = []

    def open_one(query: str = "", **options: Any) -> Easel:
        seats.append(Seat(browser, studio.url, **options))
        return Easel(seats[-1], studio).open(query)

    yield open_one
    for seat in seats:
        seat.close()
    assert [trouble for seat in seats for trouble in seat.unexpected()] == []


@pytest.fixture
def easel(open_easel: OpenEasel) -> Easel:
    return open_easel()
