"""Processes that die while pictures are made: one call each, an end in time, and whole pictures or none."""

import asyncio
import time

from tests.product import Product, Visitor
from tests.product.product import FINAL
from tests.wiring.settings import FINAL_WITHIN, GRACE, HUGE_PICTURES, LATE, PICTURES, SLOW_PICTURES, STALLED_PICTURES
from tests.wiring.wishes import Tile, watch, wish_for, workshop_of

LAST_WORK = 3 + 2  # seconds for what was just ended, and for the picture that is in hand

ENDS = {"worker_gone", "", "timeout_silence"}  # a busy machine may have ended some of them before


async def test_a_killed_worker_leaves_whole_pictures_or_none(product: Product, visitor: Visitor) -> None:
    """At once: one that the provider makes, one with an unfinished picture, some that wait to be judged, and some that are being stored."""
    kept = await wish_for(product, visitor, HUGE_PICTURES, n="10")
    waiting = await wish_for(product, visitor, PICTURES, n="10")
    asked = await wish_for(product, visitor, LATE)
    workshop = workshop_of(product)
    await kept.wait(lambda: list(workshop.glob("playground-answer-*")), "an answer comes")
    seen = await wish_for(product, visitor, STALLED_PICTURES, partial_images="2")
    await watch(seen, Tile(seen.run_id), lambda tile: bool(tile.preview))
    await kept.wait(kept.stored, "the first file is stored")
    product.kill("worker")
    killed = time.monotonic()
    product.start_process("worker")
    wishes = (asked, seen, kept, waiting)
    for wish in wishes:
        wish.final(FINAL_WITHIN)
    assert time.monotonic() - killed < FINAL_WITHIN + 1
    for wish in wishes:
        row = wish.row()
        assert len(wish.calls()) == 1
        assert row["status"] in ({"completed", "interrupted"} if wish.pictures() else {"unknown"})
        assert row["error_kind"] in ENDS
        await wish.wait(lambda wish=wish: not wish.file_rows("partial"), "the unfinished one goes")
        assert wish.is_whole() and not (wish.folder.exists() and not wish.stored())
    assert not workshop.exists() and workshop_of(product) != workshop
    for wish in wishes:
        page = await visitor.get(f"/history/{wish.run_id}/")
        assert page.status == 200 and "0 words" not in page.text
    again = await wish_for(product, visitor, PICTURES)
    assert again.final()["status"] == "completed"


async def test_a_worker_that_is_told_to_go_ends_all_in_its_grace(product: Product, visitor: Visitor) -> None:
    """Some are made, some are judged, some wait for that; none is left for the sweeper."""
    seen = await wish_for(product, visitor, STALLED_PICTURES, partial_images="2")
    await watch(seen, Tile(seen.run_id), lambda tile: bool(tile.preview))
    asked = await wish_for(product, visitor, LATE)
    many = [await wish_for(product, visitor, PICTURES, n="10") for _number in range(4)]
    await many[0].wait(many[0].stored, "the first file is stored")
    workshop = workshop_of(product)
    seconds = product.children["worker"].terminate()
    assert seconds < GRACE + LAST_WORK + 5
    for wish in (seen, asked, *many):
        row = wish.row()
        assert row["status"] in FINAL, f"{row['status']} is left for the sweeper"
        assert len(wish.calls()) <= 1 and wish.is_whole() and not wish.file_rows("partial")
    assert seen.row()["status"] == "interrupted" and seen.pictures()[0]["is_unfinished"], seen.row()
    assert (asked.row()["status"], asked.row()["error_kind"]) == ("unknown", "shutdown")
    assert all(wish.row()["status"] == "completed" or wish.row()["error_kind"] == "shutdown" for wish in many)
    assert not workshop.exists()


async def test_pictures_arrive_though_web_and_the_queue_go_away(product: Product, visitor: Visitor) -> None:
    """Web is killed and comes back; the queue is emptied, and then killed until all has ended."""
    wishes = [await wish_for(product, visitor, SLOW_PICTURES, n=str(number)) for number in (1, 2)]
    for wish in wishes:
        await asyncio.to_thread(product.provider.wait_for_call, wish.marker)
    tiles = [Tile(wish.run_id) for wish in wishes]
    following = [asyncio.ensure_future(watch(wish, tile, lambda tile: tile.is_done)) for wish, tile in zip(wishes, tiles, strict=True)]
    await asyncio.sleep(0.2)
    product.redis().flushall()
    product.kill("web")
    product.kill("valkey")
    await asyncio.to_thread(product.start_process, "web", False)
    await asyncio.to_thread(product.wait_ready, "web")
    await asyncio.gather(*following)
    for wish, tile, number in zip(wishes, tiles, (1, 2), strict=True):
        assert wish.row()["status"] == "completed"
        assert (tile.pictures, tile.names.count("end")) == (number, 1)
        assert len(wish.calls()) == 1 and wish.is_whole()
