"""Connections that do not come about, break, or are left: what it means, and that nothing is sent twice."""

import asyncio
import socket
import ssl
import subprocess

import pytest

from gateway import AddressPolicy, ApiRequest, FilePart, GatewayError
from gateway.tests.raw_server import CHAT, CHAT_STREAM, answer, serving, stream_head
from gateway.tests.test_stream_answer import HELLO, STOP, collect


async def nothing(talk):
    """Hang up without a word."""


async def failed(provider, request=CHAT, **changes):
    with pytest.raises(GatewayError) as caught:
        await provider.gateway(**changes).send(request)
    return caught.value


async def test_it_says_that_nobody_answers():
    async with serving(nothing) as provider:
        with socket.create_server(("127.0.0.1", 0)) as free:
            provider.port = free.getsockname()[1]
        error = await failed(provider)
    assert (error.kind, error.reached_provider) == ("unreachable", False)
    assert f"127.0.0.1:{provider.port}" in error.sentence


async def test_it_says_that_a_name_is_not_known(monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    async with serving(nothing) as provider:
        error = await failed(provider, base_url="http://nowhere.example/v1")
    assert (error.kind, error.reached_provider) == ("unreachable", False)
    assert "nowhere.example" in error.sentence


@pytest.mark.parametrize("how", ["close", "reset", "half a head"])
@pytest.mark.parametrize(
    "request_", [CHAT, ApiRequest("GET", "/models"), ApiRequest("DELETE", "/files/1")], ids=lambda request: request.method
)
async def test_it_says_that_the_outcome_is_open_when_the_connection_breaks_before_an_answer(how, request_):
    async def script(talk):
        await talk.hear()
        if how == "half a head":
            await talk.say(b"HTTP/1.1 200 OK\r\nContent-Ty")
        if how == "reset":
            talk.reset()

    async with serving(script) as provider:
        error = await failed(provider, request_)
        await asyncio.sleep(0.05)
    assert (error.kind, error.reached_provider, error.status) == ("cut", True, None)
    assert len(provider.received) == 1


@pytest.mark.parametrize(
    "request_", [CHAT, ApiRequest("GET", "/models"), ApiRequest("DELETE", "/files/1")], ids=lambda request: request.method
)
async def test_it_sends_nothing_twice_when_a_kept_connection_turns_out_to_be_dead(request_):
    async def script(talk):
        await talk.hear()
        await talk.say(answer(b"{}"))
        await talk.hear()
        talk.reset()

    async with serving(script) as provider:
        gateway = provider.gateway()
        await gateway.send(CHAT)
        with pytest.raises(GatewayError) as caught:
            await gateway.send(request_)
        await asyncio.sleep(0.05)
    assert (caught.value.kind, caught.value.reached_provider) == ("cut", True)
    assert (len(provider.received), len(provider.talks)) == (2, 1)


async def test_it_does_not_lose_a_call_on_a_connection_that_was_closed_meanwhile():
    async def script(talk):
        await talk.hear()
        await talk.say(answer(b"{}"))

    async with serving(script) as provider:
        gateway = provider.gateway()
        for _ in range(3):
            await gateway.send(CHAT)
            await asyncio.sleep(0.02)
    assert len(provider.received) == 3


async def test_it_lets_go_of_an_idle_connection_before_servers_do(monkeypatch):
    monkeypatch.setattr("gateway.transport.KEEP_ALIVE", 0.1)

    async def script(talk):
        await talk.hear()
        await talk.say(answer(b"{}"))
        await talk.hear_hang_up()

    async with serving(script) as provider:
        await provider.gateway().send(CHAT)
        await provider.hear_hang_up()


@pytest.mark.parametrize("how", ["close", "reset", "short body", "broken chunk"])
async def test_it_keeps_the_text_that_came_before_a_cut(how):
    async def script(talk):
        await talk.hear()
        if how in ("close", "reset"):
            await talk.say(stream_head(), HELLO, pause=0.05)
        elif how == "short body":
            await talk.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9999\r\n\r\n" + HELLO)
        else:
            head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            await talk.say(head + b"%x\r\n%s\r\n" % (len(HELLO), HELLO), b"zz\r\n", pause=0.05)
        if how == "reset":
            talk.reset()

    events, error = await collect(script)
    assert len(events) == 1
    assert (error.kind, error.status, error.reached_provider) == ("incomplete" if how == "close" else "cut", 200, True)


async def test_it_loses_nothing_that_came_before_a_cut_however_fast_it_came():
    async def script(talk):
        await talk.hear()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 999999\r\n\r\n"
        await talk.say(head + HELLO * 700)

    events, error = await collect(script)
    assert (len(events), error.kind) == (700, "cut")


async def test_it_takes_a_finished_answer_though_the_connection_breaks_after_it():
    async def script(talk):
        await talk.hear()
        await talk.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9999\r\n\r\n" + HELLO + STOP, pause=0.05)
        talk.reset()

    events, error = await collect(script)
    assert (len(events), error) == (2, None)


async def test_it_says_that_a_whole_answer_was_cut():
    async def script(talk):
        await talk.hear()
        await talk.say(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n{"a":')

    async with serving(script) as provider:
        error = await failed(provider)
    assert (error.kind, error.status) == ("cut", 200)


async def stream_for_ever(talk):
    await talk.hear()
    await talk.say(stream_head(), HELLO)
    await talk.hear_hang_up()


@pytest.fixture
def no_tidying(monkeypatch):
    """A connection that closes was closed on purpose: idle ones are not let go for a minute."""
    monkeypatch.setattr("gateway.transport.KEEP_ALIVE", 60)


async def test_it_closes_the_connection_at_once_when_a_stream_is_left(no_tidying):
    async with serving(stream_for_ever) as provider:
        async with provider.gateway().stream(CHAT_STREAM) as stream:
            await anext(stream)
        await provider.hear_hang_up()


async def test_it_closes_the_connection_at_once_when_the_reader_fails(no_tidying):
    async with serving(stream_for_ever) as provider:
        with pytest.raises(ZeroDivisionError):
            async with provider.gateway().stream(CHAT_STREAM):
                1 / 0  # noqa: B018
        await provider.hear_hang_up()


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.2])
async def test_it_closes_the_connection_at_once_when_it_is_cancelled(seconds, no_tidying):
    async def read(gateway):
        async with gateway.stream(CHAT_STREAM) as stream:
            async for _ in stream:
                pass

    async with serving(stream_for_ever) as provider:
        gateway = provider.gateway()
        warm = asyncio.create_task(read(gateway))
        while not provider.received:
            await asyncio.sleep(0.005)
        await asyncio.sleep(seconds)
        warm.cancel()
        with pytest.raises(asyncio.CancelledError):
            await warm
        await provider.hear_hang_up()


async def test_it_closes_the_connection_at_once_when_an_upload_is_cancelled(tmp_path, no_tidying):
    """Also when the server does not read: what was not written yet is not waited for."""
    upload = tmp_path / "big"
    upload.write_bytes(b"x" * 30_000_000)
    go_on = asyncio.Event()

    async def script(talk):
        await talk.hear_head()
        await go_on.wait()
        await talk.hear_hang_up()

    async with serving(script) as provider:
        request = ApiRequest("POST", "/files", files=(FilePart("file", upload, "big", "text/plain"),))
        task = asyncio.create_task(provider.gateway().send(request))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        go_on.set()
        await provider.hear_hang_up()


@pytest.mark.parametrize("way", ["cancel", "answer early"])
async def test_it_leaves_no_tasks_and_no_connections_behind(way, tmp_path):
    upload = tmp_path / "big"
    upload.write_bytes(b"x" * 20_000_000)

    async def script(talk):
        await talk.hear_head()
        if way == "answer early":
            await talk.say(answer(b'{"error":"too large"}', "413 Content Too Large"))
        await talk.hear_hang_up()

    request = ApiRequest("POST", "/files", files=(FilePart("file", upload, "big", "text/plain"),))
    async with serving(script) as provider:
        before = asyncio.all_tasks()
        gateway = provider.gateway()
        task = asyncio.create_task(gateway.send(request))
        await asyncio.sleep(0.1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await gateway.aclose()
        await provider.hear_hang_up()
        await asyncio.sleep(0.05)
        assert {each for each in asyncio.all_tasks() - before if "play" not in repr(each)} == set()


@pytest.mark.parametrize("hangs_up", [True, False])
async def test_it_reads_a_refusal_that_comes_before_the_upload_is_done(hangs_up, tmp_path):
    upload = tmp_path / "big"
    upload.write_bytes(b"x" * 20_000_000)

    async def script(talk):
        await talk.hear_head()
        await talk.say(answer(b'{"error":"too large"}', "413 Content Too Large", "application/json", "Connection: close"))
        if not hangs_up:
            await talk.hear_hang_up()

    request = ApiRequest("POST", "/files", files=(FilePart("file", upload, "big", "text/plain"),))
    async with serving(script) as provider:
        error = await failed(provider, request)
    assert (error.kind, error.status) == ("too_large", 413)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for "localhost" that nobody trusts."""
    folder = tmp_path_factory.mktemp("tls")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", "key.pem", "-out", "cert.pem"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


async def with_tls(certificate, provider, **changes):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")

    async def talk(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer(b'{"ok":true}'))
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context)
    origin = f"https://localhost:{server.sockets[0].getsockname()[1]}"
    try:
        return await provider.gateway(base_url=origin, policy=AddressPolicy(frozenset({origin})), **changes).send(
            ApiRequest("GET", "/models")
        )
    finally:
        server.close()


async def test_it_says_that_a_certificate_is_not_trusted(certificate):
    async with serving(nothing) as provider:
        with pytest.raises(GatewayError) as caught:
            await with_tls(certificate, provider)
    assert (caught.value.kind, caught.value.reached_provider) == ("tls", False)
    assert "certificate" in caught.value.sentence


async def test_it_speaks_tls_with_a_server_whose_certificate_is_trusted(certificate, monkeypatch):
    context = ssl.create_default_context(cafile=str(certificate / "cert.pem"))
    monkeypatch.setattr("gateway.transport.tls_context", lambda: context)
    async with serving(nothing) as provider:
        assert (await with_tls(certificate, provider)).json == {"ok": True}


async def test_it_says_that_there_is_no_tls():
    async def plain(talk):
        await talk.reader.read(10)
        await talk.say(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with serving(plain) as provider:
        origin = f"https://127.0.0.1:{provider.port}"
        error = await failed(provider, base_url=origin, policy=AddressPolicy(frozenset({origin})))
    assert (error.kind, error.reached_provider) == ("tls", False)


async def test_it_works_again_after_it_was_closed():
    async def script(talk):
        await talk.hear()
        await talk.say(answer(b"{}"))

    async with serving(script) as provider:
        gateway = provider.gateway()
        await gateway.send(CHAT)
        await gateway.aclose()
        await gateway.aclose()
        await gateway.send(CHAT)


async def test_it_makes_many_calls_side_by_side():
    """Nobody is answered before all have asked."""
    all_here = asyncio.Barrier(150)

    async def script(talk):
        await talk.hear()
        await all_here.wait()
        await talk.say(answer(b"{}"))

    async with serving(script) as provider:
        gateway = provider.gateway()
        await asyncio.gather(*(gateway.send(CHAT) for _ in range(150)))
