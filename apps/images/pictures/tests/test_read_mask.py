"""From what a person painted or uploaded to where the picture may change."""

import io

import pytest
from PIL import Image, ImageChops

from apps.images.pictures.judging import Unusable
from apps.images.pictures.masks import (
    MaskKind,
    box_of,
    coverage_of_alpha,
    coverage_of_luminance,
    coverage_of_painted,
    fit,
    for_painter,
    is_empty,
    is_full,
    is_hard,
    is_same_shape,
    looks_like,
    percent,
    read_stored,
    rectangle,
    stored,
)
from apps.images.pictures.tests.drawing import blob, file_of, picture, turned_file

SIZE = (61, 43)


def is_same(one: Image.Image, other: Image.Image) -> bool:
    return (one.mode, one.size, one.tobytes()) == (other.mode, other.size, other.tobytes())


def with_alpha(alpha: Image.Image, colour: str = "red") -> Image.Image:
    image = Image.new("RGB", alpha.size, colour)
    image.putalpha(alpha)
    return image


@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("colour", ["red", "black", "white"])
def test_it_reads_what_was_painted(soft, colour):
    coverage = blob(SIZE, soft)
    assert is_same(coverage_of_painted(file_of(with_alpha(coverage, colour)), SIZE), coverage)


def test_it_gives_the_painter_what_it_took_from_it():
    coverage = blob(SIZE, soft=True)
    body = for_painter(coverage)
    assert Image.open(io.BytesIO(body)).mode == "LA"
    assert is_same(coverage_of_painted(io.BytesIO(body), SIZE), coverage)


def test_it_refuses_a_painting_of_another_size():
    with pytest.raises(Unusable) as refusal:
        coverage_of_painted(file_of(with_alpha(blob((60, 43)))), SIZE)
    assert refusal.value.kind == "other_size"
    assert "60 × 43" in refusal.value.sentence and "61 × 43" in refusal.value.sentence


def test_it_refuses_a_painting_that_ends_too_early():
    with pytest.raises(Unusable):
        coverage_of_painted(io.BytesIO(for_painter(blob(SIZE, soft=True))[:-200]), SIZE)


def test_it_refuses_a_painting_without_alpha():
    with pytest.raises(Unusable) as refusal:
        coverage_of_painted(file_of(picture()), SIZE)
    assert refusal.value.kind == "no_alpha"


def test_it_tells_a_mask_with_alpha():
    look = looks_like(file_of(with_alpha(rectangle((100, 50), (0, 0, 25, 50)))))
    assert (look.kind, look.width, look.height) == (MaskKind.ALPHA, 100, 50)
    assert (look.if_opaque_changes, look.if_transparent_changes) == (25, 75)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "WEBP"])
def test_it_tells_a_mask_in_black_and_white(kind):
    look = looks_like(file_of(rectangle((96, 48), (0, 0, 24, 48)).convert("RGB"), kind))
    assert look.kind is MaskKind.BLACK_AND_WHITE
    assert look.if_white_changes == pytest.approx(25, abs=0.5)
    assert look.if_black_changes == pytest.approx(75, abs=0.5)


def test_it_tells_a_mask_in_black_and_white_with_a_soft_edge():
    assert looks_like(file_of(blob((200, 200), soft=True))).kind is MaskKind.BLACK_AND_WHITE
    assert looks_like(file_of(blob((200, 200)).convert("1"))).kind is MaskKind.BLACK_AND_WHITE


@pytest.mark.parametrize("image", [picture(), Image.new("L", SIZE, 255), Image.new("L", SIZE, 0), Image.new("RGB", SIZE, "red")])
def test_it_tells_what_is_no_mask(image):
    assert looks_like(file_of(image)).kind is MaskKind.PLAIN


def test_it_does_not_take_two_colours_for_black_and_white():
    image = Image.new("RGB", SIZE, (255, 255, 0))
    image.paste((0, 0, 0), (0, 0, 30, 30))
    assert looks_like(file_of(image)).kind is MaskKind.PLAIN


def test_it_reads_alpha_both_ways():
    hole = blob(SIZE, soft=True)
    file = file_of(with_alpha(ImageChops.invert(hole)))
    assert is_same(coverage_of_alpha(file), hole)
    assert is_same(coverage_of_alpha(file, transparent_changes=False), ImageChops.invert(hole))


def test_it_finds_no_hole_in_an_opaque_mask():
    assert is_empty(coverage_of_alpha(file_of(picture())))
    assert is_full(coverage_of_alpha(file_of(picture()), transparent_changes=False))


def test_it_reads_black_and_white_both_ways():
    mask = blob(SIZE)
    assert is_same(coverage_of_luminance(file_of(mask), white_changes=True), mask)
    assert is_same(coverage_of_luminance(file_of(mask), white_changes=False), ImageChops.invert(mask))


def test_it_cleans_the_edges_of_a_jpeg():
    """Nearly black is black: else a pixel that looks untouched would change a little."""
    mask = rectangle((160, 160), (40, 40, 120, 120))
    coverage = coverage_of_luminance(file_of(mask, "JPEG", quality=70), white_changes=True)
    assert coverage.crop((0, 0, 160, 32)).getextrema() == (0, 0)
    assert coverage.crop((48, 48, 112, 112)).getextrema() == (255, 255)


def test_it_turns_a_mask_as_its_picture():
    mask = rectangle((40, 20), (0, 0, 10, 20))
    coverage = coverage_of_luminance(turned_file(mask, "PNG", 6), white_changes=True)
    assert (coverage.size, box_of(coverage)) == ((20, 40), (0, 0, 20, 10))


@pytest.mark.parametrize("size", [(122, 86), (30, 21), (200, 31), (1, 1), (61, 44)])
def test_it_fits_and_keeps_hard_edges_hard(size):
    coverage = blob(SIZE)
    fitted = fit(coverage, size)
    assert (fitted.size, fitted.mode, is_hard(fitted)) == (size, "L", True)
    if size != (1, 1):
        assert percent(fitted) == pytest.approx(percent(coverage), abs=3)


def test_it_fits_soft_edges_softly():
    fitted = fit(blob(SIZE, soft=True), (122, 86))
    assert not is_hard(fitted)
    assert fit(fitted, fitted.size) is fitted


def test_it_knows_the_same_shape():
    assert is_same_shape((1024, 1024), (512, 512)) and is_same_shape((4000, 3000), (1365, 1024))
    assert not is_same_shape((1024, 1024), (1024, 1536)) and not is_same_shape((10, 100), (100, 10))


def test_it_measures():
    coverage = rectangle((100, 10), (10, 0, 35, 10))
    assert (percent(coverage), box_of(coverage)) == (25, (10, 0, 35, 10))
    assert percent(Image.new("L", (10, 10), 51)) == pytest.approx(20)
    assert is_empty(Image.new("L", SIZE)) and not is_empty(Image.new("L", SIZE, 1))
    assert is_full(Image.new("L", SIZE, 255)) and not is_full(Image.new("L", SIZE, 254))
    assert box_of(Image.new("L", SIZE)) is None


def test_it_stores_small_and_exactly():
    coverage = blob((1_024, 1_024), soft=True)
    body = stored(coverage)
    assert len(body) < 150_000
    assert is_same(read_stored(io.BytesIO(body)), coverage)


def test_it_reads_only_what_was_stored():
    with pytest.raises(Unusable):
        read_stored(file_of(picture()))
    with pytest.raises(Unusable):
        read_stored(io.BytesIO(stored(blob(SIZE))[:60]))
