"""How a picture that a call brought comes into the gallery: a row beside the row of its file, in one transaction."""

from typing import Final

from django.core.files.base import ContentFile

from apps.images.models import Picture
from apps.images.operations import OURS
from apps.runs.models import Run, RunFile
from apps.runs.operations import OutputFile

KIND_OF_OPERATION: Final = {
    "images.generate": Picture.Kind.MADE,
    "images.edit": Picture.Kind.EDITED,
    "images.vary": Picture.Kind.VARIED,
    "chat.reply": Picture.Kind.CHAT,
}
NOT_SETTINGS: Final = {"prompt", OURS, "messages"}


def picture_of(run: Run, row: RunFile, output: OutputFile) -> Picture | None:
    """The picture of an output file, unsaved, with its thumbnail stored. None for what is no picture."""
    width, height = output.details.get("width"), output.details.get("height")
    if not output.content_type.startswith("image/") or not width or not height:
        return None
    ours = run.params.get(OURS) or {}
    picture = Picture(
        team_id=run.team_id,
        person_id=run.person_id,
        kind=KIND_OF_OPERATION.get(run.operation, Picture.Kind.MADE),
        run=run,
        output=row,
        made_from=Picture.objects.filter(team=run.team_id, pk=ours["source"]).first() if ours.get("source") else None,
        mask_id=ours.get("mask"),
        content_type=output.content_type,
        size=row.size,
        width=width,
        height=height,
        description=str(run.params.get("prompt", "")) if run.operation != "chat.reply" else "",
        revised=str(output.details.get("revised_prompt", "")),
        settings=_settings_of(run),
        model=run.model,
        model_label=run.model_label,
        is_exact=bool(output.details.get("is_exact")),
        is_unfinished=bool(output.details.get("is_unfinished")),
    )
    picture.name = name_of(picture, row.position)
    picture.file.name = row.file.name
    if output.thumbnail:
        picture.thumbnail.save("", ContentFile(output.thumbnail), save=False)
    return picture


def _settings_of(run: Run) -> dict[str, object]:
    return {name: value for name, value in run.params.items() if name not in NOT_SETTINGS} if run.operation != "chat.reply" else {}


def name_of(picture: Picture, position: int) -> str:
    """The first words of what was asked for, with a number for all but the first of a call."""
    words = " ".join(picture.description.split())[:60].strip()
    return f"{words} {position + 1}".strip() if position else words
