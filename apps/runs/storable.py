"""Text that every database takes: providers send NUL and halves of letters, PostgreSQL takes neither."""

from typing import Any

REPLACEMENT = "\ufffd"
DEEPEST = 60  # levels of a JSON value
MOST_TOKENS = 10**9  # a count above it is no count


def clean_text(text: str) -> str:
    """The text with what cannot be stored replaced. The length stays, since positions in it are counted."""
    if text.isascii():
        return text.replace("\x00", REPLACEMENT) if "\x00" in text else text
    return (
        "".join(REPLACEMENT if letter == "\x00" or "\ud800" <= letter <= "\udfff" else letter for letter in text) if _is_odd(text) else text
    )


def _is_odd(text: str) -> bool:
    if "\x00" in text:
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def clean(value: Any, depth: int = DEEPEST) -> Any:
    """The same for everything inside a JSON value: also numbers that JSON has no words for, and nests without end."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, (int, float)):
        return value if abs(value) < 2**63 else str(value)  # also "inf" and "nan", which compare as false
    if isinstance(value, (dict, list, tuple)) and depth == 0:
        return "…"
    if isinstance(value, dict):
        return {clean_text(str(name)): clean(item, depth - 1) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(item, depth - 1) for item in value]
    return value


def clean_counts(usage: dict[str, int]) -> dict[str, int]:
    """Counts of tokens within what can be a count."""
    return {name: min(max(int(count), 0), MOST_TOKENS) for name, count in usage.items()}
