"""Several who want sound heard or spoken, some who leave, and chat beside them."""

import asyncio
import concurrent.futures
import pathlib
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import Any

import httpx
import numpy as np
import psutil
import pytest
from openai import AsyncOpenAI, InternalServerError

from engines.audio.hearing import routes
from engines.audio.hearing.speech_spans import LONGEST, STEP, Speech
from engines.audio.limits import HEARING_RATE
from engines.audio.models import HIBARI, WHISPER
from engines.tests.conftest import HEARER, SPEAKER, Provider, wait_for
from engines.tests.sounds import packed, samples_of, silence
from engines.tests.test_share_studio import longest_gap
from tests.speech_samples import LONG_TEXT, SpeechSample, speak, words_of

pytestmark = pytest.mark.engines
Start = Callable[..., Provider]
SAY = {"model": SPEAKER, "voice": "heart", "input": "Yes."}


@pytest.fixture
def temporary(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@pytest.fixture
def own(temporary: pathlib.Path, tmp_path: pathlib.Path, start_provider: Start, weights: pathlib.Path) -> Iterator[Provider]:
    """A provider that nobody else uses, and that leaves no files."""
    provider = start_provider(weights, "--data", str(tmp_path / "data"))
    yield provider
    if provider.process.poll() is None:
        wait_for(lambda: not list(temporary.glob("playground-*")), 10)


@pytest.fixture(scope="module")
def minutes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Five minutes of speech: long enough to be left in the middle."""
    said = samples_of(speak(LONG_TEXT, tmp_path_factory.mktemp("minutes") / "story.wav").read_bytes())
    return packed(np.tile(said, 9), 24_000)


def hear(provider: Provider, content: bytes, **more: Any) -> Any:
    return provider.client.audio.transcriptions.create(model=HEARER, file=("a.wav", content), **more)


def test_it_starts_a_process_for_each_only_when_it_is_wanted(own: Provider) -> None:
    wait_for(lambda: len(own.children()) == 1)  # the one that chats, which is begun at once
    hear(own, packed(silence(0.2)))
    (hearing,) = own.children(WHISPER.child)
    own.client.audio.speech.create(**SAY)
    (speaking,) = own.children(HIBARI.child)

    for child in (hearing, speaking):
        assert child.nice() > psutil.Process(own.process.pid).nice()
        assert (child.environ()["HF_HUB_OFFLINE"], child.environ()["ORT_DISABLE_TELEMETRY"]) == ("1", "1")
        assert child.environ()["OMP_NUM_THREADS"] == str(max(1, (psutil.cpu_count() or 2) - 1))
        assert not child.net_connections()


def test_it_serves_all_who_ask_at_once(own: Provider, speech_sample: SpeechSample) -> None:
    content = speech_sample.path.read_bytes()
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        heard = [pool.submit(hear, own, content) for _ in range(3)]
        said = [pool.submit(own.client.audio.speech.create, **SAY) for _ in range(3)]
        assert all(words_of(each.result().text) == words_of(speech_sample.words) for each in heard)
        assert len({each.result().read() for each in said}) == 1
    assert (len(own.children(WHISPER.child)), len(own.children(HIBARI.child))) == (1, 1)


def test_it_stops_when_the_caller_leaves(own: Provider, minutes: bytes) -> None:
    hear(own, packed(silence(0.2)))
    (child,) = own.children(WHISPER.child)
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{own.url}/audio/transcriptions",
            headers={"authorization": f"Bearer {own.key}"},
            data={"model": HEARER},
            files={"file": ("a.wav", minutes)},
            timeout=httpx.Timeout(10, read=0.7),
            trust_env=False,
        )
    wait_for(lambda: not child.is_running(), 5)
    assert hear(own, packed(silence(0.2))).text == ""


def test_it_stops_when_the_reader_of_a_stream_leaves(own: Provider, minutes: bytes) -> None:
    stream = hear(own, minutes, stream=True)
    next(iter(stream))
    (child,) = own.children(WHISPER.child)
    stream.close()

    wait_for(lambda: not child.is_running(), 5)


def test_it_stops_speaking_when_nobody_listens(own: Provider) -> None:
    body = {**SAY, "input": LONG_TEXT * 7, "response_format": "flac", "speed": 0.25}
    with own.client.audio.speech.with_streaming_response.create(**body) as answer:
        pieces = answer.iter_bytes(100)
        next(pieces)
        (child,) = own.children(HIBARI.child)
    wait_for(lambda: not child.is_running(), 5)
    assert own.client.audio.speech.create(**SAY).read()


def test_it_answers_the_next_call_after_a_process_was_killed(own: Provider, minutes: bytes) -> None:
    hear(own, packed(silence(0.2)))
    (child,) = own.children(WHISPER.child)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        broken = pool.submit(hear, own, minutes)
        time.sleep(0.5)
        child.kill()
        with pytest.raises(InternalServerError) as failed:
            broken.result()
    assert failed.value.code == "engine_failed"
    assert hear(own, packed(silence(0.2))).text == ""


def test_it_leaves_no_process_when_it_is_killed(own: Provider, minutes: bytes) -> None:
    stream = hear(own, minutes, stream=True)
    next(iter(stream))
    (child,) = own.children(WHISPER.child)
    own.process.kill()
    own.process.wait(10)

    wait_for(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, 10)


async def test_it_lets_chat_write_while_it_hears(own: Provider, minutes: bytes) -> None:
    client = AsyncOpenAI(base_url=own.url, api_key=own.key, max_retries=0, timeout=120)
    await longest_gap(client)
    alone = await longest_gap(client)
    hearing = [asyncio.create_task(client.audio.transcriptions.create(model=HEARER, file=("a.wav", minutes))) for _ in range(5)]
    await asyncio.sleep(2)
    beside = await longest_gap(client)
    are_busy = not any(task.done() for task in hearing)
    for task in hearing:
        task.cancel()
    await asyncio.gather(*hearing, return_exceptions=True)

    assert are_busy
    assert beside < max(6 * alone, 0.6), (alone, beside)


def test_it_says_how_to_install_what_is_missing(start_provider: Start, tmp_path: pathlib.Path) -> None:
    provider = start_provider(tmp_path / "empty")

    assert HEARER not in [model.id for model in provider.client.models.list().data]
    assert provider.call("GET", "/health", headers={}).json()["models"][HEARER] == "missing"
    with pytest.raises(InternalServerError) as refused:
        hear(provider, packed(silence(0.2)))
    assert (refused.value.status_code, refused.value.code) == (503, "engine_missing")
    assert "python -m engines.fetch" in str(refused.value)
    assert "transcription" in str(refused.value)
    assert provider.client.audio.speech.create(**SAY).read()


async def test_it_gives_a_sign_of_life_while_others_are_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "SIGN_SECONDS", 0.05)
    closed = False

    async def replies() -> AsyncGenerator[dict[str, Any], None]:
        nonlocal closed
        try:
            await asyncio.sleep(0.13)
            yield {"partial": 1}
            yield {"done": 2}
        finally:
            closed = True

    assert [reply async for reply in routes.with_signs(replies())] == [None, None, {"partial": 1}, {"done": 2}]
    assert closed
    closed = False
    left = routes.with_signs(replies())
    assert await anext(left) is None
    await left.aclose()
    assert closed


def moments(*spoken: tuple[float, float]) -> np.ndarray:
    step = STEP / HEARING_RATE
    return np.concatenate([np.arange(round(start / step), round(end / step)) * step for start, end in spoken] or [np.zeros(0)])


@pytest.mark.parametrize(
    ("spoken", "wanted"),
    [
        ([], []),
        ([(0, 10)], [(0, 10.5)]),
        ([(2, 4), (8, 12)], [(1.5, 12.5)]),
        ([(2, 4), (30, 40), (99, 100)], [(1.5, 4.5), (29.5, 40.5), (98.5, 100)]),
        ([(0, 70), (71, 95), (96, 100)], [(0, 95.5), (95.5, 100)]),
        ([(0, 95), (95.2, 100)], [(0, 100)]),
    ],
)
def test_it_listens_where_somebody_speaks(spoken: list, wanted: list) -> None:
    spans = list(Speech(moments(*spoken), 100.0).spans())
    assert np.allclose(spans, wanted, atol=0.1) if wanted else spans == []


def test_it_never_listens_to_more_than_it_has_memory_for() -> None:
    spans = list(Speech(moments((0, 1000)), 1000.0).spans())

    assert max(end - start for start, end in spans) <= LONGEST + 1
    assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]
    assert (spans[0][0], spans[-1][1]) == (0, 1000)


def test_it_measures_how_much_of_a_stretch_is_speech() -> None:
    speech = Speech(moments((10, 20)), 30.0)
    assert [round(speech.share(*span), 1) for span in ((12, 18), (15, 25), (21, 25), (0, 5))] == [1.0, 0.5, 0.0, 0.0]
