"""What providers tell of files, read with care: anything may be missing, too long, or nonsense. Pure."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

LONGEST_ID: Final = 200
LARGEST: Final = 2**50  # bytes: sums of many such still fit into a number of a database
_RANGE: Final = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)", re.ASCII)
_FIRST_YEAR: Final = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
_LAST_YEAR: Final = datetime.datetime(2200, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True, slots=True)
class Listed:
    """One file at a provider."""

    id: str
    name: str
    size: int
    purpose: str
    status: str
    created_at: datetime.datetime | None
    expires_at: datetime.datetime | None


def usable_id(told: Any) -> bool:
    """Whether it can be kept and asked for again: text without signs that no address or row takes."""
    return isinstance(told, str) and 0 < len(told) <= LONGEST_ID and told.isprintable() and told.strip() == told and bool(told.strip("."))


def file_of(entry: Any) -> Listed | None:
    """None for what is no file that can be asked for again."""
    if not isinstance(entry, Mapping) or not usable_id(entry.get("id")):
        return None
    return Listed(
        id=entry["id"],
        name=words_of(entry.get("filename"), 255) or entry["id"],
        size=size_of(entry.get("bytes")),
        purpose=words_of(entry.get("purpose"), 30),
        status=words_of(entry.get("status"), 40),
        created_at=moment_of(entry.get("created_at")),
        expires_at=moment_of(entry.get("expires_at")),
    )


def words_of(told: Any, longest: int) -> str:
    """One line of text, without signs that databases and pages do not take."""
    if not isinstance(told, str):
        return ""
    kept = "".join(sign for sign in told[: 4 * longest] if sign.isprintable())
    return kept.strip()[:longest]


def size_of(told: Any) -> int:
    return told if type(told) is int and 0 <= told <= LARGEST else 0


def moment_of(told: Any) -> datetime.datetime | None:
    """Seconds since 1970, as all of the API tells times; some servers tell milliseconds, or texts of digits."""
    if isinstance(told, str) and told.isascii() and told.isdigit():
        told = int(told[:20])
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 < told < 1e14:
        return None
    seconds = told / 1000 if told > 1e11 else told
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return moment if _FIRST_YEAR <= moment <= _LAST_YEAR else None


def range_of(status: int, headers: Mapping[str, str], size: int) -> tuple[int, int] | None:
    """Where what came begins, and how long the whole is; None where the answer contradicts itself.

    With 200 it is the whole. With 206 the header tells; the length of the whole is -1 where that is not told.
    """
    if status != 206:
        return 0, size
    found = _RANGE.fullmatch(headers.get("content-range", "").strip())
    if found is None:
        return None
    start, last = int(found[1]), int(found[2])
    return (start, -1 if found[3] == "*" else int(found[3])) if last - start + 1 == size else None
