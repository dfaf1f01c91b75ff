"""Multipart bodies: files go to disk while they come, with limits on everything, before anybody looks at them."""

import asyncio
import math
import pathlib
import shutil
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from engines.errors import invalid, too_large
from engines.fields import Fields
from engines.wire import MAX_DRAINED_BYTES

MOST_FILES = 64
MOST_FIELDS = 64
MOST_FIELD_BYTES = 512 * 1024
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
class SentFile:
    """One file of a form, in a folder of ours and under a name of ours. `field` is the name that the form gave it."""

    field: str
    path: pathlib.Path
    size: int


@dataclass(frozen=True, slots=True)
class Form:
    fields: TextFields
    files: list[SentFile]


async def read_form(request: Request, folder: pathlib.Path, most_bytes: int) -> Form:
    """The fields and files of a multipart body, its files moved into `folder`; or the fitting 400 or 413."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise invalid("This call takes a form: send it as multipart/form-data.", None, "invalid_content_type")
    counted = Counted(request.stream(), most_bytes)
    parser = MultiPartParser(request.headers, counted.parts(), max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=MOST_FIELD_BYTES)
    try:
        data = await parser.parse()
    except MultiPartException as error:
        await counted.drain()
        raise invalid(f"The form cannot be read: {error.message}", None, "invalid_form") from error
    if counted.is_exceeded:
        await data.close()
        raise too_large("The form", most_bytes)
    try:
        return await asyncio.to_thread(sort_items, data.multi_items(), folder)
    finally:
        await data.close()


class Counted:
    """A body with a limit. Beyond it the rest is read for a while and dropped, so that the caller gets to see the refusal."""

    def __init__(self, stream: AsyncGenerator[bytes, None], most: int) -> None:
        self.stream = stream
        self.most = most
        self.size = 0

    @property
    def is_exceeded(self) -> bool:
        return self.size > self.most

    async def parts(self) -> AsyncGenerator[bytes, None]:
        async for part in self.stream:
            self.size += len(part)
            if self.is_exceeded:
                await self.drain()
                return
            yield part

    async def drain(self) -> None:
        async for part in self.stream:
            self.size += len(part)
            if self.size > self.most + MAX_DRAINED_BYTES:
                return


def sort_items(items: list[tuple[str, UploadFile | str]], folder: pathlib.Path) -> Form:
    texts: dict[str, Any] = {}
    files: list[SentFile] = []
    for name, value in items:
        if isinstance(value, str):
            if name.endswith("[]"):
                texts.setdefault(name, []).append(value)
            else:
                texts[name] = value
            continue
        path = folder / f"sent-{len(files)}"
        with path.open("wb") as target:
            shutil.copyfileobj(value.file, target)
        files.append(SentFile(name, path, path.stat().st_size))
    return Form(TextFields(texts), files)
