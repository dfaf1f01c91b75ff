"""Asks the child (`apps.core.aside`)."""

import pathlib
from dataclasses import dataclass
from typing import Final

from apps.core.aside import ask

KINDS: Final = frozenset({"damaged", "too_large", "locked", "too_slow"})


class Unreadable(Exception):
    """Nothing can be drawn of it. `kind` is one of KINDS; the words for it are whoever asks'."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Drawn:
    """`width` and `height` of a picture in pixels as a person sees it, `pages` of a PDF; 0 where it has none."""

    width: int = 0
    height: int = 0
    pages: int = 0


def draw(path: pathlib.Path, what: str, target: pathlib.Path) -> Drawn:
    """Writes a WebP of the picture or of the first page (`what`: "picture", "pdf"). Raises Unreadable. May be called from any thread."""
    answer = ask("apps.files.drawing", {"what": what, "path": str(path), "target": str(target)})
    if "unreadable" in answer:
        raise Unreadable(str(answer["unreadable"]))
    return Drawn(**{name: int(value) for name, value in answer.items()})
