"""The name of a file as its owner sees it. It is shown and never becomes a path: files lie under names of ours."""

import unicodedata

from engines.errors import invalid
from engines.files.limits import MOST_NAME

UNNAMED = "upload"
# Controls (NUL, line ends …), signs that turn the direction of writing, and halves of pairs, which no UTF-8 has. Of the other
# invisible signs emoji are made, so these stay.
DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain_name(name: str, param: str) -> str:
    """The last part of a path, without what cannot be seen and could deceive. 400 if it is too long."""
    # Browsers and most libraries write a quotation mark in the header of a form like this.
    last = name.replace("%22", '"').replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(sign for sign in last if unicodedata.category(sign) not in {"Cc", "Cs"} and sign not in DIRECTIONS).strip()
    if len(kept) > MOST_NAME:
        raise invalid(f"The name of the file is longer than {MOST_NAME} characters.", param, "string_above_max_length")
    return UNNAMED if kept in {"", ".", ".."} else kept
