"""What this machine can run: tests in a browser are left out without Chromium, and say so; in CI it must be there."""

import os
import shutil

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MISSING = "Chromium is not installed, so nothing was looked at in a browser. On Debian: apt install chromium"


def chromium() -> str | None:
    """Where the browser is, or nothing."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    path = chromium()
    assert path, MISSING
    return path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    in_browser = [item for item in items if item.get_closest_marker("browser")]
    if not in_browser or chromium():
        return
    if os.environ.get("CI") == "true":
        raise pytest.UsageError(MISSING)
    for item in in_browser:
        item.add_marker(pytest.mark.skip(reason=MISSING))
