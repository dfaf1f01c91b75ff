"""Small pictures for pages."""

import io
import time

import pytest
from PIL import Image

from apps.images.pictures.decoding import open_upright
from apps.images.pictures.judging import Unusable, judge
from apps.images.pictures.tests.drawing import MODES, file_of, picture, turned_file
from apps.images.pictures.thumbnails import preview_of_partial, thumbnail


def opened(body: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(body))
    image.load()
    assert image.format == "WEBP"
    return image


def is_opaque(file: io.BytesIO) -> bool:
    image = open_upright(file)
    return image.mode == "RGB" or image.getchannel("A").getextrema()[0] == 255


@pytest.mark.parametrize("name", MODES)
def test_it_makes_one_of_every_mode(name):
    file = MODES[name]()
    image = opened(thumbnail(file))
    assert (image.size, image.mode) == (judge(file).size, "RGB" if is_opaque(file) else "RGBA")


def test_it_keeps_the_shape():
    assert opened(thumbnail(picture((1_000, 250)))).size == (512, 128)
    assert opened(thumbnail(picture((250, 1_000)), longest=100)).size == (25, 100)
    assert opened(thumbnail(picture((2_000, 1)))).size == (512, 1)


def test_it_never_makes_a_picture_larger():
    assert opened(thumbnail(picture((20, 10)))).size == (20, 10)


def test_it_stands_upright_and_says_nothing():
    image = opened(thumbnail(turned_file(picture((800, 400)), "JPEG", 8)))
    assert image.size == (256, 512)
    assert not image.getexif() and "exif" not in image.info


def test_it_leaves_no_dark_rim_around_what_is_clear():
    """Colours of pixels that cannot be seen do not bleed into those that can."""
    image = Image.new("RGBA", (1_024, 1_024), (0, 0, 0, 0))
    image.paste((250, 250, 250, 255), (300, 300, 701, 701))
    small = thumbnail_pixels(image)
    assert min(red for red, _green, _blue, alpha in small if alpha > 128) > 235


def thumbnail_pixels(image: Image.Image) -> list[tuple[int, ...]]:
    return list(opened(thumbnail(image)).get_flattened_data())


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_it_is_quick_with_a_photo_of_50_megapixels():
    file = file_of(Image.effect_mandelbrot((800, 600), (-2, -1.5, 1, 1.5), 30).convert("RGB").resize((8_000, 6_000)), "JPEG")
    begun = time.thread_time()
    assert opened(thumbnail(file)).size == (512, 384)
    assert time.thread_time() - begun < 3


def test_it_shows_a_partial_picture():
    assert opened(preview_of_partial(file_of(picture((1_536, 1_024))).getvalue())).size == (768, 512)
    with pytest.raises(Unusable):
        preview_of_partial(file_of(picture((300, 300))).getvalue()[:5_000])
