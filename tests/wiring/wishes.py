"""One wish for pictures of a test, with all that the outside can know of it: rows, files, the provider's calls, what a page is told."""

import asyncio
import html
import pathlib
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.loopback import Request
from tests.product import Product, Visitor
from tests.product.client import Page
from tests.product.live import Event
from tests.product.product import wait_until
from tests.product.visitor import LIVE

NEW = "/images/new/"
CARD = re.compile(r'id="run-([0-9a-f-]{36})"')
SHOWN = re.compile(r'src="([^"]*)"')
WORKSHOPS = "playground-worker-*"


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for. `marker` finds the provider's calls."""

    product: Product
    visitor: Visitor
    run_id: str
    live: str
    marker: str
    page: Page

    def calls(self) -> list[Request]:
        return self.product.provider.picture_calls(self.marker)

    def row(self) -> dict[str, Any]:
        return self.product.row(self.run_id)

    def final(self, timeout: float = 30) -> dict[str, Any]:
        return self.product.wait_for_status(self.run_id, timeout=timeout)

    def file_rows(self, role: str = "") -> list[dict[str, Any]]:
        rows = self.product.rows("SELECT * FROM runs_runfile WHERE run_id = ? ORDER BY position", uuid.UUID(self.run_id).hex)
        return [row for row in rows if not role or row["role"] == role]

    def pictures(self) -> list[dict[str, Any]]:
        return self.product.rows("SELECT * FROM images_picture WHERE run_id = ? ORDER BY id", uuid.UUID(self.run_id).hex)

    @property
    def folder(self) -> pathlib.Path:
        return self.product.database.parent / "files" / "runs" / self.product.ids["team"] / self.run_id

    def stored(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()} if self.folder.exists() else set()

    def is_whole(self) -> bool:
        """Every picture has its files and every file has its row: nothing is half kept."""
        told = {str(uuid.UUID(row["id"])): row["size"] for row in self.file_rows()}
        sizes = {name: (self.folder / name).stat().st_size for name in self.stored()}
        shown = [str(uuid.UUID(row["output_id"])) for row in self.pictures()]
        assert {name.partition(".")[0] for name in sizes} == set(told) == set(shown), (sizes, told, shown)
        assert all(sizes[pk] == size and f"{pk}.thumbnail" in sizes for pk, size in told.items())
        return True

    async def wait(self, true: Callable[[], Any], what: str, timeout: float = 20) -> Any:
        return await asyncio.to_thread(wait_until, true, timeout, what)


async def wish_for(product: Product, visitor: Visitor, model: str, **settings: str) -> Wish:
    """Press Make on the page."""
    marker = f"#t-{uuid.uuid4().hex[:10]}"
    page = await press_make(product, visitor, model, f"A harbour {marker}", str(uuid.uuid4()), **settings)
    card, live = CARD.search(page.text), LIVE.search(page.text)
    assert page.status == 200 and card and live, f"the wish was answered with {page.status}: {page.text[:2000]}"
    return Wish(product, visitor, card[1], html.unescape(live[1]), marker, page)


async def press_make(product: Product, visitor: Visitor, model: str, words: str, key: str, **settings: str) -> Page:
    """All settings that matter are sent: those of the last wish would stay else."""
    settings = {"n": "1", "partial_images": "0", **settings}
    shown = {f"shown.{name}": "" for name in settings}
    chosen = {"model": product.ids["models"][model], "shown.model": ""}
    return await visitor.post(NEW, {"prompt": words, "key": key, **chosen, **settings, **shown})


@dataclass(slots=True)
class Tile:
    """The card of one wish as the page would show it, put together from the events alone."""

    run_id: str
    names: list[str] = field(default_factory=list)
    preview: str = ""  # the address of the unfinished picture
    ended: str = ""
    is_done: bool = False

    def take(self, event: Event) -> None:
        self.names.append(event.name.removesuffix(f"-{self.run_id}"))
        if event.name == f"preview-{self.run_id}":
            found = SHOWN.search(event.data)
            assert found
            self.preview = html.unescape(found[1])
        elif event.name == f"end-{self.run_id}":
            self.ended = event.data
        self.is_done = event.name == "done"

    @property
    def pictures(self) -> int:
        return self.ended.count("<img")


async def watch(wish: Wish, tile: Tile, is_enough: Callable[[Tile], bool], timeout: float = 30) -> int:
    """Watch the page until then, or to the end; connecting again whenever the stream breaks. The bytes of the last connection, unpacked."""
    async with asyncio.timeout(timeout):
        while True:
            try:
                async with wish.visitor.watch(wish.live) as live:
                    async for event in live:
                        tile.take(event)
                        if is_enough(tile):
                            return live.plain_bytes
                        assert not tile.is_done, f"it has ended without that: {tile.names}"
            except OSError:
                await asyncio.sleep(0.2)


def workshop_of(product: Product) -> pathlib.Path:
    """The folder of the worker for temporary files, told by the lock that it holds."""
    descriptors = pathlib.Path(f"/proc/{product.children['worker'].pid}/fd")
    links = [link.readlink() for link in descriptors.iterdir() if link.is_symlink()]
    (found,) = {path for path in links if path.match(WORKSHOPS)}
    return found
