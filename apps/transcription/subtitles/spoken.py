"""One stretch of speech, as everything here takes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Words: TypeAlias = Sequence[Sequence[Any]]  # [word, start, end, likelihood or None] each, seconds


@dataclass(frozen=True, slots=True)
class Spoken:
    """Seconds from the beginning of the recording. `speaker` is a name to be read, empty where nobody is told apart."""

    start: float
    end: float
    text: str
    speaker: str = ""
    words: Words = ()
