"""S13: five recordings of an hour beside a chat. S14: three hours through a service that takes 25 MB, one part failing.

What is heard are tone words (`tests.loopback.tones`), so it is known which word must be at which second. The provider of sound is a
process of its own with a low priority: a real one would work on another machine.
"""

import asyncio
import contextlib
import json
import pathlib
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import psutil

from benchmarks.chat import Stage, model_of
from benchmarks.pictures import told
from benchmarks.report import Figure, quantile
from benchmarks.streams import Answer, ask_product, spread
from sound.formats import TO_SEND
from sound.writing import write
from tests.loopback import Loopback
from tests.loopback.sound_models import WHISPER
from tests.loopback.tones import BEFORE, tone_words
from tests.product import Visitor
from tests.product.processes import memory_of
from tests.product.visitor import CSRF_COOKIE

MINUTE, HOUR = 60, 3600
AT_ONCE, LONG = 5, 3 * HOUR
EVERY: Final = 2.0  # seconds from one word to the next
CHATS, TOKENS, APART = 10, 10, 0.4
REST: Final = 6.0  # seconds between two rounds of chats
PATIENCE: Final = 1200.0
BROKEN_WORD: Final = 2_500  # the call that hears it fails the first time
FAILING: Final = f"{WHISPER}-fails-word{BROKEN_WORD}"
EXACT: Final = 0.2  # seconds by which a word may be off
CACHE: Final = pathlib.Path(tempfile.gettempdir()) / "playground-bench-sound"
RATE: Final = 16_000
PIECE: Final = 4 * 1024 * 1024
POLITE: Final = 10
WORDS: Final = "SELECT words FROM transcription_segment WHERE transcript_id = ? ORDER BY start"


def recording(seconds: int) -> pathlib.Path:
    """An MP3 of tone words, word n at its own time; made once."""
    path = CACHE / f"{seconds}.mp3"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        count, step = int(seconds / EVERY), int(MINUTE / EVERY)
        blocks = (tone_words(range(first, min(first + step, count)), every=EVERY, rate=RATE) for first in range(0, count, step))
        half = path.with_suffix(".half")
        write(blocks, RATE, half, TO_SEND)
        half.rename(path)
    return path


# --- What the processes hold -------------------------------------------------------------------
@dataclass(slots=True)
class Peak:
    """The most that each process held while somebody looked, in MiB; `child`: of those that work on sound, the largest."""

    most: dict[str, float] = field(default_factory=dict)
    first: dict[str, float] = field(default_factory=dict)
    children: int = 0

    def look(self, stage: Stage) -> None:
        for name, pid in stage.product.pids.items():
            process = psutil.Process(pid)
            own, children = [process], []
            for each in process.children(recursive=True):
                (children if is_sound(each) else own).append(each)
            self.note(name, sum(map(held_by, own)))
            self.children = max(self.children, len(children))
            for child in children:
                self.note("child", held_by(child))

    def note(self, name: str, held: float) -> None:
        self.first.setdefault(name, held)
        self.most[name] = max(self.most.get(name, 0.0), held)


def is_sound(process: psutil.Process) -> bool:
    try:
        return "sound" in process.cmdline()
    except psutil.Error:
        return False


def held_by(process: psutil.Process) -> float:
    try:
        return memory_of(process) / 2**20
    except psutil.Error:
        return 0.0


@contextlib.asynccontextmanager
async def watched(stage: Stage) -> AsyncIterator[Peak]:
    peak = Peak()

    async def watch() -> None:
        while True:
            await asyncio.to_thread(peak.look, stage)
            await asyncio.sleep(0.2)

    watching = asyncio.ensure_future(watch())
    try:
        yield peak
    finally:
        watching.cancel()


def memory_figures(promise: str, peak: Peak) -> list[Figure]:
    figures = []
    for name in ("web", "worker"):
        before = f"{peak.first[name]:.0f} MiB before"
        figures.append(Figure(promise, f"memory of {name} at its most meanwhile", peak.most[name], "MiB", 512, before))
    beside = f"at most {peak.children} at a time"
    return [*figures, Figure(promise, "memory of a process that cuts and measures", peak.most.get("child", 0.0), "MiB", 300, beside)]


# --- What a person does ------------------------------------------------------------------------
@dataclass(slots=True)
class Desk:
    """A browser on the page of Transcribe, with the model that was chosen there."""

    stage: Stage
    visitor: Visitor
    model: str

    async def post(self, path: str, fields: Sequence[tuple[str, str]]) -> Any:
        return await self._send(path, urlencode(fields).encode(), "application/x-www-form-urlencoded")

    async def _send(self, path: str, body: bytes, kind: str) -> Any:
        headers = {"content-type": kind, "x-csrftoken": self.visitor.client.cookies.get(CSRF_COOKIE, ""), "hx-request": "true"}
        page = await self.visitor.client.request("POST", path, headers, body)
        assert page.status in (200, 201), f"{path} was answered with {page.status}: {page.text[:500]}"
        return page

    async def upload(self, path: pathlib.Path) -> tuple[str, str]:
        """Piece by piece, as the page sends a file. The id, and where to say that it is all."""
        size = path.stat().st_size
        wish = [("name", path.name), ("size", str(size)), ("type", "audio/mpeg"), ("kind", "uploaded"), ("key", uuid.uuid4().hex)]
        told = json.loads((await self.post("/transcribe/recordings/", wish)).body)
        with path.open("rb") as file:
            number = 0
            while piece := file.read(PIECE):
                await self._send(f"{told['pieces']}{number}/", piece, "application/octet-stream")
                number += 1
        return told["id"], told["finish"]

    async def transcribe(self, recordings: Sequence[str]) -> None:
        """One click on Transcribe, with times for each word."""
        chosen = [
            ("model", self.model),
            ("shown.model", ""),
            ("timestamp_granularities", "word"),
            ("shown.timestamp_granularities", "segment"),
        ]
        await self.post("/transcribe/start/", [*(("recordings", pk) for pk in recordings), *chosen, ("key", uuid.uuid4().hex)])

    def transcripts(self, recordings: Sequence[str]) -> list[dict[str, Any]]:
        marks = ",".join("?" * len(recordings))
        asked = f"SELECT id, state, sentence FROM transcription_transcript WHERE recording_id IN ({marks})"  # marks are question marks
        return self.stage.product.rows(asked, *(uuid.UUID(pk).hex for pk in recordings))

    async def wait(self, recordings: Sequence[str], states: Sequence[str]) -> list[dict[str, Any]]:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            rows = await asyncio.to_thread(self.transcripts, recordings)
            if len(rows) == len(recordings) and all(row["state"] in states for row in rows):
                return rows
            await asyncio.sleep(0.2)
        raise AssertionError(f"not within {PATIENCE:.0f} s: {rows}")


@contextlib.asynccontextmanager
async def desk_with(stage: Stage, model: str) -> AsyncIterator[tuple[Desk, Loopback]]:
    with Loopback() as provider:
        psutil.Process(provider.pid).nice(POLITE)
        ids = await asyncio.to_thread(stage.product.connect, provider, f"Sound {provider.port}", [model])
        visitor = await stage.product.visitor()
        try:
            yield Desk(stage, visitor, ids[model]), provider
        finally:
            visitor.close()


# --- S13 ---------------------------------------------------------------------------------------
async def measure_crowd_of_recordings(stage: Stage) -> list[Figure]:
    """A chat alone, then the same chat from the end of five uploads until all words are there."""
    path = await asyncio.to_thread(recording, HOUR)
    addresses = iter(stage.product.new_conversations(model_of(TOKENS), 120 * CHATS))
    alone = [*await first_words(stage, addresses), *await first_words(stage, addresses)]
    meanwhile: list[float] = []
    async with desk_with(stage, WHISPER) as (desk, provider), watched(stage) as peak:
        brought = [await desk.upload(path) for _number in range(AT_ONCE)]
        begun = time.monotonic()
        for _pk, finish in brought:
            await desk.post(finish, [])
        ids = [pk for pk, _finish in brought]
        await desk.transcribe(ids)
        ready = asyncio.ensure_future(desk.wait(ids, ("ready", "partial", "failed")))
        while not ready.done():
            meanwhile += await first_words(stage, addresses)
            await asyncio.wait([ready], timeout=REST)
        rows, seconds = await ready, time.monotonic() - begun
        calls = len([call for call in provider.requests() if call.path.startswith("/v1/audio/")])
    wrong = sum(len(misplaced(stage, row["id"], HOUR)) for row in rows)
    slowed = quantile(meanwhile, 0.5) / quantile(alone, 0.5)
    name = f"{AT_ONCE} recordings of an hour"
    return [
        Figure("S13", f"first word of a chat beside {name}, x", slowed, "", 2, f"{told(alone, meanwhile)}, {len(meanwhile)} chats"),
        Figure("S13", f"{name}: words that are not where they were said", wrong, "", 0, f"of {AT_ONCE * int(HOUR / EVERY):,}"),
        Figure("S13", f"{name} measured, cut, heard and put together", seconds, "s", None, f"{calls} calls"),
        *memory_figures("S13", peak),
    ]


async def first_words(stage: Stage, addresses: Iterator[str]) -> list[float]:
    answers: list[Answer] = await spread(CHATS, APART, lambda: ask_product(stage.visitor, next(addresses), TOKENS))
    return [answer.first_word for answer in answers]


# --- S14 ---------------------------------------------------------------------------------------
async def measure_long_recording(stage: Stage) -> list[Figure]:
    """One click; the part with a certain word fails; that part alone is tried again."""
    path = await asyncio.to_thread(recording, LONG)
    async with desk_with(stage, FAILING) as (desk, provider), watched(stage) as peak:
        begun = time.monotonic()
        pk, finish = await desk.upload(path)
        uploaded = time.monotonic() - begun
        await desk.post(finish, [])
        await desk.transcribe([pk])
        (row,) = await desk.wait([pk], ("ready", "partial", "failed"))
        parts = stage.product.rows("SELECT * FROM transcription_part WHERE transcript_id = ? ORDER BY number", row["id"])
        first, broken = time.monotonic() - begun, [part for part in parts if not part["is_taken"]]
        for part in broken:
            await desk.post(f"/transcribe/{uuid.UUID(row['id'])}/parts/{part['number']}/again/", [("tries", str(part["tries"]))])
        (row,) = await desk.wait([pk], ("ready", "failed"))
        seconds = time.monotonic() - begun
        calls = [call for call in provider.requests() if call.path.startswith("/v1/audio/")]
    wrong, largest = misplaced(stage, row["id"], LONG), max(file.size for call in calls for file in call.files)
    beside = f"{len(parts)} parts, {len(broken)} failed, the largest file of a call {largest / 1e6:.1f} MB"
    return [
        Figure("S14", "3 h: words that are missing or more than 0.2 s off", len(wrong), "", 0, f"of {int(LONG / EVERY):,}; {wrong[:5]}"),
        Figure("S14", "3 h: a word is off by at most", furthest(stage, row["id"]), "s", EXACT),
        Figure("S14", "3 h: calls that were not needed", len(calls) - len(parts) - 1, "", 0, beside),
        Figure(
            "S14", "3 h: from the first piece to the last word", seconds, "s", None, f"upload {uploaded:.1f} s, first round {first:.0f} s"
        ),
        *memory_figures("S14", peak),
    ]


def words_of(stage: Stage, transcript: str) -> dict[int, float]:
    """Number of each word that was heard, and the second at which it begins."""
    rows = stage.product.rows(WORDS, transcript)
    return {int(word.strip().removeprefix("w")): start for row in rows for word, start, *_rest in json.loads(row["words"])}


def misplaced(stage: Stage, transcript: str, seconds: int) -> list[int]:
    found = words_of(stage, transcript)
    return [number for number in range(int(seconds / EVERY)) if number not in found or off_by(number, found[number]) > EXACT]


def furthest(stage: Stage, transcript: str) -> float:
    return max(off_by(number, start) for number, start in words_of(stage, transcript).items())


def off_by(number: int, start: float) -> float:
    return abs(start - (number * EVERY + BEFORE))
