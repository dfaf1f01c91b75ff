"""What Health tells of the parts that every installation has: database, storage, versions."""

import os
import pathlib
import platform
import secrets
import shutil
import sqlite3
import tomllib
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import django
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from apps.core.health import Fact, Report, State, timed

LITTLE_ROOM: Final = 1024**3
PACKAGES: Final = ("celery", "redis", "httpx", "uvicorn", "django-allauth", "django-htmx", "psycopg")


def report_database() -> Report:
    """Kind, version, size, and how quickly it answers."""
    _answer, speed = timed(lambda: _ask_database("SELECT 1"))
    if connection.vendor == "postgresql":
        size = _ask_database("SELECT pg_database_size(current_database())")
        told = str(_ask_database("SHOW server_version"))
        return Report(facts=[Fact(_("Kind"), f"PostgreSQL {told}"), Fact(_("Size"), filesizeformat(size)), speed])
    path = pathlib.Path(str(connection.settings_dict["NAME"])).resolve()
    size = sum(file.stat().st_size for file in (path, path.with_name(f"{path.name}-wal")) if file.exists())
    facts = [
        Fact(_("Kind"), f"SQLite {sqlite3.sqlite_version}"),
        Fact(_("Where"), str(path), is_inner=True),
        Fact(_("Size"), filesizeformat(size)),
        speed,
    ]
    return Report(facts=facts)


def _ask_database(question: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def report_storage() -> Report:
    """Where files are kept, whether they can be, and how much room is left."""
    problem = _writing_problem()
    state, sentence = (State.DOWN, _("Nothing can be written there: %(reason)s") % {"reason": problem}) if problem else (State.FINE, "")
    if not isinstance(default_storage._wrapped, FileSystemStorage):  # type: ignore[attr-defined]  # the lazy object's own name
        bucket = getattr(default_storage, "bucket_name", "")
        return Report(state, sentence, [Fact(_("Where"), _("Object storage, %(bucket)s") % {"bucket": bucket}, is_inner=True)])
    room = shutil.disk_usage(_nearest(pathlib.Path(settings.MEDIA_ROOT)))
    if not problem and room.free < LITTLE_ROOM:
        state, sentence = State.WARN, _("There is little room left. Without room nothing new can be kept.")
    facts = [
        Fact(_("Where"), str(settings.MEDIA_ROOT), is_inner=True),
        Fact(_("Free"), _("%(free)s of %(total)s") % {"free": filesizeformat(room.free), "total": filesizeformat(room.total)}),
        Fact(_("Can be written"), _("no") if problem else _("yes")),
    ]
    return Report(state, sentence, facts)


def _writing_problem() -> str:
    """Write a small file and take it away again; "" when that works."""
    try:
        name = default_storage.save(f"health/{secrets.token_hex(8)}", ContentFile(b"here"))
        default_storage.delete(name)
    except Exception as error:  # each kind of storage has errors of its own
        return f"{type(error).__name__}: {getattr(error, 'strerror', None) or ''}".rstrip(": ")
    return ""


def _nearest(folder: pathlib.Path) -> pathlib.Path:
    """The folder, or the one above it that is there."""
    return next((each for each in (folder, *folder.parents) if each.exists()), pathlib.Path(os.sep))


def report_versions() -> Report:
    facts = [
        *(Fact(settings.PRODUCT_NAME, own) for own in _own_version()),
        Fact("Python", platform.python_version()),
        Fact("Django", django.get_version()),
        *(Fact(name, found) for name in PACKAGES if (found := _version(name))),
        Fact(_("System"), platform.platform(terse=True)),
        Fact(_("Processors"), str(os.cpu_count() or "")),
    ]
    return Report(facts=facts)


def _own_version() -> list[str]:
    """Ours, where the project's file is there to say it."""
    try:
        return [str(tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"])]
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return []


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
