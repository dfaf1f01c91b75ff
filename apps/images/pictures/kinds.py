"""What a file is by its first bytes, and what to tell a person whose file is no picture that we read.

TIFF is not read: no service takes it, and its reader is the one with the longest history of holes.
"""

import codecs

from django.utils.translation import gettext as _

HEAD = 4096  # bytes that are enough to tell: a drawing may begin with a long comment
CONTENT_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif", "BMP": "image/bmp"}
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"%PDF", "PDF"),
    (b"8BPS", "PSD"),
    (b"\x00\x00\x01\x00", "ICO"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"FUJIFILMCCD-RAW", "RAW"),
    (b"II*\0\x10\0\0\0CR", "RAW"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"PK\x03\x04", "ZIP"),
    (b"Rar!", "ZIP"),
    (b"7z\xbc\xaf", "ZIP"),
    (b"\x1f\x8b", "ZIP"),
    (b"\x1aE\xdf\xa3", "FILM"),
)
_BRANDS = {b"avif": "AVIF", b"avis": "AVIF"} | dict.fromkeys(
    (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"), "HEIC"
)
_BMP_HEADERS = (12, 40, 52, 56, 64, 108, 124)
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def kind_of(head: bytes) -> str:
    """A key of `CONTENT_TYPES`, the kind of something else ("SVG", "HEIC" …), or "" for what nobody knows."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF":
        return {b"WEBP": "WEBP", b"AVI ": "FILM"}.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return _kind_of_box(head)
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return "BMP"
    return _kind_of_text(head)


def _kind_of_box(head: bytes) -> str:
    """HEIC, AVIF and films share one wrapping; the brands in it tell which."""
    length = min(int.from_bytes(head[:4], "big"), 256)
    brands = [head[at : at + 4] for at in (8, *range(16, length, 4))]
    return next((_BRANDS[brand] for brand in brands if brand in _BRANDS), "FILM")


def _kind_of_text(head: bytes) -> str:
    text = head.decode("utf-16" if head.startswith(_WIDE) else "utf-8", "ignore").lstrip("\ufeff \t\r\n").lower()
    if not text.startswith("<"):
        return ""
    if "<svg" in text and "<html" not in text:
        return "SVG"
    return "HTML" if text.startswith("<!doctype html") or "<html" in text or "<body" in text else ""


def name_of(picture: str) -> str:
    """A format as people write it: `PNG`, `WebP`."""
    return {"WEBP": "WebP"}.get(picture, picture)


def refusal(kind: str) -> str:
    """What the file is, and what to do with it."""
    told = {
        "SVG": _("This is an SVG drawing. Save it as PNG first."),
        "HTML": _("This is a web page, not a picture. Save the picture itself and upload that."),
        "PDF": _("This is a PDF document. Export the page as PNG or JPEG first."),
        "HEIC": _("This is a HEIC photo, as phones keep them. Export it as JPEG first."),
        "PSD": _("This is a Photoshop document. Export it as PNG or JPEG first."),
        "ICO": _("This is an icon file. Save it as PNG first."),
        "RAW": _("This is a raw camera file. Export it as JPEG or PNG first."),
        "ZIP": _("This is a packed file. Unpack it and upload the picture itself."),
        "FILM": _("This is a film. Save one frame of it as PNG or JPEG first."),
        "": _("This file is not a picture that can be read here. Upload PNG, JPEG, WebP, GIF or BMP."),
    }
    return told.get(kind) or _("This is a picture in the format %(kind)s. Save it as PNG or JPEG first.") % {"kind": kind}
