"""The pictures that come with a call: files of a form, or data URLs in JSON. Counted and weighed here, looked at by the child."""

import asyncio
import base64
import binascii
import pathlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.requests import Request

from engines.errors import ApiError, invalid, too_large
from engines.fields import Fields
from engines.form_parts import SentFile
from engines.forms import Form
from engines.images.limits import MOST_BYTES, MOST_EDIT_JSON_BYTES, MOST_MASK_BYTES, MOST_SOURCES
from engines.wire import parse_json, save_body

DATA_URL = re.compile(r"data:image/(?:png|jpe?g|webp);base64,", re.IGNORECASE)
# Large bodies wait on disk and are taken apart one at a time: each is in memory twice while that lasts.
taking_apart = asyncio.Lock()


@dataclass(frozen=True, slots=True)
class Source:
    """A picture on disk, and the name of the field that it came in."""

    path: pathlib.Path
    param: str

    def as_pair(self) -> list[str]:
        return [str(self.path), self.param]


@dataclass(frozen=True, slots=True)
class Sources:
    images: list[Source]
    mask: Source | None = None


def sources_of_form(form: Form, *, most: int) -> Sources:
    """`image` or `image[]`, each as often as there are pictures, and `mask`."""
    for name in ("image", "image[]", "mask"):
        if form.fields.has(name):
            raise invalid(f"'{name}' must be a file.", name, "invalid_type")
    images = [file for file in form.files if file.field in {"image", "image[]"}]
    masks = [file for file in form.files if file.field == "mask"]
    if strange := next((file for file in form.files if file not in images and file not in masks), None):
        raise invalid(f"There is no file '{strange.field}' here.", strange.field, "unknown_parameter")
    check_count(len(images), "image", most)
    if len(masks) > 1:
        raise invalid("There can be one mask only.", "mask", "array_above_max_length")
    found = [weighed(file, "image" if len(images) == 1 else f"image[{index}]", MOST_BYTES) for index, file in enumerate(images)]
    return Sources(found, next((weighed(file, "mask", MOST_MASK_BYTES) for file in masks), None))


def check_count(count: int, param: str, most: int) -> None:
    if not count:
        raise invalid(f"'{param}' is missing: send at least one picture.", param, "missing_required_parameter")
    if count > most:
        raise invalid(f"'{param}' holds {count} pictures; at most {most} are allowed.", param, "array_above_max_length")


def weighed(file: SentFile, param: str, most: int) -> Source:
    if file.size > most:
        raise too_large_file(param, most)
    if not file.size:
        raise invalid(f"'{param}' is empty.", param, "invalid_image_file")
    return Source(file.path, param)


def too_large_file(param: str, most: int) -> ApiError:
    error = too_large(f"'{param}'", most)
    error.param = param
    return error


async def read_json_edit(request: Request, folder: pathlib.Path) -> tuple[Fields, Sources]:
    """The fields of a JSON body without its pictures, which are files in `folder` now."""
    body = folder / "body"
    await save_body(request, body, MOST_EDIT_JSON_BYTES)
    async with taking_apart:
        return await asyncio.to_thread(take_apart, body, folder)


def take_apart(file: pathlib.Path, folder: pathlib.Path) -> tuple[Fields, Sources]:
    body = Fields(parse_json(file.read_bytes()))
    file.unlink()
    listed = body.full_array("images", MOST_SOURCES)
    images = [save_reference(Fields(each, f"images[{index}]"), folder / f"sent-{index}", MOST_BYTES) for index, each in enumerate(listed)]
    mask = body.object("mask")
    saved = save_reference(mask, folder / "sent-mask", MOST_MASK_BYTES) if mask else None
    rest = {name: value for name, value in body.values.items() if name not in {"images", "mask"}}
    return Fields(rest), Sources(images, saved)


def save_reference(reference: Fields, path: pathlib.Path, most: int) -> Source:
    """`{"image_url": "data:…"}`. Addresses and ids of files are refused: nothing is fetched, and nothing is kept."""
    refuse_other(reference.values, {"image_url", "file_id"}, reference)
    if reference.has("file_id"):
        raise invalid(
            "There are no stored files here: send the picture itself as a data URL.", reference.name_of("file_id"), "unsupported_value"
        )
    return save_data_url(reference.required_text("image_url"), reference.name_of("image_url"), path, most)


def save_data_url(url: str, param: str, path: pathlib.Path, most: int) -> Source:
    """The picture of a data URL, on disk now."""
    start = DATA_URL.match(url)
    if not start:
        message = "Nothing is fetched from the network here: send the picture itself as a data URL (data:image/png;base64,…)."
        raise invalid(message, param, "unsupported_value")
    if (len(url) - start.end()) * 3 // 4 > most + 2:
        raise too_large_file(param, most)
    try:
        content = base64.b64decode(url[start.end() :], validate=True)
    except (binascii.Error, ValueError):
        raise invalid(f"'{param}' is not valid base64.", param, "invalid_base64") from None
    path.write_bytes(content)
    return weighed(SentFile(param, path, len(content)), param, most)


def refuse_other(given: Iterable[str], known: set[str], fields: Fields) -> None:
    if other := next((name for name in given if name not in known), None):
        raise invalid(f"There is no parameter '{fields.name_of(other)}'.", fields.name_of(other), "unknown_parameter")
