"""Test asks one model for one word, and nobody else does."""

import json

import pytest
from django.urls import reverse

from apps.accounts.models import Role
from apps.providers.checkup import check
from apps.providers.models import Model, Provider
from apps.providers.services import create_provider, set_default
from apps.providers.tests.recorded_server import serve_recorded
from apps.providers.words import check_sentence, word_sentence

HTMX = {"HX-Request": "true"}
REFUSES_LIMIT = {
    "status": 400,
    "json": {"error": {"message": "Unsupported parameter: 'max_tokens'.", "code": "unsupported_parameter", "param": "max_tokens"}},
}
NO_MODEL = {"status": 404, "json": {"error": {"message": "The model does not exist.", "code": "model_not_found"}}}


@pytest.fixture
def server():
    with serve_recorded("page-for-all") as running:
        yield running


@pytest.fixture
def studio(team, server) -> Provider:
    return create_provider(team, name="Studio", base_url=server.url(), dialect="other", allow_private=True)


def questions(server) -> list[dict[str, object]]:
    return [json.loads(asked.body) for asked in server.asked if b'"messages"' in asked.body]


def list_models(server, *names: str) -> None:
    server.answers["GET /v1/models"]["json"]["data"] = [{"id": name, "created": 1, "owned_by": "us"} for name in names]


def test_it_asks_for_one_word_when_test_is_pressed_and_says_how_soon_it_came(admin, studio, server):
    page = admin.post(reverse("providers:test", args=[studio.pk]), headers=HTMX).content.decode()
    assert "First word " in page and "(pot)" in page
    [question] = questions(server)
    assert question["model"] == "pot" and question["stream"] is True and question["max_tokens"] <= 16


def test_it_asks_for_none_when_a_provider_is_saved(admin, server):
    fields = {"name": "Own", "base_url": server.url(), "allow_private": "on"}
    assert admin.post(f"{reverse('providers:new')}?kind=own", fields).status_code == 302
    assert Provider.objects.get(name="Own").last_check["ok"]
    assert questions(server) == []


def test_it_asks_for_none_when_the_models_are_synced(admin, studio, server):
    assert admin.post(reverse("catalog:sync", args=[studio.pk])).status_code == 302
    assert Model.objects.filter(provider=studio, name="pot").exists()
    assert questions(server) == []


def test_it_asks_the_model_for_small_jobs_before_the_others(studio, server, team):
    list_models(server, "a-large", "small")
    check(studio)
    set_default(team, "cheap", Model.objects.get(name="small"))
    check(studio, word_for=team)
    assert [question["model"] for question in questions(server)] == ["small"]


def test_it_asks_again_without_the_limit_that_a_model_refuses(studio, server, team):
    word, told = server.word, []

    def answer(asked):
        if b'"messages"' not in asked.body:
            return original(asked)
        told.append(asked)
        return REFUSES_LIMIT if b"max_tokens" in asked.body else word

    original, server.answer_to = server.answer_to, answer
    check(studio, word_for=team)
    assert len(told) == 2
    assert "ms" in studio.last_check["word"]


def test_it_asks_the_next_model_when_one_is_not_there_and_gives_up_after_three(studio, server, team):
    list_models(server, "a", "b", "c", "d")
    server.word = NO_MODEL
    result = check(studio, word_for=team)
    assert [question["model"] for question in questions(server)] == ["a", "b", "c"]
    assert result.ok
    assert word_sentence(studio).startswith("c did not answer")


@pytest.mark.parametrize("status", [401, 402, 429, 500])
def test_it_asks_no_second_model_after_any_other_trouble(studio, server, team, status):
    list_models(server, "a", "b")
    server.word = {"status": status, "json": {"error": {"message": "no"}}}
    check(studio, word_for=team)
    assert len(questions(server)) == 1
    assert "did not answer" in word_sentence(studio)


def test_it_asks_nobody_where_there_is_no_chat(studio, server, team):
    del server.answers["POST /v1/chat/completions"]
    check(studio, word_for=team)
    assert questions(server) == []
    assert (studio.lacks("chat"), word_sentence(studio)) == (True, "")


def test_it_shows_the_check_list_with_its_reasons_on_the_card(admin, studio):
    check(studio)
    page = admin.get(reverse("providers:list")).content.decode()
    assert page.count('class="part part-works"') == 1
    assert "A web page stands there, not a part of the API." in page
    assert "asks for one word" in page


def test_it_shows_a_viewer_the_list_without_the_servers_own_words(sign_in, studio, team, server):
    server.answers["POST /v1/embeddings"] = {"status": 403, "json": {"error": {"message": "Ask Grandma for the scope"}}}
    check(studio)
    for role, is_told in ((Role.VIEWER, False), (Role.ADMIN, True)):
        page = sign_in(team, role).get(reverse("providers:list")).content.decode()
        assert "The key may not use this." in page
        assert ("Grandma" in page) is is_told


def test_it_says_that_the_built_in_models_are_off(provider):
    provider.is_builtin, provider.last_check = True, {"ok": False, "kind": "unreachable"}
    assert "make run" in check_sentence(provider)
