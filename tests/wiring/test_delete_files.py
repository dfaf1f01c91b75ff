"""Two people delete the same file at the same moment: it is deleted once, and the later one is told so."""

import asyncio
import uuid
from collections.abc import Iterator

import pytest

from tests.loopback import Loopback
from tests.product import Product, Visitor
from tests.product.product import wait_until
from tests.wiring.test_send_files import Kept, send

ROUNDS = 4


@pytest.fixture(scope="module")
def place(started: Product) -> Iterator[Loopback]:
    with Loopback() as running:
        started.connect(running, "Files", [])
        yield running


async def sent(product: Product, visitor: Visitor, seed: int) -> Kept:
    file = Kept(product, seed)
    await send(product, visitor, file)
    await file.wait_for("remote", "there")
    return file


async def test_it_is_deleted_once_and_the_later_one_is_told(product: Product, visitor: Visitor, place: Loopback) -> None:
    place.reset()
    colleague, _membership = await product.colleague()
    for number in range(ROUNDS):
        file = await sent(product, visitor, 100 + number)
        wish = {"file": file.pk, "confirmed": "1"}
        pages = await asyncio.gather(*(each.post("/files/delete/", wish) for each in (visitor, colleague)))
        assert [page.status for page in pages] == [200, 200], [page.text[:500] for page in pages]
        told = sorted(("A colleague has deleted this already." in page.text, "Undo" in page.text) for page in pages)
        assert told == [(False, True), (True, False)], [page.text[:900] for page in pages]
        row = await file.wait_for("remote", "none", "gone")
        assert (row["deleted_at"] is not None, row["copy"]) == (True, "ready")
        assert place.files()["calls"]["DELETE files/id"] == number + 1
    assert place.files()["count"] == 0
    colleague.close()


async def test_one_takes_it_from_the_provider_while_another_deletes_it(product: Product, visitor: Visitor, place: Loopback) -> None:
    place.reset()
    colleague, _membership = await product.colleague()
    file = await sent(product, visitor, 110)
    remove, delete = f"/files/{file.pk}/remove/", "/files/delete/"
    pages = await asyncio.gather(visitor.post(remove, {}), colleague.post(delete, {"file": file.pk, "confirmed": "1"}))
    assert [page.status for page in pages] == [200, 200], [page.text[:500] for page in pages]
    row = await file.wait_for("remote", "none", "gone")
    assert row["deleted_at"] is not None
    told = place.files()
    assert (told["count"], told["calls"]["DELETE files/id"]) == (0, 1)
    # Our copy is in the bin, and comes back whole.
    page = await visitor.post("/files/restore/", {"file": file.pk}, htmx=False)
    assert page.status == 303
    row = await asyncio.to_thread(wait_until, lambda: (row := file.row)["deleted_at"] is None and row, 10, "it is back")
    assert (row["copy"], row["remote"], uuid.UUID(row["id"])) == ("ready", "none", uuid.UUID(file.pk))
    colleague.close()
