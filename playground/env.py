"""The only module that reads the environment.

A secret may come from a variable or, with `_FILE` behind its name, from a file: that is how
container platforms hand secrets over.
"""

import os
import pathlib
import secrets
from collections.abc import Mapping
from functools import cache

# Lines NAME=value beside manage.py. The real environment wins. Tests name another file, so that they do not depend on it.
ENV_FILE = pathlib.Path(os.environ.get("PLAYGROUND_ENV_FILE", pathlib.Path(__file__).resolve().parent.parent / ".env"))


class BadSetting(Exception):
    """A variable holds something that cannot be understood. The text says which and what to write."""


@cache
def _file_values(file: pathlib.Path) -> dict[str, str]:
    """What an `.env` file says. Quotes around a value are taken off; nothing in it is expanded."""
    if not file.is_file():
        return {}
    lines = [line.strip().removeprefix("export ") for line in file.read_text().splitlines()]
    pairs = [line.partition("=") for line in lines if "=" in line and not line.startswith("#")]
    return {name.strip(): _unquoted(value.strip()) for name, _, value in pairs}


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def _lookup(name: str, default: str = "") -> str:
    return os.environ.get(name, _file_values(ENV_FILE).get(name, default))


def text(name: str, default: str = "") -> str:
    """The variable, or the content of the file that NAME_FILE points to, or the default. An empty variable is as good as none."""
    file = _lookup(f"{name}_FILE")
    if file:
        try:
            return pathlib.Path(file).read_text().strip()
        except OSError as error:
            raise BadSetting(f"{name}_FILE names {file}, which cannot be read: {error.strerror}.") from error
    return _lookup(name).strip() or default


def for_process(**extra: str) -> dict[str, str]:
    """The environment of a process to start: this one's, the lines of the `.env` file, and what is named here."""
    return {**_file_values(ENV_FILE), **os.environ, **extra}


def adopt(values: Mapping[str, str]) -> None:
    """Make this process see what the processes it starts will see."""
    os.environ.update(values)


def line_of(file: pathlib.Path) -> str:
    """The content of a file that another process may have left, or nothing."""
    return file.read_text().strip() if file.is_file() else ""


def flag(name: str, default: bool = False) -> bool:
    value = text(name, "yes" if default else "no").lower()
    if value in {"1", "yes", "true", "on"}:
        return True
    if value in {"", "0", "no", "false", "off"}:
        return False
    raise BadSetting(f"{name} is {value!r}. Write yes or no.")


def number(name: str, default: int) -> int:
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise BadSetting(f"{name} is {value!r}. Write a whole number.") from None


def seconds(name: str, default: float) -> float:
    value = text(name, str(default))
    try:
        return float(value)
    except ValueError:
        raise BadSetting(f"{name} is {value!r}. Write a number of seconds.") from None


def words(name: str, default: str = "") -> list[str]:
    """A list, written with commas."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def kept_secret(name: str, file: pathlib.Path, may_create: bool) -> str:
    """A secret from the environment, else from its file, which is made on a machine of one's own.

    With `may_create` false (production) a missing secret is an error, never a default.
    """
    value = text(name)
    if value:
        return value
    if file.exists():
        return file.read_text().strip()
    if not may_create:
        raise BadSetting(f"{name} is not set. Make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'")
    file.parent.mkdir(parents=True, exist_ok=True)
    value = secrets.token_urlsafe(48)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process of the same start was faster
        return file.read_text().strip()
    with os.fdopen(descriptor, "w") as handle:
        handle.write(value)
    return value
