"""Event streams as bytes: an incremental decoder that takes whatever servers send.

Lines end only at LF, CRLF and CR. Text decoders also split at U+2028, U+0085 and others, which are
legal inside JSON, so lines are found in bytes.
"""

from typing import NamedTuple

BOM = b"\xef\xbb\xbf"
DEFAULT_MAX_EVENT = 16 * 1024 * 1024


class EventTooBig(Exception):
    """One event grew over the bound."""


class Frame(NamedTuple):
    """One event as it came: its data, never empty, and its name or ""."""

    data: bytes
    name: str = ""


class SseDecoder:
    """Give it chunks, get frames. Work and memory are linear in the bytes, however they are cut."""

    __slots__ = ("_data", "_data_size", "_frames", "_is_start", "_max_event", "_name", "_open_line", "_open_size", "_skip_newline")

    def __init__(self, max_event: int = DEFAULT_MAX_EVENT) -> None:
        self._max_event = max_event
        self._is_start = True
        self._skip_newline = False
        self._open_line: list[bytes] = []  # pieces of a line whose end has not come
        self._open_size = 0
        self._data: list[bytes] = []
        self._data_size = 0
        self._name = ""
        self._frames: list[Frame] = []

    def feed(self, chunk: bytes) -> list[Frame]:
        """The frames that this chunk completes. Raises EventTooBig."""
        if self._skip_newline and chunk:
            self._skip_newline = False
            chunk = chunk[1:] if chunk[0] == 10 else chunk
        if not chunk:
            return []
        lines = chunk.splitlines()
        last = chunk[-1]
        self._skip_newline = last == 13
        self._join_open_line(lines, is_open=last not in (10, 13))
        self._read_lines(lines)
        frames, self._frames = self._frames, []
        return frames

    def end(self) -> list[Frame]:
        """What is left when the body ends: many servers forget the last blank line."""
        if self._open_line:
            line = b"".join(self._open_line)
            self._open_line = []
            self._read_lines([line])
        self._dispatch()
        frames, self._frames = self._frames, []
        return frames

    def _join_open_line(self, lines: list[bytes], *, is_open: bool) -> None:
        """Finish the line that was open with the first of these; keep the last one back if it has no end yet."""
        tail = lines.pop() if is_open else b""
        if self._open_line and lines:
            self._open_line.append(lines[0])
            lines[0] = b"".join(self._open_line)
            self._open_line = []
            self._open_size = 0
        if tail:
            self._open_line.append(tail)
            self._open_size += len(tail)
            self._check_size()

    def _check_size(self) -> None:
        if self._open_size + self._data_size > self._max_event:
            raise EventTooBig

    def _read_lines(self, lines: list[bytes]) -> None:
        if self._is_start and lines:
            self._is_start = False
            lines[0] = lines[0].removeprefix(BOM)
        for line in lines:
            if not line:
                self._dispatch()
            elif line.startswith(b"data:"):
                self._data.append(line[6:] if line[5:6] == b" " else line[5:])
                self._data_size += len(line)
            elif line[0] != 58:  # a comment begins with a colon
                self._read_field(line)
        self._check_size()

    def _read_field(self, line: bytes) -> None:
        field, _, value = line.partition(b":")
        if field == b"event":
            self._name = value.strip().decode("utf-8", "replace")
        elif field == b"error":
            self._dispatch()
            self._frames.append(Frame(value.strip() or b"error", "error"))
        elif line[:1] == b"{":  # some gateways break the line after "data:"
            self._data.append(line)
            self._data_size += len(line)

    def _dispatch(self) -> None:
        if self._data:
            data = (self._data[0] if len(self._data) == 1 else b"\n".join(self._data)).strip()
            if data and data[0] != 58:
                self._frames.append(Frame(data, self._name))
            self._data = []
            self._data_size = 0
        self._name = ""
