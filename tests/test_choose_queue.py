"""Which server the queue uses, by setting and by what the machine has."""

import pathlib
import stat
from urllib.parse import urlsplit

import pytest

from launch import valkey
from launch.problems import CannotStart


class Servers:
    """Stands for everything that listens somewhere."""

    def __init__(self, *alive: str) -> None:
        self.alive = alive

    def __call__(self, url: str) -> bool:
        return url in self.alive


@pytest.fixture
def without_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valkey, "_own_binary", lambda: None)


def test_it_takes_the_named_server_when_it_answers(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valkey, "answers", Servers("redis://elsewhere/0", valkey.LOCAL_SERVER))
    chosen = valkey.choose("redis://elsewhere/0", tmp_path)
    assert chosen == valkey.Queue("redis://elsewhere/0")
    assert not chosen.is_ours


def test_it_never_replaces_a_named_server_that_is_down(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valkey, "answers", Servers(valkey.LOCAL_SERVER))
    with pytest.raises(CannotStart, match="REDIS_URL names redis://elsewhere:7000/0, but") as caught:
        valkey.choose("redis://user:hidden@elsewhere:7000/0", tmp_path)
    assert "hidden" not in str(caught.value)


@pytest.mark.usefixtures("without_wheel")
def test_it_takes_a_local_server_where_there_is_no_package(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valkey, "answers", Servers(valkey.LOCAL_SERVER))
    assert valkey.choose("", tmp_path).url == valkey.LOCAL_SERVER


@pytest.mark.usefixtures("without_wheel")
def test_it_says_what_to_do_when_there_is_no_server_at_all(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valkey, "answers", Servers())
    with pytest.raises(CannotStart, match="Install Redis or Valkey and start it, or set REDIS_URL"):
        valkey.choose("", tmp_path)


def test_it_keeps_the_password_of_its_own_server_to_the_owner(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valkey, "_own_binary", lambda: pathlib.Path("/opt/valkey-server"))
    first, second = valkey.choose("", tmp_path), valkey.choose("", tmp_path)
    password = urlsplit(first.url).password
    assert password
    assert password == urlsplit(second.url).password
    config = pathlib.Path(first.config)
    assert f"requirepass {password}" in config.read_text()
    assert "bind 127.0.0.1\n" in config.read_text()
    assert password not in first.server + first.config
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in (tmp_path / "keys").iterdir())
