"""Pictures that are shown while they are made."""

import numpy as np
import pytest
from openai import AsyncOpenAI, OpenAI

from engines.tests.conftest import EDITOR, ILLUSTRATOR, Provider
from engines.tests.pictures import mask, opened, packed, photo

pytestmark = pytest.mark.engines
LAKE = {"model": ILLUSTRATOR, "prompt": "A quiet lake in the mountains", "size": "256x256", "quality": "low", "stream": True}
PARTIAL, COMPLETED = "image_generation.partial_image", "image_generation.completed"


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_it_shows_as_many_partial_pictures_as_were_asked_for(client: OpenAI, count: int) -> None:
    events = list(client.images.generate(**LAKE, partial_images=count))

    assert [event.type for event in events] == [PARTIAL] * count + [COMPLETED]
    assert [event.partial_image_index for event in events[:-1]] == list(range(count))
    assert len({event.b64_json for event in events}) == count + 1
    assert all(opened(event.b64_json).size == (256, 256) for event in events)


def test_it_tells_the_same_of_each_picture_as_without_a_stream(client: OpenAI) -> None:
    partial, completed = client.images.generate(**LAKE, partial_images=1, output_format="webp", extra_body={"seed": 5})

    for event in (partial, completed):
        told = (event.size, event.quality, event.background, event.output_format)
        assert told == ("256x256", "low", "opaque", "webp")
        assert event.created_at > 1_700_000_000
        assert opened(event.b64_json).format == "WEBP"
    assert completed.usage.input_tokens > 3
    assert completed.seed == 5
    whole = client.images.generate(**{**LAKE, "stream": False}, output_format="webp", extra_body={"seed": 5})
    assert whole.data[0].b64_json == completed.b64_json


def test_it_completes_one_event_for_each_picture(client: OpenAI) -> None:
    events = list(client.images.generate(**LAKE, n=3, partial_images=1))

    assert [event.type for event in events] == [PARTIAL, COMPLETED] * 3
    assert len({event.b64_json for event in events if event.type == COMPLETED}) == 3


async def test_it_streams_to_an_asynchronous_client(provider: Provider) -> None:
    client = AsyncOpenAI(base_url=provider.url, api_key=provider.key, max_retries=0, timeout=60)
    stream = await client.images.generate(**LAKE, partial_images=2)

    assert [event.type async for event in stream] == [PARTIAL, PARTIAL, COMPLETED]


def test_it_names_each_event_and_ends_without_a_mark(provider: Provider) -> None:
    answer = provider.call("POST", "/v1/images/generations", json={**LAKE, "partial_images": 1})

    first, second, rest = answer.text.split("\n\n")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert first.startswith(f"event: {PARTIAL}\ndata: {{")
    assert second.startswith(f"event: {COMPLETED}\ndata: {{")
    assert rest == ""


def test_it_shows_an_edit_from_coarse_to_fine(client: OpenAI) -> None:
    before, box = photo(320, 240), (120, 80, 200, 160)
    sent = {"image": ("a.png", packed(before)), "mask": ("m.png", packed(mask(before.size, box)))}
    events = list(client.images.edit(**sent, model=EDITOR, prompt="Remove it", stream=True, partial_images=2))

    assert [event.type for event in events] == ["image_edit.partial_image"] * 2 + ["image_edit.completed"]
    outside = np.asarray(before)[:80]
    assert all((np.asarray(opened(event.b64_json))[:80] == outside).all() for event in events)
    assert len({event.b64_json for event in events}) == 3


def test_it_refuses_before_a_stream_begins(provider: Provider) -> None:
    files = {"image": ("a.png", b"no picture"), "mask": ("m.png", b"none either")}
    answer = provider.call("POST", "/v1/images/edits", data={"prompt": "x", "stream": "true", "partial_images": "1"}, files=files)

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "image"
