"""What an uploaded file is, before it is decoded; and that no file costs more than it is worth."""

import io
import random
import struct
import subprocess
import sys
import tempfile
import time
import zlib

import pytest

from apps.images.pictures import judging
from apps.images.pictures.cleaning import clean_copy
from apps.images.pictures.decoding import open_upright
from apps.images.pictures.judging import MOST_BYTES, Unusable, judge
from apps.images.pictures.tests.drawing import (
    MODES,
    PNG_MAGIC,
    animated,
    chunk,
    file_of,
    noise_bytes,
    picture,
    png,
    turned_file,
    with_chunks,
    with_segments,
)

pytestmark = pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning", "ignore:Corrupt EXIF", "ignore:Invalid APNG")
SECONDS = 3.0  # of this thread's work, for the worst file; most take a thousandth


def refused(file: io.BytesIO) -> Unusable:
    """Why, and it must not have taken long."""
    begun = time.thread_time()
    with pytest.raises(Unusable) as refusal:
        open_upright(file)
    assert time.thread_time() - begun < SECONDS
    assert refusal.value.sentence == str(refusal.value)
    assert refusal.value.sentence.endswith(".")
    return refusal.value


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_it_tells_the_format_by_content(kind):
    file = file_of(picture(), kind)
    file.name = "holiday.txt"
    judged = judge(file)
    assert (judged.format, judged.content_type, judged.size) == (kind, f"image/{kind.lower()}", (61, 43))
    assert (judged.size_bytes, judged.frames, judged.orientation) == (len(file.getvalue()), 1, 1)
    assert file.tell() == 0 and not file.closed


@pytest.mark.parametrize("name", MODES)
def test_it_takes_every_mode(name):
    judged = judge(MODES[name]())
    assert judged.size in ((61, 43), (43, 61), (40, 30))


def test_it_tells_transparency():
    seen = {name for name, make in MODES.items() if judge(make()).has_alpha}
    assert {"RGBA", "grey with alpha", "grey with a clear shade", "palette with a clear colour", "palette with alphas"} <= seen
    assert not seen & {"1 bit", "grey", "palette", "RGB", "16-bit grey", "JPEG", "CMYK JPEG", "lossy WebP", "BMP"}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_it_measures_a_turned_picture_as_it_is_seen(kind):
    judged = judge(turned_file(picture((40, 30)), kind, 6))
    assert (judged.size, judged.orientation) == ((30, 40), 6)
    assert judge(turned_file(picture((40, 30)), kind, 3)).size == (40, 30)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_it_counts_frames(kind):
    judged = judge(animated(kind, 3))
    assert (judged.frames, judged.is_animated) == (3, True)


def test_it_reads_nothing_into_broken_exif():
    for exif in (b"Exif\0\0rubbish", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\x04\0\0\0abcd"):
        assert judge(file_of(picture(), "JPEG", exif=exif)).orientation == 1


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b"", "empty", "empty"),
        (b"hello there", "unknown", "not a picture"),
        (b"BMW is a maker of cars", "unknown", "not a picture"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "unknown", "not a picture"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "svg", "SVG drawing. Save it as PNG"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- drawn by hand -->\n<SVG width="1"/>', "svg", "SVG drawing"),
        ('<?xml version="1.0" encoding="utf-16"?><svg/>'.encode("utf-16"), "svg", "SVG drawing"),
        (b"  <!DOCTYPE html><html><body><svg></svg></body></html>", "html", "web page"),
        (b"%PDF-1.7\n", "pdf", "PDF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "heic", "HEIC"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "heic", "HEIC"),
        (b"\0\0\0\x20ftypavif\0\0\0\0avifmif1miafMA1B", "avif", "AVIF"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "film", "film"),
        (b"PK\x03\x04\x14\0", "zip", "packed"),
        (b"8BPS\0\x01", "psd", "Photoshop"),
        (b"\0\0\x01\0\x01\0", "ico", "icon"),
        (b"II*\0\x08\0\0\0", "tiff", "TIFF"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "jpeg_xl", "JPEG XL"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "jpeg_2000", "JPEG 2000"),
    ],
)
def test_it_says_what_else_a_file_is(body, kind, words):
    refusal = refused(io.BytesIO(body))
    assert refusal.kind == kind
    assert words in refusal.sentence


def test_it_refuses_too_many_bytes_without_reading_them():
    with tempfile.TemporaryFile() as file:
        file.write(file_of(picture()).getvalue())
        file.truncate(MOST_BYTES + 1)
        assert "50 MB at most" in refused(file).sentence


def declared(kind: str, width: int, height: int) -> io.BytesIO:
    """A file of a few bytes that says to be very large."""
    if kind == "PNG":
        return png((width, height), 8, 6, [b"\0" * 64])
    body = bytearray(file_of(picture(), kind).getvalue())
    if kind == "GIF":
        body[6:10] = struct.pack("<HH", width, height)
    if kind == "BMP":
        body[18:26] = struct.pack("<ii", width, height)
    if kind == "JPEG":
        at = body.index(b"\xff\xc0")
        body[at + 5 : at + 9] = struct.pack(">HH", height, width)
    if kind == "WEBP":
        body[26:30] = struct.pack("<HH", width, height)
    return io.BytesIO(bytes(body))


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "JPEG"])
@pytest.mark.parametrize(
    ("width", "height", "words"), [(65_000, 65_000, "million pixels"), (16_385, 10, "16,384"), (10_000, 9_000, "52 million")]
)
def test_it_refuses_what_says_to_be_huge(kind, width, height, words):
    refusal = refused(declared(kind, width, height))
    assert refusal.kind == "too_large"
    assert words in refusal.sentence


def test_it_refuses_a_huge_webp_earlier():
    assert "26 million" in refused(declared("WEBP", 16_000, 2_000)).sentence


def test_it_keeps_to_limits_of_pillow_that_hold_for_the_process():
    from PIL import Image, ImageFile

    assert Image.MAX_IMAGE_PIXELS == judging.MOST_PIXELS // 2  # twice as many are an error there
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_it_takes_the_largest_that_is_allowed():
    assert judge(declared("PNG", 8_660, 6_000)).size == (8_660, 6_000)
    assert judge(declared("JPEG", 16_384, 3_000)).size == (16_384, 3_000)


def test_it_refuses_texts_that_unpack_to_much():
    bomb = zlib.compress(b"\0" * 50_000_000, 9)
    for packed in (chunk(b"zTXt", b"Comment\0\0" + bomb), chunk(b"iTXt", b"Comment\0\x01\0\0\0" + bomb), chunk(b"iCCP", b"odd\0\0" + bomb)):
        assert refused(with_chunks(file_of(picture()), packed)).kind == "too_intricate"


def test_it_refuses_very_many_texts():
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 1_000_000, 9))
    assert refused(with_chunks(file_of(picture()), *[text] * 20)).kind == "too_intricate"


def test_it_refuses_very_many_tiny_chunks():
    assert refused(with_chunks(file_of(picture()), chunk(b"xyZz") * 300_000)).kind == "too_intricate"


def test_it_refuses_a_jpeg_full_of_position_data():
    values = 600_000
    tags = struct.pack("<HHHIIHHII", 2, 0x128, 3, 1, 2, 0x11A, 5, values, 38)
    exif = b"II*\0\x08\0\0\0" + tags + b"\0\0\0\0" + struct.pack("<II", 300, 1) * values
    segments = [(0xE1, b"Exif\0\0" + exif[at : at + 65_000]) for at in range(0, len(exif), 65_000)]
    assert refused(with_segments(file_of(picture(), "JPEG"), *segments)).kind == "too_intricate"


@pytest.mark.parametrize("between", [b"\xff" * 20_000_000, b"\xff\xfe\0\2" * 5_000_000])
def test_it_refuses_a_jpeg_that_does_not_begin(between):
    body = file_of(picture(), "JPEG").getvalue()
    assert refused(io.BytesIO(body[:2] + between + body[2:])).kind == "too_intricate"


@pytest.mark.parametrize("between", [b"rubbish" * 1_000_000, b"\xff\xd8" * 1_000_000, b"\xff\0" * 1_000_000])
def test_it_refuses_a_jpeg_with_rubbish_between_its_segments(between):
    body = file_of(picture(), "JPEG").getvalue()
    at = body.index(b"\xff\xdb")
    assert refused(io.BytesIO(body[:at] + between + body[at:])).kind == "damaged"


@pytest.mark.parametrize("settings", [{"progressive": True}, {"progressive": True, "comment": b"\xff\xd9 is no end here"}])
def test_it_refuses_a_jpeg_that_is_gone_through_very_often(settings):
    body = file_of(picture(), "JPEG", **settings).getvalue()
    last = body.rindex(b"\xff\xda")
    scan = b"\xff\xfe\0\6\xff\xd9\xff\xd9" + body[last:-2]
    assert refused(io.BytesIO(body[:-2] + scan * 200 + body[-2:])).kind == "too_intricate"
    assert judge(io.BytesIO(body[:-2] + scan * 20 + body[-2:])).size == (61, 43)


def test_it_takes_a_jpeg_whose_film_behind_it_looks_like_scans():
    body = file_of(picture(), "JPEG", progressive=True).getvalue()
    assert judge(io.BytesIO(body + b"\xff\xda\0\2" * 10_000)).size == (61, 43)


def test_it_refuses_a_gif_of_tiny_blocks():
    body = file_of(picture(), "GIF").getvalue()
    comment = b"!\xfe" + b"\x01x" * 10_000_000 + b"\0"
    at = 13 + 3 * 2 ** ((body[10] & 7) + 1)
    assert refused(io.BytesIO(body[:at] + comment + body[at:])).kind == "too_intricate"


def test_it_does_not_count_millions_of_frames():
    body = file_of(picture((1, 1)), "GIF").getvalue()
    frame = b",\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0"
    begun = time.thread_time()
    judged = judge(io.BytesIO(body[:-1] + frame * 2_000_000 + b";"))
    assert judged.is_animated
    assert time.thread_time() - begun < SECONDS


def test_it_refuses_a_bmp_of_run_lengths():
    body = bytearray(file_of(picture(mode="P"), "BMP").getvalue())
    body[30] = 1
    assert "Save it as PNG" in refused(io.BytesIO(bytes(body))).sentence


@pytest.mark.parametrize("name", ["RGB", "palette", "interlaced", "JPEG", "progressive JPEG", "lossy WebP", "GIF", "BMP"])
def test_it_refuses_a_file_that_ends_too_early(name):
    body = MODES[name]().getvalue()
    for share in (0.02, 0.1, 0.3, 0.5, 0.7, 0.9):
        refusal = refused(io.BytesIO(body[: int(len(body) * share)]))
        assert refusal.kind in ("damaged", "unknown", "empty"), share


@pytest.mark.parametrize("name", ["RGB", "palette with alphas", "16-bit grey", "JPEG", "lossy WebP", "animated GIF", "animated PNG", "BMP"])
def test_it_either_reads_or_refuses_whatever_comes(name):
    """600 files with a few wrong bytes: a picture or one sentence, never anything else, and nothing that grows."""
    chance, body = random.Random(4), MODES[name]().getvalue()
    outcomes = set()
    for _ in range(600):
        broken = bytearray(body)
        for _ in range(chance.randint(1, 6)):
            broken[chance.randrange(min(len(broken), chance.choice((40, 200, 100_000))))] = chance.randrange(256)
        file = io.BytesIO(bytes(broken[: chance.choice((len(broken), chance.randrange(len(broken))))]))
        try:
            image = open_upright(file)
        except Unusable as refusal:
            outcomes.add(refusal.kind)
        else:
            outcomes.add("read")
            assert image.mode in ("RGB", "RGBA")
            assert image.width * image.height <= judging.MOST_PIXELS
    assert {"read", "damaged"} <= outcomes


def test_it_refuses_noise_behind_every_magic():
    for magic in (PNG_MAGIC, b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\x10\0\0\0WEBPVP8 ", b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0"):
        assert refused(io.BytesIO(magic + noise_bytes(5_000))).kind in ("damaged", "too_large")


def test_it_takes_a_picture_with_something_behind_it_and_keeps_only_the_picture():
    for kind in ("PNG", "JPEG", "WEBP", "GIF", "BMP"):
        file = io.BytesIO(file_of(picture(), kind).getvalue() + b"PK\x03\x04<html><script>alert(1)</script>")
        with clean_copy(file).file as kept:
            body = kept.read()
        assert b"script" not in body and b"PK\x03\x04" not in body
        assert open_upright(io.BytesIO(body)).size == (61, 43)


def test_it_refuses_a_picture_with_something_before_it():
    body = file_of(picture()).getvalue()
    assert refused(io.BytesIO(b"<html><script>alert(1)</script></html>" + body)).kind == "html"
    assert refused(io.BytesIO(b"PK\x03\x04" + body)).kind == "zip"


def test_it_never_loads_other_readers():
    ask = (
        "import io; from PIL import Image; from apps.images.pictures.judging import judge\n"
        "file = io.BytesIO(); Image.new('RGB', (4, 4)).save(file, 'WEBP'); judge(file)\n"
        "assert not {'TIFF', 'EPS', 'AVIF', 'PDF', 'PSD', 'ICNS', 'JPEG2000'} & set(Image.OPEN), Image.OPEN.keys()"
    )
    subprocess.run([sys.executable, "-c", ask], check=True, capture_output=True)
