"""Edits: what the mask covers is filled, all else stays, point by point."""

import io

import numpy as np
import pytest
from openai import OpenAI
from PIL import Image

from engines.tests.conftest import EDITOR, Provider
from engines.tests.pictures import changed, data_url, inside, mask, opened, packed, photo

pytestmark = pytest.mark.engines
BOX = (50, 30, 100, 80)
REMOVE = {"model": EDITOR, "prompt": "Remove the thing in the middle"}


def edit(client: OpenAI, image: Image.Image, covering: Image.Image | None, kind: str = "PNG", **more: object) -> Image.Image:
    files = {"image": (f"a.{kind.lower()}", packed(image, kind))}
    if covering is not None:
        files["mask"] = ("m.png", packed(covering))
    return opened(client.images.edit(**REMOVE, **files, **more).data[0].b64_json)


def test_it_says_what_it_does(client: OpenAI) -> None:
    description = client.models.retrieve(EDITOR).description

    assert "fills it from the surroundings" in description
    assert "the words do nothing" in description


def test_it_changes_what_the_mask_covers_and_nothing_else(client: OpenAI) -> None:
    before = photo()
    answer = client.images.edit(**REMOVE, image=("a.png", packed(before)), mask=("m.png", packed(mask(before.size, BOX))))

    after = opened(answer.data[0].b64_json)
    differs, covered = changed(before, after), inside(before.size, BOX)
    assert (after.format, after.mode, after.size) == ("PNG", "RGB", before.size)
    assert not differs[~covered].any()
    assert differs[covered].mean() > 0.9
    assert (answer.size, answer.background, answer.output_format) == ("160x120", "opaque", "png")
    assert answer.usage.total_tokens == 0


def test_it_removes_a_thing_from_its_ground(client: OpenAI) -> None:
    """A red square on grey sand is gone, and what is there instead looks like the sand."""
    sand = np.random.default_rng(2).integers(100, 140, (200, 200, 1), dtype=np.uint8).repeat(3, 2)
    sand[80:120, 80:120] = (255, 0, 0)
    after = np.asarray(edit(client, Image.fromarray(sand), mask((200, 200), (76, 76, 124, 124))))[76:124, 76:124].astype(int)

    assert np.ptp(after, axis=2).max() < 8
    assert 110 < after.mean() < 130
    assert after.std() > 4


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16", "CMYK"])
def test_it_keeps_the_outside_of_every_kind_of_picture(client: OpenAI, mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    sent = Image.fromarray(np.asarray(photo(mode="L")).astype(np.uint16) * 257) if mode == "I;16" else photo().convert(mode)
    if mode == "RGBA":
        sent = photo(mode="RGBA")
    before = photo(mode="L") if mode == "I;16" else Image.open(io.BytesIO(packed(sent, kind)))
    before = before.convert("RGBA" if mode in {"RGBA", "LA"} else "RGB")
    after = edit(client, sent, mask(sent.size, BOX), kind)

    assert after.mode == before.mode
    differs = changed(before, after)
    assert not differs[~inside(before.size, BOX)].any()
    assert differs.any() or mode == "1"


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (7, 300), (97, 61), (333, 251)])
def test_it_edits_pictures_of_odd_sizes(client: OpenAI, size: tuple[int, int]) -> None:
    before = photo(*size)
    box = (0, 0, max(1, size[0] // 2), max(1, size[1] // 3))
    after = edit(client, before, mask(size, box))

    assert after.size == size
    assert not changed(before, after)[~inside(size, box)].any()


def test_it_takes_the_points_as_they_are_stored(client: OpenAI) -> None:
    """A note in the file that says "turn me" turns nothing: the mask lies on what is decoded. And no such note comes back."""
    before = photo(120, 80)
    turned = before.getexif()
    turned[0x0112] = 6
    sent = packed(before, "PNG", exif=turned)
    files = {"image": ("a.png", sent), "mask": ("m.png", packed(mask(before.size, BOX)))}
    after = opened(client.images.edit(**REMOVE, **files).data[0].b64_json)

    assert after.size == (120, 80)
    assert not after.getexif()
    assert not changed(before, after)[~inside(before.size, BOX)].any()


def test_it_works_on_large_pictures(client: OpenAI) -> None:
    before, box = photo(4096, 3000), (1000, 1000, 2600, 1900)
    after = edit(client, before, mask(before.size, box), quality="low")

    assert not changed(before, after)[~inside(before.size, box)].any()
    assert changed(before, after)[1100:1800, 1100:2500].mean() > 0.8


def test_it_blends_where_the_mask_is_half_transparent(client: OpenAI) -> None:
    before = photo()
    seeded = {"extra_body": {"seed": 4}}
    whole = np.asarray(edit(client, before, mask(before.size, BOX), **seeded)).astype(int)
    half = np.asarray(edit(client, before, mask(before.size, BOX, 128), **seeded)).astype(int)

    between = np.asarray(before).astype(int) * 128 / 255 + whole * 127 / 255
    assert np.abs(half - between).max() <= 1


def test_it_fills_differently_each_time_and_alike_for_a_seed(client: OpenAI) -> None:
    before = photo()
    sent = {"image": ("a.png", packed(before)), "mask": ("m.png", packed(mask(before.size, BOX)))}
    answer = client.images.edit(**REMOVE, **sent, n=3, extra_body={"seed": 11})

    assert len({each.b64_json for each in answer.data}) == 3
    assert [each.seed for each in answer.data] == [11, 12, 13]
    again = client.images.edit(**REMOVE, **sent, extra_body={"seed": 12})
    assert again.data[0].b64_json == answer.data[1].b64_json


def test_it_keeps_what_is_transparent(client: OpenAI) -> None:
    """A thing on nothing, painted over, leaves nothing."""
    before = Image.new("RGBA", (120, 120), (0, 0, 0, 0))
    before.paste((200, 40, 40, 255), (40, 40, 80, 80))
    after = np.asarray(edit(client, before, mask(before.size, (36, 36, 84, 84))))

    assert after.shape[2] == 4
    assert after[..., 3].max() == 0


def test_it_cuts_out_instead_of_filling(client: OpenAI) -> None:
    before = photo()
    after = edit(client, before, mask(before.size, BOX), background="transparent")

    alpha = np.asarray(after)[..., 3]
    covered = inside(before.size, BOX)
    assert (alpha[covered] == 0).all()
    assert (alpha[~covered] == 255).all()


def test_it_takes_pieces_from_further_pictures(client: OpenAI) -> None:
    """All around the hole is plain; the only grain there is comes with the second picture, and some of its pieces fit."""
    before, box = photo(200, 200, seed=1), (60, 60, 140, 140)
    alone = {"mask": ("m.png", packed(mask(before.size, box))), "extra_body": {"seed": 1}}
    first = client.images.edit(**REMOVE, **alone, image=[("a.png", packed(before))])
    files = [("a.png", packed(before)), *((f"{seed}.png", packed(photo(180, 180, seed=seed))) for seed in range(2, 17))]
    second = client.images.edit(**REMOVE, **alone, image=files)

    after = opened(second.data[0].b64_json)
    assert first.data[0].b64_json != second.data[0].b64_json
    assert not changed(before, after)[~inside(before.size, box)].any()


def test_it_only_recolours_without_a_mask(client: OpenAI) -> None:
    before = photo(mode="L").convert("RGB")
    answer = client.images.edit(model=EDITOR, prompt="A warm sunset, red and orange", image=("a.png", packed(before)))

    pixels = np.asarray(opened(answer.data[0].b64_json)).astype(float)
    assert pixels[..., 0].mean() > pixels[..., 2].mean() + 8  # how warm it becomes is a little different each time
    brightness = pixels @ [0.299, 0.587, 0.114]
    assert np.corrcoef(brightness.ravel(), np.asarray(before.convert("L")).ravel())[0, 1] > 0.95
    assert answer.usage.input_tokens > 3


def test_it_takes_the_colours_of_a_second_picture(client: OpenAI) -> None:
    before, green = photo(mode="L").convert("RGB"), Image.new("RGB", (50, 50), (20, 200, 30))
    files = [("a.png", packed(before)), ("b.png", packed(green))]
    pixels = np.asarray(opened(client.images.edit(model=EDITOR, prompt="x", image=files).data[0].b64_json)).astype(float)

    assert pixels[..., 1].mean() > pixels[..., 0].mean() + 20


def test_it_takes_a_mask_that_covers_all_as_none(client: OpenAI) -> None:
    before = photo()
    seeded = {"extra_body": {"seed": 3}}
    with_mask = edit(client, before, Image.new("RGBA", before.size, (0, 0, 0, 0)), **seeded)

    assert not changed(with_mask, edit(client, before, None, **seeded)).any()


@pytest.mark.parametrize("size", ["256x256", "1024x512"])
def test_it_scales_to_a_size_that_was_asked_for(client: OpenAI, size: str) -> None:
    before = photo()
    after = edit(client, before, mask(before.size, BOX), size=size)

    assert f"{after.width}x{after.height}" == size


@pytest.mark.parametrize(("output_format", "kind"), [("jpeg", "JPEG"), ("webp", "WEBP")])
def test_it_writes_other_file_types(client: OpenAI, output_format: str, kind: str) -> None:
    before = photo(mode="RGBA")
    assert edit(client, before, mask(before.size, BOX), output_format=output_format).format == kind


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_it_reads_other_file_types(client: OpenAI, kind: str) -> None:
    sent = photo()
    before = Image.open(io.BytesIO(packed(sent, kind))).convert("RGB")
    after = edit(client, sent, mask(sent.size, BOX), kind)

    assert not changed(before, after)[~inside(before.size, BOX)].any()


def test_it_edits_by_json_with_data_urls(provider: Provider, client: OpenAI) -> None:
    before = photo()
    covering = mask(before.size, BOX)
    body = {**REMOVE, "images": [{"image_url": data_url(before)}], "mask": {"image_url": data_url(covering)}, "seed": 9, "n": 2}
    answer = provider.call("POST", "/v1/images/edits", json=body)

    assert answer.status_code == 200, answer.text
    assert len(answer.json()["data"]) == 2
    form = {"image": ("a.png", packed(before)), "mask": ("m.png", packed(covering)), "extra_body": {"seed": 9}}
    assert answer.json()["data"][0]["b64_json"] == client.images.edit(**REMOVE, **form).data[0].b64_json


def test_it_takes_one_picture_under_either_name(provider: Provider) -> None:
    before = photo()
    for name in ("image", "image[]"):
        files = {name: ("a.png", packed(before)), "mask": ("m.png", packed(mask(before.size, BOX)))}
        answer = provider.call("POST", "/v1/images/edits", data={"prompt": "x", "n": "2", "response_format": "b64_json"}, files=files)
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["data"]) == 2


def test_it_sends_pictures_whose_length_it_told(provider: Provider) -> None:
    before = photo()
    answer = provider.call("POST", "/v1/images/edits", data={"prompt": "x", "n": "2"}, files={"image": ("a.png", packed(before))})

    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers["content-type"] == "application/json"
