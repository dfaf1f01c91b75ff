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
from apps.images.pictures.masks import coverage_of_alpha
from apps.images.pictures.thumbnails import preview_of_partial, thumbnail
from apps.images.pictures.unusable import Unusable
from apps.runs.operations import BadAnswer, InputFile, OutputFile, Result

ENDINGS: Final = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif"}


@dataclass(frozen=True, slots=True)
class Original:
    """What the pictures were made from: everything outside the coverage is to stay as it is."""

    image: Image.Image
    coverage: Image.Image


def finished(result: Result, ours: Mapping[str, Any], files: Sequence[InputFile], asked: int) -> Result:
    """The result with the pictures that can be used. Raises BadAnswer when there is none."""
    original = _original(ours, files)
    folder = tempfile.TemporaryDirectory(prefix="playground-pictures-")
    result.leftovers = (*result.leftovers, folder.cleanup)
    usable: list[OutputFile] = []
    why = ""
    for number, file in enumerate(result.files):
        try:
            usable.append(_finish(file, original, pathlib.Path(folder.name) / str(number), number))
        except (Unusable, OSError) as error:
            why = error.sentence if isinstance(error, Unusable) else why
    if not usable:
        raise BadAnswer(" ".join(part for part in (_("What came is no picture that can be shown."), why) if part))
    return replace(result, files=usable, notices=(*result.notices, *_notices(usable, asked)))


def preview(body: bytes) -> OutputFile | None:
    """A small copy of an unfinished picture."""
    try:
        return OutputFile("unfinished.webp", WEBP, body=preview_of_partial(body))
    except Unusable:
        return None


def _original(ours: Mapping[str, Any], files: Sequence[InputFile]) -> Original | None:
    """The picture and the mask as they were sent, where everything outside is to be kept."""
    mask = next((file for file in files if file.role == "mask"), None)
    source = next((file for file in files if file.role != "mask"), None)
    if not ours.get("keep_outside") or mask is None or source is None:
        return None
    with source.path.open("rb") as picture, mask.path.open("rb") as coverage:
        return Original(open_upright(picture), coverage_of_alpha(coverage))


def _finish(file: OutputFile, original: Original | None, path: pathlib.Path, number: int) -> OutputFile:
    with _opened(file, path) as content:
        judged = judge(content)
        image = open_upright(content)
    details = {**file.details, "width": judged.width, "height": judged.height}
    if original is None or file.details.get("is_unfinished"):
        name = f"picture-{number + 1}{ENDINGS.get(judged.content_type, '')}"
        kept = {"body": b"", "path": path} if file.path is None else {}
        return replace(file, name=name, content_type=judged.content_type, details=details, thumbnail=thumbnail(image), **kept)
    return _put_together(file, image, original, path, number)


def _opened(file: OutputFile, path: pathlib.Path) -> IO[bytes]:
    """The picture as a file: what came in memory goes to the disk."""
    if file.path is None:
        path.write_bytes(file.body)
    return (file.path or path).open("rb")


def _put_together(file: OutputFile, image: Image.Image, original: Original, path: pathlib.Path, number: int) -> OutputFile:
    """PNG, whatever was asked for: only it keeps every pixel."""
    from apps.images.pictures.recomposing import keep_outside

    whole = keep_outside(original.image, image, original.coverage)
    path = path.with_suffix(".whole")
    with path.open("wb") as target:
        write(whole, target, PNG, compress_level=4)
    details = {**file.details, "width": whole.width, "height": whole.height, "is_exact": True}
    if image.size != whole.size:
        details["came_as"] = list(image.size)
    return replace(
        file, name=f"picture-{number + 1}.png", content_type=PNG, body=b"", path=path, details=details, thumbnail=thumbnail(whole)
    )


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
