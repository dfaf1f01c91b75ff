"""Keys do not survive into anything that is kept or shown."""

import pytest

from gateway import mask
from gateway.errors import GatewayError
from gateway.masking import mask_bytes
from gateway.tests.raw_server import CHAT, KEY, answers_with, serving


@pytest.mark.parametrize(
    "text",
    [
        "Incorrect API key provided: sk-proj-abcdEFGH1234567890_-x.",
        "header was Authorization: Bearer abcdefgh1234567890",
        "got bearer abcdefgh1234567890==",
        'api_key="abcdefgh1234567890"',
        "X-Api-Key: abcdefgh1234567890",
        "?access_token=abcdefgh1234567890&x=1",
        "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP",
        "AIzaSyA1234567890abcdefgh",
        "gsk_1234567890abcdefgh",
    ],
)
def test_it_hides_what_looks_like_a_key(text):
    hidden = mask(text)
    assert "****" in hidden
    assert "1234567890ab" not in hidden
    assert "fgh1234567" not in hidden
    assert "FGH1234567" not in hidden
    assert "eyJzdWIi" not in hidden


def test_it_hides_our_own_key_whatever_it_looks_like():
    assert mask("key: my secret phrase!", ["my secret phrase!"]) == "key: ****ase!"


def test_it_hides_a_longer_key_before_its_own_beginning():
    assert mask("aaaabbbbcccc", ["aaaabbbb", "aaaabbbbcccc"]) == "****"


@pytest.mark.parametrize(
    "text", ["Use the sk- prefix", "The bearer of news", "risk-management is fine", "Your api key is invalid", "basic training"]
)
def test_it_leaves_ordinary_words_alone(text):
    assert mask(text) == text


def test_it_does_not_take_a_word_for_a_key():
    assert mask("ollama is not running", ["ollama"]) == "ollama is not running"


def test_it_keeps_json_valid_on_bytes():
    assert mask_bytes(b'{"a":"my-own-key-1234567"}', [b"my-own-key-1234567"]) == b'{"a":"****4567"}'


async def test_it_shows_the_key_nowhere_in_an_error_that_echoes_it():
    body = f'{{"error":{{"message":"Bad key {KEY}","code":"{KEY}","type":"auth {KEY}"}}}}'.encode()
    async with serving(answers_with(body, "401 Unauthorized", "application/json", f"X-Echo: {KEY}", f"X-Request-Id: {KEY}")) as provider:
        with pytest.raises(GatewayError) as caught:
            await provider.gateway().send(CHAT)
    assert caught.value.kind == "auth"
    assert KEY not in str(caught.value.as_dict()) + str(caught.value) + repr(caught.value)


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request", "422 Unprocessable"])
async def test_it_shows_the_key_nowhere_in_a_code_or_the_name_of_a_setting(status):
    """Codes are kept in lower case, and so would be a key in one."""
    key = "HARBOUR0123456789abcdefWXYZ"
    body = f'{{"error":{{"message":"No","code":"{key}","type":"{key}","param":"{key}"}}}}'.encode()
    async with serving(answers_with(body, status)) as provider:
        with pytest.raises(GatewayError) as caught:
            await provider.gateway(key=key).send(CHAT)
    assert key.lower() not in str(caught.value.as_dict()).lower()


async def test_it_shows_the_key_nowhere_in_an_answer_that_echoes_it():
    async with serving(answers_with(f'{{"id":"1","text":"{KEY}"}}'.encode(), "200 OK", "application/json", f"X-Echo: {KEY}")) as provider:
        response = await provider.gateway().send(CHAT)
    assert response.json["text"] == "****cdef"
    assert KEY not in repr(response)


async def test_it_leaves_alone_what_only_looks_like_a_key_in_an_answer():
    async with serving(answers_with(b'{"id":"1","text":"export KEY=sk-example-0123456789abcdef"}')) as provider:
        response = await provider.gateway().send(CHAT)
    assert response.json["text"] == "export KEY=sk-example-0123456789abcdef"
