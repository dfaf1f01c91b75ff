"""More like a picture: other cuts, other colours."""

import warnings

import numpy as np
import pytest
from openai import OpenAI
from PIL import Image

from engines.tests.conftest import ILLUSTRATOR, Provider
from engines.tests.pictures import changed, opened, opened_all, packed, photo

pytestmark = [pytest.mark.engines, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


def vary(client: OpenAI, image: Image.Image, **more: object) -> list[Image.Image]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return opened_all(client.images.create_variation(image=("a.png", packed(image)), **more).data)


def test_it_makes_several_that_differ_from_it_and_from_each_other(client: OpenAI) -> None:
    before = photo(256, 256)
    made = vary(client, before, model=ILLUSTRATOR, n=3)

    assert [picture.size for picture in made] == [(256, 256)] * 3
    assert all(changed(before, picture).mean() > 0.9 for picture in made)
    assert all(changed(made[0], other).mean() > 0.9 for other in made[1:])


def test_it_remains_like_the_picture(client: OpenAI) -> None:
    """Half of it dark, half bright: each variation is, too."""
    before = Image.new("RGB", (200, 200), (30, 20, 60))
    before.paste((240, 220, 160), (0, 100, 200, 200))
    for picture in vary(client, before, n=4):
        bright = np.asarray(picture.convert("L")).astype(int)
        assert bright[-20:].mean() > bright[:20].mean() + 80


@pytest.mark.parametrize(
    ("size", "expected"), [("256x256", (256, 256)), ("1024x1024", (1024, 1024)), ("auto", (300, 200)), (None, (300, 200))]
)
def test_it_makes_them_in_the_size_that_was_asked_for(client: OpenAI, size: str | None, expected: tuple[int, int]) -> None:
    more = {} if size is None else {"size": size}
    assert [picture.size for picture in vary(client, photo(300, 200), **more)] == [expected]


def test_it_makes_large_ones_smaller(client: OpenAI) -> None:
    assert vary(client, photo(4096, 1024))[0].size == (2048, 512)


def test_it_keeps_what_is_transparent(client: OpenAI) -> None:
    before = photo(128, 128).convert("RGBA")
    before.paste((0, 0, 0, 0), (0, 0, 128, 64))
    (made,) = vary(client, before)

    assert made.mode == "RGBA"
    assert np.asarray(made)[0, :, 3].max() == 0


def test_it_makes_the_same_again_for_the_same_seed(provider: Provider) -> None:
    files = {"image": ("a.png", packed(photo()))}
    first, second = (provider.call("POST", "/v1/images/variations", data={"seed": "3"}, files=files).json() for _ in range(2))

    assert first["data"] == second["data"]
    assert first["data"][0]["seed"] == 3
    assert first["usage"]["total_tokens"] == 0
    assert opened(first["data"][0]["b64_json"]).format == "PNG"
