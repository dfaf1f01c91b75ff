"""What can be wrong with a file of sound, and with the process that looks at it."""

from typing import Final

KINDS: Final = frozenset({"empty", "not_sound", "no_track", "no_rate", "broken", "too_long"})


class Unusable(Exception):
    """Nothing can be done with this file. `kind` is one of KINDS; the words for it are whoever asks'."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Failed(Exception):
    """The work came to no end: the child died, or was stopped. As far as one knows that is not the file's fault."""


class NoRoom(OSError):
    """The disk is full; `errno` says how."""
