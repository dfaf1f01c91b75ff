"""The models of sound misbehave as their table says."""

import time

import httpx
import pytest

from tests.loopback import Loopback, sounds
from tests.loopback.asking_it import events
from tests.loopback.asking_sound import hear, numbers_in, refusal, speak, spoken, words_from
from tests.loopback.sound_asks import BEHAVIOURS
from tests.loopback.sound_models import (
    BUSY,
    CUT,
    FAILING,
    FOREIGN,
    GATEWAY,
    KEYLESS,
    NO_CREDIT,
    NOTHING,
    ODD,
    PAGE,
    PLAIN_TEXT,
    REFUSING,
    RESET,
    SLOW,
    SOUND_MODELS,
    STALLED,
    TTS_BUSY,
    TTS_CUT,
    TTS_FAILING,
    TTS_GATEWAY,
    TTS_NOTHING,
    TTS_PAGE,
    TTS_REFUSING,
    TTS_SLOW,
    TTS_TEXT,
    TTS_WRONG,
)

TIMED = {"response_format": "verbose_json"}


def test_one_fails_where_a_word_is_in_it_and_only_once(loopback: Loopback) -> None:
    with_word, without = spoken(3, first=99), spoken(3)
    model = f"{FAILING}-word100"
    assert [hear(loopback, file, model=model).status_code for file in (without, with_word, with_word)] == [200, 500, 200]


def test_one_fails_as_often_as_asked_for_each_file(loopback: Loopback) -> None:
    file, other = spoken(1), spoken(2)
    assert [hear(loopback, each, model=f"{FAILING}-times2").status_code for each in (file, file, other, file)] == [500, 500, 500, 200]
    assert [speak(loopback, TTS_FAILING, "Twice now").status_code for _ in range(2)] == [500, 200]


def test_one_asks_for_time(loopback: Loopback) -> None:
    file = spoken(2)
    answers = [hear(loopback, file, model=f"{BUSY}-wait7") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [429, 200] and answers[0].headers["retry-after"] == "7"
    assert [speak(loopback, TTS_BUSY, "And now").status_code for _ in range(2)] == [429, 200]


@pytest.mark.parametrize(("model", "status"), [(KEYLESS, 401), (NO_CREDIT, 429), (GATEWAY, 502)])
def test_some_refuse_always(loopback: Loopback, model: str, status: int) -> None:
    assert hear(loopback, spoken(1), model=model).status_code == status


def test_some_answer_with_a_page(loopback: Loopback) -> None:
    assert hear(loopback, spoken(1), model=PAGE).headers["content-type"] == "text/html"
    assert [speak(loopback, model).status_code for model in (TTS_PAGE, TTS_GATEWAY)] == [200, 502]


def test_one_is_late(loopback: Loopback) -> None:
    for ask in (lambda: hear(loopback, spoken(1), model=f"{SLOW}-delay300"), lambda: speak(loopback, f"{TTS_SLOW}-delay300")):
        started = time.monotonic()
        assert ask().status_code == 200
        assert time.monotonic() - started > 0.3


def test_one_refuses_a_setting_at_a_time(loopback: Loopback) -> None:
    file = spoken(1)
    assert refusal(hear(loopback, file, model=REFUSING, prompt="Pots", language="en")) == (400, "language")
    assert refusal(hear(loopback, file, model=REFUSING, prompt="Pots")) == (400, "prompt")
    assert hear(loopback, file, model=REFUSING).status_code == 200
    assert refusal(speak(loopback, TTS_REFUSING, speed=2)) == (400, "speed")


def test_one_tells_no_times(loopback: Loopback) -> None:
    assert set(hear(loopback, spoken(2), model=PLAIN_TEXT, **TIMED).json()) == {"text", "usage"}


def test_one_hears_nothing_and_one_says_nothing(loopback: Loopback) -> None:
    assert hear(loopback, spoken(2), model=NOTHING, **TIMED).json()["text"] == ""
    assert speak(loopback, TTS_NOTHING).content == b""
    assert speak(loopback, TTS_TEXT).json() == {"detail": "I would rather write."}


def test_one_hears_another_language(loopback: Loopback) -> None:
    answer = hear(loopback, spoken(2), model=FOREIGN, language="en", **TIMED).json()
    assert (answer["language"], answer["text"].split()) == ("german", words_from(1, 2))


def test_one_tells_times_that_cannot_be(loopback: Loopback) -> None:
    segments = hear(loopback, spoken(25), model=ODD, **TIMED).json()["segments"]
    assert (segments[0]["start"], segments[2]["start"], segments[3]["end"]) == (None, -5.0, 1e9)
    assert segments[1]["start"] > segments[1]["end"]


def test_some_break_off(loopback: Loopback) -> None:
    for ask in (
        lambda: hear(loopback, spoken(12), model=CUT, stream="true"),
        lambda: hear(loopback, spoken(12), model=CUT),
        lambda: speak(loopback, TTS_CUT, "one two three four five six seven"),
    ):
        with pytest.raises(httpx.RemoteProtocolError):
            ask()
    with pytest.raises(httpx.TransportError):
        hear(loopback, spoken(1), model=RESET)


def test_one_falls_silent(loopback: Loopback) -> None:
    received = ""
    data, files = {"model": STALLED, "stream": "true"}, {"file": spoken(12)}
    with (
        pytest.raises(httpx.ReadTimeout),
        httpx.stream("POST", f"{loopback.url}/audio/transcriptions", data=data, files=files, timeout=1.5, trust_env=False) as answer,
    ):
        for text in answer.iter_text():
            received += text
    assert 0 < len(list(events(received))) < 12


def test_one_speaks_another_format_than_it_says(loopback: Loopback) -> None:
    answer = speak(loopback, TTS_WRONG, "one two three")
    assert (answer.headers["content-type"], answer.content[:4]) == ("audio/mpeg", b"RIFF")
    assert numbers_in(answer.content) == [1, 2, 3]


def test_its_table_has_every_behaviour() -> None:
    used = {name.partition("-tones")[2].strip("-") for name in SOUND_MODELS}
    assert used <= set(BEHAVIOURS)
    assert all(f"`{name}`" in (sounds.__doc__ or "") for name in BEHAVIOURS if name)
