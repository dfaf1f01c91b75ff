"""What is kept of an upload: the pixels, and nothing that stood beside them."""

import io
import struct
import tempfile

import pytest
from PIL import Image, ImageChops, ImageStat

from apps.images.pictures.cleaning import clean_copy
from apps.images.pictures.decoding import open_upright
from apps.images.pictures.judging import Unusable, judge
from apps.images.pictures.tests.drawing import (
    MODES,
    chunk,
    file_of,
    picture,
    swapped_profile,
    turned_file,
    with_chunks,
    with_segments,
)

SECRET = b"52.5200N 13.4050E"


def kept(file: io.BytesIO) -> tuple[bytes, str]:
    copy = clean_copy(file)
    with copy.file:
        body = copy.file.read()
    assert (len(body), judge(io.BytesIO(body)).size) == (copy.size_bytes, (copy.width, copy.height))
    assert judge(io.BytesIO(body)).content_type == copy.content_type
    return body, copy.content_type


def chunks_of(body: bytes) -> list[bytes]:
    """The kinds of chunks of a PNG, and that it ends with the last."""
    at, kinds = 8, []
    while at < len(body):
        length, kind = struct.unpack(">I4s", body[at : at + 8])
        kinds.append(kind)
        at += 12 + length
    assert at == len(body)
    return kinds


def segments_of(body: bytes) -> set[int]:
    """The marks of a JPEG up to its pixels."""
    at, marks = 2, set()
    while body[at + 1] != 0xDA:
        marks.add(body[at + 1])
        at += 2 + int.from_bytes(body[at + 2 : at + 4], "big")
    return marks


def loud_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif[0x010F] = SECRET.decode()
    exif.get_ifd(0x8825)[29] = SECRET.decode()
    return exif


def loud_files() -> dict[str, io.BytesIO]:
    """Files that say where they were taken, in every place where a file can."""
    settings = {"exif": loud_exif(), "xmp": b"<x>" + SECRET + b"</x>", "icc_profile": swapped_profile() + SECRET}
    jpeg = file_of(picture(), "JPEG", comment=SECRET, **settings)
    jpeg = with_segments(jpeg, (0xED, b"Photoshop 3.0\0" + SECRET), (0xEB, SECRET), (0xE2, b"FPXR\0" + SECRET))
    grown = io.BytesIO(jpeg.getvalue() + b"PK\x03\x04" + SECRET)
    texts = [chunk(b"tEXt", b"Comment\0" + SECRET), chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + SECRET), chunk(b"prVt", SECRET)]
    png = with_chunks(file_of(picture(), exif=loud_exif()), *texts)
    gif = file_of(picture(), "GIF", comment=SECRET)
    webp = file_of(picture(), "WEBP", **settings)
    return {"JPEG": jpeg, "JPEG with a ZIP": grown, "PNG": png, "GIF": gif, "WEBP": webp}


@pytest.mark.parametrize("name", loud_files())
def test_it_keeps_no_word_of_where_a_picture_was_taken(name):
    file = loud_files()[name]
    assert SECRET in file.getvalue()
    body, content_type = kept(file)
    assert SECRET not in body
    assert b"Exif" not in body and b"adobe" not in body and b"ICC" not in body
    if content_type == "image/png":
        assert set(chunks_of(body)) == {b"IHDR", b"IDAT", b"IEND"}
    else:
        assert segments_of(body) <= {0xE0, 0xDB, 0xC0, 0xC4}
        assert body.endswith(b"\xff\xd9")


@pytest.mark.parametrize("name", MODES)
def test_it_keeps_every_mode_upright(name):
    file = MODES[name]()
    body, content_type = kept(file)
    image, expected = open_upright(io.BytesIO(body)), open_upright(file)
    assert (image.mode, image.size) == (expected.mode, expected.size)
    difference = ImageChops.difference(image, expected)
    if content_type == "image/png":
        assert difference.getbbox(alpha_only=False) is None
    else:
        assert max(ImageStat.Stat(difference).rms) < 8  # noise at low quality: the hardest there is


def test_it_keeps_what_was_not_lossy_as_png():
    lossy = {name for name in MODES if "JPEG" in name} | {"lossy WebP"}
    assert {name for name in MODES if kept(MODES[name]())[1] == "image/jpeg"} == lossy


PACKINGS = [
    {"quality": 60},
    {"quality": 92, "subsampling": 0},
    {"quality": 80, "progressive": True},  # the only one that grows a little: the copy is not progressive
    {"quality": 85, "subsampling": 1},
]


def test_it_packs_a_jpeg_as_it_was_packed():
    """Own tables again: the same size, and so near that no eye tells."""
    image = picture((400, 300)).resize((1_200, 900), Image.Resampling.BICUBIC)
    for settings in PACKINGS:
        file = file_of(image, "JPEG", **settings)
        body, _content_type = kept(file)
        assert len(body) < (1.2 if "progressive" in settings else 1.02) * len(file.getvalue())
        difference = ImageChops.difference(open_upright(io.BytesIO(body)), open_upright(file))
        assert max(ImageStat.Stat(difference).rms) < 1.5, settings


def test_it_keeps_a_grey_jpeg_grey():
    file = file_of(picture(mode="L"), "JPEG")
    body, _content_type = kept(file)
    assert Image.open(io.BytesIO(body)).mode == "L"


def test_it_keeps_a_turned_jpeg_well():
    body, content_type = kept(turned_file(picture((200, 100)), "JPEG", 6, quality=90, subsampling=1))
    assert content_type == "image/jpeg"
    assert Image.open(io.BytesIO(body)).size == (100, 200)


def test_it_makes_a_thumbnail_at_once():
    copy = clean_copy(file_of(picture((900, 600))))
    copy.file.close()
    assert judge(io.BytesIO(copy.thumbnail)).size == (512, 341)


def test_it_says_what_was_uploaded():
    copy = clean_copy(MODES["animated GIF"]())
    copy.file.close()
    assert (copy.source.format, copy.source.frames, copy.content_type) == ("GIF", 3, "image/png")


def test_it_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(Unusable):
        clean_copy(io.BytesIO(MODES["JPEG"]().getvalue()[:600]))
    copy = clean_copy(MODES["RGB"]())
    assert not list(tmp_path.iterdir())  # it has no name even while it is open
    copy.file.close()
    assert not list(tmp_path.iterdir())
