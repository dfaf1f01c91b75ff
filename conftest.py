"""People, teams and providers that the tests of all apps start from."""

import pytest

from apps.accounts.models import Membership, Role, Team, User
from apps.providers.models import Provider
from tests.loopback import Loopback


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
    from apps.runs.tasks import _publishers

    _publishers.shutdown(wait=True, cancel_futures=True)
