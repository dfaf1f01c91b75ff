"""What becomes of pictures that a call brought, before they are kept: looked at, put together with the original, made small for pages.

Pure, and heavy: it runs beside the calls (`apps.runs.background`), one picture after the other, so that memory stays bounded.
"""

import pathlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import IO, Any, Final

from django.utils.translation import gettext as _
from PIL import Image

from apps.images.pictures.decoding import open_upright
from apps.images.pictures.encoding import PNG, WEBP, write
from apps.images.pictures.judging import judge
from apps.images.pictures.masks import coverage_of_alpha, read_stored
from apps.images.pictures.recomposing import keep_outside
from apps.images.pictures.shrinking import Placement, unplace
from apps.images.pictures.thumbnails import preview_of_partial, thumbnail
from apps.images.pictures.unusable import Unusable
from apps.runs.background import stop_if_closing
from apps.runs.operations import BadAnswer, InputFile, OutputFile, Result

ENDINGS: Final = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif"}


@dataclass(frozen=True, slots=True)
class Original:
    """What the pictures were made from: everything outside the coverage is to stay as it is."""

    image: Image.Image
    coverage: Image.Image


@dataclass(frozen=True, slots=True)
class Workshop:
    """What the pictures of one call are finished with."""

    folder: pathlib.Path
    original: Original | None
    placement: Placement | None  # where the picture lay in what was sent, if it did not fill it


def finished(result: Result, ours: Mapping[str, Any], files: Sequence[InputFile], asked: int) -> Result:
    """The result with the pictures that can be used. Raises BadAnswer when there is none, OSError when the disk takes no more."""
    folder = tempfile.TemporaryDirectory(prefix="playground-pictures-", ignore_cleanup_errors=True)
    result.leftovers = (*result.leftovers, folder.cleanup)
    placement = Placement(**ours["placement"]) if ours.get("placement") else None
    workshop = Workshop(pathlib.Path(folder.name), _original(ours, files), placement)
    usable: list[OutputFile] = []
    why = ""
    for number, file in enumerate(result.files):
        stop_if_closing()
        try:
            usable.append(_finish(file, workshop, number))
        except Unusable as error:
            why = error.sentence
    if not usable:
        raise BadAnswer(" ".join(part for part in (_("What came is no picture that can be shown."), why) if part))
    return replace(result, files=usable, notices=(*result.notices, *_notices(usable, asked)))


def looked_at(file: OutputFile, folder: pathlib.Path, number: int) -> OutputFile:
    """One picture of a call that is none for pictures, as it came. Raises BadAnswer for what cannot be shown."""
    try:
        return _finish(file, Workshop(folder, None, None), number)
    except Unusable as error:
        raise BadAnswer(error.sentence) from error


def preview(body: bytes) -> OutputFile | None:
    """A small copy of an unfinished picture."""
    try:
        return OutputFile("unfinished.webp", WEBP, body=preview_of_partial(body))
    except Unusable:
        return None


def _original(ours: Mapping[str, Any], files: Sequence[InputFile]) -> Original | None:
    """The picture and its mask, where everything outside is to be kept: as they were before they were made fit for sending."""
    by_role = {file.role: file for file in reversed(files)}
    source, mask, coverage = by_role.get("original") or by_role.get("input"), by_role.get("mask"), by_role.get("coverage")
    if not ours.get("keep_outside") or mask is None or source is None:
        return None
    with source.path.open("rb") as picture, (coverage or mask).path.open("rb") as painted:
        return Original(open_upright(picture), read_stored(painted) if coverage else coverage_of_alpha(painted))


def _finish(file: OutputFile, workshop: Workshop, number: int) -> OutputFile:
    path = workshop.folder / str(number)
    with _opened(file, path) as content:
        judged = judge(content)
        image = open_upright(content)
    if not file.details.get("is_unfinished"):
        placement = workshop.placement
        if placement is not None and placement.is_padded:
            image = unplace(image, placement)
        if workshop.original is not None:
            return _put_together(file, image, workshop.original, path, number)
        if placement is not None and placement.is_padded:
            return _written(file, image, path, number)
    details = {**file.details, "width": judged.width, "height": judged.height}
    name = f"picture-{number + 1}{ENDINGS.get(judged.content_type, '')}"
    kept: dict[str, Any] = {"body": b"", "path": path} if file.path is None else {}
    return replace(file, name=name, content_type=judged.content_type, details=details, thumbnail=thumbnail(image), **kept)


def _opened(file: OutputFile, path: pathlib.Path) -> IO[bytes]:
    """The picture as a file: what came in memory goes to the disk."""
    if file.path is None:
        path.write_bytes(file.body)
    return (file.path or path).open("rb")


def _put_together(file: OutputFile, image: Image.Image, original: Original, path: pathlib.Path, number: int) -> OutputFile:
    whole = keep_outside(original.image, image, original.coverage)
    came_as = {"came_as": list(whole.scaled_from)} if whole.scaled_from else {}
    return _written(file, whole.image, path, number, is_exact=True, **came_as)


def _written(file: OutputFile, image: Image.Image, path: pathlib.Path, number: int, **details: Any) -> OutputFile:
    """As PNG, whatever was asked for: only it keeps every pixel."""
    path = path.with_suffix(".whole")
    with path.open("wb") as target:
        write(image, target, PNG, compress_level=4)
    told = {**file.details, "width": image.width, "height": image.height, **details}
    name = f"picture-{number + 1}.png"
    return replace(file, name=name, content_type=PNG, body=b"", path=path, details=told, thumbnail=thumbnail(image))


def _notices(files: Sequence[OutputFile], asked: int) -> list[str]:
    """What a person would else wonder about."""
    notices = []
    if len(files) < asked and not any(file.details.get("is_unfinished") for file in files):
        notices.append(_("%(asked)s pictures were asked for, %(count)s came.") % {"asked": asked, "count": len(files)})
    came_as = next((file.details["came_as"] for file in files if "came_as" in file.details), None)
    if came_as:
        size = f"{came_as[0]} × {came_as[1]}"
        notices.append(_("The service answered with %(size)s pixels. The change was fitted to your picture.") % {"size": size})
    return notices
