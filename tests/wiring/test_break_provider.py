"""Each fault of a provider: the run ends, says why, keeps what came, and no call was made twice that may have been billed."""

import asyncio
import itertools
from collections.abc import Iterator

import pytest

from tests.loopback import story
from tests.product import Product
from tests.wiring.asking import Question, ask
from tests.wiring.faults import FAULTS, HEAVY, Fault


@pytest.fixture(scope="module")
def questions(started: Product) -> Iterator[dict[str, Question]]:
    """All faults at once, as a busy team has them; before them, one after the other, those that take a processor for themselves."""
    started.heal()

    async def ask_all() -> dict[str, Question]:
        visitor = await started.visitor()
        asked = {}
        for model in HEAVY:
            asked[model] = await ask(started, visitor, model)
            asked[model].final(timeout=45)
        asked |= {fault.model: await ask(started, visitor, fault.model) for fault in FAULTS if fault.model not in HEAVY}
        visitor.close()
        return asked

    yield asyncio.run(ask_all())


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.model)
def test_it_ends_a_run_as_promised(questions: dict[str, Question], fault: Fault) -> None:
    question = questions[fault.model]
    row = question.final(timeout=45)
    assert (row["status"], row["error_kind"]) == (fault.status, fault.kind)
    assert len(question.calls()) == fault.calls
    whole = story(fault.model)
    if fault.share == "all":
        assert row["text"] == whole
    elif fault.share == "half" and not fault.model.startswith("endless"):
        assert row["text"] and whole.startswith(row["text"]) and len(row["text"]) >= len(whole) // 2 - 6
    elif fault.share == "none":
        assert row["text"] == ""


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.calls > 1], ids=lambda fault: fault.model)
def test_it_waits_before_it_asks_again(questions: dict[str, Question], fault: Fault) -> None:
    """One second, as Retry-After says, and an attempt row for each call."""
    question = questions[fault.model]
    question.final(timeout=45)
    times = [call.at for call in question.calls()]
    assert all(later - earlier >= 0.9 for earlier, later in itertools.pairwise(times))
    assert len(question.product.attempts(question.run_id)) == fault.calls


def test_it_follows_no_redirect(questions: dict[str, Question]) -> None:
    question = questions["redirect"]
    question.final()
    assert not [request for request in question.provider.requests() if "elsewhere" in request.path]


def test_it_keeps_thoughts_apart_from_the_answer(questions: dict[str, Question]) -> None:
    row = questions["thinking-rate200"].final()
    assert row["thinking"].startswith("t0001 t0002 ")
    assert "t0001" not in row["text"]


def test_it_keeps_the_finish_reason(questions: dict[str, Question]) -> None:
    assert questions["length-rate200"].final()["finish_reason"] == "length"


async def test_it_leaves_out_a_parameter_that_was_refused(started: Product) -> None:
    """A refused request was not billed, so it is sent once more without the parameter, and the person is told."""
    visitor = await started.visitor()
    address = started.conversation("refuses-temperature-rate200")
    await visitor.post(f"{address}settings/", {"temperature": "0.2", "shown.temperature": "1"})
    sent = await visitor.send(address, "Hello #t-temperature")
    row = started.wait_for_status(sent.run_id)
    visitor.close()
    bodies = [call.body for call in started.provider.calls("#t-temperature", body=True)]
    assert ["temperature" in body for body in bodies] == [True, False]
    assert (row["status"], row["text"]) == ("completed", story("refuses-temperature"))
    assert "temperature" in row["notices"] or "Creativity" in row["notices"]


async def test_it_tells_every_failure_in_words(questions: dict[str, Question], started: Product) -> None:
    """The page of each run says something, and none of the machine's words."""
    visitor = await started.visitor()
    for fault in FAULTS:
        question = questions[fault.model]
        question.final(timeout=45)
        page = await visitor.get(question.address)
        assert page.status == 200, f"{fault.model}: {page.status}"
        assert "Traceback" not in page.text
        if fault.status != "completed":
            assert "note" in page.text, f"{fault.model} is shown without a word"
    visitor.close()


async def test_it_never_shows_the_key(questions: dict[str, Question], started: Product) -> None:
    for question in questions.values():
        question.final(timeout=45)
    visitor = await started.visitor()
    leaking = questions["leaks-key"]
    for address in (leaking.address, f"/history/{leaking.run_id}/", "/history/", "/settings/providers/"):
        page = await visitor.get(address)
        assert page.status == 200 and started.key not in page.text, address
    visitor.close()
    written = started.everything_written()
    assert len(written) > 5
    assert [name for name, content in written.items() if started.key.encode() in content] == []
