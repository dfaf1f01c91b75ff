"""The loopback provider's `/v1/responses`, asked by a plain client and by the official one."""

import time

import httpx
import openai
import pytest

from tests.loopback import Loopback, story
from tests.loopback.asking_it import events, new_marker


def create(loopback: Loopback, model: str, text: str = "Hello", **more: object) -> httpx.Response:
    body = {"model": model, "input": [{"role": "user", "content": text}], **more}
    return httpx.post(f"{loopback.url}/responses", json=body, timeout=15, trust_env=False)


def client_of(loopback: Loopback) -> openai.OpenAI:
    return openai.OpenAI(base_url=loopback.url, api_key="sk-loop", max_retries=0)


def test_the_official_client_reads_a_whole_answer(loopback: Loopback) -> None:
    answer = client_of(loopback).responses.create(model="steady", input="Hello")
    assert answer.output_text == story("steady")
    assert answer.usage and answer.usage.output_tokens == 40


def test_the_official_client_reads_a_stream(loopback: Loopback) -> None:
    told = list(client_of(loopback).responses.create(model="thinking-rate0", input="Hello", stream=True))
    text = "".join(event.delta for event in told if event.type == "response.output_text.delta")
    assert text == story("thinking")
    assert [event.sequence_number for event in told] == list(range(len(told)))
    assert told[-1].type == "response.completed"


def test_the_official_client_follows_one_in_background(loopback: Loopback) -> None:
    client = client_of(loopback)
    begun = client.responses.create(model="steady-delay300", input="Hello", background=True, store=True)
    assert begun.status == "queued"
    time.sleep(0.35)
    assert client.responses.retrieve(begun.id).output_text == story("steady")
    rest = list(client.responses.retrieve(begun.id, stream=True, starting_after=10))
    assert rest[0].sequence_number == 11
    client.responses.delete(begun.id)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(begun.id)


def test_it_cancels_what_goes_on_in_background(loopback: Loopback) -> None:
    mark = new_marker()
    begun = create(loopback, "steady-delay60000", mark, background=True).json()
    answer = httpx.post(f"{loopback.url}/responses/{begun['id']}/cancel", trust_env=False)
    assert answer.json()["status"] == "cancelled"
    assert [(call.method, call.path.rsplit("/", 1)[-1]) for call in loopback.response_calls(mark)] == [
        ("POST", "responses"),
        ("POST", "cancel"),
    ]


@pytest.mark.parametrize(
    ("more", "parameter"),
    [({"background": True, "store": False}, "background"), ({"max_output_tokens": 3}, "max_output_tokens"), ({"n": 2}, "n")],
)
def test_it_refuses_what_the_api_refuses(loopback: Loopback, more: dict[str, object], parameter: str) -> None:
    answer = create(loopback, "steady", **more)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, parameter)


def test_it_misbehaves_as_asked(loopback: Loopback) -> None:
    assert create(loopback, "500").status_code == 500
    assert create(loopback, "429-storm").status_code == 429
    twice = events(create(loopback, "resp-twice-rate0", stream=True).text)
    assert twice[0] == twice[1]
    unknown = events(create(loopback, "resp-unknown-rate0", stream=True).text)
    assert any(event["type"] == "response.of.tomorrow" for event in unknown)
    order = [event["type"] for event in events(create(loopback, "resp-order-rate0", stream=True).text)]
    assert order.index("response.output_item.done") < order.index("response.output_item.added")
    with pytest.raises(httpx.HTTPError):
        create(loopback, "reset-middle-rate0", stream=True)
