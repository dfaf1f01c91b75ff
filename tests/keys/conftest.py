import uuid

import pytest
from django.test import Client

from apps.accounts.models import Role
from apps.providers.models import Provider
from apps.runs.executor import execute
from apps.runs.models import Run
from apps.runs.services import start_run
from tests.keys.acts import KEY, enter
from tests.keys.recorder import recording


@pytest.fixture
def home():
    """The server that the key was typed for."""
    with recording() as recorder:
        yield recorder


@pytest.fixture
def elsewhere():
    """A server that must never hear of it."""
    with recording() as recorder:
        yield recorder


@pytest.fixture
def admin(team, make_member):
    client = Client()
    client.force_login(make_member(team, Role.ADMIN, "admin@harbour.example").user)
    return client


@pytest.fixture
def studio(admin, home) -> Provider:
    """A provider with a key, entered and checked; what was heard until now does not count."""
    assert enter(admin, home.url).status_code == 302
    assert any(KEY in heard for heard in home.heard)
    home.heard.clear()
    return Provider.objects.get()


@pytest.fixture
def ask(team, editor):
    """One question to a provider through the executor; the row of the run as it ended."""

    def carry_out(provider, person=None):
        provider.refresh_from_db()
        run = start_run(
            team=team, person=person or editor.user, operation="chat.reply", provider=provider, model="pot-7b",
            params={"messages": [{"role": "user", "content": "What is a pot of?"}]}, key=uuid.uuid4().hex,
        )  # fmt: skip
        execute([run.pk])
        return Run.objects.get(pk=run.pk)

    return carry_out
