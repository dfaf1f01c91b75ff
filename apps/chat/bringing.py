"""What somebody brings, judged by its content, becomes what is kept of it; or one sentence that says why not, and what to do."""

import contextlib
import hashlib
import pathlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.files.base import ContentFile, File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import rows
import sound
from apps.chat.attachments import Attachment, head_of
from apps.chat.pdf import Unreadable, read_pdf
from apps.core.picturing import NoPicture, clean_picture
from apps.core.templatetags.core import count
from rows.signs import decoded, encoding_of

Kind = Attachment.Kind
EDGE: Final = 2048  # pixels: what models that see make of larger ones
MEGABYTE: Final = 1024 * 1024
MOST: Final = {Kind.PDF: 32 * MEGABYTE, Kind.TEXT: 4 * MEGABYTE, Kind.SOUND: 24 * MEGABYTE}  # pictures have their own judge
MOST_CHARACTERS: Final = 400_000
MOST_PAGES: Final = 500
HEAD: Final = 2048
PICTURES: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"8BPS", b"\0\0\x01\0")
BRANDS: Final = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
MPEG: Final = (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa")
OTHER_SOUND: Final = (b"OggS", b"fLaC", b"\x1aE\xdf\xa3")
SOUNDS: Final = {"wav": "audio/wav", "mp3": "audio/mpeg"}
FENCES: Final = {
    "py": "python", "js": "javascript", "ts": "typescript", "md": "markdown", "csv": "csv", "tsv": "tsv", "json": "json", "jsonl": "json",
    "html": "html", "css": "css", "xml": "xml", "svg": "xml", "yaml": "yaml", "yml": "yaml", "toml": "toml", "sql": "sql", "sh": "sh",
    "c": "c", "h": "c", "cpp": "cpp", "java": "java", "go": "go", "rs": "rust", "rb": "ruby", "php": "php",
}  # fmt: skip
TAKEN: Final = gettext_lazy("Pictures, PDF, text, code, CSV, and sound as WAV or MP3 can be attached.")
NOT_TEXT: Final = {
    "excel": gettext_lazy("“%(name)s” is an Excel workbook. Save it as CSV and attach that."),
    "opendocument": gettext_lazy("“%(name)s” is a spreadsheet. Save it as CSV and attach that."),
    "word": gettext_lazy("“%(name)s” is a document with formatting. Save it as PDF or as plain text and attach that."),
    "archive": gettext_lazy("“%(name)s” is a packed archive. Unpack it and attach what is in it."),
    "sound": gettext_lazy("“%(name)s” is a recording that chats do not take. Save it as WAV or MP3, or bring it to Transcribe."),
}
NOT_PDF: Final = {
    "locked": gettext_lazy("“%(name)s” is locked with a password. Save it without one and attach that."),
    "too_large": gettext_lazy("“%(name)s” needs more memory than there is for a PDF. Attach a part of it."),
    "too_slow": gettext_lazy("“%(name)s” takes too long to read. Attach a part of it."),
    "damaged": gettext_lazy("“%(name)s” is a PDF that cannot be read. Save it once more and attach that."),
}


class Refused(Exception):
    """It cannot be attached. `sentence` names it and says what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Brought:
    """What is to be kept."""

    kind: str
    content_type: str
    content: "File[Any]" = field(repr=False)
    head: str = ""
    thumbnail: bytes = field(default=b"", repr=False)
    text: str = field(default="", repr=False)
    details: dict[str, Any] = field(default_factory=dict)


def digest_of(file: "File[Any]") -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def judge(file: "File[Any]", name: str) -> Brought:
    """Its content tells what it is, its name nothing but the language of code. Raises Refused."""
    told = {"name": name}
    if not file.size:
        raise Refused(_("“%(name)s” is empty. Attach a file with something in it.") % told)
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    if b"%PDF-" in head[:1024]:
        return _pdf(file, name, head)
    if _is_sound(head):
        return _sound(file, name, head)
    if head.startswith(PICTURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP") or (head[4:8] == b"ftyp" and head[8:12] in BRANDS):
        return _picture(file, name)
    return _text(file, name, head)


def _is_sound(head: bytes) -> bool:
    return head.startswith((*MPEG, *OTHER_SOUND)) or head[8:12] == b"WAVE" or (head[4:8] == b"ftyp" and head[8:12] not in BRANDS)


def _check_size(file: "File[Any]", kind: str, name: str) -> None:
    most = MOST[Kind(kind)]
    if file.size > most:
        told = {"name": name, "size": f"{file.size / MEGABYTE:.1f}", "most": most // MEGABYTE}
        raise Refused(_("“%(name)s” has %(size)s MB, and the most is %(most)s MB. Attach a smaller one, or a part of it.") % told)


def _picture(file: "File[Any]", name: str) -> Brought:
    try:
        clean = clean_picture(file.file, EDGE)  # type: ignore[arg-type]  # an uploaded file has one
    except NoPicture as refusal:
        raise Refused(_("“%(name)s”: %(why)s") % {"name": name, "why": refusal}) from refusal
    details = {"width": clean.width, "height": clean.height, "pictures": clean.pictures}
    return Brought(Kind.PICTURE, clean.content_type, ContentFile(clean.body), head_of(clean.body), clean.thumbnail, details=details)


def _pdf(file: "File[Any]", name: str, head: bytes) -> Brought:
    _check_size(file, Kind.PDF, name)
    try:
        with _on_disk(file, ".pdf") as path:
            found = read_pdf(path, most_pages=MOST_PAGES, most_characters=MOST_CHARACTERS)
    except Unreadable as error:
        raise Refused(str(NOT_PDF.get(error.kind, NOT_PDF["damaged"])) % {"name": name}) from error
    if found.pages > MOST_PAGES:
        told = {"name": name, "pages": count(found.pages), "most": count(MOST_PAGES)}
        raise Refused(_("“%(name)s” has %(pages)s pages, and the most is %(most)s. Attach a part of it.") % told)
    text = "\n\n".join(_("[Page %(n)s]") % {"n": number} + f"\n{rows.clean(page)}" for number, page in enumerate(found.texts, 1) if page)
    return Brought(Kind.PDF, "application/pdf", file, head_of(head), text=text, details={"pages": found.pages, "read": len(found.texts)})


def _sound(file: "File[Any]", name: str, head: bytes) -> Brought:
    _check_size(file, Kind.SOUND, name)
    try:
        with _on_disk(file, "") as path:
            told = sound.glance(path)
    except (sound.Unusable, sound.Failed) as error:
        raise Refused(_("“%(name)s” is no recording that can be read. Save it once more as WAV or MP3.") % {"name": name}) from error
    if told["container"] not in SOUNDS or told["has_video"]:
        raise Refused(str(NOT_TEXT["sound"]) % {"name": name})
    details = {"seconds": told["told_seconds"], "format": told["container"]}
    return Brought(Kind.SOUND, SOUNDS[told["container"]], file, head_of(head), details=details)


def _text(file: "File[Any]", name: str, head: bytes) -> Brought:
    if file.size > MOST[Kind.TEXT] and b"\0" not in head:
        _check_size(file, Kind.TEXT, name)
    try:
        text = "".join(decoded(file, encoding_of(file))).replace("\r\n", "\n").replace("\r", "\n")
    except rows.Unreadable as error:
        known = NOT_TEXT.get(error.kind)
        sentence = str(known) % {"name": name} if known else _("“%(name)s” cannot be read. %(taken)s") % {"name": name, "taken": TAKEN}
        raise Refused(sentence) from error
    _check_size(file, Kind.TEXT, name)
    if not text.strip():
        raise Refused(_("“%(name)s” has no words in it. Attach a file with something in it.") % {"name": name})
    if len(text) > MOST_CHARACTERS:
        told = {"name": name, "have": count(len(text)), "most": count(MOST_CHARACTERS)}
        raise Refused(_("“%(name)s” has %(have)s characters, and the most is %(most)s. Attach a part of it.") % told)
    file.seek(0)
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return Brought(Kind.TEXT, "text/plain", file, text=text, details={"fence": FENCES.get(ending, "")})


@contextlib.contextmanager
def _on_disk(file: "File[Any]", ending: str) -> Iterator[pathlib.Path]:
    with tempfile.NamedTemporaryFile(prefix="playground-attached-", suffix=ending) as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        file.seek(0)
        yield pathlib.Path(copy.name)
