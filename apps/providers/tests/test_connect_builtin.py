"""A new team has the models of this machine."""

import pytest

from apps.accounts.models import Team, User
from apps.accounts.teams import create_team
from apps.providers.models import Provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return User.objects.create_user("kim@example.org", "wheel thrown bowls")


def test_it_connects_them_when_a_team_is_made(person):
    first, second = create_team(person, "Kiln").team, create_team(person, "Loom").team
    assert [provider.team for provider in Provider.objects.filter(is_builtin=True).order_by("pk")] == [first, second]


def test_it_looks_at_them_once_another_team_is_made(person, monkeypatch, django_capture_on_commit_callbacks):
    """Set-up does so for the first one; of any other nobody would know a model until somebody pressed Test."""
    checked = []
    monkeypatch.setattr("apps.providers.receivers.check", lambda provider: checked.append(provider.team))
    with django_capture_on_commit_callbacks(execute=True):
        create_team(person, "Kiln")
    assert checked == []
    with django_capture_on_commit_callbacks(execute=True):
        second = create_team(person, "Loom").team
    assert checked == [second]


def test_it_makes_no_team_when_they_cannot_be_connected(person, monkeypatch):
    def fail(team):
        raise RuntimeError

    monkeypatch.setattr("apps.providers.receivers.ensure_builtin", fail)
    with pytest.raises(RuntimeError):
        create_team(person, "Kiln")
    assert not Team.objects.exists()
