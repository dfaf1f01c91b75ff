"""The processes behind the provider: missing, dying, left alone."""

import argparse
import asyncio
import importlib.util
import os
import pathlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import aiohttp
import psutil
import pytest
from openai import InternalServerError

from engines.__main__ import loopback_address
from engines.chat import process
from engines.chat.model import DefaultModel
from engines.errors import ApiError
from engines.tests.conftest import CHECKER, EDITOR, HEARER, ILLUSTRATOR, MODEL, READER, ROOT, SPEAKER, Provider, wait_for

pytestmark = pytest.mark.engines
HELLO = [{"role": "user", "content": "Hello"}]
Start = Callable[..., Provider]


def ask(provider: Provider) -> str:
    answer = provider.client.chat.completions.create(model=MODEL, messages=HELLO, max_tokens=3)
    return answer.choices[0].message.content


def test_it_waits_for_the_model_to_load(start_provider: Start, weights: pathlib.Path) -> None:
    provider = start_provider(weights)
    assert ask(provider)
    everything = (MODEL, ILLUSTRATOR, EDITOR, HEARER, SPEAKER, READER, CHECKER)
    assert provider.call("GET", "/health").json()["models"] == dict.fromkeys(everything, "ready")


async def test_it_asks_to_come_back_when_loading_takes_long(weights: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "MAX_WAIT_SECONDS", 0.01)
    model = process.ModelProcess(MODEL, next(weights.glob("smollm2*.gguf")))
    try:
        with pytest.raises(ApiError) as refused:
            await model.get_address()
        assert (refused.value.status, refused.value.code) == (503, "engine_loading")
        assert int(refused.value.headers["retry-after"]) > 0
        monkeypatch.setattr(process, "MAX_WAIT_SECONDS", 60)
        assert (await model.get_address()).url.startswith("http://127.0.0.1:")
    finally:
        await model.stop()


async def test_it_does_not_wait_for_a_process_that_cannot_start(weights: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    model = process.ModelProcess(MODEL, next(weights.glob("smollm2*.gguf")))
    try:
        with pytest.raises(ApiError, match="cannot be loaded"):
            await asyncio.wait_for(model.get_address(), 5)
        assert model.state == "failed"
    finally:
        await model.stop()


async def test_it_names_the_command_that_installs_the_engine(weights: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    async with aiohttp.ClientSession() as session:
        model = DefaultModel(weights, session)

    assert not model.is_installed()
    assert "requirements-engines.txt" in model.why_missing().message


def test_it_says_how_to_install_what_is_missing(start_provider: Start, tmp_path: pathlib.Path) -> None:
    provider = start_provider(tmp_path / "empty")

    assert [model.id for model in provider.client.models.list().data] == [EDITOR, SPEAKER]  # these need no weights
    assert provider.call("GET", "/health").json()["models"] == {
        **dict.fromkeys((MODEL, ILLUSTRATOR, HEARER, READER, CHECKER), "missing"),
        **dict.fromkeys((EDITOR, SPEAKER), "ready"),
    }
    assert provider.children() == []
    with pytest.raises(InternalServerError) as refused:
        ask(provider)
    assert refused.value.status_code == 503
    assert refused.value.code == "engine_missing"
    assert "python -m engines.fetch" in str(refused.value)


def test_it_finds_weights_that_arrive_later(start_provider: Start, tmp_path: pathlib.Path, weights: pathlib.Path) -> None:
    folder = tmp_path / "late"
    provider = start_provider(folder)
    folder.symlink_to(weights)

    assert ask(provider)


def test_it_answers_the_next_call_after_the_model_was_killed(start_provider: Start, weights: pathlib.Path) -> None:
    provider = start_provider(weights)
    assert ask(provider)
    (child,) = provider.children()
    child.kill()

    assert ask(provider)
    assert [each.pid for each in provider.children()] != [child.pid]


def test_it_tells_inside_the_stream_that_the_model_was_killed(start_provider: Start, weights: pathlib.Path) -> None:
    provider = start_provider(weights)
    asked = {"model": MODEL, "messages": HELLO, "max_tokens": 2000, "logit_bias": {"2": -100}}
    stream = provider.client.chat.completions.create(**asked, stream=True)
    next(iter(stream))
    provider.children()[0].kill()

    with pytest.raises(Exception, match="ended in the middle"):
        list(stream)


def test_it_leaves_no_process_when_it_is_killed(start_provider: Start, weights: pathlib.Path) -> None:
    provider = start_provider(weights)
    assert ask(provider)
    (child,) = provider.children()
    os.kill(provider.process.pid, signal.SIGKILL)

    wait_for(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, 5)


def test_it_leaves_no_process_when_it_is_killed_while_loading(start_provider: Start, weights: pathlib.Path) -> None:
    provider = start_provider(weights)
    (child,) = wait_for(provider.children)
    os.kill(provider.process.pid, signal.SIGKILL)

    wait_for(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, 10)


def test_it_ends_soon_when_asked_to(start_provider: Start, weights: pathlib.Path) -> None:
    provider = start_provider(weights)
    assert ask(provider)
    (child,) = provider.children()
    provider.process.terminate()

    assert provider.process.wait(5) in (0, -signal.SIGTERM)
    assert not child.is_running()


def test_it_rests_when_nobody_asks(provider: Provider) -> None:
    ask(provider)
    time.sleep(1)
    everyone = [psutil.Process(provider.process.pid), *provider.children()]
    before = sum(sum(each.cpu_times()[:2]) for each in everyone)
    time.sleep(2)

    assert sum(sum(each.cpu_times()[:2]) for each in everyone) - before < 0.1


def test_it_offers_a_model_file_of_ones_own(start_provider: Start, tmp_path: pathlib.Path, weights: pathlib.Path) -> None:
    own = tmp_path / "My Model.Q4.gguf"
    own.symlink_to(next(weights.glob("smollm2*.gguf")))
    provider = start_provider(tmp_path / "empty", "--gguf", str(own))

    assert [model.id for model in provider.client.models.list().data] == ["my-model.q4", EDITOR, SPEAKER]
    answer = provider.client.chat.completions.create(model="my-model.q4", messages=HELLO, max_tokens=3)
    assert answer.choices[0].message.content


def test_it_says_so_when_a_model_file_cannot_be_loaded(start_provider: Start, tmp_path: pathlib.Path) -> None:
    own = tmp_path / "broken.gguf"
    own.write_bytes(b"not a model")
    provider = start_provider(tmp_path / "empty", "--gguf", str(own))

    with pytest.raises(InternalServerError) as refused:
        provider.client.chat.completions.create(model="broken", messages=HELLO)
    assert refused.value.code == "engine_failed"


@pytest.mark.parametrize("address", ["0.0.0.0", "192.168.1.5", "::", "example.org"])
def test_it_listens_on_this_machine_only(address: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        loopback_address(address)


def test_it_says_which_port_is_taken(provider: Provider, tmp_path: pathlib.Path) -> None:
    port = provider.url.split(":")[2].split("/")[0]
    command = [sys.executable, "-m", "engines", "--port", port, "--weights", str(tmp_path), "--key-file", str(tmp_path / "key")]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20)

    assert result.returncode == 1
    assert port in result.stderr
    assert "--port" in result.stderr
    assert "Traceback" not in result.stderr


def test_it_keeps_its_key_to_its_owner(provider: Provider, start_provider: Start, tmp_path: pathlib.Path) -> None:
    (tmp_path / "key").write_text("a key from before\n")
    other = start_provider(tmp_path / "empty")

    assert other.call("GET", "/v1/models", headers={"authorization": "Bearer a key from before"}).status_code == 200
    assert other.call("GET", "/v1/models", headers={"authorization": f"Bearer {provider.key}"}).status_code == 401
