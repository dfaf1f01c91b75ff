"""One product for all wiring tests, with short bounds in the proportions of the defaults; each test finds it whole."""

import pathlib
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.loopback import Loopback
from tests.product import Product, Visitor
from tests.wiring.faults import FAULTS
from tests.wiring.settings import BOUNDS, MODELS

HERE = pathlib.Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.wiring)


@pytest.fixture(scope="session")
def provider() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running


@pytest.fixture(scope="session")
def started(provider: Loopback, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    models = [*MODELS, *(fault.model for fault in FAULTS)]
    with Product(tmp_path_factory.mktemp("product"), provider, BOUNDS, models) as product:
        yield product


@pytest.fixture
def product(started: Product) -> Iterator[Product]:
    """All processes run before each test, and again after it."""
    started.heal()
    yield started
    started.heal()


@pytest.fixture
async def visitor(product: Product) -> AsyncIterator[Visitor]:
    browser = await product.visitor()
    yield browser
    browser.close()
