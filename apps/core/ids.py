"""Identifiers of rows: UUID version 7, so that they sort by time and cannot be guessed."""

import datetime
import uuid

from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    return uuid7()


def first_id_at(moment: datetime.datetime) -> uuid.UUID:
    """The smallest identifier that a row of that moment can have: they begin with the time in milliseconds.

    So a question for a span of time needs no index of its own.
    """
    return uuid.UUID(int=max(0, round(moment.timestamp() * 1000)) << 80)
