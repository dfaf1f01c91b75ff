"""What a file is, told by its first bytes. Its name only decides between things that look alike.

kind_of(head, name)     # head: the first HEAD bytes, or all of a smaller file
"""

import io
import json
import re
from typing import Any, Final

import rows
from apps.files.models import Kind
from rows.signs import encoding_of

HEAD: Final = 256 * 1024
LOOKED_AT: Final = 5  # lines
LEAST_RECORDS: Final = 3  # of a table whose name does not say that it is one
_PICTURES: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_SOUNDS: Final = (b"ID3", b"OggS", b"fLaC", b"#!AMR", b"caff\x00", b"\x1aE\xdf\xa3", b"FLV\x01", b"0&\xb2u\x8ef\xcf\x11")
_SOUNDING: Final = (".mp3", ".aac", ".mpga", ".mpeg", ".mpg")  # these begin with a pattern that is short enough to be an accident
_TABLES: Final = (".csv", ".tsv", ".tab")
_LINES: Final = (".jsonl", ".ndjson", ".jsonlines")
_BITMAP_HEADERS: Final = (12, 40, 52, 56, 64, 108, 124)


def kind_of(head: bytes, name: str) -> tuple[Kind, str]:
    """The kind, and a content type as far as the bytes tell: of pictures, of PDF and of texts."""
    if picture := _picture(head):
        return Kind.PICTURE, picture
    if b"%PDF-" in head[:1024]:
        return Kind.PDF, "application/pdf"
    if _may_be_sound(head, name.lower()):
        return Kind.SOUND, ""
    return _kind_of_text(head, name.lower())


def _picture(head: bytes) -> str:
    for magic, content_type in _PICTURES:
        if head.startswith(magic):
            return content_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return "image/bmp" if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BITMAP_HEADERS else ""


def _may_be_sound(head: bytes, name: str) -> bool:
    """Whoever says so opens it and sees."""
    if head.startswith(_SOUNDS) or (head[4:8] == b"ftyp" and head[8:12] not in (b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1")):
        return True
    if head[:4] in (b"RIFF", b"RF64", b"FORM"):
        return head[8:12] in (b"WAVE", b"AVI ", b"AIFF", b"AIFC")
    return name.endswith(_SOUNDING) and (head[:1] == b"\xff" or head[:3] == b"\x00\x00\x01")


# --- Texts ---------------------------------------------------------------------------------------
def text_of(head: bytes, is_all: bool) -> tuple[str, str]:
    """The first letters and what they are written in, one of rows.ENCODINGS. Raises rows.Unreadable where it is no text.

    The end of a beginning may be half a letter, so it ends with its last line there, if it has several."""
    encoding = encoding_of(io.BytesIO(head if is_all else _whole_lines(head)))
    text = head.decode(encoding, "ignore" if not is_all else "replace").removeprefix("\ufeff")
    return text, encoding


def _whole_lines(head: bytes) -> bytes:
    """UTF-8 cut within a letter would be taken for something else."""
    end = len(head)
    while end > len(head) - 4 and end and head[end - 1] & 0x80:
        end -= 1
    return head[:end]


def _kind_of_text(head: bytes, name: str) -> tuple[Kind, str]:
    try:
        text, _encoding = text_of(head, len(head) < HEAD)
    except rows.Unreadable:
        return Kind.OTHER, ""
    if is_jsonl(text, name, is_all=len(head) < HEAD):
        return Kind.JSONL, "application/jsonl"
    if _is_table(head, name):
        return Kind.TABLE, "text/csv"
    return Kind.TEXT, "text/plain"


def is_jsonl(text: str, name: str, *, is_all: bool) -> bool:
    """Lines that are objects. One whose name says so may have broken ones; one whole JSON file is a text."""
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines or not lines[0].lstrip("\ufeff \t").startswith(("{", "[", '"')):
        return name.endswith(_LINES)
    if name.endswith(_LINES):
        return True
    whole = lines if is_all else lines[:-1]
    objects = sum(is_object(line) for line in whole[:LOOKED_AT])
    return objects > 1 or (objects == 1 and not name.endswith(".json")) or (not whole and re.match(r'\{\s*"', lines[0]) is not None)


def is_object(line: str) -> bool:
    return isinstance(parsed(line), dict)


def parsed(line: str) -> Any:
    """What the line says, None where it cannot be read."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _is_table(head: bytes, name: str) -> bool:
    try:
        look = first_rows(head, LEAST_RECORDS)
    except rows.Unreadable:
        return name.endswith(_TABLES)
    if name.endswith(_TABLES):
        return True
    return look.shape.delimiter != rows.NONE and len(look.columns) > 1 and len(look.records) >= LEAST_RECORDS


def first_rows(head: bytes, first: int, shape: rows.Shape | None = None) -> rows.Look:
    """Of a table that begins so, `first` of its rows. Raises rows.Unreadable."""
    return rows.look(io.BytesIO(head_lines(head)), shape, first=first)


def head_lines(head: bytes) -> bytes:
    """The beginning without the last, broken line; all of a whole file. Raises rows.Unreadable where the first line is longer."""
    if len(head) < HEAD:
        return head
    end = max(head.rfind(b"\n"), head.rfind(b"\r"))
    if end < 0:
        raise rows.Unreadable("too_large", row=1, limit=HEAD)
    return head[: end + 1]
