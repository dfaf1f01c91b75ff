"""Files on their way to a provider and back while the worker and the provider die: they arrive once, with every byte."""

import asyncio
import hashlib
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.loopback import Loopback
from tests.product import Product, Visitor
from tests.product.product import wait_until
from tests.wiring.settings import FINAL_WITHIN, PIECE

SIZE = 50 * PIECE + 777  # 13 parts
KEEP = """
import random
from django.utils import timezone
from apps.accounts.models import Membership
from apps.files.content import write_whole
from apps.files.models import File, Piece
member = Membership.objects.get(role="owner")
body = random.Random({seed}).randbytes({size})
file = File(team=member.team, person=member.user, name="big-{seed}.jsonl", size=len(body), key="{key}", added_at=timezone.now())
pieces = write_whole(file, [body])
file.copy, file.pieces, file.received, file.content_type = "ready", len(pieces), len(body), "application/jsonl"
file.check_method, file.check_report = "batch", {{"method": "batch"}}  # found right: what a check says is not asked here
file.save(force_insert=True)
Piece.objects.bulk_create(pieces)
print(file.pk)
"""
FILE = "SELECT * FROM files_file WHERE id = ?"


class Kept:
    """A file of the product, and what its row says."""

    def __init__(self, product: Product, seed: int) -> None:
        import random

        self.product = product
        self.sha256 = hashlib.sha256(random.Random(seed).randbytes(SIZE)).hexdigest()
        code = KEEP.format(seed=seed, size=SIZE, key=uuid.uuid4().hex)
        self.pk = product.manage("shell", "-v0", "-c", code).split()[-1]

    @property
    def row(self) -> dict[str, Any]:
        return self.product.rows(FILE, uuid.UUID(self.pk).hex)[0]

    async def wait_for(self, column: str, *values: str, timeout: float = 60) -> dict[str, Any]:
        def reached() -> dict[str, Any] | None:
            row = self.row
            return row if row[column] in values else None

        try:
            row: dict[str, Any] = await asyncio.to_thread(wait_until, reached, timeout, f"{column} is {' or '.join(values)}")
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.row}") from None
        return row


@pytest.fixture(scope="module")
def place(started: Product) -> Iterator[Loopback]:
    """A provider of files of its own, which may be killed."""
    with Loopback() as running:
        started.connect(running, "Files", [])
        yield running


def place_id(product: Product) -> str:
    """The newest: those of other modules are gone."""
    newest = "SELECT id FROM providers_provider WHERE name = 'Files' ORDER BY created_at DESC"
    return str(uuid.UUID(product.rows(newest)[0]["id"]))


async def send(product: Product, visitor: Visitor, file: Kept) -> None:
    wish = {"provider": place_id(product), "purpose": "batch", "lifetime": "", "key": uuid.uuid4().hex}
    for _click in range(2):
        page = await visitor.post(f"/files/{file.pk}/send/", wish)
        assert page.status == 200, page.text


def parts_taken(place: Loopback) -> int:
    return int(place.files()["parts"])


async def test_a_worker_killed_between_parts_is_followed_by_one_that_goes_on(product: Product, visitor: Visitor, place: Loopback) -> None:
    place.reset()
    place.files(trouble=[{"on": "/parts", "do": "slow", "seconds": 1, "times": 99}])
    file = Kept(product, 1)
    await send(product, visitor, file)
    await asyncio.to_thread(wait_until, lambda: parts_taken(place) >= 4, 30, "some parts are there")
    product.kill("worker")
    taken = parts_taken(place)
    assert taken < 13, "it was killed too late"
    place.files(trouble=[])
    product.start_process("worker")
    row = await file.wait_for("remote", "there", "failed", timeout=FINAL_WITHIN + 40)
    told = place.files(sums=True)
    assert (row["remote"], told["count"], told["calls"]["POST uploads"]) == ("there", 1, 1)
    assert told["sums"][row["remote_id"]] == file.sha256
    assert told["calls"]["POST uploads/id/parts"] <= 13 + 2 * 4


async def test_a_worker_killed_while_the_file_is_put_together_makes_no_second_one(
    product: Product, visitor: Visitor, place: Loopback
) -> None:
    place.reset()
    place.files(trouble=[{"on": "/complete", "do": "slow", "seconds": 2, "times": 1}])
    file = Kept(product, 2)
    await send(product, visitor, file)
    await asyncio.to_thread(wait_until, lambda: "POST uploads/id/complete" in place.files()["calls"], 40, "it is being put together")
    product.kill("worker")
    product.start_process("worker")
    row = await file.wait_for("remote", "there", "failed", timeout=FINAL_WITHIN + 40)
    told = place.files(sums=True)
    assert (row["remote"], told["count"]) == ("there", 1)
    assert told["sums"][row["remote_id"]] == file.sha256


async def test_a_provider_that_dies_and_comes_back_gets_the_file(product: Product, visitor: Visitor, place: Loopback) -> None:
    """It has forgotten the upload, so that begins anew."""
    place.reset()
    place.files(trouble=[{"on": "/parts", "do": "slow", "seconds": 1, "times": 99}])
    file = Kept(product, 3)
    await send(product, visitor, file)
    await asyncio.to_thread(wait_until, lambda: parts_taken(place) >= 4, 30, "some parts are there")
    assert place.process
    place.process.kill()
    place.process.communicate()
    await asyncio.sleep(3)
    place.start()
    row = await file.wait_for("remote", "there", "failed", timeout=90)
    told = place.files(sums=True)
    assert (row["remote"], told["count"]) == ("there", 1), row["sentence"]
    assert told["sums"][row["remote_id"]] == file.sha256


async def test_a_worker_killed_while_it_fetches_is_followed_by_one_that_fetches_the_rest(
    product: Product, visitor: Visitor, place: Loopback
) -> None:
    place.reset()
    file = Kept(product, 4)
    await send(product, visitor, file)
    row = await file.wait_for("remote", "there", "failed")
    place.files(trouble=[{"on": "/content", "do": "slow", "seconds": 1, "times": 99}])
    forget = f'File.objects.filter(pk="{file.pk}").update(copy="none", pieces=0, received=0)'
    drop = f'Piece.objects.filter(file="{file.pk}").delete()'
    product.manage("shell", "-v0", "-c", f"from apps.files.models import File, Piece; {drop}; {forget}")
    page = await visitor.post(f"/files/{file.pk}/fetch/", {})
    assert page.status == 200
    await asyncio.to_thread(wait_until, lambda: file.row["pieces"] >= 4, 30, "some of it is here")
    product.kill("worker")
    place.files(trouble=[])
    product.start_process("worker")
    row = await file.wait_for("copy", "looking", "ready", "none", timeout=FINAL_WITHIN + 40)
    assert (row["copy"] != "none", row["received"], row["pieces"]) == (True, SIZE, 51), row["sentence"]
    read = (
        "import hashlib, json; from apps.files.content import opened; from apps.files.models import File; "
        f'source = opened(File.objects.get(pk="{file.pk}")); print(json.dumps(hashlib.sha256(source.__enter__().read()).hexdigest()))'
    )
    assert json.loads(product.manage("shell", "-v0", "-c", read).splitlines()[-1]) == file.sha256


async def test_a_file_stops_within_moments(product: Product, visitor: Visitor, place: Loopback) -> None:
    place.reset()
    place.files(trouble=[{"on": "/parts", "do": "slow", "seconds": 2, "times": 99}])
    file = Kept(product, 5)
    await send(product, visitor, file)
    await asyncio.to_thread(wait_until, lambda: "POST uploads/id/parts" in place.files()["calls"], 30, "it goes out")
    await visitor.post(f"/files/{file.pk}/stop/", {})
    await file.wait_for("remote", "none")
    await asyncio.to_thread(wait_until, lambda: place.files()["uploads"][0]["status"] == "cancelled", 20, "it is given up there")
    assert place.files()["count"] == 0
