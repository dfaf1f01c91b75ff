"""Pictures through the real web process, queue and worker: seen while they are made, stopped, and asked for once."""

import asyncio
import time

import pytest

from tests.product import Product, Visitor
from tests.product.processes import memory_bytes
from tests.wiring.asking import ask
from tests.wiring.settings import HUGE_PICTURES, LATE, PICTURES, RENEW, STALLED_PICTURES, STEADY
from tests.wiring.wishes import NEW, Tile, press_make, watch, wish_for

BESIDE = 20.0  # seconds for a chat beside heavy pictures, however busy the cores are with other things; alone it takes 1.2
GROWTH = 160 * 2**20


async def test_it_shows_what_is_unfinished_in_every_tab_and_keeps_it_when_stopped(product: Product, visitor: Visitor) -> None:
    wish = await wish_for(product, visitor, STALLED_PICTURES, partial_images="2")
    first, second = Tile(wish.run_id), Tile(wish.run_id)
    await asyncio.gather(*(watch(wish, tile, lambda tile: bool(tile.preview)) for tile in (first, second)))
    picture = await visitor.get(first.preview)
    assert picture.status == 200 and picture.body[8:12] == b"WEBP" and picture.headers["content-type"] == "image/webp"
    reloaded = Tile(wish.run_id)
    told = await watch(wish, reloaded, lambda tile: bool(tile.preview))
    assert reloaded.names.count("preview") == 1 and told < 4_000
    assert wish.live.replace("&", "&amp;") in (await visitor.get(NEW)).text  # the page itself goes on with it
    following = [asyncio.ensure_future(watch(wish, tile, lambda tile: tile.is_done)) for tile in (first, reloaded)]
    stopped = time.monotonic()
    await visitor.post(f"/history/{wish.run_id}/stop/", {})
    await asyncio.gather(*following)
    assert wish.final()["status"] == "cancelled"
    (call,) = wish.calls()
    assert call.connection_closed_at and call.connection_closed_at - stopped < 2
    for tile in (first, reloaded):
        assert tile.names.count("end") == 1 and tile.pictures == 1 and "unfinished" in tile.ended
    assert [row["role"] for row in wish.file_rows()] == ["output"] and wish.pictures()[0]["is_unfinished"] and wish.is_whole()


async def test_it_fills_the_tiles_and_leaves_nothing_unfinished(product: Product, visitor: Visitor) -> None:
    streamed, several = [await wish_for(product, visitor, PICTURES, **more) for more in ({"partial_images": "2"}, {"n": "3"})]
    for wish, number in ((streamed, 1), (several, 3)):
        tile = Tile(wish.run_id)
        await watch(wish, tile, lambda tile: tile.is_done)
        assert (tile.pictures, tile.names.count("end"), tile.names.count("done")) == (number, 1, 1)
        row = wish.row()
        assert row["status"] == "completed" and len(wish.calls()) == 1 and wish.is_whole()
        await wish.wait(lambda wish=wish: not wish.file_rows("partial"), "the unfinished ones go")


async def test_it_closes_the_connection_of_a_picture_that_nobody_has_seen_yet(product: Product, visitor: Visitor) -> None:
    wish = await wish_for(product, visitor, LATE)
    await asyncio.to_thread(product.provider.wait_for_call, wish.marker)
    stopped = time.monotonic()
    await visitor.post(f"/history/{wish.run_id}/stop/", {})
    row = wish.final()
    (call,) = wish.calls()
    assert (row["status"], wish.stored()) == ("cancelled", set())
    assert call.connection_closed_at and call.connection_closed_at - stopped < 2


async def test_a_double_click_in_two_tabs_is_one_call(product: Product, visitor: Visitor) -> None:
    words, key = "A lighthouse #t-double-click", "key-of-one-page"
    other_tab = await product.visitor()
    pages = await asyncio.gather(
        *(press_make(product, tab, PICTURES, words, key, n="2") for tab in (visitor, other_tab) for _click in range(3))
    )
    (run_id,) = {page.text.split('id="run-')[1][:36] for page in pages}
    changed = await press_make(product, other_tab, PICTURES, words, key, n="3")
    assert changed.status == 409 and "out of date" in changed.text
    assert product.wait_for_status(run_id)["status"] == "completed"
    late = await press_make(product, visitor, PICTURES, words, key, n="2")
    assert f'id="run-{run_id}"' in late.text and "sse-connect" not in late.text
    assert len(product.provider.picture_calls("#t-double-click")) == 1
    assert product.rows("SELECT count(*) AS n FROM images_picture WHERE description LIKE '%double-click'")[0]["n"] == 2
    other_tab.close()


async def test_it_ends_when_the_person_is_locked_out(product: Product, visitor: Visitor) -> None:
    colleague, membership = await product.colleague()
    wish = await wish_for(product, colleague, LATE)
    await asyncio.to_thread(product.provider.wait_for_call, wish.marker)
    await visitor.post(f"/settings/people/{membership}/lock-out/", {}, htmx=False)
    row = wish.final(RENEW + 5)
    assert (row["status"], row["error_kind"], len(wish.calls()), wish.stored()) == ("unknown", "revoked", 1, set())
    assert wish.calls()[0].connection_closed_at
    page = await visitor.get(f"/history/{wish.run_id}/")
    assert "because the account or the provider was switched off" in page.text
    colleague.close()


@pytest.mark.timeout(120)
async def test_large_answers_take_little_memory_and_no_time_of_others(product: Product, visitor: Visitor) -> None:
    """Twice ten pictures of 4 MB each, as base64 more than a hundred megabytes, while somebody chats."""
    pid = product.children["worker"].pid
    before = most = memory_bytes([pid])
    wishes = [await wish_for(product, visitor, HUGE_PICTURES, n="10") for _number in range(2)]
    chats = 0
    while not all(wish.row()["status"] in {"completed", "failed", "interrupted", "unknown"} for wish in wishes):
        begun = time.monotonic()
        question = await ask(product, visitor, STEADY)
        while question.row()["status"] != "completed":
            most = max(most, await asyncio.to_thread(memory_bytes, [pid]))
            await asyncio.sleep(0.05)
        assert time.monotonic() - begun < BESIDE
        chats += 1
    for wish in wishes:
        assert wish.row()["status"] == "completed", wish.row()["error"]
        assert len(wish.pictures()) == 10 and len(wish.calls()) == 1 and wish.is_whole()
    assert most - before < GROWTH, f"{(most - before) / 2**20:.0f} MiB more than before"
    assert chats >= 1
