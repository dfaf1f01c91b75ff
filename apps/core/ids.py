"""Identifiers of rows: UUID version 7, so that they sort by time and cannot be guessed."""

import uuid

from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    return uuid7()
