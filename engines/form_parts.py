"""Takes a multipart body apart while it comes: texts stay in memory, files go straight to a folder."""

import contextlib
import pathlib
from dataclasses import dataclass
from typing import Any, BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from engines.errors import ApiError, invalid

MOST_FILES = 64
MOST_FIELDS = 64
MOST_FIELD_BYTES = 512 * 1024
CALLBACKS = ("part_begin", "header_field", "header_value", "header_end", "headers_finished", "part_data", "part_end", "end")


@dataclass(frozen=True, slots=True)
class SentFile:
    """One file of a form, in a folder of ours and under a name of ours. `field` is the name that the form gave it, `name` the caller's."""

    field: str
    path: pathlib.Path
    size: int
    name: str = ""


def boundary_of(content_type: str) -> bytes:
    """What stands between the parts of a form; 400 if the body is no form."""
    kind, options = parse_options_header(content_type)
    if kind != b"multipart/form-data":
        raise invalid("This call takes a form: send it as multipart/form-data.", None, "invalid_content_type")
    if not options.get(b"boundary"):
        raise broken("it does not say what stands between its parts")
    return options[b"boundary"]


def broken(why: str) -> ApiError:
    return invalid(f"The form cannot be read: {why}.", None, "invalid_form")


class FormParts:
    """Give it the body with `feed`, cut anywhere, then `finish`; `close` in any case. `fields` and `files` grow meanwhile.

    Raises ApiError for a form that is broken or holds too much, OSError when the disk takes no more.
    """

    def __init__(self, boundary: bytes, folder: pathlib.Path) -> None:
        self.fields: list[tuple[str, str]] = []
        self.files: list[SentFile] = []
        self.folder = folder
        self.header, self.value, self.disposition = b"", b"", b""
        self.field, self.name, self.text = "", "", bytearray()
        self.open_file: BinaryIO | None = None
        self.is_whole = False
        callbacks: Any = {f"on_{name}": getattr(self, name) for name in CALLBACKS}
        try:
            self.parser = MultipartParser(boundary, callbacks)
        except FormParserError as error:
            raise broken(str(error)) from error

    def feed(self, body: bytes | bytearray) -> None:
        try:
            self.parser.write(bytes(body))
        except FormParserError as error:
            raise broken("it is no multipart form") from error

    def finish(self) -> None:
        if not self.is_whole:
            raise broken("its end is missing")

    def close(self) -> None:
        if self.open_file is not None:
            with contextlib.suppress(OSError):  # it writes what is left, on a disk that may just have said no
                self.open_file.close()

    def part_begin(self) -> None:
        self.disposition, self.text = b"", bytearray()

    def header_field(self, body: bytes, start: int, end: int) -> None:
        self.header += body[start:end]

    def header_value(self, body: bytes, start: int, end: int) -> None:
        self.value += body[start:end]

    def header_end(self) -> None:
        if self.header.lower() == b"content-disposition":
            self.disposition = self.value
        self.header, self.value = b"", b""

    def headers_finished(self) -> None:
        _, options = parse_options_header(self.disposition)
        if b"name" not in options:
            raise broken("one of its parts has no name")
        self.field = decode(options[b"name"])
        if b"filename" in options:
            self.begin_file(decode(options[b"filename"]))
        elif len(self.fields) >= MOST_FIELDS:
            raise broken(f"it has more than {MOST_FIELDS} fields")

    def begin_file(self, name: str) -> None:
        if len(self.files) >= MOST_FILES:
            raise broken(f"it has more than {MOST_FILES} files")
        self.name = name
        self.open_file = (self.folder / f"sent-{len(self.files)}").open("xb")

    def part_data(self, body: bytes, start: int, end: int) -> None:
        if self.open_file is not None:
            self.open_file.write(memoryview(body)[start:end])
            return
        self.text += body[start:end]
        if len(self.text) > MOST_FIELD_BYTES:
            raise broken(f"one of its fields is larger than {MOST_FIELD_BYTES} bytes")

    def part_end(self) -> None:
        if self.open_file is None:
            self.fields.append((self.field, decode(bytes(self.text))))
            return
        self.open_file.close()
        path = pathlib.Path(self.open_file.name)
        self.files.append(SentFile(self.field, path, path.stat().st_size, self.name))
        self.open_file = None

    def end(self) -> None:
        self.is_whole = True


def decode(text: bytes) -> str:
    """Whatever is no UTF-8, halves of surrogate pairs for example, becomes a sign for itself."""
    return text.decode("utf-8", "replace")
