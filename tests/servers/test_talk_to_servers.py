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
    assert set(added.models.values_list("name", flat=True)) == {*server.models, *server.others}


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


WORKS = {
    "engines_server": {
        "chat",
        "completions",
        "embeddings",
        "files",
        "images.edit",
        "images.generate",
        "images.variations",
        "moderation",
        "responses",
        "speech",
        "transcription",
        "uploads",
    },
    "llamacpp_server": {"chat", "completions", "responses"},
    "litellm_server": {"chat", "completions", "embeddings", "images.edit", "images.generate", "moderation", "responses", "speech"},
}
MISSING = {
    "engines_server": {"translation"},
    "llamacpp_server": {"embeddings", "images.generate", "images.edit", "speech", "moderation", "files", "fine_tuning"},
    "litellm_server": {"images.variations"},
}


def test_it_knows_the_kind_of_server_and_what_works_there(added, server, request):
    name = request.node.callspec.params["server"]
    found = {state: {endpoint for endpoint, row in added.endpoints.items() if row["state"] == state} for state in ("works", "missing")}
    assert added.dialect == SERVERS[name]
    assert WORKS[name] <= found["works"] and MISSING[name] <= found["missing"], added.endpoints
    assert not found["works"] & MISSING[name] and not found["missing"] & WORKS[name]


def test_it_asks_for_one_word_when_a_person_tests_it(added, as_admin):
    assert "word" not in added.last_check  # saving costs nothing
    as_admin.post(reverse("providers:test", args=[added.pk]))
    added.refresh_from_db()
    assert added.last_check["word"]["ms"] > 0, added.last_check
