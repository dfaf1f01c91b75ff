"""Static files that live inside installed packages."""

import importlib.resources
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage, Storage

FILES: Final = {"vendor/inter.ttf": ("fontpkg_inter", "files/Inter[opsz,wght].ttf")}


class PackageFiles(FileSystemStorage):
    """Reads each of our names from where the package keeps its file."""

    def path(self, name: str) -> str:
        return locate(name)


def locate(name: str) -> str:
    package, inner = FILES[name]
    return str(importlib.resources.files(package).joinpath(inner))


class PackageFileFinder(BaseFinder):
    """Serves single files of installed packages under names of ours (`FILES`)."""

    storage = PackageFiles()

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        missing = [name for name in FILES if not self.storage.exists(name)]
        return [
            Error(f"The package file behind {name} is missing.", hint="Install requirements.txt again.", id="core.E001") for name in missing
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path not in FILES:
            return []
        return [locate(path)] if find_all else locate(path)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        for name in FILES:
            yield name, self.storage
