"""People, teams and providers that the tests of all apps start from; and what this machine can run.

Tests in a browser are left out without Chromium, and say so; in CI it must be there.
"""

import os
import shutil

import pytest

from apps.accounts.models import Membership, Role, Team, User
from apps.providers.facts import forget_shipped
from apps.providers.models import Provider
from apps.runs import followups
from tests.loopback import Loopback

pytest_plugins = ("tests.speech_samples",)
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


@pytest.fixture(autouse=True)
def fresh_facts():
    """What one test changed in the table of facts is not remembered in the next."""
    forget_shipped()


@pytest.fixture(autouse=True)
def follow_ups_here(monkeypatch):
    """What apps do after a call is done in the thread and the transaction of the test."""
    monkeypatch.setattr(followups, "begin", followups.work_now)


@pytest.fixture
def team(db):
    return Team.objects.create(name="Harbour")


@pytest.fixture
def other_team(db):
    return Team.objects.create(name="Elsewhere")


@pytest.fixture
def make_member(db):
    def make(team, role=Role.EDITOR, email=None):
        user = User.objects.create_user(email or f"{role}-{User.objects.count()}@example.org", "long enough to be one")
        return Membership.objects.create(team=team, user=user, role=role)

    return make


@pytest.fixture
def editor(team, make_member):
    return make_member(team, Role.EDITOR)


@pytest.fixture
def viewer(team, make_member):
    return make_member(team, Role.VIEWER)


@pytest.fixture
def as_editor(client, editor):
    client.force_login(editor.user)
    return client


@pytest.fixture(scope="session")
def loopback():
    """A provider on this machine that counts requests and misbehaves by the name of the model."""
    with Loopback() as provider:
        yield provider


@pytest.fixture
def provider(team, loopback):
    origin = loopback.url.removesuffix("/v1")
    return Provider.objects.create(team=team, name="Loopback", base_url=loopback.url, dialect="other", private_origin=origin)


@pytest.fixture(scope="session", autouse=True)
def quiet_end():
    """No publishing after the last test: nobody listens, and it would only write to a closed log."""
    yield
    from apps.runs.tasks import _helpers

    _helpers.shutdown(wait=True, cancel_futures=True)
