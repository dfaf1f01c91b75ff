"""Pictures that an answer names by links: copied at once, all together, within bounds; what cannot be had is said and asked for no more."""

import asyncio

import pytest

from apps.runs import links
from apps.runs.explanations import explain
from apps.runs.operations import OutputFile, Result
from gateway import Bounds, Lost
from gateway.types import ApiResponse
from tests.loopback.picture_models import FOREIGN_LINK, GONE_LINK, LINK, PAGE_LINK

CALLS = "/v1/images/generations"


@pytest.mark.django_db(transaction=True)
def test_all_of_an_answer_are_copied(bring_pictures, passing, loopback):
    run = bring_pictures(LINK, n=3)
    assert (run.status, run.pictures.count(), passing()) == ("completed", 3, [])
    assert "http" in str(run.response)  # as received
    assert [each.path for each in run.requests].count(CALLS) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("model", [GONE_LINK, FOREIGN_LINK, PAGE_LINK])
def test_an_answer_of_links_that_lead_nowhere_is_lost_and_paid(bring_pictures, passing, stored_files, model):
    run = bring_pictures(model, n=2)
    assert (run.status, run.error_kind) == ("failed", "link")
    assert [each.path for each in run.requests].count(CALLS) == 1
    assert explain(run).title and not run.files.exists() and passing() == [] and stored_files() == set()


class Shelf:
    """A gateway of which a test says what lies behind each link."""

    def __init__(self, **behind):
        self.behind, self.begun, self.ended = behind, [], []

    async def fetch(self, url, *, save_to, bounds):
        self.begun.append(url)
        try:
            return await self._fetch(url, save_to)
        finally:
            self.ended.append(url)

    async def _fetch(self, url, save_to):
        found = self.behind[url]
        if found == "never":
            await asyncio.Event().wait()
        if isinstance(found, Exception):
            raise found
        save_to.write_bytes(found)
        return ApiResponse(200, {}, saved=save_to, content_type="image/webp")


def result_of(*links, **more):
    return Result(files=[OutputFile(f"picture-{number}", "image/png", url=link) for number, link in enumerate(links)], **more)


async def test_one_that_is_lost_takes_none_of_the_others(passing):
    shelf = Shelf(a=b"one", b=Lost("link", "Gone."), c=b"three")
    result = await links.fetched(shelf, result_of("a", "b", "c"), Bounds())
    assert [(file.read(), file.content_type, file.url) for file in result.files] == [
        (b"one", "image/webp", ""),
        (b"three", "image/webp", ""),
    ]
    assert result.notices == ("The link of one picture could not be opened.",)
    assert len(passing()) == 1
    result.close()
    assert passing() == []


async def test_a_text_without_its_pictures_is_worth_having(passing):
    result = await links.fetched(Shelf(a=Lost("link", "Gone."), b=Lost("link", "Gone.")), result_of("a", "b", text="Two boats"), Bounds())
    assert (list(result.files), result.notices) == ([], ("The links of 2 pictures could not be opened.",))
    result.close()
    assert passing() == []


async def test_what_came_beside_a_lost_link_stays_as_it_is(passing):
    result = result_of("a")
    result.files = [*result.files, OutputFile("inline", "image/png", body=b"whole")]
    found = await links.fetched(Shelf(a=Lost("link", "Gone.")), result, Bounds())
    assert [file.read() for file in found.files] == [b"whole"]
    found.close()


async def test_nothing_left_is_the_reason_and_leaves_no_folder(passing):
    with pytest.raises(Lost, match="Gone"):
        await links.fetched(Shelf(a=Lost("link", "Gone.")), result_of("a"), Bounds())
    assert passing() == []


async def test_a_full_disk_ends_the_others_too_and_leaves_nothing(passing):
    shelf = Shelf(a="never", b=OSError(28, "No space left on device"))
    with pytest.raises(OSError, match="No space left"):
        await links.fetched(shelf, result_of("a", "b"), Bounds())
    assert sorted(shelf.ended) == ["a", "b"] and passing() == []


async def test_a_stop_ends_all_of_them_and_leaves_nothing(passing):
    shelf = Shelf(a="never", b=b"here", c="never")
    fetching = asyncio.ensure_future(links.fetched(shelf, result_of("a", "b", "c"), Bounds()))
    while len(shelf.begun) < 3:
        await asyncio.sleep(0)
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    assert sorted(shelf.ended) == ["a", "b", "c"] and passing() == []


async def test_an_answer_without_links_makes_no_folder(passing):
    result = Result(files=[OutputFile("a", "image/png", body=b"x")])
    assert await links.fetched(Shelf(), result, Bounds()) is result
    assert passing() == []
