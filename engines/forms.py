"""Multipart bodies: files go to disk while they come, with limits on everything, before anybody looks at them."""

import asyncio
import math
import pathlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from engines.errors import too_large
from engines.fields import Fields
from engines.form_parts import FormParts, SentFile, boundary_of

# So much is taken apart and written in one go, away from the event loop.
GO_BYTES = 1024 * 1024
NUMBERS_OF_TRUTH = {"true": True, "1": True, "false": False, "0": False}


class TextFields(Fields):
    """The fields of a form: all of them are texts, and an empty one was not given. Those whose name ends in [] are lists of texts."""

    def get(self, field: str) -> Any:
        return self.values.get(field) or None

    def has(self, field: str) -> bool:
        return self.get(field) is not None

    def integer(self, field: str, low: int, high: int, default: int | None = None) -> int | None:
        value = self.get(field)
        if value is None:
            return default
        try:
            number = int(value)
        except ValueError:
            raise self.wrong_type(self.name_of(field), "an integer", value) from None
        self.check_range(field, number, low, high, "integer")
        return number

    def number(self, field: str, low: float, high: float, default: float | None = None) -> float | None:
        value = self.get(field)
        if value is None:
            return default
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise self.wrong_type(self.name_of(field), "a number", value)
        self.check_range(field, number, low, high, "decimal")
        return number

    def flag(self, field: str, default: bool = False) -> bool:
        value = self.get(field)
        if value is None:
            return default
        if value.lower() not in NUMBERS_OF_TRUTH:
            raise self.wrong_type(self.name_of(field), "true or false", value)
        return NUMBERS_OF_TRUTH[value.lower()]


@dataclass(frozen=True, slots=True)
class Form:
    fields: TextFields
    files: list[SentFile]


async def read_form(request: Request, folder: pathlib.Path, most_bytes: int) -> Form:
    """The fields and files of a multipart body, its files put into `folder` while they come; or the fitting 400 or 413.

    A form that says itself that it is too large is refused before any of it is read. Raises OSError when the disk takes no more.
    """
    boundary = boundary_of(request.headers.get("content-type", ""))
    if int(request.headers.get("content-length", "0")) > most_bytes:
        raise too_large("The form", most_bytes)
    parts = FormParts(boundary, folder)
    try:
        async for go in goes(request, most_bytes):
            await asyncio.to_thread(parts.feed, go)
        parts.finish()
    finally:
        parts.close()
    return Form(sort_fields(parts.fields), parts.files)


async def goes(request: Request, most_bytes: int) -> AsyncGenerator[bytearray, None]:
    """The body in pieces of GO_BYTES or a little more; 413 as soon as there are more than `most_bytes`."""
    waiting, size = bytearray(), 0
    async for part in request.stream():
        size += len(part)
        if size > most_bytes:
            raise too_large("The form", most_bytes)
        waiting += part
        if len(waiting) >= GO_BYTES:
            yield waiting
            waiting = bytearray()
    yield waiting


def sort_fields(pairs: list[tuple[str, str]]) -> TextFields:
    """Of a field that was sent more than once the last counts, unless its name says that it is a list."""
    texts: dict[str, Any] = {}
    for name, value in pairs:
        if name.endswith("[]"):
            texts.setdefault(name, []).append(value)
        else:
            texts[name] = value
    return TextFields(texts)
