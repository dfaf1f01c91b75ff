"""A picture that is larger than a model takes."""

import io
import json
from dataclasses import asdict

import pytest
from PIL import Image, ImageChops

from apps.images.pictures.judging import Unusable, judge
from apps.images.pictures.masks import rectangle
from apps.images.pictures.shrinking import Placement, SendLimits, needs, place, place_coverage, placement_of, shrink, unplace
from apps.images.pictures.tests.drawing import file_of, noise_bytes, picture

PNG_ONLY = ("image/png",)


def noise(size: tuple[int, int], mode: str = "RGB") -> Image.Image:
    return Image.frombytes(mode, size, noise_bytes(size[0] * size[1] * len(mode)))


def test_it_needs_nothing_when_all_fits():
    judged = judge(file_of(picture((1_024, 768))))
    for limits in (SendLimits(), SendLimits(bytes=50_000_000, edge=1_024, pixels=1_024 * 768), SendLimits(formats=PNG_ONLY)):
        assert needs(judged, limits) is None
    assert needs(judge(file_of(picture((64, 64)))), SendLimits(square=True)) is None


def test_it_tells_in_numbers_what_is_too_large():
    judged = judge(file_of(Image.new("RGB", (6_000, 4_000))))
    need = needs(judged, SendLimits(edge=2_048))
    assert need is not None
    assert need.sentences == ("6,000 × 4,000; the model takes 2,048 at most.",)
    assert (need.placement.width, need.placement.height) == (2_048, 1_365)
    assert (need.is_smaller, need.is_padded, need.is_repacked) == (True, False, False)
    need = needs(judged, SendLimits(pixels=6_000_000))
    assert need is not None and need.sentences == ("24.0 million pixels; the model takes 6.0 million at most.",)
    assert (need.placement.width, need.placement.height) == (3_000, 2_000)


def test_it_tells_bytes_and_kinds():
    judged = judge(file_of(noise((400, 400)), "BMP"))
    need = needs(judged, SendLimits(bytes=200_000, formats=PNG_ONLY))
    assert need is not None and need.is_repacked and not need.is_smaller
    assert need.sentences[0] == "0.5 MB; the model takes 0.2 MB at most."
    assert "sent as PNG" in need.sentences[1]


def test_it_tells_of_squares():
    need = needs(judge(file_of(picture((300, 200)))), SendLimits(square=True))
    assert need is not None and need.is_padded and not need.is_smaller
    assert "squares" in need.sentences[0]
    assert need.placement == Placement(300, 300, 0, 50, 300, 200)


@pytest.mark.parametrize("size", [(6_000, 4_000), (4_001, 3_001), (1, 9_000), (3_000, 2_999), (100, 100)])
@pytest.mark.parametrize(
    "limits",
    [SendLimits(edge=1_024), SendLimits(pixels=1_000_000), SendLimits(edge=512, square=True), SendLimits(pixels=250_000, square=True)],
)
def test_it_keeps_every_limit_and_the_shape(size, limits):
    placed = placement_of(size, limits)
    assert max(placed.across, placed.down) <= (limits.edge or 10**9)
    assert placed.across * placed.down <= (limits.pixels or 10**9)
    assert not limits.square or placed.across == placed.down
    assert placed.width / size[0] == pytest.approx(placed.height / size[1], abs=1.5 / min(size))
    assert placed.left + placed.width <= placed.across and placed.top + placed.height <= placed.down


def test_it_never_makes_a_picture_larger():
    assert placement_of((50, 30), SendLimits(edge=2_048, pixels=10_000_000)) == Placement(50, 30, 0, 0, 50, 30)


def test_it_makes_it_small_enough_in_pixels():
    small = shrink(picture((900, 600)), SendLimits(edge=300))
    assert judge(io.BytesIO(small.body)).size == (300, 200)
    assert small.content_type == "image/png"


def test_it_first_packs_tighter_and_then_makes_it_smaller():
    image = noise((300, 300))
    tighter = shrink(image, SendLimits(bytes=200_000))
    assert (tighter.content_type, tighter.placement.width) == ("image/jpeg", 300)
    smaller = shrink(image, SendLimits(bytes=200_000, formats=PNG_ONLY))
    assert smaller.content_type == "image/png"
    assert 200 < smaller.placement.width < 300
    assert len(tighter.body) <= 200_000 and len(smaller.body) <= 200_000


def test_it_never_loses_transparency_to_a_jpeg():
    small = shrink(noise((300, 300), "RGBA"), SendLimits(bytes=100_000, formats=("image/png", "image/jpeg")))
    assert small.content_type == "image/png"
    assert Image.open(io.BytesIO(small.body)).mode == "RGBA"


def test_it_sends_what_the_model_takes():
    small = shrink(picture(), SendLimits(formats=("image/jpeg",)))
    assert (small.content_type, judge(io.BytesIO(small.body)).format) == ("image/jpeg", "JPEG")


def test_it_gives_up_with_a_sentence():
    with pytest.raises(Unusable) as refusal:
        shrink(noise((300, 300)), SendLimits(bytes=10))
    assert "another model" in refusal.value.sentence


@pytest.mark.parametrize("size", [(300, 200), (200, 300), (301, 7), (64, 64)])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_it_gets_the_picture_back_from_a_square(size, mode):
    image = picture(size, mode)
    placement = placement_of(size, SendLimits(square=True))
    sent = place(image, placement)
    assert sent.size == (max(size), max(size)) and sent.mode == mode
    assert unplace(sent, placement).tobytes() == image.tobytes()


def test_it_gets_the_picture_back_from_an_answer_of_another_size():
    placement = placement_of((300, 200), SendLimits(square=True))
    assert unplace(Image.new("RGB", (1_024, 1_024)), placement).size == (1_024, 682)
    assert unplace(Image.new("RGB", (4, 4)), placement_of((1_000, 1), SendLimits(square=True))).size == (4, 1)


def test_it_puts_nothing_transparent_around_a_picture():
    """Some models take transparency for a mask."""
    placement = placement_of((300, 100), SendLimits(square=True))
    sent = place(picture((300, 100), "RGBA"), placement)
    assert sent.crop((0, 0, 300, 100)).getchannel("A").getextrema() == (255, 255)


def test_it_places_the_mask_as_the_picture():
    size, limits = (300, 200), SendLimits(edge=150, square=True)
    placement = placement_of(size, limits)
    coverage = place_coverage(rectangle(size, (100, 50, 200, 150)), placement)
    assert coverage.size == (150, 150)
    assert coverage.getbbox() == (50, 50, 100, 100)
    assert place_coverage(Image.new("L", size, 255), placement).getbbox() == (0, 25, 150, 125)
    same = place(Image.new("RGB", size), placement)
    assert ImageChops.difference(same, Image.new("RGB", (150, 150))).getbbox() is None


def test_it_can_be_noted_down():
    placement = placement_of((300, 200), SendLimits(square=True))
    assert Placement(**json.loads(json.dumps(asdict(placement)))) == placement
