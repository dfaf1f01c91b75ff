"""The body of a call for a safety check, checked and turned into values."""

import asyncio
import pathlib
from dataclasses import dataclass, field

from starlette.requests import Request

from engines.errors import invalid
from engines.fields import Fields
from engines.images.sources import Source, refuse_other, save_data_url, taking_apart
from engines.moderations.limits import (
    MOST_CHARACTERS,
    MOST_CHARACTERS_TOGETHER,
    MOST_JSON_BYTES,
    MOST_PICTURE_BYTES,
    MOST_PICTURES,
    MOST_TEXTS,
)
from engines.wire import parse_json, save_body

KNOWN = {"model", "input"}
PARTS = ("text", "image_url")


@dataclass(frozen=True, slots=True)
class Item:
    """What gets one result: a text, or several with a picture."""

    texts: list[str] = field(default_factory=list)
    pictures: list[Source] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ask:
    model: str | None
    items: list[Item]


async def read_ask(request: Request, folder: pathlib.Path) -> Ask:
    """What is asked for; its pictures are files in `folder` now."""
    body = folder / "body"
    await save_body(request, body, MOST_JSON_BYTES)
    async with taking_apart:
        return await asyncio.to_thread(take_apart, body, folder)


def take_apart(file: pathlib.Path, folder: pathlib.Path) -> Ask:
    body = Fields(parse_json(file.read_bytes()))
    file.unlink()
    body.require("input")
    body.refuse_unknown(KNOWN)
    model = body.text("model")
    items = read_items(body, folder)
    if sum(len(text) for item in items for text in item.texts) > MOST_CHARACTERS_TOGETHER:
        message = f"The texts have more than {MOST_CHARACTERS_TOGETHER} characters together; send them in several calls."
        raise invalid(message, "input", "string_above_max_length")
    return Ask(model, items)


def read_items(body: Fields, folder: pathlib.Path) -> list[Item]:
    """A text, or texts with one result for each, or parts with one result for all."""
    given = body.get("input")
    if isinstance(given, str):
        return [Item([read_text(body, "input")])]
    if not isinstance(given, list):
        raise body.wrong_type("input", "a text, an array of texts, or an array of parts", given)
    listed = body.full_array("input", MOST_TEXTS)
    fields = Fields({f"input[{index}]": each for index, each in enumerate(listed)})
    if isinstance(listed[0], dict):
        return [read_parts([fields.required_object(name) for name in fields.values], folder)]
    return [Item([read_text(fields, name)]) for name in fields.values]


def read_text(fields: Fields, name: str) -> str:
    text = fields.required_text(name)
    fields.text(name, longest=MOST_CHARACTERS)
    return text


def read_parts(parts: list[Fields], folder: pathlib.Path) -> Item:
    item = Item()
    for index, part in enumerate(parts):
        kind = part.one_of("type", PARTS)
        refuse_other(part.values, {"type", kind}, part)
        if kind == "text":
            item.texts.append(read_text(part, "text"))
            continue
        if len(item.pictures) == MOST_PICTURES:
            message = f"At most {MOST_PICTURES} picture can be checked in one call: send the others in calls of their own."
            raise invalid(message, part.path, "array_above_max_length")
        item.pictures.append(read_picture(part, folder / f"sent-{index}"))
    return item


def read_picture(part: Fields, path: pathlib.Path) -> Source:
    reference = part.required_object("image_url")
    refuse_other(reference.values, {"url", "detail"}, reference)
    return save_data_url(reference.required_text("url"), reference.name_of("url"), path, MOST_PICTURE_BYTES)
