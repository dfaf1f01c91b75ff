"""Pictures on their way to a disk: under names that people can read and every system takes, several as one ZIP file."""

from collections.abc import Generator, Iterator, Sequence
from typing import IO, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.file_names import safe_stem
from apps.core.holdings import Part
from apps.core.zipping import Download, packed
from apps.images.models import Picture

MOST: Final = 200  # in one file
PIECE: Final = 256 * 1024


def file_name(picture: Picture, number: int = 1) -> str:
    """`A green vase.png`; the second of that name is `A green vase 2.png`."""
    stem = safe_stem(str(picture), _("Picture"))
    return f"{stem} {number}.{picture.ending}" if number > 1 else f"{stem}.{picture.ending}"


def zip_of(pictures: Sequence[Picture]) -> Download:
    """For a response. Files are read one after the other while they are sent, and stored as they are: pictures are packed already."""
    return Download(_packed(pictures), name="pictures")


def _packed(pictures: Sequence[Picture]) -> Generator[bytes, None, None]:
    yield from packed(parts_of(pictures), timezone.now(), is_text=False)


def parts_of(pictures: Sequence[Picture]) -> Iterator[Part]:
    """One for each picture. What the storage has lost is named in a text at the end."""
    taken: set[str] = set()
    lost = []
    for picture in pictures:
        name = next(name for number in range(1, len(pictures) + 1) if (name := file_name(picture, number)).casefold() not in taken)
        taken.add(name.casefold())
        try:
            content = picture.file.open("rb")
        except FileNotFoundError:
            lost.append(name)
        else:
            yield Part(name, _pieces(content))
    if lost:
        heading = _("These pictures are not on the server any more:")
        yield Part(f"{_('Missing')}.txt", iter(["\n".join([heading, *lost, ""]).encode()]))


def _pieces(content: IO[bytes]) -> Iterator[bytes]:
    with content:
        while piece := content.read(PIECE):
            yield piece
