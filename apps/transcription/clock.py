"""Seconds as people write times."""

from typing import Any


def clock_time(seconds: Any) -> str:
    """0:20:05. What is no number is the beginning."""
    whole = int(seconds) if isinstance(seconds, int | float) and seconds > 0 else 0
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
