"""The rules of docs/architecture.md, checked by the tools that know them."""

import ast
import os
import pathlib
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.apps import apps as installed
from django.conf import settings

from launch.install import ROOT

pytestmark = pytest.mark.timeout(300)
CODE = ["playground", "launch", "gateway", "engines", "sound", "rows", "jsonl", "vectors", "apps"]
# `asgi`, `celery` and `manage` name the settings' module, which has to happen before settings can be read.
NAMES_SETTINGS = {"playground/asgi.py", "playground/celery.py", "manage.py"}
# A child process gets only what it needs of ours, and no secrets.
HANDS_ON = {"sound/process.py", "apps/core/aside.py"}
LONGEST_FILE = 400
LONGEST_FUNCTION = 60


def run(*command: str, **variables: str) -> str:
    """Run a tool; return what it says, which must not be about a failure."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
    done = subprocess.run([sys.executable, *command], cwd=ROOT, env=kept | variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def modules() -> Iterator[pathlib.Path]:
    for folder in CODE:
        yield from (file for file in (ROOT / folder).rglob("*.py") if "tests" not in file.parts and "migrations" not in file.parts)


def name_of(file: pathlib.Path) -> str:
    return str(file.relative_to(ROOT))


def test_it_imports_only_downwards() -> None:
    run("-c", "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())")


def test_it_is_clean_code() -> None:
    run("-m", "ruff", "check", ".")


def test_it_has_one_form() -> None:
    run("-m", "ruff", "format", "--check", ".")


def test_it_is_typed(tmp_path: pathlib.Path) -> None:
    run("-m", "mypy", "--cache-dir", str(tmp_path), PLAYGROUND_DATA=str(tmp_path))


@pytest.mark.parametrize("app", ["core", "accounts", "providers", "runs", "moderation", "similarity", "catalog"])
def test_it_has_a_place_in_the_contents_for_every_module(app: str) -> None:
    """Folders of many modules say in `__init__.py` what belongs together."""
    folder = ROOT / "apps" / app
    contents = set(re.findall(r"\w+", ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or ""))
    there = {file.stem for file in folder.glob("*.py")} - {"__init__", "apps", "urls"}
    assert there <= contents, f"not in the contents of apps/{app}: {sorted(there - contents)}"


@pytest.mark.django_db
def test_it_has_a_migration_for_every_model() -> None:
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_it_passes_the_checks_of_a_public_installation(tmp_path: pathlib.Path) -> None:
    production = {
        "PLAYGROUND_ENV_FILE": os.devnull,
        "PLAYGROUND_DATA": str(tmp_path),
        "PLAYGROUND_PRODUCTION": "yes",
        "SECRET_KEY": "k" * 25 + "0123456789abcdefghijklmnopqrstuvwxyz",
        "PROVIDER_KEY_SECRET": "another secret of the test",
        "ALLOWED_HOSTS": "play.example.org",
        "CSRF_TRUSTED_ORIGINS": "https://play.example.org",
        "BEHIND_PROXY": "yes",
        "HSTS_SECONDS": "31536000",
    }
    run("manage.py", "check", "--deploy", "--fail-level", "ERROR", **production)


def test_it_refuses_a_public_installation_without_secrets(tmp_path: pathlib.Path) -> None:
    variables = {"PLAYGROUND_ENV_FILE": os.devnull, "PLAYGROUND_DATA": str(tmp_path), "PLAYGROUND_PRODUCTION": "yes"}
    with pytest.raises(AssertionError, match="SECRET_KEY is not set"):
        run("manage.py", "check", **variables)


def test_it_reads_the_environment_in_one_place() -> None:
    allowed = {"playground/env.py", *NAMES_SETTINGS, *HANDS_ON}
    readers = {name_of(file) for file in modules() if _reads_environment(file) and not name_of(file).startswith("engines/")}
    assert readers <= allowed


def _reads_environment(file: pathlib.Path) -> bool:
    names = {"environ", "getenv", "environb", "putenv"}
    return any(
        isinstance(node, ast.Attribute) and node.attr in names and isinstance(node.value, ast.Name) and node.value.id == "os"
        for node in ast.walk(ast.parse(file.read_text()))
    )


def test_it_keeps_files_and_functions_short() -> None:
    long_files = [name_of(file) for file in modules() if len(file.read_text().splitlines()) > LONGEST_FILE]
    long_functions = [
        f"{name_of(file)}:{node.lineno} {node.name}"
        for file in modules()
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert long_files == []
    assert long_functions == []


@pytest.mark.parametrize("name", settings.CAPABILITIES)
def test_it_builds_every_capability_alike(name: str) -> None:
    folder = ROOT / name.replace(".", "/")
    files = {file.name for file in folder.iterdir()}
    assert {"__init__.py", "apps.py", "forms.py", "operations.py", "views.py", "urls.py", "tests"} <= files
    assert list((folder / "tests").glob("test_*_*.py"))
    assert ("models.py" in files) == ("migrations" in files)
    config = next(config for config in installed.get_app_configs() if config.name == name)
    assert all(getattr(config, fact, "") for fact in ("verbose_name", "icon", "url_name"))
    assert getattr(config, "group", "") or config.url_name in {page.url_name for page in config.more_pages}


def test_it_names_modules_for_what_they_know() -> None:
    vague = {"utils", "helpers", "common", "misc", "util", "helper"}
    assert [name_of(file) for file in modules() if file.stem in vague or file.parent.name in vague] == []
