"""A list of JSON objects, cut into its entries before anything of it is read as JSON.

So one entry is in memory at a time, its size and depth are known before it is parsed, and a broken one does not
take the others with it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from apps.chat.chatgpt.values import MOST_BRACKETS, MOST_DEPTH, MOST_OF_TALK, Reason

# A whole string, the quote of one that goes on in the next block, or a bracket.
TOKEN: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["\[\]{}]', re.DOTALL)
REST_OF_STRING: Final = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
QUOTE, BACKSLASH, LIST = b'"\\['
OPENING: Final = b"[{"
BETWEEN: Final = b" \t\r\n,"
BOM: Final = b"\xef\xbb\xbf"
HEAD: Final = 4096  # bytes that are kept of what is not read: its title may stand there


@dataclass(frozen=True, slots=True)
class Piece:
    """The bytes of one entry; only its beginning where `reason` says why it is not to be read."""

    body: bytes
    reason: Reason | None = None


class NotJson(Exception):
    """The text begins neither with a list nor with an object."""


def split(blocks: Iterable[bytes]) -> Iterator[Piece]:
    """The entries of a list; of a single object that one. Raises NotJson."""
    splitter, is_first = Splitter(), True
    for block in blocks:
        yield from splitter.feed(block.removeprefix(BOM) if is_first else block)
        is_first = False
    yield from splitter.end()


class Splitter:
    """What was seen so far. `base` is the depth at which entries stand, -1 before the first bracket."""

    def __init__(self) -> None:
        self.depth, self.base = 0, -1
        self.is_over = self.in_string = self.is_escaped = False
        self.body, self.brackets = bytearray(), 0  # of the entry that is being read
        self.reason: Reason | None = None

    def feed(self, block: bytes) -> Iterator[Piece]:
        start, at = 0, self._end_string(block, 0) if self.in_string else 0
        while not self.is_over and (token := TOKEN.search(block, at)):
            place, at = token.span()
            sign = block[place]
            if sign == QUOTE:
                if at == place + 1:  # it does not end in this block
                    at = self._end_string(block, at)
            elif self.base < 0:
                self._look_at_first(block[:place], sign)
                start = place if self.base == 0 else at
            elif sign in OPENING:
                if self.depth == self.base:
                    yield from self._between(block[start:place])
                    start = place
                self._open()
            else:
                self.depth -= 1
                if self.depth == self.base:
                    self._keep(block[start:at])
                    start = at
                    yield self._take()
                elif self.depth < self.base:
                    self.is_over = True
                    yield from self._between(block[start:place])
        if not self.is_over:
            self._keep(block[start:])
        if self.base < 0 and self.body.strip():
            raise NotJson

    def end(self) -> Iterator[Piece]:
        if self.base < 0:
            raise NotJson
        if not self.is_over:
            yield Piece(bytes(self.body[:HEAD]), Reason.CUT_OFF)

    def _begin(self) -> None:
        self.body, self.brackets, self.reason = bytearray(), 0, None

    def _look_at_first(self, before: bytes, sign: int) -> None:
        if (self.body + before).strip() or sign not in OPENING:
            raise NotJson
        self._begin()
        self.base = int(sign == LIST)
        self.depth = 1
        self.brackets = 1 - self.base

    def _open(self) -> None:
        self.depth += 1
        self.brackets += 1
        if self.depth - self.base > MOST_DEPTH:
            self.reason = self.reason or Reason.TOO_DEEP
        elif self.brackets > MOST_BRACKETS:
            self.reason = self.reason or Reason.TOO_LARGE

    def _keep(self, some: bytes) -> None:
        if len(self.body) + len(some) > MOST_OF_TALK:
            self.reason = self.reason or Reason.TOO_LARGE
        if self.reason or not self.brackets:  # without a bracket it is something between entries
            some = some[: max(0, HEAD - len(self.body))]
        self.body += some

    def _between(self, some: bytes) -> Iterator[Piece]:
        """What stands between two entries should be a comma."""
        self._keep(some)
        if stray := bytes(self.body).strip(BETWEEN):
            yield Piece(stray[:HEAD], Reason.NOT_ONE)
        self._begin()

    def _take(self) -> Piece:
        body = bytes(self.body[:HEAD]) if self.reason else bytes(self.body)
        piece = Piece(body, self.reason)
        self._begin()
        self.is_over = self.base == 0
        return piece

    def _end_string(self, block: bytes, at: int) -> int:
        """Where the string ends that began before this place; remembers it where it does not."""
        at += self.is_escaped
        rest = REST_OF_STRING.match(block, at)
        end = rest.end() if rest else at
        self.in_string = end >= len(block) or block[end] == BACKSLASH
        self.is_escaped = self.in_string and end < len(block)
        return len(block) if self.in_string else end + 1
