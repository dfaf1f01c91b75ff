"""The virtual environment: made once, filled from the requirement files, left alone while they stay the same.

Runs before anything is installed, so it uses only the standard library.
"""

from __future__ import annotations

import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator

ROOT = pathlib.Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
CONSTRAINTS = ROOT / "constraints.txt"
OLDEST_PYTHON = (3, 11)
WHEELS_ONLY = "--only-binary=:all:"
OFFLINE = re.compile(
    r"ConnectionError|ConnectTimeout|ProxyError|Name or service not known|name resolution|Network is unreachable|nodename nor servname"
)


class CannotInstall(Exception):
    """Nothing can be started. The text says why and what to do."""


def ensure(development: bool = False) -> pathlib.Path:
    """Make `.venv` hold what the requirement files say; return its Python. Does nothing when it already does."""
    if sys.version_info < OLDEST_PYTHON:
        raise CannotInstall(
            f"Playground needs Python 3.11 or newer; this is {sys.version.split()[0]}. Name another one: make run PYTHON=python3.12"
        )
    kinds = ["run", "engines", *(["dev"] if development else [])]
    stamp = read_stamp() if PYTHON.exists() else {}
    if all(stamp.get(kind) == fingerprint(kind) for kind in kinds):
        return PYTHON
    if not _is_usable():
        _make_environment()
        stamp = {}
    for kind in kinds:
        if stamp.get(kind) != fingerprint(kind):
            _install_and_note(kind, stamp)
    return PYTHON


def _install_and_note(kind: str, stamp: dict[str, str]) -> None:
    """Install one kind and stamp it. Only the built-in provider may be left out: a product without it still works."""
    try:
        if kind == "engines":
            stamp["missing"] = " ".join(_install_engines())
        else:
            _install(kind)
    except CannotInstall as problem:
        if kind != "engines":
            raise
        print(problem, flush=True)
        return
    stamp[kind] = fingerprint(kind)
    STAMP.write_text(json.dumps(stamp, indent=1))


def read_stamp() -> dict[str, str]:
    """What was installed: kind → fingerprint of its file, and under "missing" what this machine could not take."""
    try:
        content = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def missing_engines() -> list[str]:
    """Names of packages of the built-in provider that could not be installed on this machine."""
    return read_stamp().get("missing", "").split()


def fingerprint(kind: str) -> str:
    content = _file_of(kind).read_bytes() + CONSTRAINTS.read_bytes()
    return hashlib.sha256(content).hexdigest()


def _file_of(kind: str) -> pathlib.Path:
    return ROOT / {"run": "requirements.txt", "engines": "requirements-engines.txt", "dev": "requirements-dev.txt"}[kind]


def _is_usable() -> bool:
    """Whether the environment works: a removed Python or an installation killed half-way leaves one that does not."""
    if not PYTHON.exists():
        return False
    return subprocess.run([PYTHON, "-c", "import pip"], capture_output=True, check=False).returncode == 0


def _make_environment() -> None:
    print("Making the virtual environment in .venv …", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True, check=False)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        advice = "Python could not make a virtual environment. On Debian and Ubuntu: apt install python3-venv."
        raise CannotInstall(f"{advice}\n{made.stdout}{made.stderr}")


def _install(kind: str) -> None:
    name = _file_of(kind).name
    print(f"Installing {name} …", flush=True)
    problem = _pip(["-r", str(_file_of(kind)), "-c", str(CONSTRAINTS)])
    if OFFLINE.search(problem):
        raise CannotInstall(f"The package index cannot be reached, and not everything in {name} is installed. This start needs a network.")
    if problem:
        raise CannotInstall(f"{problem}\n\n{name} could not be installed; pip says why above.")


def _install_engines() -> list[str]:
    """Install all packages of the built-in provider or, where one does not exist for this machine, the others.

    Returns the names of those that are missing. Raises `CannotInstall` when the index cannot be reached: worth another try.
    """
    file = _file_of("engines")
    print(f"Installing {file.name}, the built-in provider …", flush=True)
    # Never from source: building llama.cpp takes ten minutes and a compiler.
    problem = _pip([WHEELS_ONLY, "-r", str(file), "-c", str(CONSTRAINTS)])
    if not problem:
        return []
    if OFFLINE.search(problem):
        raise CannotInstall("The package index cannot be reached: the built-in provider is incomplete until a start with a network.")
    return [
        package_of(line)
        for line in requirements_in(file)
        if _pip([WHEELS_ONLY, line, "-c", str(CONSTRAINTS)]) and _pip([WHEELS_ONLY, line])
    ]


def requirements_in(file: pathlib.Path) -> Iterator[str]:
    for line in file.read_text().splitlines():
        text = line.split("#")[0].strip()
        if text:
            yield text


def package_of(requirement: str) -> str:
    return re.split(r"[\s\[<>=!~;]", requirement, maxsplit=1)[0]


def _pip(arguments: list[str]) -> str:
    """Run `pip install`, showing only what it downloads. Returns its words when it failed, else nothing."""
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--retries", "2", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        if not line.startswith("Requirement already satisfied"):
            lines.append(line.rstrip())
        found = re.match(r"\s*Downloading (\S+) (\([\d.]+ .?B\))", line)
        if found:
            print(f"  {found[1].rsplit('/')[-1]} {found[2]}", flush=True)
    return "\n".join(lines[-30:]) if process.wait() else ""
