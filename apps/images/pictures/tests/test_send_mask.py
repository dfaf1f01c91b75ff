"""The mask as a service takes it: RGBA, same size, transparent where the picture may change, not too large."""

import io

import pytest
from PIL import Image, ImageChops

from apps.images.pictures.judging import Unusable
from apps.images.pictures.masks import MOST_SERVICE_BYTES, rectangle, service_mask
from apps.images.pictures.tests.drawing import blob, noise_bytes


def alpha_of(body: bytes, size: tuple[int, int]) -> Image.Image:
    image = Image.open(io.BytesIO(body))
    image.load()
    assert (image.format, image.mode, image.size) == ("PNG", "RGBA", size)
    return image.getchannel("A")


def fine(size: tuple[int, int], levels: int) -> Image.Image:
    """A coverage that packs badly."""
    noise = Image.frombytes("L", size, noise_bytes(size[0] * size[1]))
    return noise.point([value * levels // 256 * 255 // (levels - 1) for value in range(256)])


@pytest.mark.parametrize("size", [(61, 43), (1, 1), (1_024, 1_536)])
@pytest.mark.parametrize("soft", [False, True])
def test_it_is_transparent_exactly_where_the_picture_may_change(size, soft):
    coverage = blob(size, soft) if size != (1, 1) else Image.new("L", size, 255)
    mask = service_mask(coverage, size)
    assert ImageChops.invert(alpha_of(mask.body, size)).tobytes() == coverage.tobytes()
    assert (mask.steps, mask.is_coarser, mask.sentence, mask.content_type) == (256, False, "", "image/png")


def test_it_has_extremes_that_a_service_looks_for():
    alpha = alpha_of(service_mask(rectangle((64, 64), (8, 8, 24, 40))).body, (64, 64))
    assert alpha.getextrema() == (0, 255)
    assert (alpha.getpixel((8, 8)), alpha.getpixel((7, 8)), alpha.getpixel((23, 39)), alpha.getpixel((24, 39))) == (0, 255, 0, 255)


def test_it_stays_far_below_the_limit_for_a_painted_mask_of_16_megapixels():
    coverage = blob((4_096, 4_096), soft=True)
    assert len(service_mask(coverage).body) < MOST_SERVICE_BYTES / 4


def test_it_gives_up_the_soft_edge_step_by_step():
    coverage, size = fine((256, 256), 256), (256, 256)
    sizes = {}
    for most in (1_000_000, 60_000, 40_000, 22_000):
        mask = service_mask(coverage, size, most_bytes=most)
        assert len(mask.body) <= most
        sizes[most] = mask.steps
        alpha = alpha_of(mask.body, size)
        assert len(set(alpha.tobytes())) <= mask.steps
        assert max(ImageChops.difference(ImageChops.invert(alpha), coverage).getextrema()) <= 128 // (mask.steps - 1) + 1
    assert list(sizes.values()) == sorted(sizes.values(), reverse=True)
    assert {256, 2} <= set(sizes.values())


def test_it_says_what_it_gave_up():
    coverage = fine((256, 256), 256)
    assert "hard" in service_mask(coverage, most_bytes=22_000).sentence
    assert "coarser" in service_mask(coverage, most_bytes=60_000).sentence


@pytest.mark.parametrize("most", [60_000, 40_000, 22_000])
def test_it_never_moves_what_surely_stays_or_surely_changes(most):
    coverage = fine((256, 256), 256)
    coverage.paste(0, (0, 0, 256, 20))
    coverage.paste(255, (0, 20, 256, 40))
    alpha = alpha_of(service_mask(coverage, most_bytes=most).body, (256, 256))
    assert alpha.crop((0, 0, 256, 20)).getextrema() == (255, 255)
    assert alpha.crop((0, 20, 256, 40)).getextrema() == (0, 0)


def test_it_refuses_what_cannot_be_made_small_enough():
    with pytest.raises(Unusable) as refusal:
        service_mask(fine((256, 256), 2), most_bytes=2_000)
    assert "larger strokes" in refusal.value.sentence


def test_it_refuses_an_empty_mask():
    with pytest.raises(Unusable) as refusal:
        service_mask(Image.new("L", (64, 64)))
    assert refusal.value.kind == "empty_mask"


def test_it_refuses_to_be_made_for_another_size():
    with pytest.raises(ValueError, match=r"\(64, 64\)"):
        service_mask(blob((64, 64)), (64, 65))


def test_it_looks_at_what_it_made(monkeypatch):
    """A mask that came out wrong is never sent."""
    other = service_mask(blob((64, 64))).body
    monkeypatch.setattr("apps.images.pictures.masks._packed", lambda image: other)
    with pytest.raises(RuntimeError):
        service_mask(rectangle((64, 64), (0, 0, 9, 9)))
    with pytest.raises(RuntimeError):
        service_mask(blob((32, 32)))
