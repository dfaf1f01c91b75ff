"""How bytes stand for letters: told by their first ones, and by whether all of them are UTF-8.

Guessing by statistics goes wrong on short tables of ordinary people, so there is none: a mark, the zeros of UTF-16, UTF-8 when it
can be UTF-8, and else the code page that Excel writes in Western Europe. Whoever sees wrong letters in the preview chooses another.
"""

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final, Protocol

from rows.errors import Unreadable

BLOCK: Final = 1 << 16  # bytes read at once
SAMPLE: Final = 1 << 16  # bytes that show what kind of file it is
REPLACEMENT: Final = "\ufffd"
# What a person may choose from; the first four are told apart here.
ENCODINGS: Final = (
    "utf-8", "utf-16-le", "utf-16-be", "cp1252", "utf-32-le", "utf-32-be", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256",
    "cp1257", "iso8859-15", "cp437", "cp850", "mac-roman", "koi8-r", "cp932", "gb18030", "big5", "cp949",
)  # fmt: skip
MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: it begins alike
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
KINDS: Final = frozenset({"excel", "opendocument", "word", "pdf", "picture", "archive", "database", "sound", "unknown"})
BEGINNINGS: Final = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "excel"),  # what Excel wrote until 2003
    (b"%PDF-", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"RIFF", "unknown"),
    (b"\x1f\x8b", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"BZh9", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"(\xb5/\xfd", "archive"),
    (b"Rar!\x1a", "archive"),
    (b"PAR1", "database"),
    (b"SQLite format 3\x00", "database"),
    (b"\x93NUMPY", "database"),
    (b"ID3", "sound"),
    (b"OggS", "sound"),
    (b"fLaC", "sound"),
)
PACKED: Final = ((b"xl/", "excel"), (b"word/", "word"), (b"opendocument.spreadsheet", "opendocument"), (b"opendocument.text", "word"))
TELLING: Final = frozenset({9, 10, 13, *range(32, 127)}) - set(b"0N")  # U+3000 and U+4E00, a space and a one, are frequent themselves
_CONTROL = re.compile("[\x01-\x06\x0e-\x1a\x1c-\x1f\x7f]")
_BAD_BYTE = re.compile("[\udc80-\udcff]")
MOST_CONTROLS: Final = 0.02  # of all letters: text has none, a packed file one in ten
MOST_ZEROS: Final = 0.1  # some programs fill cells with them
FEW_CONTROLS: Final = 8  # so many may be an accident in any file


class Source(Protocol):
    """An open file of bytes that can be read again from its beginning."""

    def read(self, size: int, /) -> bytes: ...
    def seek(self, offset: int, /) -> object: ...


def encoding_of(source: Source) -> str:
    """One of ENCODINGS. Reads the file to its end, since one letter there may tell. Raises Unreadable for what is no text."""
    source.seek(0)
    sample = source.read(SAMPLE)
    marked = next((name for mark, name in MARKS if sample.startswith(mark)), "")
    if not marked:
        _refuse_known(sample)
    encoding = marked or _utf16_without_mark(sample) or ("utf-8" if _is_utf8(source) else "cp1252")
    _refuse_controls(codecs.getincrementaldecoder(encoding)("replace").decode(sample))
    return encoding


def decoded(source: Source, encoding: str) -> Iterator[str]:
    """The text in blocks. What no database keeps (NUL, halves of a letter) and what stands for no letter comes as U+FFFD: the row
    is kept and can be named, which is worth more to people than a file that is refused for one letter."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    source.seek(0)
    is_first = True
    while block := source.read(BLOCK):
        text = decoder.decode(block)
        yield clean(text.removeprefix("\ufeff") if is_first else text)
        is_first = is_first and not text
    yield decoder.decode(b"", True)


def clean(text: str) -> str:
    """Without NUL and without halves of letters; two halves that belong together become their letter."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\x00", REPLACEMENT)


def _refuse_known(sample: bytes) -> None:
    kind = next((kind for beginning, kind in BEGINNINGS if sample.startswith(beginning)), "")
    if sample.startswith(b"PK\x03\x04"):
        kind = next((kind for name, kind in PACKED if name in sample), "archive")
    if kind and (b"\x00" in sample or kind == "pdf"):  # a text may begin with "RIFF"
        raise Unreadable("binary", kind=kind)


def _refuse_controls(text: str) -> None:
    controls, zeros = len(_CONTROL.findall(text)), text.count("\x00")
    if controls > max(FEW_CONTROLS, len(text) * MOST_CONTROLS) or zeros > max(FEW_CONTROLS, len(text) * MOST_ZEROS):
        raise Unreadable("binary", kind="unknown")


def _utf16_without_mark(sample: bytes) -> str:
    """The letters of ASCII, at least line breaks and commas, have a zero beside them there, always on the same side."""
    if b"\x00" not in sample or _has_stray_zeros(sample):
        return ""
    even = len(sample) - len(sample) % 2
    pairs = Counter(zip(sample[:even:2], sample[1:even:2], strict=True))
    little, big = sum(pairs[code, 0] for code in TELLING), sum(pairs[0, code] for code in TELLING)
    encoding = "utf-16-le" if little > big else "utf-16-be"
    is_clear = max(little, big) >= max(1, even / 200, 4 * min(little, big))
    return encoding if is_clear and _decodes(sample, encoding) else ""


def _has_stray_zeros(sample: bytes) -> bool:
    """Whether this is text of single bytes, or UTF-8, with some zeros in it. UTF-16 has bytes there that are no letters: of Japanese
    one in eight, of other scripts more."""
    rest = sample.replace(b"\x00", b"")
    printable = sum(rest.count(code) for code in (9, 10, 13, *range(32, 127)))
    return len(rest) > len(sample) * 0.75 and (printable > len(rest) * 0.92 or (printable > len(rest) * 0.7 and _decodes(rest, "utf-8")))


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _is_utf8(source: Source) -> bool:
    """Also with some bytes that are broken, when ten times as many letters of several bytes are not."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    good = bad = 0
    source.seek(0)
    while block := source.read(BLOCK):
        text = decoder.decode(block)
        if not text.isascii():
            broken = len(_BAD_BYTE.findall(text))
            bad += broken
            good += len(text) - len(text.encode("ascii", "ignore")) - broken
    bad += len(decoder.decode(b"", True))
    return not bad or good > 10 * bad
