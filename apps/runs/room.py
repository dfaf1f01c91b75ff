"""A result that came and that this server cannot keep: said in words, and never asked for again by itself."""

from typing import Final, cast

from apps.core.storing import FULL, DiskFull
from gateway import Lost
from gateway.errors import Kind


class NotKept(Lost):
    """The provider has done its work and may bill it; what failed is on our side. `kind` is "no_room" or "not_stored"."""

    def __init__(self, cause: BaseException) -> None:
        is_full = isinstance(cause, DiskFull) or (isinstance(cause, OSError) and cause.errno in FULL)
        kind, sentence = ("no_room", "There is no room for the result on this server.") if is_full else NOT_STORED
        super().__init__(cast("Kind", kind), sentence)


NOT_STORED: Final = ("not_stored", "This server could not store the result.")
