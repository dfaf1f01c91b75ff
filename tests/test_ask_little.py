"""Pages that could ask the database once for each row, with as many rows as a busy team has."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import Invitation
from apps.accounts.tests.people import make_member
from apps.chat.models import Conversation
from apps.providers.models import Model, Provider
from tests.belongings import make_mask, make_picture, make_recording, make_run, make_transcript

MANY = 2000


@pytest.fixture
def as_admin(client, team, db):
    client.force_login(make_member("admin", team, "ada@example.org").user)
    return client


@pytest.fixture
def with_models(provider):
    """A list as long as one that is kept."""
    Model.objects.bulk_create([Model(provider=provider, name=f"model-{number}", is_listed=True) for number in range(MANY)])


def fill(team, editor, provider, number):
    """A little of everything that a page of this team shows a line of."""
    for _each in range(number):
        run = make_run(team, provider, person=editor.user)
        made = run.pk.hex[-8:]
        make_member("viewer", team, f"{made}@example.org")
        Conversation.objects.create(team=team, person=editor.user, title=f"Glaze {made}")
        Provider.objects.create(team=team, name=f"Glaze {made}", base_url="https://kiln.example").models.create(name=f"glaze-{made}")
        make_picture(team, run=run, person=editor.user, name=f"Glaze {made}", kind="made", model="plain-1")
        make_picture(team, person=editor.user, name=f"Glaze {made}", mask=make_mask(team, name=made))
        make_transcript(team, provider, recording=make_recording(team, name=f"Glaze {made}", person=editor.user), person=editor.user)
        make_recording(team, name=f"Glaze {made}", person=editor.user)
        Invitation.objects.create(team=team, token_hash=made, invited_by=editor.user, expires_at=run.queued_at)


def questions(client, url, **query):
    with CaptureQueriesContext(connection) as asked:
        page = client.get(url, query)
    assert page.status_code == 200
    return len(asked)


PAGES = {
    "home": ("home", {}),
    "people": ("accounts:people", {}),
    "audit": ("accounts:audit", {}),
    "providers": ("providers:list", {}),
    "rules": ("model_rules:list", {}),
    "models": ("catalog:list", {}),
    "models that leave": ("catalog:retirements", {}),
    "history": ("runs:history", {}),
    "data": ("accounts:data", {}),
    "jump": ("jump", {"q": "glaze"}),
    "chat": ("chat:home", {}),
    "gallery": ("images:gallery", {}),
    "deleted pictures": ("images:gallery", {"show": "deleted"}),
    "choice of a picture": ("images:choose", {"q": "glaze"}),
    "new picture": ("images:new", {}),
    "transcribe": ("transcription:new", {}),
}


@pytest.mark.parametrize(("name", "query"), PAGES.values(), ids=PAGES)
def test_it_asks_as_little_for_many_rows_as_for_a_few(as_admin, team, editor, provider, name, query):
    fill(team, editor, provider, 2)
    url = reverse(name)
    questions(as_admin, url, **query)  # what is read once in the life of a process
    few = questions(as_admin, url, **query)
    fill(team, editor, provider, 12)
    assert questions(as_admin, url, **query) <= few


@pytest.mark.parametrize("name", ["home", "providers:list", "catalog:list", "catalog:retirements", "providers:picker", "model_rules:list"])
def test_it_asks_as_little_for_two_thousand_models(as_admin, provider, with_models, name):
    url = reverse(name)
    query = {"endpoint": "chat"} if name == "providers:picker" else {}
    questions(as_admin, url, **query)
    many = questions(as_admin, url, **query)
    Model.objects.filter(provider=provider).exclude(name="model-1").delete()
    assert many <= questions(as_admin, url, **query)
