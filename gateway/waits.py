"""How long a provider asks us to wait. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def retry_after(headers: Mapping[str, str], message: str = "", *, now: datetime | None = None) -> float | None:
    """Seconds to wait: retry-after-ms, then retry-after (seconds or an HTTP date), then the words "try again in 20s"."""
    if (milliseconds := _number(headers.get("retry-after-ms", ""))) is not None:
        return milliseconds / 1000
    told = headers.get("retry-after", "").strip()
    if (seconds := _number(told)) is not None:
        return seconds
    if told:
        try:
            date = parsedate_to_datetime(told)
        except ValueError:
            return None
        date = date if date.tzinfo else date.replace(tzinfo=UTC)
        return max(0.0, (date - (now or datetime.now(UTC))).total_seconds())
    return _wait_in_words(message)


LONGEST = 31_536_000.0
"""A year: more digits than that mean nothing, and an infinite wait could not be stored."""


def _number(text: str) -> float | None:
    return min(float(text), LONGEST) if re.fullmatch(r"\s*\d{1,15}(\.\d{1,9})?\s*", text) else None


_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "second": 1.0, "seconds": 1.0, "minute": 60.0, "minutes": 60.0}


def _wait_in_words(message: str) -> float | None:
    found = re.search(
        r"(?:try again|retry) (?:in|after) ((?:[\d.]+ ?(?:ms|seconds?|minutes?|s|m|h)\b ?|[\d.]+(?:ms|s|m|h))+)", message, re.I
    )
    if not found:
        return None
    pieces = re.findall(r"(\d+(?:\.\d+)?) ?([a-z]+?)(?=[\d\s]|$)", found[1].strip().lower())
    return min(sum(float(number) * _UNITS.get(unit, 0.0) for number, unit in pieces), LONGEST) or None
