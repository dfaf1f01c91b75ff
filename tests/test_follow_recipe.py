"""The whole capability of docs/adding-a-capability.md, made in a copy of the project as the page says, and tested there."""

import pathlib
import re
import shutil
import subprocess
import sys

import pytest

from launch.install import ROOT

PAGE = ROOT / "docs" / "adding-a-capability.md"
COPIED = ("apps", "docs", "engines", "gateway", "jsonl", "launch", "playground", "rows", "sound", "static", "templates", "tests", "vectors")
CHECKED = ("apps/ranking", "tests/test_architecture.py", "tests/test_walk_urls.py", "tests/test_jump_anywhere.py")
WANTED = "ranking or every_address or downwards or page_is_for or same_key"


@pytest.fixture
def project(tmp_path: pathlib.Path) -> pathlib.Path:
    copy = tmp_path / "project"
    for name in COPIED:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ROOT.iterdir():
        if file.is_file() and file.name != ".env":
            shutil.copy(file, copy)
    return copy


def blocks_of(text: str, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)


def write(project: pathlib.Path, name: str, text: str) -> None:
    file = project / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def put(project: pathlib.Path, name: str, old: str, new: str) -> None:
    text = (project / name).read_text()
    assert old in text, f"{name} has no {old!r} any more"
    write(project, name, text.replace(old, new, 1))


def change(project: pathlib.Path, diff: str) -> None:
    """A line with + takes the place of the one with - before it, or follows the line before it. `…` stands for the rest of a line."""
    name = before = ""
    is_gone = False
    for line in diff.splitlines():
        mark, text = line[:1], line[1:].split("…")[0].rstrip(" ") if "…" in line else line[1:]
        if line.startswith("--- "):
            name = line[4:]
        elif mark == "+":
            put(project, name, before, text if is_gone else f"{before}\n{text}")
            before, is_gone = text, False
        else:
            before, is_gone = text, mark == "-"


def follow(project: pathlib.Path) -> None:
    text = PAGE.read_text()
    for block in blocks_of(text, "python"):
        name, body = block.removeprefix("# ").split("\n", 1)
        if name.startswith("apps/"):
            write(project, name, body)
        else:
            name, (route, method) = name.split(",")[0], body.split("\n# and as a method\n")
            beside = '            ("POST", "/v1/chat/completions"): self.complete_chat,\n'
            put(project, name, beside, beside + route)
            put(project, name, "    async def complete_chat", f"{method}\n    async def complete_chat")
    [page] = blocks_of(text, "html")
    write(project, "templates/ranking/page.html", page)
    for folder in ("", "tests/"):
        write(project, f"apps/ranking/{folder}__init__.py", "")
    [diff] = blocks_of(text, "diff")
    change(project, diff)


def run(project: pathlib.Path, *command: str) -> str:
    done = subprocess.run([sys.executable, "-m", *command], cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-2000:]}"
    return done.stdout


@pytest.mark.timeout(300)
def test_it_works_as_it_is_written(project: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    follow(project)
    monkeypatch.setenv("PLAYGROUND_TEST_DATA", str(tmp_path))
    for name in ("DATABASE_URL", "PYTEST_XDIST_WORKER", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    said = run(project, "pytest", *CHECKED, "-k", WANTED, "-p", "no:cacheprovider", "-p", "no:xdist")
    assert re.search(r"[.]{12}", said), said
    run(project, "ruff", "check", "apps/ranking")
