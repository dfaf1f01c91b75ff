"""Check before sending through the real web process, queue and worker: what is flagged is never sent, whatever dies meanwhile."""

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest

from tests.product import Product, Visitor
from tests.wiring.asking import Question, ask
from tests.wiring.settings import CHECKING, CHECKING_LATE, FINAL_WITHIN, PICTURES, STEADY
from tests.wiring.wishes import press_make

RULES = "/settings/before-sending/"
RUDE = "You are an idiot"


@pytest.fixture
async def admin(product: Product, visitor: Visitor) -> AsyncIterator[Visitor]:
    yield visitor
    await settle(product, visitor, "off")


async def settle(product: Product, visitor: Visitor, before: str, model: str = CHECKING, otherwise: str = "stop") -> None:
    form = {"chat": before, "pictures": before, "otherwise": otherwise, "model": product.ids["models"][model]}
    page = await visitor.post(RULES, form, htmx=False)
    assert page.status in {200, 302, 303}, page.text[:2000]


def paths(question: Question) -> list[str]:
    return [request.path.removeprefix("/v1") for request in question.provider.requests(question.marker)]


async def test_it_sends_what_is_harmless_after_its_check(product: Product, admin: Visitor) -> None:
    await settle(product, admin, "stop")
    question = await ask(product, admin, STEADY)
    assert question.final()["text"] == question.story()
    assert paths(question) == ["/moderations", "/chat/completions"]


async def test_it_holds_back_what_is_flagged_in_chats_and_pictures(product: Product, admin: Visitor) -> None:
    await settle(product, admin, "stop")
    question = await ask(product, admin, STEADY, RUDE)
    row = question.final()
    assert (row["status"], row["error_kind"], row["gate"]) == ("failed", "gate", "stopped")
    assert paths(question) == ["/moderations"]
    marker = f"#t-{uuid.uuid4().hex[:10]}"
    assert (await press_make(product, admin, PICTURES, f"{RUDE} {marker}", str(uuid.uuid4()))).status == 200
    for _try in range(100):
        if "Stopped before sending" in (await admin.get("/images/new/")).text:
            break
        await asyncio.sleep(0.1)
    else:
        pytest.fail("the picture was not held back")
    assert [request.path for request in question.provider.requests(marker)] == ["/v1/moderations"]


@pytest.mark.parametrize(("words", "status"), [("Hello", "completed"), (RUDE, "failed")])
async def test_it_decides_after_the_worker_was_killed_while_it_was_checked(
    product: Product, admin: Visitor, words: str, status: str
) -> None:
    """What became of the check that was under way nobody knows: it failed, and then it is as the team has settled."""
    await settle(product, admin, "stop", CHECKING_LATE, "send" if status == "completed" else "stop")
    question = await ask(product, admin, STEADY, words)
    await asyncio.to_thread(question.provider.wait_for_call, question.marker)
    product.kill("worker")
    product.start_process("worker")
    row = question.final(2 * FINAL_WITHIN)
    assert row["status"] == status
    assert paths(question).count("/moderations") == 1 and paths(question).count("/chat/completions") == (status == "completed")


@pytest.mark.parametrize("what", ["killed", "emptied"])
async def test_it_decides_when_the_queue_was_lost(product: Product, admin: Visitor, what: str) -> None:
    await settle(product, admin, "stop")
    product.kill("worker")
    question = await ask(product, admin, STEADY)
    if what == "killed":
        product.kill("valkey")
        product.start_process("valkey")
    else:
        product.redis().flushall()
    product.start_process("worker")
    assert question.final(2 * FINAL_WITHIN)["text"] == question.story()
    assert paths(question) == ["/moderations", "/chat/completions"]


async def test_it_stops_the_check_with_the_message(product: Product, admin: Visitor) -> None:
    await settle(product, admin, "stop", CHECKING_LATE)
    question = await ask(product, admin, STEADY)
    await asyncio.to_thread(question.provider.wait_for_call, question.marker)
    await admin.post(f"/history/{question.run_id}/stop/", {})
    assert question.final(3)["status"] == "cancelled"
    await asyncio.sleep(3)
    [check] = question.provider.requests(question.marker)
    assert check.connection_closed_at and paths(question) == ["/moderations"]
