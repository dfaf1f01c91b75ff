"""The bytes of a file, on their way to and from a provider: out of our pieces, and into them, without a second copy."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import ClassVar, Final

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from apps.files.content import Writer, becoming_rows, pieces_of, writing
from apps.files.models import PARENT, Copy, File, Part, Piece
from apps.files.operations import FetchFile, SendFile, SendPart
from apps.runs.files import NotHeld
from apps.runs.models import Run
from apps.runs.operations import OutputFile
from apps.runs.patience import persist
from apps.runs.supplies import Source, Stored, Supply

READ: Final = 1024 * 1024
MOST_OF_PART: Final = 2**31 - 1


class FileSupply(Supply):
    kind: ClassVar[str] = PARENT

    def sources(self, run: Run) -> Sequence[Source]:
        """The whole file, or the part that this run is of. Raises FileNotFoundError where a piece is missing."""
        if run.operation not in {SendFile.name, SendPart.name}:
            return ()
        file = File.objects.get(pk=run.parent_id)
        start, size = (int(run.params.get(name, 0)) for name in ("start", "size"))
        pieces = pieces_of(file, start, size)
        if sum(piece.size for piece in pieces) != size:
            raise FileNotFoundError(file.name)
        return (Source(file.name, file.content_type, [Stored(piece.content, 0, piece.size) for piece in pieces]),)

    def take(self, run: Run, outputs: Sequence[OutputFile], hold: Callable[[], None]) -> None:
        """What was fetched becomes pieces. What nobody waits for any more is let go."""
        if run.operation != FetchFile.name or not outputs:
            return
        part = Part.objects.select_related("file").filter(run=run, way=Part.Way.DOWN, is_done=False).first()
        if part is None:
            raise NotHeld
        came = outputs[0].details
        first = int(came["start"]) // settings.FILE_PIECE_BYTES
        with writing(part.file, first) as writer:
            for chunk in _chunks(outputs[0]):
                writer.write(chunk)
        with becoming_rows(writer.pieces):
            persist(partial(_save, part, writer, dict(came), hold))


def _chunks(output: OutputFile) -> Iterator[bytes]:
    assert output.path is not None
    with output.path.open("rb") as source:
        while chunk := source.read(READ):
            yield chunk


def _save(part: Part, writer: Writer, came: dict[str, int], hold: Callable[[], None]) -> None:
    """The pieces and what the file knows of them, at once."""
    is_all = came["status"] != 206
    with transaction.atomic():
        hold()
        coming = File.objects.select_for_update().filter(pk=part.file_id, copy=Copy.COMING)
        mine = Part.objects.filter(pk=part.pk, run=part.run_id)
        if mine.filter(is_done=True).exists() and _is_written(writer):  # at the moment when the database went away
            return
        if not mine.filter(is_done=False).exists() or not coming.exists():
            raise NotHeld
        if is_all:
            Part.objects.filter(file=part.file_id, way=Part.Way.DOWN).exclude(pk=part.pk).delete()
        Piece.objects.bulk_create(writer.pieces)
        size = {"size": min(came["size"], MOST_OF_PART)} if is_all else {}
        Part.objects.filter(pk=part.pk).update(is_done=True, **size)
        told = {"size": came["all"]} if came["all"] >= 0 else {}
        coming.update(received=F("received") + writer.size, pieces=F("pieces") + len(writer.pieces), touched_at=Now(), **told)


def _is_written(writer: Writer) -> bool:
    return not writer.pieces or Piece.objects.filter(content=writer.pieces[0].content.name).exists()
