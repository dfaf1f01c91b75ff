"""What can be wrong with the numbers that a provider gives for a text. The words for it are whoever asks'."""

from typing import Final

CODES: Final = {
    "not_numbers": "no list of numbers",
    "uneven": "another count of numbers than the first row has, or than was wanted",
    "not_finite": "a number without a value, or without bounds",
    "zero": "all zero: it points nowhere",
    "broken": "stored bytes of another length",
}


class Refused(Exception):
    """Row `index`, counted from 0, is no vector that can be compared. `code` is one of CODES."""

    def __init__(self, code: str, index: int) -> None:
        super().__init__(f"{code} at {index}")
        self.code = code
        self.index = index
