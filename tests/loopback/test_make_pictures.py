"""The loopback provider makes, edits and varies pictures as its table says, and notes what it was sent."""

import base64
import hashlib
import io

import httpx
import openai
import pytest
from PIL import Image, ImageChops

from tests.loopback import Loopback
from tests.loopback.asking_it import events, new_marker
from tests.loopback.asking_pictures import edit, file_of, make, mask_of, pictures_of, source, vary
from tests.loopback.picture_behaviours import PICTURE_BEHAVIOURS
from tests.loopback.picture_models import (
    ANY_SIZE,
    EXACT,
    IGNORES_STREAM,
    LEGACY,
    LINK,
    PICTURE_MODELS,
    PLAIN,
    WITH_DONE,
)
from tests.loopback.pictures import SHIFT, draw
from tests.loopback.pictures import vary as varied

BOX = (64, 32, 128, 96)


def is_same(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and ImageChops.difference(one.convert("RGBA"), other.convert("RGBA")).getbbox(alpha_only=False) is None


def test_it_draws_the_same_picture_for_the_same_words(loopback: Loopback) -> None:
    answer = make(loopback, PLAIN, "a pier", n=2, size="1536x1024")
    first, second = pictures_of(answer)
    assert first.format == "PNG"
    assert is_same(first, draw("a pier", 0, (1536, 1024)))
    assert is_same(second, draw("a pier", 1, (1536, 1024)))
    assert not is_same(first, second)
    assert not is_same(first, draw("another", 0, (1536, 1024)))


def test_it_tells_settings_usage_and_its_own_words(loopback: Loopback) -> None:
    told = make(loopback, PLAIN, "a pier at night", n=2, quality="high").json()
    assert (told["size"], told["quality"], told["output_format"], told["background"]) == ("1024x1024", "high", "png", "opaque")
    assert told["data"][0]["revised_prompt"] == "a pier at night, in soft light"
    assert told["usage"]["input_tokens"] == 4
    assert told["usage"]["output_tokens"] == 2 * 4160
    assert told["usage"]["total_tokens"] == 4 + 2 * 4160


@pytest.mark.parametrize(("kind", "name"), [("png", "PNG"), ("jpeg", "JPEG"), ("webp", "WEBP")])
def test_it_writes_the_format_that_was_asked_for(loopback: Loopback, kind: str, name: str) -> None:
    assert pictures_of(make(loopback, PLAIN, output_format=kind))[0].format == name


def test_it_makes_smaller_files_when_asked(loopback: Loopback) -> None:
    sizes = [
        len(make(loopback, PLAIN, output_format="webp", output_compression=compression).json()["data"][0]["b64_json"])
        for compression in (10, 100)
    ]
    assert sizes[0] < sizes[1]


def test_it_leaves_the_background_out_when_asked(loopback: Loopback) -> None:
    picture = pictures_of(make(loopback, PLAIN, background="transparent"))[0]
    assert picture.mode == "RGBA"
    assert picture.getchannel("A").getextrema() == (0, 255)


def test_it_makes_any_size_in_the_second_family(loopback: Loopback) -> None:
    assert pictures_of(make(loopback, ANY_SIZE, size="1280x720"))[0].size == (1280, 720)


def test_it_streams_sketches_and_then_the_picture(loopback: Loopback) -> None:
    answer = make(loopback, PLAIN, "a pier", stream=True, partial_images=2)
    told = events(answer.text)
    assert [event["type"] for event in told] == ["image_generation.partial_image"] * 2 + ["image_generation.completed"]
    assert [event.get("partial_image_index") for event in told] == [0, 1, None]
    assert "event: image_generation.completed\ndata: {" in answer.text
    assert "[DONE]" not in answer.text
    assert is_same(pictures_of(answer)[0], draw("a pier", 0, (1024, 1024)))
    sketch = Image.open(io.BytesIO(base64.b64decode(told[0]["b64_json"])))
    assert sketch.size == (1024, 1024)
    assert not is_same(sketch, draw("a pier", 0, (1024, 1024)))
    assert told[-1]["usage"]["output_tokens"] == 1056 + 2 * 100


def test_it_streams_several_pictures_one_after_the_other(loopback: Loopback) -> None:
    assert len(pictures_of(make(loopback, PLAIN, n=3, stream=True))) == 3
    assert make(loopback, WITH_DONE, stream=True).text.endswith("data: [DONE]\n\n")


def test_it_streams_edits_under_their_own_name(loopback: Loopback) -> None:
    answer = edit(loopback, PLAIN, [file_of(source())], stream="true", partial_images=1)
    assert [event["type"] for event in events(answer.text)] == ["image_edit.partial_image", "image_edit.completed"]


def test_it_answers_whole_when_a_stream_was_asked_of_one_that_ignores_it(loopback: Loopback) -> None:
    answer = make(loopback, IGNORES_STREAM, stream=True)
    assert answer.headers["content-type"] == "application/json"
    assert len(pictures_of(answer)) == 1


def test_it_fills_the_mask_and_shifts_the_light_outside(loopback: Loopback) -> None:
    given = source()
    result = pictures_of(edit(loopback, PLAIN, [file_of(given), mask_of(given.size, BOX)], "a lamp"))[0]
    assert result.size == given.size
    assert is_same(result.crop(BOX), draw("a lamp", 0, given.size).crop(BOX))
    before, after = given.getpixel((5, 5)), result.getpixel((5, 5))
    assert isinstance(before, tuple)
    assert after == tuple(min(255, round(value * SHIFT[0]) + SHIFT[1]) for value in before)


def test_it_can_leave_everything_outside_the_mask(loopback: Loopback) -> None:
    given = source()
    result = pictures_of(edit(loopback, EXACT, [file_of(given), mask_of(given.size, BOX)]))[0]
    assert ImageChops.difference(result, given).getbbox() == BOX


def test_it_changes_everything_without_a_mask(loopback: Loopback) -> None:
    given = source()
    result = pictures_of(edit(loopback, PLAIN, [file_of(given)]))[0]
    assert is_same(result, Image.blend(given, draw("a lamp", 0, given.size), 0.5))


def test_it_gives_an_edit_the_size_that_was_asked_for(loopback: Loopback) -> None:
    assert pictures_of(edit(loopback, PLAIN, [file_of(source())], size="1024x1536"))[0].size == (1024, 1536)


def test_it_takes_transparency_for_a_mask_in_the_old_family(loopback: Loopback) -> None:
    given = source((64, 64), "RGBA")
    given.paste((0, 0, 0, 0), (0, 0, 32, 64))
    answer = edit(loopback, LEGACY, [file_of(given)], "a lamp", size="256x256", response_format="b64_json")
    result = pictures_of(answer)[0]
    assert is_same(result.crop((0, 0, 120, 256)), draw("a lamp", 0, (256, 256)).crop((0, 0, 120, 256)))


def test_it_varies_a_square(loopback: Loopback) -> None:
    given = source((128, 128))
    made = pictures_of(vary(loopback, LEGACY, [file_of(given)], n=2, size="256x256", response_format="b64_json"))
    assert [is_same(picture, varied(given, number, (256, 256))) for number, picture in enumerate(made)] == [True, True]


def test_it_gives_links_by_the_old_rules_which_work_once(loopback: Loopback) -> None:
    told = make(loopback, LEGACY, "a pier", size="256x256").json()
    assert set(told) == {"created", "data"}
    link = told["data"][0]["url"]
    first, second = (httpx.get(link, trust_env=False) for _ in range(2))
    assert (first.status_code, first.headers["content-type"], second.status_code) == (200, "image/png", 404)
    assert is_same(Image.open(io.BytesIO(first.content)), draw("a pier", 0, (256, 256)))


def test_it_notes_with_what_key_a_link_was_followed(loopback: Loopback) -> None:
    link = make(loopback, LINK).json()["data"][0]["url"]
    httpx.get(link, headers={"authorization": "Bearer sk-there"}, trust_env=False)
    followed = [request for request in loopback.requests() if link.endswith(request.path)]
    assert [request.key for request in followed] == ["sk-there"]


def test_it_notes_each_part_of_a_form_in_its_order(loopback: Loopback) -> None:
    marker = new_marker()
    first, second = source((256, 160)), source((90, 70), "L")
    files = [file_of(first, "image[]", name="first.png"), file_of(second, "image[]", "webp"), mask_of(first.size, BOX)]
    assert edit(loopback, PLAIN, files, f"a lamp {marker}", n=2).status_code == 200
    call = loopback.picture_calls(marker)[0]
    assert [part.field for part in call.parts] == ["model", "prompt", "n", "image[]", "image[]", "mask"]
    assert call.fields == {"model": PLAIN, "prompt": f"a lamp {marker}", "n": "2"}
    one, two, mask = call.files
    assert (one.name, one.content_type, one.size, one.sha256) == (
        "first.png",
        "image/png",
        len(files[0][1][1]),
        hashlib.sha256(files[0][1][1]).hexdigest(),
    )
    assert one.picture and (one.picture.format, one.picture.mode, one.picture.width, one.picture.height) == ("PNG", "RGB", 256, 160)
    assert two.picture and (two.picture.format, two.picture.width) == ("WEBP", 90)
    assert mask.picture and (mask.picture.mode, mask.picture.clear, mask.picture.clear_box) == ("RGBA", 64 * 64, BOX)
    assert loopback.upload(mask.sha256) == files[2][1][1]
    assert call.finished and call.model == PLAIN


def test_it_notes_what_was_asked_as_json(loopback: Loopback) -> None:
    marker = new_marker()
    make(loopback, PLAIN, marker, n=1, quality="low")
    assert loopback.picture_calls(marker, body=True)[0].body == {"model": PLAIN, "prompt": marker, "n": 1, "quality": "low"}
    assert loopback.wait_for_call(marker).model == PLAIN
    assert loopback.calls(marker) == []


def test_it_counts_the_events_of_a_stream(loopback: Loopback) -> None:
    marker = new_marker()
    make(loopback, f"{PLAIN}-delay200", marker, stream=True, partial_images=3)
    call = loopback.picture_calls(marker, sent=True)[0]
    assert call.pieces == 4
    assert call.sent[0] - call.at > 0.2


def test_it_serves_the_official_client(loopback: Loopback) -> None:
    client = openai.OpenAI(base_url=loopback.url, api_key="sk-loop", max_retries=0)
    made = client.images.generate(model=PLAIN, prompt="a pier", n=2)
    assert made.data and len(made.data) == 2 and made.usage and made.usage.output_tokens == 2 * 1056
    given = ("a.png", file_of(source())[1][1], "image/png")
    mask = ("m.png", mask_of((256, 160), BOX)[1][1], "image/png")
    edited = client.images.edit(model=PLAIN, image=[given, given], mask=mask, prompt="a lamp")
    assert edited.data and edited.data[0].b64_json
    kinds = [event.type for event in client.images.generate(model=PLAIN, prompt="a pier", stream=True, partial_images=1)]
    assert kinds == ["image_generation.partial_image", "image_generation.completed"]
    square = ("s.png", file_of(source((64, 64)))[1][1], "image/png")
    with pytest.warns(DeprecationWarning):
        varied_answer = client.images.create_variation(model=LEGACY, image=square, size="256x256", response_format="b64_json")
    assert varied_answer.data and varied_answer.data[0].b64_json


def test_it_lists_its_picture_models_and_does_what_each_says(loopback: Loopback) -> None:
    from tests.loopback import images
    from tests.loopback.picture_asks import read_name

    listed = {row["id"] for row in httpx.get(f"{loopback.url}/models", trust_env=False).json()["data"]}
    assert set(PICTURE_MODELS) <= listed
    assert [name for name in PICTURE_MODELS if f"`{name}`" not in (images.__doc__ or "")] == []
    assert {read_name(name)[1] for name in PICTURE_MODELS} == set(PICTURE_BEHAVIOURS)


def test_it_keeps_answering_chat_while_it_draws(loopback: Loopback) -> None:
    import threading

    from tests.loopback.asking_it import ask

    drawing = threading.Thread(target=make, args=(loopback, ANY_SIZE, new_marker()), kwargs={"n": 8, "size": "2048x2048"})
    drawing.start()
    for _ in range(5):
        ask(loopback, "steady-tokens2-rate0-delay0")
    assert drawing.is_alive()
    drawing.join()
