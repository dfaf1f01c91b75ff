"""The only module that reads the environment.

A secret may come from a variable or, with `_FILE` behind its name, from a file: that is how
container platforms hand secrets over.
"""

import os
import pathlib
import secrets


class BadSetting(Exception):
    """A variable holds something that cannot be understood. The text says which and what to write."""


def text(name: str, default: str = "") -> str:
    """The variable, or the content of the file that NAME_FILE points to, or the default."""
    file = os.environ.get(f"{name}_FILE")
    if file:
        try:
            return pathlib.Path(file).read_text().strip()
        except OSError as error:
            raise BadSetting(f"{name}_FILE names {file}, which cannot be read: {error.strerror}.") from error
    return os.environ.get(name, default).strip()


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
