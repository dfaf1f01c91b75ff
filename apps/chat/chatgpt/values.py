"""What comes out of an export, and the bounds on what goes in."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MOST_BYTES: Final = 8 * 1024**3  # of all conversations of a file, unpacked
MOST_TALKS: Final = 200_000
MOST_OF_TALK: Final = 32 * 1024**2  # bytes of JSON of one conversation; it is in memory as a whole, ten times as large
MOST_DEPTH: Final = 200  # brackets within brackets
MOST_BRACKETS: Final = 1_000_000  # of one conversation: each is an object in memory
MOST_NODES: Final = 20_000  # of one conversation
MOST_TEXT: Final = 1_000_000  # characters of a question or an answer
MOST_TEXTS: Final = 40_000_000  # characters of one conversation, what its branches have in common counted for each
LONGEST_TITLE: Final = 120
LONGEST_KEY: Final = 100
LONGEST_MODEL: Final = 100


class Reason(enum.StrEnum):
    """Why a conversation was left out."""

    NOT_JSON = "not_json"
    NOT_ONE = "not_one"  # something else: a number, a list, an object without messages
    CUT_OFF = "cut_off"  # the file ends in it
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    TOO_MANY = "too_many"  # messages
    TOO_LONG = "too_long"  # a message
    CIRCLE = "circle"  # messages follow one another in a circle
    EMPTY = "empty"  # nothing that a person or a model said


class Unreadable(Exception):
    """Nothing can be read of the file, or nothing further. `kind`: "empty", "not_export", "damaged", "locked", "too_large", "too_many"."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands in a text for what is not taken over. `file` has a place for its name."""

    picture: str = "[Picture]"
    sound: str = "[Sound]"
    file: str = "[File: %(name)s]"


@dataclass(frozen=True, slots=True)
class Said:
    """A question, or an answer as one text. `parent`: where in the list stands what it follows."""

    parent: int | None
    is_answer: bool
    text: str  # Markdown
    model: str = ""  # of an answer, as ChatGPT names it
    at: float | None = None  # Unix seconds


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation. Parents stand before what follows them; `current` is the end of the path that was shown last."""

    number: int  # in the file, from 1
    key: str  # as ChatGPT numbers it, or made of its content
    title: str
    said: Sequence[Said]
    current: int
    created: float | None = None
    updated: float | None = None


@dataclass(frozen=True, slots=True)
class Bad:
    """A conversation that is left out, as a whole."""

    number: int
    reason: Reason
    title: str = ""


class Refused(Exception):
    """This conversation cannot be taken."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason
