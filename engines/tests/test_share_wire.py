"""What every endpoint gets from the shared layer, tried with endpoints that misbehave. No model needed."""

import asyncio
import pathlib
from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from engines.auth import read_key
from engines.errors import ApiError, answer_api_error, engine_failed
from engines.wire import CallerLeft, EventStream, RequestIds, read_json, while_listening


async def crash(request: Request) -> Response:
    raise RuntimeError("a secret of the inside")


async def echo(request: Request) -> Response:
    return JSONResponse(await read_json(request))


async def stream(request: Request) -> Response:
    async def events() -> AsyncGenerator[dict[str, Any], None]:
        yield {"number": 1}
        if kind := request.query_params.get("fail"):
            raise engine_failed("It broke.") if kind == "known" else RuntimeError("a secret of the inside")

    return EventStream(events())


@pytest.fixture
def caller() -> httpx.AsyncClient:
    app = Starlette(
        routes=[Route("/crash", crash), Route("/echo", echo, methods=["POST"]), Route("/stream", stream)],
        middleware=[Middleware(RequestIds)],
        exception_handlers={ApiError: answer_api_error},
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://provider")


async def test_it_tells_of_a_mistake_without_its_details(caller: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = await caller.get("/crash")

    assert answer.status_code == 500
    assert answer.json()["error"]["type"] == "server_error"
    assert "secret" not in answer.text
    assert answer.headers["x-request-id"] in caplog.text
    assert "a secret of the inside" in caplog.text


async def test_it_ends_a_good_stream_with_done(caller: httpx.AsyncClient) -> None:
    answer = await caller.get("/stream")

    assert answer.text == 'data: {"number":1}\n\ndata: [DONE]\n\n'
    assert "content-length" not in answer.headers


@pytest.mark.parametrize(("kind", "code"), [("known", '"engine_failed"'), ("unknown", "null")])
async def test_it_tells_inside_the_stream_that_it_broke(caller: httpx.AsyncClient, kind: str, code: str) -> None:
    answer = await caller.get("/stream", params={"fail": kind})

    assert answer.status_code == 200
    assert f'"code":{code}' in answer.text.split("\n\n")[1]
    assert "secret" not in answer.text
    assert "[DONE]" not in answer.text


async def test_it_reads_bodies_up_to_the_limit(caller: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engines.wire.MAX_JSON_BYTES", 20)

    assert (await caller.post("/echo", content=b'{"a":' + b" " * 13 + b"1}")).json() == {"a": 1}
    assert (await caller.post("/echo", content=b'{"a":' + b" " * 14 + b"1}")).status_code == 413


async def test_it_stops_the_work_when_the_caller_leaves() -> None:
    left, stopped = asyncio.Event(), asyncio.Event()

    async def receive() -> dict[str, Any]:
        await left.wait()
        return {"type": "http.disconnect"}

    async def work() -> None:
        try:
            left.set()
            await asyncio.sleep(60)
        finally:
            stopped.set()

    with pytest.raises(CallerLeft):
        await while_listening(receive, work())
    assert stopped.is_set()


def test_it_makes_a_key_that_only_its_owner_can_read(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "keys" / "engines_key"
    key = read_key(file)

    assert len(key) >= 32
    assert file.stat().st_mode & 0o077 == 0
    assert read_key(file) == key
