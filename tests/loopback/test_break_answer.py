"""The loopback provider misbehaves as its table says, and counts what it was asked."""

import json
import socket
import time
from urllib.parse import urlsplit

import httpx
import pytest

from tests.loopback import Loopback, story
from tests.loopback.asking_it import ask, events, finish_of, new_marker, question, text_of


def raw_answer(loopback: Loopback, model: str, marker: str = "", timeout: float = 5) -> bytes:
    """All bytes that come, until the server closes. A reset is raised."""
    body = json.dumps(question(model, marker)).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: loop\r\nconnection: close\r\ncontent-length: {len(body)}\r\n\r\n"
    address = urlsplit(loopback.url)
    received = b""
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=timeout) as client:
        client.sendall(head.encode() + body)
        while data := client.recv(65536):
            received += data
            if received.endswith(b"0\r\n\r\n"):
                break
    return received


@pytest.mark.parametrize(
    ("model", "status", "code"),
    [
        ("401", 401, "invalid_api_key"),
        ("403", 403, "model_access_denied"),
        ("404", 404, "model_not_found"),
        ("500", 500, None),
        ("quota", 429, "insufficient_quota"),
        ("too-long", 400, "context_length_exceeded"),
        ("policy", 400, "content_policy_violation"),
        ("429-storm", 429, "rate_limit_exceeded"),
        ("503-storm", 503, "server_is_overloaded"),
    ],
)
def test_it_refuses_with_an_error_object(loopback: Loopback, model: str, status: int, code: str | None) -> None:
    answer = ask(loopback, model)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize("name", ["429", "503"])
def test_it_turns_each_question_away_as_often_as_asked(loopback: Loopback, name: str) -> None:
    model, marker = f"{name}-then-ok-times2-wait7-rate0", new_marker()
    answers = [ask(loopback, model, marker) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [int(name), int(name), 200]
    assert answers[0].headers["retry-after"] == "7"
    assert ask(loopback, model, new_marker()).status_code == int(name)


def test_it_repeats_the_key_when_it_leaks(loopback: Loopback) -> None:
    assert "sk-loop" in ask(loopback, "leaks-key").text


@pytest.mark.parametrize(("model", "status"), [("html-502", 502), ("html-200", 200)])
def test_it_answers_with_a_page(loopback: Loopback, model: str, status: int) -> None:
    answer = ask(loopback, model)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")


def test_it_redirects(loopback: Loopback) -> None:
    assert ask(loopback, "redirect").status_code == 307


def test_it_resets_before_the_answer(loopback: Loopback) -> None:
    with pytest.raises(ConnectionResetError):
        raw_answer(loopback, "reset-before")


def test_it_closes_before_the_answer(loopback: Loopback) -> None:
    assert raw_answer(loopback, "close-before") == b""


def test_it_resets_in_the_middle(loopback: Loopback) -> None:
    marker = new_marker()
    with pytest.raises(ConnectionResetError):
        raw_answer(loopback, "reset-middle-tokens10-rate0", marker)
    call = loopback.calls(marker)[0]
    assert (call.pieces, call.finished) == (5, False)


def test_it_closes_inside_a_chunk(loopback: Loopback) -> None:
    received = raw_answer(loopback, "half-chunk-tokens4-rate0")
    assert received.endswith(b'{"id": "chatcmpl-loop", "cho')


def test_it_falls_silent_and_sees_the_client_go(loopback: Loopback) -> None:
    marker = new_marker()
    with pytest.raises(TimeoutError):
        raw_answer(loopback, "stall-tokens6-rate0", marker, timeout=0.4)
    time.sleep(0.1)
    call = loopback.calls(marker)[0]
    assert (call.pieces, call.finished) == (3, False)
    assert call.connection_closed_at and 0.3 < call.connection_closed_at - call.at < 1


def test_it_never_ends(loopback: Loopback) -> None:
    received = 0
    with httpx.stream("POST", f"{loopback.url}/chat/completions", json=question("endless"), trust_env=False) as answer:
        for data in answer.iter_bytes():
            received += len(data)
            if received > 5_000_000:
                break
    assert received > 5_000_000


def test_it_leaves_out_the_done(loopback: Loopback) -> None:
    answer = ask(loopback, "no-done-rate0").text
    assert finish_of(answer) == "stop"
    assert "[DONE]" not in answer


def test_it_leaves_out_the_finish(loopback: Loopback) -> None:
    answer = ask(loopback, "no-finish-tokens4-rate0").text
    assert text_of(answer) == story("steady-tokens2")
    assert finish_of(answer) is None
    assert "[DONE]" not in answer


def test_it_puts_an_error_into_the_stream(loopback: Loopback) -> None:
    answer = ask(loopback, "error-in-stream-tokens4-rate0")
    assert answer.status_code == 200
    assert events(answer.text)[-1]["error"]["code"] == "model_failed"


def test_it_breaks_letters(loopback: Loopback) -> None:
    answer = ask(loopback, "broken-utf8-tokens2-rate0")
    with pytest.raises(UnicodeDecodeError):
        answer.content.decode()
    assert "w0002" in answer.content.decode(errors="replace")


def test_it_splits_letters_over_chunks(loopback: Loopback) -> None:
    received = raw_answer(loopback, "split-utf8-tokens6-rate0")
    assert "1\r\n\xc3\r\n1\r\n\xab\r\n".encode("latin-1") in received
    assert text_of(ask(loopback, "split-utf8-tokens6-rate0").text) == "Zoë 日本"


def test_it_ends_lines_as_asked(loopback: Loopback) -> None:
    assert b"\r\n\r\ndata: " in ask(loopback, "crlf-tokens2-rate0").content
    assert b"data:{" in ask(loopback, "no-space-tokens2-rate0").content


def test_it_drips(loopback: Loopback) -> None:
    marker = new_marker()
    with pytest.raises(TimeoutError):
        raw_answer(loopback, "drip-rate20", marker, timeout=0.02)
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{loopback.url}/chat/completions", json=question("drip", marker), timeout=0.5, trust_env=False)


def test_it_is_late_with_everything(loopback: Loopback) -> None:
    started = time.monotonic()
    with httpx.stream("POST", f"{loopback.url}/chat/completions", json=question("slow-first-delay300"), trust_env=False):
        assert time.monotonic() - started > 0.3


@pytest.mark.parametrize("model", ["reset-middle", "half-chunk", "no-finish"])
def test_it_breaks_whole_answers_too(loopback: Loopback, model: str) -> None:
    with pytest.raises(httpx.TransportError):
        ask(loopback, model, stream=False)


def test_it_counts_by_marker_and_forgets() -> None:
    with Loopback() as own:
        ask(own, "steady-rate0", "one #t-a")
        ask(own, "steady-rate0", "two #t-b", temperature=0.5)
        assert [call.token for call in own.calls("")] == ["#t-a", "#t-b"]
        call = own.calls("#t-b", body=True)[0]
        assert call.finished and call.key == "sk-loop" and call.body["temperature"] == 0.5
        own.reset()
        assert own.requests() == []
