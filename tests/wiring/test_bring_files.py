"""Files that a browser brings while the web process dies: they go on from where they were, and have every byte once."""

import asyncio
import hashlib
import json
import random
import uuid
from collections import Counter
from typing import Any
from urllib.parse import urlencode

from tests.product import Product, Visitor
from tests.product.client import Page
from tests.product.product import wait_until
from tests.product.visitor import CSRF_COOKIE
from tests.wiring.settings import PIECE

SIZE = 50 * PIECE + 777
PIECES = 51
LOST = {500, 502, 503, 504, 507}  # what the script takes for no answer
FILE = "SELECT * FROM files_file WHERE id = ?"
STORED = "SELECT number, size FROM files_piece WHERE file_id = ? ORDER BY number"


class Tab:
    """What `bringing.js` does with one file: a piece is sent until it is answered, and the answer says which one is the next."""

    def __init__(self, product: Product, visitor: Visitor, seed: int, key: str = "") -> None:
        self.product, self.visitor = product, visitor
        self.body = random.Random(seed).randbytes(SIZE)
        self.key = key or f"{SIZE}-1-walk-{uuid.uuid4()}"
        self.answer: dict[str, Any] = {}
        self.taken: Counter[int] = Counter()  # pieces that were answered with 200, by their numbers
        self.lost = 0

    async def _post(self, path: str, body: bytes, kind: str) -> Page | None:
        headers = {"content-type": kind, "x-csrftoken": self.visitor.client.cookies.get(CSRF_COOKIE, ""), "accept": "application/json"}
        try:
            page = await self.visitor.client.request("POST", path, headers, body)
        except OSError:  # refused, reset, or closed before its answer
            return None
        return None if page.status in LOST else page

    async def _insist(self, path: str, body: bytes, kind: str) -> Page:
        async with asyncio.timeout(60):
            while (page := await self._post(path, body, kind)) is None:
                self.lost += 1
                await asyncio.sleep(0.2)
        return page

    async def begin(self) -> int:
        """The status of the answer: 201 for a new file, 200 for one that goes on."""
        wish = {"name": "walk.bin", "size": SIZE, "type": "application/octet-stream", "key": self.key}
        page = await self._insist("/files/begin/", urlencode(wish).encode(), "application/x-www-form-urlencoded")
        self.answer = json.loads(page.text)
        return page.status

    async def send(self) -> None:
        while self.answer["received"] < SIZE:
            number, start = self.answer["next"], self.answer["received"]
            page = await self._insist(f"{self.answer['pieces']}{number}/", self.body[start : start + PIECE], "application/octet-stream")
            assert page.status == 200, page.text
            self.taken[number] += 1
            self.answer |= json.loads(page.text)

    async def finish(self) -> None:
        page = await self._insist(self.answer["finish"], b"", "application/x-www-form-urlencoded")
        assert (page.status, json.loads(page.text)["state"] != "coming") == (200, True), page.text

    def row(self) -> dict[str, Any]:
        return self.product.rows(FILE, uuid.UUID(self.answer["id"]).hex)[0]

    async def wait_for_pieces(self, number: int) -> None:
        await asyncio.to_thread(wait_until, lambda: bool(self.answer) and self.row()["pieces"] >= number, 60, f"{number} pieces are here")

    async def check_whole(self) -> None:
        """Every byte once: in the rows, and in what a person downloads."""
        pk = uuid.UUID(self.answer["id"]).hex
        row = await asyncio.to_thread(wait_until, lambda: (row := self.row())["copy"] == "ready" and row, 60, "it was looked at")
        stored = self.product.rows(STORED, pk)
        assert [piece["number"] for piece in stored] == list(range(PIECES))
        assert (row["received"], row["size"], sum(piece["size"] for piece in stored)) == (SIZE, SIZE, SIZE)
        page = await self.visitor.get(f"/files/{self.answer['id']}/content/")
        assert hashlib.sha256(page.body).digest() == hashlib.sha256(self.body).digest()


async def kill_web(product: Product, seconds: float = 1.0) -> None:
    product.kill("web")
    await asyncio.sleep(seconds)
    await asyncio.to_thread(product.start_process, "web")


async def test_an_upload_goes_on_in_its_tab_when_the_web_process_was_killed(product: Product, visitor: Visitor) -> None:
    """Twice: while pieces are on their way, whichever moment that is."""
    tab = Tab(product, visitor, 1)
    assert await tab.begin() == 201
    sending = asyncio.create_task(tab.send())
    for number in (10, 30):
        await tab.wait_for_pieces(number)
        await kill_web(product)
    await sending
    assert tab.lost >= 2, "it was killed too late"
    await tab.finish()
    await tab.check_whole()
    # What was written when the answer was lost is answered once more; nothing that was answered is sent again.
    assert tab.taken == Counter(range(PIECES))


async def test_an_upload_goes_on_in_another_tab_from_where_it_was(product: Product, visitor: Visitor) -> None:
    tab = Tab(product, visitor, 2)
    await tab.begin()
    sending = asyncio.create_task(tab.send())
    await tab.wait_for_pieces(20)
    product.kill("web")
    sending.cancel()  # the tab is closed
    await asyncio.gather(sending, return_exceptions=True)
    here = tab.row()["pieces"]
    await asyncio.to_thread(product.start_process, "web")
    other = Tab(product, visitor, 2, key=tab.key)
    assert await other.begin() == 200
    assert (other.answer["id"], other.answer["next"], other.answer["received"]) == (tab.answer["id"], here, here * PIECE)
    await other.send()
    await other.finish()
    assert other.taken == Counter(range(here, PIECES))
    await other.check_whole()


async def test_an_upload_that_two_tabs_send_is_one_file(product: Product, visitor: Visitor) -> None:
    """The same file was chosen in both; the web process dies under them."""
    second = await product.visitor()
    tabs = [Tab(product, visitor, 3)]
    tabs.append(Tab(product, second, 3, key=tabs[0].key))
    begun = await asyncio.gather(*(tab.begin() for tab in tabs))
    assert begun[0] in {200, 201} and tabs[0].answer["id"] == tabs[1].answer["id"]

    async def until_whole(tab: Tab) -> None:
        while tab.answer["received"] < SIZE and tab.answer["state"] == "coming":
            number, start = tab.answer["next"], tab.answer["received"]
            page = await tab._insist(f"{tab.answer['pieces']}{number}/", tab.body[start : start + PIECE], "application/octet-stream")
            assert page.status in {200, 409}, page.text
            tab.answer |= json.loads(page.text)

    sending = asyncio.gather(*(until_whole(tab) for tab in tabs))
    await tabs[0].wait_for_pieces(25)
    await kill_web(product)
    await sending
    await asyncio.gather(*(tab.finish() for tab in tabs))
    await tabs[0].check_whole()
    second.close()
