"""Everything outside the mask is the original's, byte for byte: in every mode, in odd sizes, turned, and after it was packed."""

import io
import random

import pytest
from PIL import Image, ImageChops

from apps.images.pictures.cleaning import clean_copy
from apps.images.pictures.decoding import open_upright
from apps.images.pictures.encoding import encode
from apps.images.pictures.masks import rectangle
from apps.images.pictures.recomposing import keep_outside
from apps.images.pictures.tests.drawing import MODES, blob, noise_bytes, picture

ODD = [(1, 1), (1, 7), (2, 2), (3, 5), (17, 1), (255, 257), (256, 256), (301, 513)]


def noise(size: tuple[int, int], mode: str, seed: int = 1) -> Image.Image:
    """RGBA with every alpha, and colour where nothing can be seen."""
    return Image.frombytes(mode, size, noise_bytes(size[0] * size[1] * len(mode), seed))


def untouched(original: Image.Image, image: Image.Image, coverage: Image.Image) -> bool:
    """Whether every byte of every pixel with coverage 0 is the original's. Compared one by one, by nothing that made it."""
    assert (image.mode, image.size) == (original.mode, original.size)
    width = len(original.mode)
    old, new, mask = original.tobytes(), image.tobytes(), coverage.tobytes()
    return all(old[at * width : (at + 1) * width] == new[at * width : (at + 1) * width] for at, may in enumerate(mask) if may == 0)


def packed(image: Image.Image) -> Image.Image:
    return open_upright(io.BytesIO(encode(image)))


@pytest.mark.parametrize("name", MODES)
@pytest.mark.parametrize("soft", [False, True])
def test_it_keeps_the_outside_of_every_mode(name, soft):
    """As the product does: upload, keep, change, put together, pack, unpack."""
    copy = clean_copy(MODES[name]())
    with copy.file:
        original = open_upright(copy.file)
    coverage = blob(original.size, soft)
    result = keep_outside(original, noise(original.size, "RGB"), coverage)
    assert result.scaled_from is None
    assert untouched(original, packed(result.image), coverage)
    assert ImageChops.difference(result.image, original).getbbox(alpha_only=False) is not None  # and something did change


@pytest.mark.parametrize("size", ODD)
@pytest.mark.parametrize("modes", [("RGB", "RGB"), ("RGBA", "RGB"), ("RGBA", "RGBA")])
def test_it_keeps_the_outside_in_odd_sizes(size, modes):
    original, result = noise(size, modes[0], 1), noise(size, modes[1], 2)
    coverage = noise(size, "L", 3).point([0 if value < 120 else value for value in range(256)])
    assert untouched(original, packed(keep_outside(original, result, coverage).image), coverage)


@pytest.mark.parametrize("size", [(16, 16), (100, 30), (613, 211)])
@pytest.mark.parametrize("modes", [("RGB", "RGB"), ("RGBA", "RGBA")])
def test_it_keeps_the_outside_when_the_result_has_another_size(size, modes):
    original, coverage = noise((301, 313), modes[0]), blob((301, 313), soft=True)
    whole = keep_outside(original, noise(size, modes[1]), coverage)
    assert whole.scaled_from == size
    assert untouched(original, whole.image, coverage)


def test_it_keeps_the_outside_whatever_comes():
    chance = random.Random(11)
    for turn in range(60):
        size = chance.randrange(1, 40), chance.randrange(1, 40)
        original, result = noise(size, chance.choice(("RGB", "RGBA")), turn), noise(size, "RGB", turn + 1)
        coverage = noise(size, "L", turn + 2).point([0 if value < chance.randrange(256) else value for value in range(256)])
        assert untouched(original, keep_outside(original, result, coverage).image, coverage), turn


def test_it_takes_the_result_where_all_may_change():
    for mode in ("RGB", "RGBA"):
        original, result = noise((50, 40), mode, 1), noise((50, 40), "RGB", 2)
        image = keep_outside(original, result, rectangle((50, 40), (5, 5, 45, 35))).image
        assert image.crop((5, 5, 45, 35)).tobytes() == result.convert(mode).crop((5, 5, 45, 35)).tobytes()


def test_it_changes_nothing_under_an_empty_mask():
    original = noise((50, 40), "RGBA")
    image = keep_outside(original, noise((50, 40), "RGB"), Image.new("L", (50, 40))).image
    assert image.tobytes() == original.tobytes() and image is not original


def test_it_mixes_by_the_share_of_a_soft_edge():
    original, result = Image.new("RGB", (256, 1), (0, 100, 200)), Image.new("RGB", (256, 1), (255, 200, 0))
    coverage = Image.frombytes("L", (256, 1), bytes(range(256)))
    image = keep_outside(original, result, coverage).image
    for share in range(256):
        expected = [old + (new - old) * share / 255 for old, new in zip((0, 100, 200), (255, 200, 0), strict=True)]
        assert image.getpixel((share, 0)) == pytest.approx(expected, abs=1)


def test_it_leaves_no_rim_between_what_is_seen_and_what_is_not():
    original, result = Image.new("RGBA", (3, 1), (0, 0, 0, 0)), Image.new("RGB", (3, 1), (240, 10, 10))
    coverage = Image.frombytes("L", (3, 1), bytes((0, 128, 255)))
    image = keep_outside(original, result, coverage).image
    assert image.getpixel((0, 0)) == (0, 0, 0, 0)
    assert image.getpixel((1, 0)) == pytest.approx((240, 10, 10, 128), abs=2)
    assert image.getpixel((2, 0)) == (240, 10, 10, 255)


def test_it_lets_a_result_make_a_hole():
    """A transparent background that was asked for shows, and the outside is as it was."""
    original, coverage = noise((60, 40), "RGB"), rectangle((60, 40), (0, 0, 30, 40))
    image = keep_outside(original, Image.new("RGBA", (60, 40), (0, 0, 0, 0)), coverage).image
    assert image.mode == "RGBA"
    assert image.getpixel((3, 3))[3] == 0
    outside = image.crop((30, 0, 60, 40))
    assert outside.convert("RGB").tobytes() == original.crop((30, 0, 60, 40)).tobytes()
    assert outside.getchannel("A").getextrema() == (255, 255)


def test_it_stays_rgb_when_the_hole_is_outside():
    original, result = noise((60, 40), "RGB"), noise((60, 40), "RGB").convert("RGBA")
    result.paste((0, 0, 0, 0), (40, 0, 60, 40))
    coverage = rectangle((60, 40), (0, 0, 30, 40))
    image = keep_outside(original, result, coverage).image
    assert image.mode == "RGB"
    assert untouched(original, image, coverage)


def test_it_scales_a_result_without_shifting_it():
    """In strips as in one piece, but for how Pillow rounds between its two passes."""
    original, small = Image.new("RGB", (900, 700)), picture((450, 350))
    image = keep_outside(original, small, Image.new("L", (900, 700), 255)).image
    at_once = small.resize((900, 700), Image.Resampling.LANCZOS)
    assert max(high for _low, high in ImageChops.difference(image, at_once).getextrema()) <= 2


def test_it_refuses_a_mask_of_another_size():
    with pytest.raises(ValueError, match=r"\(9, 9\)"):
        keep_outside(noise((10, 9), "RGB"), noise((10, 9), "RGB"), Image.new("L", (9, 9)))
