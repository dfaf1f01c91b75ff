"""The loopback provider's picture models misbehave as their table says."""

import base64
import io
import json
import time

import httpx
import pytest
from PIL import Image

from tests.loopback import Loopback
from tests.loopback.asking_it import events, new_marker
from tests.loopback.asking_pictures import edit, file_of, make, pictures_of, refusal, source
from tests.loopback.picture_models import (
    BLOCKED,
    BLOCKED_LATE,
    BOMB,
    BROKEN_BASE64,
    BUSY_FIRST,
    CUT,
    FAILING,
    FEWER,
    FOREIGN_LINK,
    GONE_LINK,
    HALF_STREAM,
    HUGE,
    NO_CREDIT,
    NONE,
    ONE_BROKEN,
    PAGE_LINK,
    REFUSES_QUALITY,
    RESET,
    SLOW,
    STALLED,
    SVG,
    TEXT,
    WRONG_FORMAT,
    WRONG_KEY,
    WRONG_SIZE,
)


def bodies_of(answer: httpx.Response) -> list[bytes]:
    return [base64.b64decode(entry["b64_json"]) for entry in answer.json()["data"]]


def test_it_stops_a_picture_before_it_is_made(loopback: Loopback) -> None:
    answer = make(loopback, BLOCKED)
    error = answer.json()["error"]
    assert (answer.status_code, error["type"], error["code"]) == (400, "image_generation_user_error", "moderation_blocked")
    assert error["moderation_details"] == {"moderation_stage": "input", "categories": ["violence"]}


def test_it_stops_a_picture_when_it_is_made(loopback: Loopback) -> None:
    assert make(loopback, BLOCKED_LATE).json()["error"]["moderation_details"]["moderation_stage"] == "output"
    sketch, error = events(make(loopback, BLOCKED_LATE, stream=True, partial_images=2).text)
    assert sketch["type"] == "image_generation.partial_image"
    assert (error["type"], error["error"]["code"]) == ("error", "moderation_blocked")


def test_it_refuses_quality_by_name(loopback: Loopback) -> None:
    assert refusal(make(loopback, REFUSES_QUALITY, quality="low")) == (400, "unsupported_parameter", "quality")
    assert make(loopback, REFUSES_QUALITY).status_code == 200


def test_it_turns_each_description_away_as_often_as_asked(loopback: Loopback) -> None:
    model, marker = f"{BUSY_FIRST}-times2-wait7", new_marker()
    answers = [make(loopback, model, marker) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["retry-after"] == "7"
    assert edit(loopback, model, [file_of(source())], new_marker()).status_code == 429


@pytest.mark.parametrize(("model", "status"), [(WRONG_KEY, 401), (NO_CREDIT, 429), (FAILING, 500)])
def test_it_refuses_with_that_error(loopback: Loopback, model: str, status: int) -> None:
    assert refusal(make(loopback, model))[0] == status


def test_it_is_late_with_everything(loopback: Loopback) -> None:
    started = time.monotonic()
    assert make(loopback, f"{SLOW}-delay400").status_code == 200
    assert time.monotonic() - started > 0.4


@pytest.mark.parametrize("settings", [{}, {"stream": True, "partial_images": 1}])
def test_it_breaks_off_in_a_picture(loopback: Loopback, settings: dict[str, object]) -> None:
    marker = new_marker()
    with pytest.raises(httpx.RemoteProtocolError):
        make(loopback, CUT, marker, **settings)
    assert not loopback.picture_calls(marker)[0].finished


def test_it_falls_silent_in_a_picture(loopback: Loopback) -> None:
    received, body = b"", {"model": STALLED, "prompt": "a pier", "n": 2}
    with (
        pytest.raises(httpx.ReadTimeout),
        httpx.stream("POST", f"{loopback.url}/images/generations", json=body, timeout=0.5, trust_env=False) as answer,
    ):
        for data in answer.iter_bytes():
            received += data
    assert received.count(b'"b64_json"') == 2
    assert received[-1:].isalnum()


def test_it_resets_before_the_answer(loopback: Loopback) -> None:
    with pytest.raises(httpx.TransportError):
        make(loopback, RESET)


def test_it_sends_base64_that_is_none(loopback: Loopback) -> None:
    text = make(loopback, BROKEN_BASE64).json()["data"][0]["b64_json"]
    with pytest.raises(ValueError, match="base64"):
        base64.b64decode(text, validate=True)


def test_it_sends_what_is_no_picture(loopback: Loopback) -> None:
    assert bodies_of(make(loopback, TEXT, n=2))[1].startswith(b"This is no picture")
    assert b"<script>" in bodies_of(make(loopback, SVG))[0]
    assert [body[:4] for body in bodies_of(make(loopback, ONE_BROKEN, n=3))] == [b"This", b"\x89PNG", b"\x89PNG"]
    assert [event["type"] for event in events(make(loopback, TEXT, stream=True, partial_images=3).text)] == ["image_generation.completed"]


def test_it_sends_a_bomb(loopback: Loopback) -> None:
    body = bodies_of(make(loopback, BOMB))[0]
    assert len(body) < 200_000
    assert int.from_bytes(body[16:20], "big") * int.from_bytes(body[20:24], "big") == 400_000_000
    with pytest.raises(Image.DecompressionBombError):
        Image.open(io.BytesIO(body))


def test_it_sends_another_size_another_format_and_another_number(loopback: Loopback) -> None:
    assert pictures_of(make(loopback, WRONG_SIZE, size="1536x1024"))[0].size == (768, 512)
    assert pictures_of(edit(loopback, WRONG_SIZE, [file_of(source())]))[0].size == (128, 80)
    answer = make(loopback, WRONG_FORMAT)
    assert (answer.json()["output_format"], pictures_of(answer)[0].format) == ("png", "JPEG")
    assert [len(make(loopback, FEWER, n=n).json()["data"]) for n in (1, 4)] == [1, 3]
    assert make(loopback, NONE).json()["data"] == []


@pytest.mark.parametrize("stream", [False, True])
def test_it_sends_huge_pictures_that_are_whole(loopback: Loopback, stream: bool) -> None:
    answer = make(loopback, f"{HUGE}-bytes3000000", n=2, stream=stream)
    assert len(answer.content) > 8_000_000
    for picture in pictures_of(answer):
        picture.load()
        assert picture.size == (1024, 1024)


def test_it_ends_a_stream_without_its_picture(loopback: Loopback) -> None:
    told = events(make(loopback, HALF_STREAM, stream=True, partial_images=2).text)
    assert [event["type"] for event in told] == ["image_generation.partial_image"] * 2
    with pytest.raises(httpx.RemoteProtocolError):
        make(loopback, HALF_STREAM)


def test_it_gives_links_that_lead_elsewhere(loopback: Loopback) -> None:
    def link(model: str) -> str:
        entry = make(loopback, model).json()["data"][0]
        assert entry["b64_json"] is None
        return str(entry["url"])

    assert httpx.get(link(GONE_LINK), trust_env=False).status_code == 404
    assert httpx.get(link(PAGE_LINK), trust_env=False).headers["content-type"] == "text/html; charset=utf-8"
    foreign = link(FOREIGN_LINK)
    assert foreign.startswith(f"http://localhost:{loopback.port}/")
    assert httpx.get(foreign, trust_env=False).content[:4] == b"\x89PNG"


def test_it_forgets_links_and_files() -> None:
    with Loopback() as own:
        link = make(own, "gpt-image-link").json()["data"][0]["url"]
        edit(own, "gpt-image-plain", [file_of(source())])
        sha256 = own.picture_calls()[-1].files[0].sha256
        assert own.upload(sha256)
        own.reset()
        assert httpx.get(link, trust_env=False).status_code == 404
        with pytest.raises(AssertionError):
            own.upload(sha256)
        assert json.loads(httpx.get(f"http://127.0.0.1:{own.port}/_requests", trust_env=False).text)[0]["parts"] == []
