"""Many who want pictures, some who leave, and chat beside them."""

import asyncio
import concurrent.futures
import importlib.util
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator

import httpx
import psutil
import pytest
from openai import AsyncOpenAI, InternalServerError

from engines import studio
from engines.errors import ApiError
from engines.folders import LEFTOVER_SECONDS, PREFIX, remove_leftovers
from engines.images.models import CHILD, ILLUSTRATION, REMOVE_AND_FILL
from engines.studio import Studio
from engines.studio_model import StudioModel
from engines.tests.conftest import EDITOR, ILLUSTRATOR, MODEL, ROOT, SPEAKER, Provider, wait_for
from engines.tests.pictures import mask, opened, packed, photo

pytestmark = pytest.mark.engines
LAKE = {"model": ILLUSTRATOR, "prompt": "A quiet lake in the mountains", "size": "256x256", "quality": "low"}
# Long enough to be left in the middle.
LARGE = {**LAKE, "size": "2048x2048", "quality": "high", "n": 10}
HELLO = [{"role": "user", "content": "Count from one to ten."}]
Start = Callable[..., Provider]


def painters(provider: Provider) -> list[psutil.Process]:
    return provider.children(CHILD)


@pytest.fixture
def temporary(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """Where a provider that is started now keeps pictures while they are under way."""
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
        wait_for(lambda: not list(temporary.iterdir()), 10)


def test_it_starts_a_process_only_when_a_picture_is_wanted(own: Provider) -> None:
    assert painters(own) == []
    own.client.images.generate(**LAKE)
    (child,) = painters(own)
    own.client.images.generate(**LAKE)
    assert painters(own) == [child]
    assert child.nice() > psutil.Process(own.process.pid).nice()


def test_it_tells_nobody_outside(own: Provider, temporary: pathlib.Path) -> None:
    """onnxruntime would tell its maker of each model that it loads; it begins with a file and a thread that sends."""
    own.client.images.generate(**LAKE)
    (child,) = painters(own)

    assert child.environ()["ORT_DISABLE_TELEMETRY"] == "1"
    assert not list(temporary.glob("*.ses"))
    assert not child.net_connections()


def test_it_serves_all_who_ask_at_once(own: Provider) -> None:
    sent = {"image": ("a.png", packed(photo())), "mask": ("m.png", packed(mask((160, 120), (50, 30, 100, 80))))}
    asks = [lambda: own.client.images.generate(**LAKE, n=3), lambda: own.client.images.edit(model=EDITOR, prompt="x", **sent)]
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        answers = [future.result() for future in [pool.submit(asks[number % 2]) for number in range(12)]]

    assert [len(answer.data) for answer in answers] == [3, 1] * 6
    assert all(opened(each.b64_json).size for answer in answers for each in answer.data)
    assert len(painters(own)) == 2


def test_it_lets_a_short_call_pass_between_the_pictures_of_a_long_one(own: Provider) -> None:
    own.client.images.generate(**LAKE)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        long = pool.submit(own.client.images.generate, **{**LAKE, "size": "1024x1024", "n": 10})
        time.sleep(0.3)
        own.client.images.generate(**LAKE)
        assert not long.done()
        assert len(long.result().data) == 10


def leave(provider: Provider, seconds: float, **options: object) -> None:
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{provider.url}/images/generations",
            headers={"authorization": f"Bearer {provider.key}"},
            timeout=httpx.Timeout(10, read=seconds),
            trust_env=False,
            **options,
        )


def test_it_stops_when_the_caller_leaves(own: Provider) -> None:
    own.client.images.generate(**LAKE)
    (child,) = painters(own)
    leave(own, 0.5, json=LARGE)

    wait_for(lambda: not child.is_running(), 5)
    begun = time.monotonic()
    assert own.client.images.generate(**LAKE).data
    assert time.monotonic() - begun < 15


def test_it_stops_when_the_reader_of_a_stream_leaves(own: Provider) -> None:
    stream = own.client.images.generate(**LARGE, stream=True, partial_images=3)
    next(iter(stream))
    (child,) = painters(own)
    stream.close()

    wait_for(lambda: not child.is_running(), 5)
    assert own.client.images.generate(**LAKE).data


def test_it_goes_on_for_others_when_one_leaves_the_queue(own: Provider) -> None:
    own.client.images.generate(**LAKE)
    (child,) = painters(own)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        long = pool.submit(own.client.images.generate, **{**LAKE, "size": "2048x2048", "n": 2})
        time.sleep(0.2)
        leave(own, 0.2, json=LAKE)
        assert len(long.result().data) == 2
    assert painters(own) == [child]


def test_it_is_not_held_up_by_somebody_who_does_not_read(own: Provider) -> None:
    """The socket of a stream is full: only its own next picture waits."""
    headers = {"authorization": f"Bearer {own.key}"}
    body = {**LARGE, "quality": "low", "n": 3, "stream": True, "partial_images": 3}
    with httpx.stream("POST", f"{own.url}/images/generations", headers=headers, json=body, timeout=60, trust_env=False) as stuck:
        next(stuck.iter_raw())
        assert len(own.client.images.generate(**LAKE, n=2).data) == 2


def test_it_answers_the_next_call_after_a_painter_was_killed(own: Provider) -> None:
    own.client.images.generate(**LAKE)
    (child,) = painters(own)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        broken = pool.submit(own.client.images.generate, **LARGE)
        time.sleep(0.5)
        child.kill()
        with pytest.raises(InternalServerError) as failed:
            broken.result()
    assert failed.value.code == "engine_failed"
    assert own.client.images.generate(**LAKE).data


def test_it_leaves_no_process_when_it_is_killed(own: Provider) -> None:
    own.client.images.generate(**LAKE)
    (child,) = painters(own)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        broken = pool.submit(own.call, "POST", "/v1/images/generations", json=LARGE)
        time.sleep(0.3)
        own.process.kill()
        wait_for(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, 10)
        with pytest.raises(httpx.RemoteProtocolError):
            broken.result()


async def longest_gap(client: AsyncOpenAI) -> float:
    """The longest silence between two pieces of a chat answer, in seconds."""
    gaps, last = [], time.monotonic()
    stream = await client.chat.completions.create(
        model=MODEL, messages=HELLO, max_tokens=60, stream=True, temperature=0, logit_bias={"2": -100}
    )
    async for _ in stream:
        gaps.append(time.monotonic() - last)
        last = time.monotonic()
    return statistics.quantiles(gaps[1:], n=20)[-1]


async def test_it_lets_chat_write_while_pictures_are_made(own: Provider) -> None:
    client = AsyncOpenAI(base_url=own.url, api_key=own.key, max_retries=0, timeout=120)
    await asyncio.gather(client.images.generate(**LAKE), longest_gap(client))
    alone = await longest_gap(client)
    drawing = [asyncio.create_task(client.images.generate(**{**LAKE, "size": "1024x1024", "n": 10})) for _ in range(4)]
    await asyncio.sleep(0.3)
    beside = await longest_gap(client)
    are_busy = not all(task.done() for task in drawing)
    for task in drawing:
        task.cancel()
    await asyncio.gather(*drawing, return_exceptions=True)

    assert are_busy
    assert beside < max(6 * alone, 0.6), (alone, beside)


async def test_it_ends_a_job_that_takes_too_long(weights: pathlib.Path) -> None:
    made = Studio(ILLUSTRATOR, CHILD, weights, 0.05)
    with pytest.raises(ApiError, match="took longer"):
        await made.make({"kind": "draw"}, print)
    assert made.child is None


async def test_it_lets_a_process_go_that_nobody_needs(
    weights: pathlib.Path, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    monkeypatch.setattr(studio, "IDLE_SECONDS", 0.3)
    job = {"kind": "fill", "images": [[str(tmp_path / "nothing"), "image"]], "mask": None}
    kept = Studio(EDITOR, CHILD, weights, 60)
    for _ in range(2):
        with pytest.raises(ApiError):
            await kept.make(job, print)
        child = kept.child
        assert child is not None
        assert child.returncode is None
        await asyncio.wait_for(child.wait(), 5)
        assert kept.child is None


def test_it_says_how_to_install_what_is_missing(start_provider: Start, tmp_path: pathlib.Path) -> None:
    provider = start_provider(tmp_path / "empty")

    assert [model.id for model in provider.client.models.list().data] == [EDITOR, SPEAKER]
    with pytest.raises(InternalServerError) as refused:
        provider.client.images.generate(**LAKE)
    assert (refused.value.status_code, refused.value.code) == (503, "engine_missing")
    assert "python -m engines.fetch" in str(refused.value)
    sent = {"image": ("a.png", packed(photo())), "mask": ("m.png", packed(mask((160, 120), (50, 30, 100, 80))))}
    assert provider.client.images.edit(model=EDITOR, prompt="x", **sent).data
    with pytest.raises(InternalServerError) as refused:
        provider.client.images.edit(model=EDITOR, prompt="x", image=sent["image"])
    assert (refused.value.status_code, refused.value.code) == (503, "engine_missing")


@pytest.mark.parametrize("about", [ILLUSTRATION, REMOVE_AND_FILL], ids=lambda about: about.id)
def test_it_names_the_package_that_is_missing(weights: pathlib.Path, monkeypatch: pytest.MonkeyPatch, about: object) -> None:
    model = StudioModel(about, weights)
    assert model.is_installed()
    gone = about.packages[-2]
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None if name == gone else find(name, *more))

    assert not model.is_installed()
    assert gone in model.why_missing().message
    assert "requirements-engines.txt" in model.why_missing().message


def test_it_removes_what_a_killed_provider_left(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name, age in (("old", 2 * LEFTOVER_SECONDS), ("young", 0)):
        folder = tmp_path / f"{PREFIX}{name}"
        folder.mkdir()
        (folder / "sent-0").write_bytes(b"x")
        os.utime(folder, (time.time() - age,) * 2)
    (tmp_path / "other").mkdir()
    remove_leftovers()

    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", f"{PREFIX}young"]


def test_it_imports_nothing_large_before_a_picture_is_wanted() -> None:
    """The process that listens stays small, and works where those packages are missing."""
    large = ("numpy", "PIL", "onnxruntime", "patchmatch", "av", "ctranslate2", "hibari")
    code = f"import sys, engines.app; print([name for name in {large} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
