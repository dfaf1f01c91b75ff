"""A server is added by its address and key as an admin does it; then its models are asked."""

import uuid

import pytest
from django.urls import reverse

from apps.accounts.models import Role
from apps.providers.models import Provider
from apps.runs.executor import execute
from apps.runs.models import Run
from tests.servers.running import Server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
SERVERS = {"engines_server": "other", "llamacpp_server": "llamacpp", "litellm_server": "litellm"}


@pytest.fixture
def as_admin(client, team, make_member):
    client.force_login(make_member(team, Role.ADMIN).user)
    return client


@pytest.fixture(params=SERVERS)
def server(request) -> Server:
    running: Server = request.getfixturevalue(request.param)
    return running


@pytest.fixture
def added(server, as_admin) -> Provider:
    """The server as a provider, by the form for own servers."""
    posted = {"name": "A real one", "base_url": server.url, "key": server.key, "allow_private": "on", "dialect": ""}
    response = as_admin.post(f"{reverse('providers:new')}?kind=own", posted)
    assert response.status_code == 302, response.content.decode()
    return Provider.objects.get()


def test_it_lists_the_models(added, server):
    assert added.last_check["ok"], added.last_check
    assert set(added.models.values_list("name", flat=True)) == set(server.models)


def test_it_answers_a_chat(added, server, as_admin):
    for name in server.models:
        model = added.models.get(name=name)
        as_admin.post(reverse("chat:new_settings"), {"model": str(model.pk), "shown.model": ""})
        as_admin.post(reverse("chat:new_settings"), {"max_completion_tokens": "24", "shown.max_completion_tokens": ""})
        as_admin.post(reverse("chat:home"), {"message": f"Say hello, {name}.", "key": str(uuid.uuid4())})
        run = Run.objects.latest("id")
        execute([run.pk])
        run.refresh_from_db()
        assert (run.status, run.error, run.model) == ("completed", {}, name)
        assert run.text.strip() and 0 < run.usage["output"] <= 24, (run.text, run.usage)
