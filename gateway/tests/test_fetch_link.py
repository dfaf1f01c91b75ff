"""What a link in an answer leads to: fetched only where a call may go, without the key where it does not belong."""

import asyncio
import dataclasses
import re
import socket

import pytest

from gateway import AddressPolicy, ApiRequest, GatewayError, Lost, delay_before_retry
from gateway.tests.raw_server import KEY, QUICK, answer, answers_with, says, serving

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 2000


def shows(body=PNG, status="200 OK", content_type="image/png", *headers):
    return answers_with(body, status, content_type, *headers)


def everywhere(*providers):
    """A policy that allows these servers, as an administrator would."""
    return AddressPolicy(frozenset(provider.origin for provider in providers))


async def fetched(script, tmp_path, path="/images/a.png", **changes):
    async with serving(script) as provider:
        response = await provider.gateway(**changes).fetch(provider.origin + path, save_to=tmp_path / "a")
    return response, provider.received


async def failed(script, tmp_path, url=None, bounds=QUICK, **changes):
    """The error, which leaves no file, and what the server heard."""
    async with serving(script) as provider:
        with pytest.raises(GatewayError) as caught:
            await provider.gateway(bounds, **changes).fetch(f"{provider.origin}/a.png" if url is None else url, save_to=tmp_path / "a")
    assert list(tmp_path.iterdir()) == []
    return caught.value, provider.received


async def test_it_saves_what_the_link_leads_to(tmp_path):
    response, received = await fetched(shows(PNG, "200 OK", "image/png; x=y", "X-Request-Id: r1", "Set-Cookie: a=b"), tmp_path)
    assert (response.status, response.content_type, response.request_id) == (200, "image/png", "r1")
    assert (response.saved, response.json, response.body) == (tmp_path / "a", None, b"")
    assert response.saved.read_bytes() == PNG
    assert "set-cookie" not in response.headers
    assert (received[0].line, received[0].body) == ("GET /images/a.png HTTP/1.1", b"")
    assert 0 <= response.first_byte_ms <= response.total_ms < 2000


@pytest.mark.parametrize("body", [b'{"id": 1}', b'{"error": {"message": "x"}}', b"", b"plain words"])
async def test_it_leaves_it_to_others_what_the_file_is(body, tmp_path):
    response, _ = await fetched(shows(body, content_type="application/json"), tmp_path)
    assert (response.saved.read_bytes(), response.content_type, response.json) == (body, "application/json", None)


async def test_it_asks_for_exactly_what_the_link_says(tmp_path):
    _, received = await fetched(shows(), tmp_path, "/a%20b/%2F(1)/ü.png?sig=a%2Bb/c%3D&x=1#part")
    assert received[0].line == "GET /a%20b/%2F(1)/%C3%BC.png?sig=a%2Bb/c%3D&x=1 HTTP/1.1"


@pytest.mark.parametrize("link", ["/generated/a.png", "  /generated/a.png\n"])
async def test_it_takes_a_link_without_a_host_as_of_the_provider(link, tmp_path):
    async with serving(shows()) as provider:
        await provider.gateway().fetch(link, save_to=tmp_path / "a")
    assert provider.received[0].line == "GET /generated/a.png HTTP/1.1"


async def test_it_sends_the_key_to_the_provider_itself(tmp_path):
    _, received = await fetched(shows(), tmp_path, headers=(("OpenAI-Organization", "org-1"),))
    assert received[0].headers["authorization"] == f"Bearer {KEY}"
    assert received[0].headers["openai-organization"] == "org-1"


async def test_it_sends_no_key_to_another_origin(tmp_path):
    """The same machine on another port is another origin."""
    async with serving(answers_with(b"{}")) as provider, serving(shows()) as other:
        gateway = provider.gateway(policy=everywhere(provider, other), headers=(("X-Tenant", "secret-tenant"),))
        await gateway.fetch(f"{other.origin}/a.png", save_to=tmp_path / "a")
    assert provider.received == []
    assert set(other.received[0].headers) == {"host", "accept", "user-agent", "accept-encoding"}
    assert KEY not in str(other.received)


async def test_it_sends_no_key_where_only_the_name_differs(tmp_path):
    async with serving(shows()) as provider:
        await provider.gateway().fetch(f"http://localhost:{provider.port}/a.png", save_to=tmp_path / "a")
    assert "authorization" not in provider.received[0].headers


async def test_it_sends_and_keeps_no_cookie(tmp_path):
    async with serving(shows(PNG, "200 OK", "image/png", "Set-Cookie: a=b; Path=/")) as provider:
        gateway = provider.gateway()
        for _ in range(2):
            await gateway.fetch(f"{provider.origin}/a.png", save_to=tmp_path / "a")
        await gateway.send(ApiRequest("GET", "/models"))
    assert not any("cookie" in request.headers for request in provider.received)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "[::7f00:1]", "[64:ff9b::7f00:1]", "127.1", "2130706433", "0x7f000001"],
)
async def test_it_goes_to_no_private_address_that_nobody_allowed(host, tmp_path):
    async with serving(shows()) as other:
        error, received = await failed(shows(), tmp_path, f"http://{host}:{other.port}/a.png")
    assert (error.kind, error.details["cause"]) == ("link", "blocked_address")
    assert (received, other.received) == ([], [])


async def test_it_allows_a_private_address_only_for_the_very_origin(tmp_path):
    """That the provider itself is private opens nothing else on its machine or network."""
    async with serving(shows()) as provider, serving(shows()) as other:
        with pytest.raises(Lost) as caught:
            await provider.gateway(policy=everywhere(provider)).fetch(f"{other.origin}/a.png", save_to=tmp_path / "a")
        assert caught.value.details["cause"] == "blocked_address"
        assert caught.value.sentence.endswith("is not a public address.")
        await provider.gateway(policy=everywhere(provider, other)).fetch(f"{other.origin}/a.png", save_to=tmp_path / "a")
    assert len(other.received) == 1


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "metadata.google.internal",
        "METADATA",
        "[fd00:ec2::254]",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]",
        "100.100.100.200",
    ],
)
async def test_it_never_asks_a_metadata_service(host, tmp_path):
    url = f"http://{host}/latest/meta-data/"
    policy = AddressPolicy(frozenset({f"http://{host.lower()}:80"}))
    error, _ = await failed(shows(), tmp_path, url, policy=policy)
    assert (error.kind, error.details["cause"]) == ("link", "blocked_address")


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"]])
async def test_it_judges_a_name_by_what_it_means_at_the_connect(answers, monkeypatch, tmp_path):
    """A name that points inside, at once or the second time it is looked up, is caught where the socket is opened."""
    real, asked = socket.getaddrinfo, []

    def resolve(host, *rest, **more):
        if host != "pictures.example":
            return real(host, *rest, **more)
        asked.append(host)
        return real(answers[min(len(asked), len(answers)) - 1], *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    for _ in answers[1:]:
        socket.getaddrinfo("pictures.example", 80)  # who looked before the call would have seen a public address
    async with serving(shows()) as inside:
        error, _ = await failed(shows(), tmp_path, f"http://pictures.example:{inside.port}/a.png")
    assert (error.details["cause"], error.details["address"]) == ("blocked_address", f"pictures.example:{inside.port}")
    assert (inside.talks, len(asked)) == ([], len(answers))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/a",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:image/png;base64,QUJD",
        "gopher://127.0.0.1/",
        "//127.0.0.1/a.png",
        "a.png",
        "",
        "http:a.png",
        "http://",
        "http://[::1",
        "http://a b/",
        "http://user:hunter2@example.org/a.png",
        "http://good\\@127.0.0.1/",
        "http://\ud800/",
    ],
)
async def test_it_follows_nothing_but_plain_web_addresses(url, tmp_path):
    error, received = await failed(shows(), tmp_path, url)
    assert (error.kind, error.details["cause"], received) == ("link", "blocked_address", [])
    assert "hunter2" not in str(error.as_dict())


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"])
async def test_it_follows_no_redirect(status, tmp_path):
    async with serving(shows()) as other:
        script = answers_with(b"", status, "", f"Location: {other.origin}/a.png")
        error, received = await failed(script, tmp_path)
    assert (error.kind, error.details["cause"], error.details["status"]) == ("link", "not_api", int(status[:3]))
    assert error.details["location"] == f"{other.origin}/a.png"
    assert (len(received), other.talks) == (1, [])


FAULTS = {
    "gone": (answers_with(b"<h1>gone", "404 Not Found", "text/html"), "not_found"),
    "refused": (answers_with(b'{"error":{"message":"no"}}', "403 Forbidden"), "forbidden"),
    "slow down": (answers_with(b"", "429 Too Many Requests", "", "Retry-After: 1"), "rate_limited"),
    "overloaded": (answers_with(b"", "503 Service Unavailable", "", "Retry-After: 1"), "overloaded"),
    "failed": (answers_with(b"", "500 Server Error"), "server"),
    "page": (answers_with(b"<html>Sign in", content_type="text/html; charset=utf-8"), "not_api"),
    "cut": (says(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 900000\r\n\r\n", PNG), "cut"),
    "too big": (shows(b"x" * (QUICK.max_bytes + 1)), "answer_too_big"),
    "no http": (says(b"SSH-2.0-OpenSSH_9.6\r\n"), "not_api"),
    "hangs up": (says(), "cut"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_it_never_lets_the_answer_be_paid_again_because_of_a_link(fault, tmp_path):
    script, cause = FAULTS[fault]
    error, _ = await failed(script, tmp_path)
    assert isinstance(error, Lost)
    assert (error.kind, error.details["cause"], error.status, error.reached_provider) == ("link", cause, None, True)
    assert delay_before_retry(error, 1) is None
    assert re.match(r"The file that the answer links to could not be fetched\. .+\.$", error.sentence)


async def test_it_does_so_also_when_nobody_answers_there(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    policy = AddressPolicy(frozenset({f"http://127.0.0.1:{port}"}))
    error, _ = await failed(shows(), tmp_path, f"http://127.0.0.1:{port}/a.png", policy=policy)
    assert (error.details["cause"], error.details["address"], error.reached_provider) == ("unreachable", f"127.0.0.1:{port}", True)
    assert delay_before_retry(error, 1) is None


async def test_it_waits_only_so_long(tmp_path):
    async def script(talk):
        await talk.hear()
        await talk.say(answer(PNG, "200 OK", "image/png")[:1000])
        await talk.hear_hang_up()

    error, _ = await failed(script, tmp_path, bounds=dataclasses.replace(QUICK, silence=0.2))
    assert (error.details["cause"], error.details["seconds"]) == ("timeout_silence", 0.2)
    assert "did not send it within 0.2 s" in error.sentence


async def test_it_takes_other_bounds_for_one_link(tmp_path):
    async with serving(shows()) as provider:
        gateway, url = provider.gateway(), f"{provider.origin}/a.png"
        exact = dataclasses.replace(QUICK, max_bytes=len(PNG))
        await gateway.fetch(url, save_to=tmp_path / "a", bounds=exact)
        with pytest.raises(Lost) as caught:
            await gateway.fetch(url, save_to=tmp_path / "b", bounds=dataclasses.replace(exact, max_bytes=len(PNG) - 1))
    assert caught.value.details["bytes"] == len(PNG) - 1
    assert not (tmp_path / "b").exists()


async def test_it_raises_the_disk_error_when_the_file_cannot_be_written(tmp_path):
    with pytest.raises(OSError, match=re.escape(str(tmp_path))):
        async with serving(shows()) as provider:
            await provider.gateway().fetch(f"{provider.origin}/a.png", save_to=tmp_path / "missing" / "a")


async def test_it_leaves_nothing_behind_when_it_is_stopped(tmp_path):
    async def script(talk):
        await talk.hear()
        await talk.say(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 9000000\r\n\r\n", PNG)
        await talk.hear_hang_up()

    async with serving(script) as provider:
        call = asyncio.create_task(provider.gateway().fetch(f"{provider.origin}/a.png", save_to=tmp_path / "a"))
        while not any(path.stat().st_size for path in tmp_path.iterdir()):
            await asyncio.sleep(0.005)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await asyncio.wait_for(provider.talks[0].hung_up.wait(), 1)
    assert list(tmp_path.iterdir()) == []
