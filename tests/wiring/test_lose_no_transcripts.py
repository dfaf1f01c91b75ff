"""A worker that dies while it cuts a recording, and while its parts are heard: each part is asked for once, every word is there once."""

import asyncio
import json
import pathlib
import uuid
from typing import Any

import pytest

from sound.formats import TO_SEND
from sound.writing import write
from tests.loopback.tones import tone_words
from tests.product import Product, Visitor
from tests.product.product import wait_until
from tests.wiring.settings import FINAL_WITHIN, HEARING, HEARING_LATE

WORDS, EVERY, PART = 300, 2.0, 160  # 10 minutes in four parts
PIECE = 4 * 1024 * 1024  # bytes of an upload in one request, as the product has it
EXACT = 0.2  # seconds by which a word may be off
CUTTING = "SELECT p.id FROM transcription_part p WHERE p.transcript_id = ? AND p.run_id IS NULL"
PARTS = "SELECT * FROM transcription_part WHERE transcript_id = ? ORDER BY number"
RUNS = "SELECT * FROM runs_run WHERE parent_id = ? ORDER BY id"
STATE = "SELECT state FROM transcription_transcript WHERE id = ?"
HEARD = "SELECT words FROM transcription_segment WHERE transcript_id = ? ORDER BY start, id"
LIMIT = 'ModelFact.objects.create(team=Team.objects.get(pk="{team}"), model_pattern="whisper-tones*", limits={{"seconds": {seconds}}})'


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path: pathlib.Path = tmp_path_factory.mktemp("talk") / "talk.mp3"
    write([tone_words(range(1, WORDS + 1), every=EVERY)], 16_000, path, TO_SEND)
    return path.read_bytes()


@pytest.fixture(scope="module")
def limited(started: Product) -> None:
    """The models that hear take a few minutes at a time."""
    code = f"from apps.accounts.models import Team; from apps.providers.models import ModelFact; {LIMIT}"
    started.manage("shell", "-c", code.format(team=started.ids["team"], seconds=PART))


async def bring(visitor: Visitor, body: bytes) -> str:
    """Upload it as the page does, and wait until it is ready; its id."""
    wish = {"name": "Talk.mp3", "size": str(len(body)), "type": "audio/mpeg", "kind": "uploaded", "key": uuid.uuid4().hex}
    told = json.loads((await visitor.post("/transcribe/recordings/", wish)).text)
    headers = {"content-type": "application/octet-stream", "x-csrftoken": visitor.client.cookies["playground_csrf"]}
    for number, at in enumerate(range(0, len(body), PIECE)):
        page = await visitor.client.request("POST", f"{told['pieces']}{number}/", headers, body[at : at + PIECE])
        assert page.status == 200, page.text
    await visitor.post(told["finish"], {})
    return str(told["id"])


async def start(product: Product, visitor: Visitor, recording: str, model: str) -> str:
    """Press Transcribe; the id of the transcript."""
    fields = {"recordings": recording, "key": uuid.uuid4().hex, "model": product.ids["models"][model], "shown.model": ""}
    page = await visitor.post("/transcribe/start/", fields)
    assert page.status == 200 and "hx-redirect" in page.headers, page.text
    return page.headers["hx-redirect"].strip("/").rsplit("/", 1)[-1]


class Told:
    """What the rows of one transcript say."""

    def __init__(self, product: Product, pk: str) -> None:
        self.product, self.pk = product, uuid.UUID(pk).hex

    def rows(self, query: str) -> list[dict[str, Any]]:
        return self.product.rows(query, self.pk)

    @property
    def state(self) -> str:
        return str(self.rows(STATE)[0]["state"])

    def words(self) -> list[tuple[int, float]]:
        found = [word for row in self.rows(HEARD) for word in json.loads(row["words"])]
        return [(int(word.strip(" ,.").lstrip("w")), start) for word, start, _end, _likelihood in found]

    async def wait_for(self, *states: str, timeout: float = 40) -> str:
        return str(
            await asyncio.to_thread(wait_until, lambda: self.state in states and self.state, timeout, f"it is {' or '.join(states)}")
        )

    def is_right(self) -> bool:
        """Every word is there once and at its time."""
        words = self.words()
        assert [number for number, _at in words] == list(range(1, WORDS + 1))
        return all(abs(at - ((number - 1) * EVERY + 0.5)) < EXACT for number, at in words)


async def ready(product: Product, recording: str) -> None:
    query, pk = "SELECT state FROM transcription_recording WHERE id = ?", uuid.UUID(recording).hex
    await asyncio.to_thread(wait_until, lambda: product.rows(query, pk)[0]["state"] == "ready", 40, "the recording is ready")


async def test_a_worker_killed_while_it_cuts_is_followed_by_one_that_cuts_anew(
    product: Product, visitor: Visitor, talk: bytes, limited: None
) -> None:
    product.provider.reset()
    recording = await bring(visitor, talk)
    await ready(product, recording)
    told = Told(product, await start(product, visitor, recording, HEARING))
    await asyncio.to_thread(wait_until, lambda: told.rows(CUTTING), 20, "it is being cut")
    product.kill("worker")
    assert not told.rows(RUNS), "it was killed too late"
    product.start_process("worker")
    await told.wait_for("ready", timeout=FINAL_WITHIN + 40)
    parts = told.rows(PARTS)
    assert len(parts) == len(told.rows(RUNS)) == len(product.provider.sound_calls()) == 4
    assert all(part["is_taken"] for part in parts)
    assert told.is_right()


async def test_parts_under_way_when_the_worker_is_killed_are_asked_for_again_by_a_person_only(
    product: Product, visitor: Visitor, talk: bytes, limited: None
) -> None:
    """They may have been charged: so each waits for a click, and two clicks are one call."""
    product.provider.reset()
    recording = await bring(visitor, talk)
    await ready(product, recording)
    told = Told(product, await start(product, visitor, recording, HEARING_LATE))
    await asyncio.to_thread(wait_until, lambda: len(product.provider.sound_calls()) == 4, 40, "all parts are under way")
    product.kill("worker")
    product.start_process("worker")
    await told.wait_for("failed", timeout=FINAL_WITHIN + 20)
    assert [run["status"] for run in told.rows(RUNS)] == ["unknown"] * 4
    assert len(product.provider.sound_calls()) == 4
    for number in (1, 2, 3, 4):
        for _click in range(2):
            page = await visitor.post(f"/transcribe/{uuid.UUID(told.pk)}/parts/{number}/again/", {"tries": "0"})
            assert page.status == 200
    await told.wait_for("ready", timeout=60)
    assert len(told.rows(RUNS)) == len(product.provider.sound_calls()) == 8
    assert told.is_right()
