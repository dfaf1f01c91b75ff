"""How a picture that a call brought comes into the gallery: a row beside the row of its file, in one transaction."""

import pathlib
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from django.core.files.base import ContentFile
from django.urls import reverse

from apps.accounts.models import Team
from apps.core.ids import first_id_at
from apps.images import finishing
from apps.images.models import Mask, Picture
from apps.images.operations import OURS
from apps.runs.keepers import Keeper, Shown
from apps.runs.models import Run, RunFile
from apps.runs.operations import OutputFile

KIND_OF_OPERATION: Final = {
    "images.generate": Picture.Kind.MADE,
    "images.edit": Picture.Kind.EDITED,
    "images.vary": Picture.Kind.VARIED,
    "chat.reply": Picture.Kind.CHAT,
    "chat.respond": Picture.Kind.CHAT,
}
SHOWN_EDGE: Final = 320  # pixels of the longest edge, beside the words of an answer
NOT_SETTINGS: Final = {"prompt", OURS, "messages"}


class PictureKeeper(Keeper):
    """Files the pictures of all calls, also those of chats."""

    kind: ClassVar[str] = "picture"

    def look(self, output: OutputFile, folder: pathlib.Path, number: int) -> OutputFile:
        return finishing.looked_at(output, folder, number)

    def row_of(self, run: Run, row: RunFile, output: OutputFile) -> Picture | None:
        return picture_of(run, row, output)

    def shown(self, rows: Sequence[RunFile]) -> Mapping[uuid.UUID, Shown]:
        found = Picture.objects.alive().filter(output__in=rows).only("output", "name", "width", "height")
        return {picture.output_id: _shown(picture) for picture in found if picture.output_id}


def _shown(picture: Picture) -> Shown:
    page, thumbnail = (reverse(f"images:{name}", args=[picture.pk]) for name in ("picture", "thumbnail"))
    factor = min(1.0, SHOWN_EDGE / max(picture.width, picture.height))
    width, height = (max(1, round(edge * factor)) for edge in (picture.width, picture.height))
    return Shown(page, thumbnail, picture.name, width, height)


def picture_of(run: Run, row: RunFile, output: OutputFile) -> Picture | None:
    """The picture of an output file, unsaved, with its thumbnail stored. None for what is no picture.

    What it was made from may be gone by now: it is filed without.
    """
    width, height = output.details.get("width"), output.details.get("height")
    kind = KIND_OF_OPERATION.get(run.operation, Picture.Kind.MADE)
    if not output.content_type.startswith("image/") or not width or not height or _is_not_wanted(run):
        return None
    picture = Picture(
        team_id=run.team_id,
        person_id=run.person_id,
        kind=kind,
        run=run,
        output=row,
        content_type=output.content_type,
        size=row.size,
        width=width,
        height=height,
        description=str(run.params.get("prompt", "")) if kind != Picture.Kind.CHAT else "",
        revised=str(output.details.get("revised_prompt", "")),
        settings={name: value for name, value in run.params.items() if name not in NOT_SETTINGS} if kind != Picture.Kind.CHAT else {},
        model=run.model,
        model_label=run.model_label,
        is_exact=bool(output.details.get("is_exact")),
        is_unfinished=bool(output.details.get("is_unfinished")),
    )
    picture.name = name_of(picture, row.position)
    picture.file.name = row.file.name
    if output.thumbnail:
        picture.thumbnail.name = _stored_beside(row, output.thumbnail)
    ours = run.params.get(OURS) or {}  # asked for last: what is there now must be there still when the row is written
    picture.made_from = _still_there(Picture, run, ours.get("source"))
    picture.mask = _still_there(Mask, run, ours.get("mask"))
    return picture


def _stored_beside(row: RunFile, thumbnail: bytes) -> str:
    """Its name in the storage. One that lies there already is of an earlier try."""
    storage, name = row.file.storage, f"{row.file.name}.thumbnail"
    storage.delete(name)
    return str(storage.save(name, ContentFile(thumbnail)))


def _still_there(model: type[Any], run: Run, pk: Any) -> Any:
    """The row of the team with this id, if there is one."""
    return model.objects.filter(team=run.team_id, pk=pk).first() if pk else None


def _is_not_wanted(run: Run) -> bool:
    """Everything of the team was deleted after this was asked: the gallery would show what is to be gone."""
    erased = Team.objects.filter(pk=run.team_id).values_list("erase_before", flat=True).first()
    return erased is not None and run.pk < first_id_at(erased)


def name_of(picture: Picture, position: int) -> str:
    """The first words of what was asked for, with a number for all but the first of a call."""
    words = " ".join(picture.description.split())[:60].strip()
    return f"{words} {position + 1}" if words and position else words
