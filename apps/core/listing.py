"""Pages of a long list, newest first: by id, so that nothing is counted and what is written meanwhile shifts nothing."""

import uuid
from typing import Any, Final

from django.http import HttpRequest

LONGEST_SEARCH: Final = 100


def as_id(text: str) -> uuid.UUID:
    """The id; one before all others, which nothing has, when it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)


def page_by_id(rows: Any, after: str, size: int) -> tuple[list[Any], str]:
    """One page of a query set, and what the next one begins after ("" on the last)."""
    if after:
        rows = rows.filter(pk__lt=as_id(after))
    found = list(rows.order_by("-pk")[: size + 1])
    return found[:size], str(found[size - 1].pk) if len(found) > size else ""


def searched(request: HttpRequest, most: int = LONGEST_SEARCH) -> str:
    """What somebody looks for. PostgreSQL takes no NUL."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:most]
