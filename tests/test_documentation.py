"""What the documentation says exists, and what exists is in the documentation."""

import ast
import pathlib
import re
from collections.abc import Iterator

import pytest
from honcho.environ import parse_procfile

from launch.install import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
READERS = {"text", "flag", "number", "seconds", "words", "kept_secret"}
# Not ours to explain: every machine has it, or a test sets it.
FOREIGN = {"PATH"}


def variables_in_code() -> set[str]:
    """Names in `env.text("NAME")` and its neighbours, wherever the code stands."""
    files = [file for folder in ("playground", "launch", "apps") for file in (ROOT / folder).rglob("*.py")]
    return {name for file in files for name in _variables_in(file)} - FOREIGN


def _variables_in(file: pathlib.Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READERS and node.args:
            owner, name = node.func.value, node.args[0]
            if isinstance(owner, ast.Name) and owner.id == "env" and isinstance(name, ast.Constant):
                yield str(name.value)


def variables_in_procfile() -> set[str]:
    """Names with a default: the others are set by the start itself."""
    return set(re.findall(r"\$\{([A-Z0-9_]+):[-+]", (ROOT / "Procfile").read_text()))


def documented_variables() -> set[str]:
    cells = re.findall(r"^\| (`[^|]+`) \|", (ROOT / "docs" / "configuration.md").read_text(), re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([A-Z0-9_]+)`", cell)}


def test_it_explains_every_variable_and_no_other() -> None:
    assert documented_variables() == variables_in_code() | variables_in_procfile()


def test_it_offers_every_variable_in_the_example_file() -> None:
    offered = set(re.findall(r"^#([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    containers = set(re.findall(r"\$\{([A-Z0-9_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert offered == documented_variables() | containers


def test_it_passes_only_known_variables_to_containers() -> None:
    block = (ROOT / "docker-compose.yml").read_text().split("services:")[0]
    passed = {name.removesuffix("_FILE") for name in re.findall(r"^    ([A-Z0-9_]+):", block, re.MULTILINE)}
    assert passed <= documented_variables()


def test_it_names_every_process_of_the_procfile() -> None:
    assert set(parse_procfile((ROOT / "Procfile").read_text()).processes) == {"valkey", "worker", "web", "engines"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_it_has_no_dead_link(page: pathlib.Path) -> None:
    dead = [target for target in _links_of(page) if not _resolves(page, target)]
    assert dead == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_it_names_only_commands_that_exist(page: pathlib.Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:`|^ {4}|^)make ([a-z]+)", page.read_text(), re.MULTILINE))
    assert named <= targets


def _links_of(page: pathlib.Path) -> list[str]:
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    return [target for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target and not target.startswith("mailto:")]


def _resolves(page: pathlib.Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    return file.exists() and (not anchor or anchor in _anchors_of(file))


def _anchors_of(page: pathlib.Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
