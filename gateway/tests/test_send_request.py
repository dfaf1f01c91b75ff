"""What leaves: exactly what was asked, in the words of the server it goes to."""

import tomllib
from pathlib import Path

import orjson
import pytest

from gateway import ApiRequest, Connection, FilePart, GatewayError, describe
from gateway.calls import USER_AGENT
from gateway.tests.raw_server import CHAT, CHAT_STREAM, KEY, answers_with, serving

OK = answers_with(b'{"ok":true}')


async def sent(request, **changes):
    """What the server received."""
    async with serving(OK) as provider:
        await provider.gateway(**changes).send(request)
        return provider.received[0]


async def test_it_sends_json_with_the_key_and_nothing_more_than_was_asked():
    received = await sent(CHAT)
    assert received.line == "POST /v1/chat/completions HTTP/1.1"
    assert received.json == {"model": "m", "messages": []}
    assert received.headers["authorization"] == f"Bearer {KEY}"
    assert received.headers["content-type"] == "application/json"
    assert received.headers["user-agent"] == USER_AGENT
    assert "transfer-encoding" not in received.headers
    assert "cookie" not in received.headers


async def test_it_sends_a_get_without_a_body():
    received = await sent(ApiRequest("GET", "/models", query=(("include[]", "a"), ("include[]", "b & c"))))
    assert received.line in (
        "GET /v1/models?include[]=a&include[]=b+%26+c HTTP/1.1",
        "GET /v1/models?include%5B%5D=a&include%5B%5D=b+%26+c HTTP/1.1",
    )
    assert received.body == b""
    assert "content-type" not in received.headers


async def test_it_sends_no_authorization_without_a_key():
    assert "authorization" not in (await sent(CHAT, key="")).headers


async def test_it_sends_the_extra_headers_of_a_connection_but_not_over_its_own():
    extra = (
        ("OpenAI-Organization", "org-1"),
        ("Authorization", "Bearer other"),
        ("Host", "evil"),
        ("Content-Length", "1"),
        ("Cookie", "a=b"),
    )
    received = await sent(CHAT, headers=extra)
    assert received.headers["openai-organization"] == "org-1"
    assert received.headers["authorization"] == f"Bearer {KEY}"
    assert received.headers["host"].startswith("127.0.0.1")
    assert "cookie" not in received.headers


@pytest.mark.parametrize(
    "changes", [{"key": "sk-line\nbreak: 1"}, {"key": "sk-…"}, {"headers": (("X-Y", "a\r\nEvil: 1"),)}, {"headers": (("X Y", "a"),)}]
)
async def test_it_refuses_what_cannot_stand_in_a_header_before_anything_is_sent(changes):
    async with serving(OK) as provider:
        with pytest.raises(GatewayError) as caught:
            await provider.gateway(**changes).send(CHAT)
    assert not caught.value.reached_provider
    assert provider.talks == []


async def test_it_asks_for_a_stream_only_when_it_is_one():
    assert (await sent(CHAT_STREAM)).json == {"model": "m", "messages": [], "stream": True}
    assert (await sent(CHAT_STREAM)).headers["accept"] == "text/event-stream"


async def test_it_sends_a_form_with_fields_in_order_and_files_from_disk(tmp_path):
    sound, picture = tmp_path / "a.wav", tmp_path / "b.png"
    sound.write_bytes(b"RIFF" + bytes(range(256)) * 3000)
    picture.write_bytes(b"")
    request = ApiRequest(
        "POST",
        "/audio/transcriptions",
        fields=(
            ("model", "m"),
            ("timestamp_granularities[]", "word"),
            ("timestamp_granularities[]", "segment"),
            ("prompt", "Grüße\r\n--x"),
        ),
        files=(FilePart("file", sound, 'o"h\r\nX: y.wav', "audio/wav"), FilePart("image[]", picture, "ü.png", "image/png\r\nX: y")),
    )
    received = await sent(request)
    boundary = received.headers["content-type"].removeprefix("multipart/form-data; boundary=").encode()
    parts = received.body.split(b"--" + boundary)
    assert [part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for part in parts[1:-1]] == [
        b"m",
        b"word",
        b"segment",
        "Grüße\r\n--x".encode(),
        sound.read_bytes(),
        b"",
    ]
    heads = [part.partition(b"\r\n\r\n")[0].decode() for part in parts[1:-1]]
    assert [head.partition('name="')[2].partition('"')[0] for head in heads] == [
        *("model", "timestamp_granularities[]", "timestamp_granularities[]", "prompt", "file", "image[]"),
    ]
    assert 'filename="o%22h%0D%0AX: y.wav"\r\nContent-Type: audio/wav' in heads[4]
    assert heads[5].endswith("Content-Type: application/octet-stream")
    assert parts[-1] == b"--\r\n"


async def test_it_says_that_a_file_is_missing_before_anything_is_sent(tmp_path):
    async with serving(OK) as provider:
        with pytest.raises(GatewayError) as caught:
            await provider.gateway().send(ApiRequest("POST", "/files", files=(FilePart("file", tmp_path / "none", "x", "text/plain"),)))
    assert (caught.value.kind, caught.value.reached_provider) == ("bad_request", False)
    assert provider.talks == []


async def test_it_sends_a_large_body_whole():
    text = "🦊" * 1_000_000
    received = await sent(ApiRequest("POST", "/chat/completions", json={"text": text}))
    assert received.json == {"text": text}


async def test_it_says_that_a_value_is_no_json_before_anything_is_sent():
    async with serving(OK) as provider:
        with pytest.raises(GatewayError) as caught:
            await provider.gateway().send(ApiRequest("POST", "/x", json={"a": object()}))
    assert not caught.value.reached_provider


async def test_it_keeps_no_cookies():
    async with serving(answers_with(b"{}", "200 OK", "application/json", "Set-Cookie: session=1; Path=/", "Connection: close")) as provider:
        gateway = provider.gateway()
        first = await gateway.send(CHAT)
        await gateway.send(CHAT)
    assert "set-cookie" not in first.headers
    assert "cookie" not in provider.received[1].headers


async def test_it_reads_no_proxy_and_no_netrc_from_the_environment(monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert "authorization" not in (await sent(CHAT, key="")).headers


@pytest.mark.parametrize(
    ("base", "dialect", "version", "path", "line"),
    [
        ("/v1", "openai", "", "/chat/completions", "/v1/chat/completions"),
        ("/v1/", "openai", "", "/chat/completions", "/v1/chat/completions"),
        ("", "litellm", "", "/chat/completions", "/chat/completions"),
        ("/api/v1", "other", "", "/models", "/api/v1/models"),
        ("/v1?tenant=7", "other", "", "/models", "/v1/models?tenant=7"),
        ("", "azure", "", "/chat/completions", "/openai/v1/chat/completions"),
        ("/openai/v1/", "azure", "", "/chat/completions", "/openai/v1/chat/completions"),
        ("/", "azure", "2024-10-21", "/chat/completions", "/openai/deployments/my%20m%2F1/chat/completions?api-version=2024-10-21"),
        ("/openai", "azure", "2024-10-21", "/embeddings", "/openai/deployments/my%20m%2F1/embeddings?api-version=2024-10-21"),
        (
            "/openai/deployments/d",
            "azure",
            "2024-10-21",
            "/chat/completions",
            "/openai/deployments/d/chat/completions?api-version=2024-10-21",
        ),
        ("", "azure", "2024-10-21", "/files", "/openai/files?api-version=2024-10-21"),
        ("", "azure", "2024-10-21", "/models", "/openai/models?api-version=2024-10-21"),
        ("/openai/deployments/d", "azure", "2024-10-21", "/models", "/openai/models?api-version=2024-10-21"),
        ("/openai/v1", "azure", "preview", "/responses", "/openai/v1/responses?api-version=preview"),
    ],
)
async def test_it_calls_the_path_that_the_server_serves(base, dialect, version, path, line):
    async with serving(OK) as provider:
        gateway = provider.gateway(base_url=provider.origin + base, dialect=dialect, api_version=version)
        await gateway.send(ApiRequest("POST", path, json={"model": "my m/1"}))
    assert provider.received[0].line == f"POST {line} HTTP/1.1"


def test_it_takes_the_deployment_of_a_form_from_its_fields():
    azure = Connection("https://r.openai.azure.com", KEY, "azure", api_version="2024-10-21")
    shown = describe(azure, ApiRequest("POST", "/audio/transcriptions", fields=(("model", "whisper"),)))
    assert shown["url"] == "https://r.openai.azure.com/openai/deployments/whisper/audio/transcriptions?api-version=2024-10-21"


async def test_it_gives_azure_its_key_header():
    received = await sent(CHAT, dialect="azure")
    assert received.headers["api-key"] == KEY
    assert "authorization" not in received.headers


@pytest.mark.parametrize(
    ("dialect", "name"),
    [
        ("openai", "max_completion_tokens"),
        ("ollama", "max_tokens"),
        ("localai", "max_tokens"),
        ("other", "max_tokens"),
        ("vllm", "max_completion_tokens"),
    ],
)
async def test_it_names_the_token_limit_as_the_server_does(dialect, name):
    request = ApiRequest("POST", "/chat/completions", json={"max_completion_tokens": 9})
    assert (await sent(request, dialect=dialect)).json == {name: 9}


async def test_it_leaves_the_limits_of_other_endpoints_alone():
    request = ApiRequest("POST", "/responses", json={"max_output_tokens": 9})
    assert (await sent(request, dialect="ollama")).json == {"max_output_tokens": 9}


async def test_it_describes_exactly_what_it_sends_but_for_the_key():
    request = ApiRequest("POST", "/chat/completions", json={"model": "m", "max_completion_tokens": 5, "text": "é"}, stream=True)
    async with serving(OK) as provider:
        gateway = provider.gateway(dialect="ollama")
        shown = describe(provider.connection(dialect="ollama"), request)
        async with gateway.stream(request):
            pass
        received = provider.received[0]
    assert shown["url"] == f"{provider.origin}/v1/chat/completions"
    assert received.body == orjson.dumps(shown["json"])
    assert KEY not in str(shown)
    for name, value in shown["headers"].items():
        assert received.headers[name.lower()] == value.replace("$OPENAI_API_KEY", KEY)


def test_it_describes_a_form_by_its_fields_and_the_names_of_its_files():
    request = ApiRequest(
        "POST", "/files", fields=(("purpose", "batch"),), files=(FilePart("file", Path("/nowhere"), "a.jsonl", "text/plain"),)
    )
    shown = describe(Connection("https://api.example/v1", KEY, "openai"), request)
    assert shown["fields"] == [["purpose", "batch"]]
    assert shown["files"] == [{"field": "file", "name": "a.jsonl", "content_type": "text/plain"}]
    assert shown["headers"]["Content-Type"] == "multipart/form-data"
    assert "json" not in shown


def test_it_names_itself_with_the_version_of_the_product():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert f"Playground/{project['version']}" == USER_AGENT
