"""Files on their way to a disk: several as one ZIP file, under names that every system takes."""

from collections.abc import Generator, Iterator, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.file_names import ending_of, safe_stem
from apps.core.holdings import Part
from apps.core.zipping import Download, packed
from apps.files.content import BUFFER, opened
from apps.files.models import File
from apps.files.removing import KEPT


def file_name(name: str, number: int = 1) -> str:
    """`Answers.jsonl`; the second of that name is `Answers 2.jsonl`."""
    ending = ending_of(name)
    stem = safe_stem(name.removesuffix(ending) if ending else name)
    return f"{stem} {number}{ending}" if number > 1 else f"{stem}{ending}"


def zip_of(files: Sequence[File]) -> Download:
    """For a response. Files are read one after the other while they are sent."""
    return Download(_packed(files), name="files")


def _packed(files: Sequence[File]) -> Generator[bytes, None, None]:
    yield from packed(parts_of(files), timezone.now())


def parts_of(files: Sequence[File]) -> Iterator[Part]:
    """One for each of which a copy is here. The others, and what the storage has lost, are named in a text at the end."""
    taken: set[str] = set()
    missing: list[str] = []
    for file in files:
        name = next(name for number in range(1, len(files) + 1) if (name := file_name(file.name, number)).casefold() not in taken)
        taken.add(name.casefold())
        if file.copy not in KEPT:
            missing.append(name)
        else:
            yield Part(name, _read(file, missing, name))
    if missing:
        heading = _("These files are not on this server, or not whole:")
        yield Part(f"{_('Missing')}.txt", iter(["\n".join([heading, *missing, ""]).encode()]))


def _read(file: File, missing: list[str], name: str) -> Iterator[bytes]:
    try:
        with opened(file) as source:
            while block := source.read(BUFFER):
                yield block
    except FileNotFoundError:
        missing.append(name)
