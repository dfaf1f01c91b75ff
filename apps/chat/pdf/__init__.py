"""What a PDF says, page by page, read in a process of its own (`apps.core.aside`)."""

import pathlib
from dataclasses import dataclass

from apps.core.aside import ask

__all__ = ["PdfText", "Unreadable", "read_pdf"]


class Unreadable(Exception):
    """`kind`: "damaged", "too_large", "locked", "too_slow"."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class PdfText:
    """`pages`: how many there are; `texts`: of the first ones, as far as they were read. A page that is a picture has an empty text."""

    pages: int
    texts: list[str]


def read_pdf(path: pathlib.Path, *, most_pages: int, most_characters: int) -> PdfText:
    """Raises Unreadable."""
    answer = ask("apps.chat.pdf", {"path": str(path), "most_pages": most_pages, "most_characters": most_characters})
    if "unreadable" in answer:
        raise Unreadable(str(answer["unreadable"]))
    return PdfText(int(answer["pages"]), [str(text) for text in answer["texts"]])
