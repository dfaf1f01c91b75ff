"""What a service changed where nothing was to change, in numbers and as a map."""

import io

import pytest
from PIL import Image

from apps.images.pictures.changes import NOTICED, changed_outside, heat_map
from apps.images.pictures.masks import rectangle
from apps.images.pictures.recomposing import keep_outside
from apps.images.pictures.tests.drawing import blob, picture

SIZE = (600, 411)


def opened(body: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(body))
    image.load()
    assert (image.format, image.mode) == ("PNG", "RGBA")
    return image


def test_it_finds_nothing_after_a_picture_was_put_together():
    for mode in ("RGB", "RGBA"):
        original, coverage = picture(SIZE, mode), blob(SIZE, soft=True)
        image = keep_outside(original, picture(SIZE, seed=9).rotate(180), coverage).image
        changes = changed_outside(original, image, coverage)
        assert (changes.changed, changes.share, changes.noticed_share, changes.strongest) == (0, 0, 0, 0)
        assert 0 < changes.outside < SIZE[0] * SIZE[1]


def test_it_notices_one_pixel_of_a_large_picture():
    original = Image.new("RGB", (4_096, 4_096), (90, 120, 30))
    changed = original.copy()
    changed.putpixel((4_095, 4_095), (90, 171, 30))
    changes = changed_outside(original, changed, rectangle(original.size, (0, 0, 100, 100)))
    assert (changes.changed, changes.noticed, changes.strongest) == (1, 1, 0.2)
    assert changes.share == 1 / (4_096 * 4_096 - 10_000)
    heat = opened(heat_map(original, changed, Image.new("L", original.size))).getchannel("A")
    assert heat.size == (1_024, 1_024)
    assert heat.getbbox() == (1_023, 1_023, 1_024, 1_024)


def test_it_counts_what_packing_does_apart():
    original = Image.new("RGB", (100, 10), (90, 90, 90))
    changed = original.copy()
    changed.paste((90 + NOTICED, 90, 90), (0, 0, 50, 10))
    changed.paste((90, 90 - NOTICED - 1, 90), (0, 0, 10, 10))
    changes = changed_outside(original, changed, Image.new("L", original.size))
    assert (changes.share, changes.noticed_share) == (0.5, 0.1)


def test_it_does_not_look_inside():
    original = picture(SIZE)
    changed = original.copy()
    changed.paste((255, 255, 255), (100, 100, 200, 200))
    assert changed_outside(original, changed, rectangle(SIZE, (100, 100, 200, 200))).changed == 0
    assert changed_outside(original, changed, rectangle(SIZE, (100, 100, 199, 200))).changed > 0
    assert changed_outside(original, changed, Image.new("L", SIZE, 255)).share == 0


def test_it_sees_alpha_and_not_what_alpha_hides():
    original = Image.new("RGBA", (20, 20), (10, 20, 30, 0))
    assert changed_outside(original, Image.new("RGBA", (20, 20), (200, 20, 30, 0)), Image.new("L", (20, 20))).changed == 0
    assert changed_outside(original, Image.new("RGB", (20, 20), (10, 20, 30)), Image.new("L", (20, 20))).strongest == 1


def test_it_scales_a_result_of_another_size():
    original = picture(SIZE)
    changes = changed_outside(original, original.resize((1_200, 822)), Image.new("L", SIZE))
    assert changes.noticed_share < 0.2


@pytest.mark.parametrize("size", [(600, 411), (1_500, 700), (2_049, 1_023), (3, 2)])
def test_it_draws_a_map(size):
    original = picture(size).convert("L").convert("RGB").point([value // 2 for value in range(256)] * 3)
    changed = original.copy()
    left, top = size[0] // 2, size[1] // 2
    changed.paste((255, 255, 255), (left, top, *size))
    coverage = rectangle(size, (0, 0, size[0] // 3, size[1]))
    heat = opened(heat_map(original, changed, coverage))
    step = -(-max(size) // 1_024)
    assert heat.size == (-(-size[0] // step), -(-size[1] // step))
    red, green, blue, alpha = heat.getpixel((heat.width - 1, heat.height - 1))
    assert alpha > 90 and red >= green >= blue  # warm
    assert heat.getpixel((heat.width - 1, 0))[3] == 0  # nothing changed
    red, green, blue, alpha = heat.getpixel((0, 0))
    assert red == green == blue and alpha > 0  # may change: not judged


def test_it_is_warmer_where_more_changed():
    original, changed = Image.new("RGB", (30, 10)), Image.new("RGB", (30, 10))
    for at, value in enumerate((20, 80, 250)):
        changed.paste((value, value, value), (at * 10, 0, at * 10 + 10, 10))
    heat = opened(heat_map(original, changed, Image.new("L", (30, 10))))
    low, middle, high = (heat.getpixel((at, 5)) for at in (5, 15, 25))
    assert low[1] > middle[1] > high[1]  # less green: from yellow to red
    assert low[3] < middle[3] < high[3]
