"""From a file to upright pixels in 8-bit sRGB: values are compared, not only shapes."""

import io
import struct
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from PIL import Image, ImageChops, ImageCms, ImageOps

from apps.images.pictures.colours import in_srgb
from apps.images.pictures.decoding import open_upright
from apps.images.pictures.encoding import encode
from apps.images.pictures.judging import judge
from apps.images.pictures.tests.drawing import (
    MODES,
    animated,
    chunk,
    file_of,
    frames,
    grey_profile,
    interlaced_png,
    picture,
    png,
    swapped_profile,
    turned_file,
)


def pixels(file: io.BytesIO) -> list[tuple[int, ...]]:
    return list(open_upright(file).get_flattened_data())


def is_same(one: Image.Image, other: Image.Image) -> bool:
    return (one.mode, one.size, one.tobytes()) == (other.mode, other.size, other.tobytes())


def distance(one: Image.Image, other: Image.Image) -> int:
    return max(high for _low, high in ImageChops.difference(one, other).getextrema())


@pytest.mark.parametrize("name", MODES)
def test_it_makes_rgb_or_rgba_of_every_mode(name):
    file = MODES[name]()
    judged, image = judge(file), open_upright(file)
    assert image.mode == ("RGBA" if judged.has_alpha else "RGB")
    assert image.size == judged.size
    assert not image.info and not image.getexif()
    assert file.tell() == 0 and not file.closed


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("1 bit", picture(mode="1").convert("RGB")),
        ("grey", picture(mode="L").convert("RGB")),
        ("grey with alpha", picture(mode="RGBA").convert("LA").convert("RGBA")),
        ("palette", picture().quantize(64).convert("RGB")),
        ("RGB", picture()),
        ("RGBA", picture(mode="RGBA")),
        ("interlaced", picture(mode="RGBA")),
        ("lossless WebP with alpha", picture(mode="RGBA")),
        ("BMP", picture()),
        ("animated PNG", frames(1)[0]),
        ("animated WebP", frames(1)[0].convert("RGBA")),
    ],
)
def test_it_keeps_every_pixel_of_what_is_not_lossy(name, expected):
    assert is_same(open_upright(MODES[name]()), expected)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
@pytest.mark.parametrize("size", [(1, 1), (3, 2), (8, 8), (13, 9)])
def test_it_reads_interlaced_pictures(mode, size):
    image = picture(size, "RGBA").convert(mode)
    assert is_same(open_upright(interlaced_png(image)), image.convert("RGBA" if mode.endswith("A") else "RGB"))


def test_it_reads_the_clear_colour_at_every_depth():
    shades = bytes([0b00011011])  # 0, 1, 2, 3
    assert [a for *_, a in pixels(png((4, 1), 2, 0, [shades], chunk(b"tRNS", b"\0\3")))] == [255, 255, 255, 0]
    assert [a for *_, a in pixels(png((2, 1), 4, 0, [b"\x1f"], chunk(b"tRNS", b"\0\1")))] == [0, 255]
    assert [a for *_, a in pixels(png((2, 1), 8, 0, [b"\x1f\x20"], chunk(b"tRNS", b"\0\x20")))] == [255, 0]
    assert [a for *_, a in pixels(png((8, 1), 1, 0, [b"\x0f"], chunk(b"tRNS", b"\0\1")))] == [255] * 4 + [0] * 4
    assert [a for *_, a in pixels(png((2, 1), 8, 2, [b"\1\2\3\4\5\6"], chunk(b"tRNS", b"\0\4\0\5\0\6")))] == [255, 0]


def test_it_reads_16_bits():
    assert pixels(png((3, 1), 16, 0, [struct.pack(">3H", 0, 40_000, 65_535)])) == [(0,) * 3, (156,) * 3, (255,) * 3]
    assert pixels(png((1, 1), 16, 2, [struct.pack(">3H", 256, 40_000, 65_535)])) == [(1, 156, 255)]
    assert pixels(png((1, 1), 16, 4, [struct.pack(">2H", 40_000, 0x8000)])) == [(156, 156, 156, 128)]
    assert pixels(png((1, 1), 16, 6, [struct.pack(">4H", 256, 40_000, 65_535, 0x8000)])) == [(1, 156, 255, 128)]


def test_it_reads_the_clear_colour_of_16_bits():
    grey = png((2, 1), 16, 0, [struct.pack(">2H", 40_000, 40_001)], chunk(b"tRNS", struct.pack(">H", 40_000)))
    assert pixels(grey) == [(156, 156, 156, 0), (156, 156, 156, 255)]
    samples = struct.pack(">6H", 0x1234, 0x5678, 0x9ABC, 0x1234, 0x5678, 0x00BC)
    rgb = png((2, 1), 16, 2, [samples], chunk(b"tRNS", samples[:6]))
    assert [a for *_, a in pixels(rgb)] == [0, 255]


def test_it_reads_palettes_with_transparency():
    palette = chunk(b"PLTE", bytes(range(12)))
    assert pixels(png((4, 1), 8, 3, [b"\0\1\2\3"], palette)) == [(0, 1, 2), (3, 4, 5), (6, 7, 8), (9, 10, 11)]
    assert [a for *_, a in pixels(png((4, 1), 8, 3, [b"\0\1\2\3"], palette, chunk(b"tRNS", b"\x10\xff\x80")))] == [16, 255, 128, 255]
    assert [a for *_, a in pixels(png((4, 1), 8, 3, [b"\0\1\2\3"], palette, chunk(b"tRNS", b"\xff\0")))] == [255, 0, 255, 255]


def test_it_reads_a_gif_with_a_clear_colour():
    image = open_upright(file_of(picture().quantize(8), "GIF", transparency=2))
    assert image.mode == "RGBA"
    assert set(image.getchannel("A").get_flattened_data()) == {0, 255}


def test_it_reads_cmyk_as_adobe_writes_it():
    colours = Image.new("RGB", (16, 16), (220, 40, 30))
    image = open_upright(file_of(colours.convert("CMYK"), "JPEG", quality=100))
    assert distance(image, colours) <= 4


def test_it_takes_the_first_frame():
    assert is_same(open_upright(animated("PNG")), frames()[0])
    assert is_same(open_upright(animated("WEBP")), frames()[0].convert("RGBA"))
    assert distance(open_upright(animated("GIF")), open_upright(file_of(frames()[0], "GIF"))) == 0


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_turns_upright(kind, orientation):
    lying = picture((48, 32))
    lossless = {"WEBP": {"lossless": True}, "JPEG": {"quality": 100, "subsampling": 0}}.get(kind, {})
    exif = Image.Exif()
    exif[0x0112] = orientation
    held = Image.open(turned_file(lying, "PNG", orientation))
    expected = ImageOps.exif_transpose(held)
    image = open_upright(turned_file(lying, kind, orientation, **lossless))
    assert image.size == ((32, 48) if orientation > 4 else (48, 32))
    assert distance(image, expected.convert("RGB")) <= (6 if kind == "JPEG" else 0)


def test_it_turns_a_corner_where_it_belongs():
    """Orientation 6: the first row of the file is the right side of the picture."""
    lying = Image.new("RGB", (3, 2))
    lying.putpixel((0, 0), (255, 0, 0))
    assert open_upright(turned_file(lying, "PNG", 6)).getpixel((1, 0)) == (255, 0, 0)


def test_it_looks_for_exif_only_before_the_pixels():
    body = file_of(picture()).getvalue()
    exif = Image.Exif()
    exif[0x0112] = 6
    late = body[:-12] + chunk(b"eXIf", exif.tobytes()[6:]) + body[-12:]
    assert judge(io.BytesIO(late)).size == open_upright(io.BytesIO(late)).size == (61, 43)


def test_it_follows_a_colour_profile():
    image = Image.new("RGB", (4, 4), (200, 100, 20))
    for kind, settings in (("PNG", {}), ("JPEG", {"quality": 100, "subsampling": 0}), ("WEBP", {"lossless": True})):
        seen = open_upright(file_of(image, kind, icc_profile=swapped_profile(), **settings))
        red, _green, blue = seen.getpixel((0, 0))
        assert blue > 180 and red < 80, kind
        assert not seen.info


def test_it_follows_a_profile_below_transparency_and_in_palettes():
    image = Image.new("RGBA", (4, 4), (200, 100, 20, 77))
    red, _green, blue, alpha = open_upright(file_of(image, icc_profile=swapped_profile())).getpixel((0, 0))
    assert blue > 180 and red < 80 and alpha == 77
    red, _green, blue = open_upright(file_of(image.convert("RGB").quantize(4), icc_profile=swapped_profile())).getpixel((0, 0))
    assert blue > 180 and red < 80


def test_it_follows_a_grey_profile():
    grey = Image.new("L", (4, 4), 128)
    assert open_upright(file_of(grey, icc_profile=grey_profile(1.0))).getpixel((0, 0))[0] == pytest.approx(188, abs=3)
    clear = Image.merge("LA", (grey, Image.new("L", (4, 4), 9)))
    shade, *_, alpha = open_upright(file_of(clear, icc_profile=grey_profile(1.0))).getpixel((0, 0))
    assert shade == pytest.approx(188, abs=3) and alpha == 9


@pytest.mark.parametrize("profile", [b"rubbish", swapped_profile()[:200], grey_profile(1.0), b"\0" * 5_000_000])
def test_it_ignores_a_profile_that_does_not_fit(profile):
    image = picture()
    assert distance(open_upright(file_of(image, "WEBP", lossless=True, icc_profile=profile)), image) == 0


def test_it_changes_nothing_by_the_profile_that_all_have():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert is_same(open_upright(file_of(picture(), icc_profile=profile)), picture())


@pytest.mark.parametrize("mode", ["RGBX", "YCbCr", "HSV", "LAB", "CMYK"])
def test_it_converts_what_files_here_never_hold(mode):
    image = Image.new("RGB", (4, 4), (200, 100, 20))
    assert distance(in_srgb(image.convert(mode)), image) <= 4


def test_it_converts_alpha_of_every_kind():
    image = Image.new("RGBA", (4, 4), (200, 100, 20, 128))
    assert distance(in_srgb(image.convert("RGBa")), image) <= 2
    assert in_srgb(Image.new("PA", (2, 2))).mode == "RGBA"


def test_it_spreads_numbers_that_have_no_white():
    for mode, numbers in (("I", (100, 90_000)), ("F", (0.25, 0.75))):
        image = Image.new(mode, (2, 1), numbers[0])
        image.putpixel((1, 0), numbers[1])
        assert [one[0] for one in in_srgb(image).get_flattened_data()] in ([0, 255], [0, 254]), mode
    assert in_srgb(Image.new("F", (2, 1), 7.0)).getpixel((0, 0)) == (0, 0, 0)
    assert in_srgb(Image.new("I;16B", (1, 1), 40_000)).getpixel((0, 0)) == (156, 156, 156)


def test_it_decodes_a_large_jpeg_small_where_that_is_enough():
    file = file_of(picture((400, 300)).resize((4_000, 3_000)), "JPEG")
    assert open_upright(file, near=512).size == (1_000, 750)
    assert open_upright(file, near=3_000).size == open_upright(file).size == (4_000, 3_000)
    assert open_upright(turned_file(picture((400, 300)).resize((1_600, 1_200)), "JPEG", 6), near=200).size == (150, 200)


def test_it_reads_the_files_of_a_form():
    body = file_of(picture()).getvalue()
    with TemporaryUploadedFile("a.txt", "text/plain", len(body), None) as large:
        large.write(body)
        for file in (SimpleUploadedFile("a.txt", body), large, File(io.BytesIO(body)), ContentFile(body)):
            assert judge(file).size_bytes == len(body)
            assert is_same(open_upright(file), picture())


def test_it_works_in_many_threads_at_once():
    expected = {name: open_upright(make()).tobytes() for name, make in MODES.items()}
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda name: (name, open_upright(MODES[name]()).tobytes()), [*MODES] * 6)
        assert all(expected[name] == pixels for name, pixels in found)


def test_it_writes_nothing_but_pixels():
    image, loud = picture(), Image.Exif()
    loud[0x010E] = "SECRET"
    poison = {"icc_profile": swapped_profile(), "exif": loud.tobytes(), "xmp": b"SECRET", "comment": b"SECRET"}
    words = {"XML:com.adobe.xmp": "SECRET", "Author": "SECRET", "dpi": (300, 300), "gamma": 0.4, "transparency": (1, 2, 3)}
    image.info.update(poison | words)
    for content_type in ("image/png", "image/jpeg", "image/webp"):
        body = encode(image, content_type)
        assert b"SECRET" not in body
        with Image.open(io.BytesIO(body)) as again:
            again.load()
            assert not set(again.info) & {*poison, *words} and not again.getexif()


def test_it_lays_a_jpeg_on_white():
    image = Image.new("RGBA", (16, 16), (0, 0, 0, 0))
    assert open_upright(io.BytesIO(encode(image, "image/jpeg"))).getpixel((3, 3)) == (255, 255, 255)
