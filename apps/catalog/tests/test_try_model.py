"""A test of a model is a run of one word; what its provider says of it is asked for on a click."""

import pytest
from django.urls import reverse

from apps.accounts.models import Role
from apps.catalog.tests.conftest import key, page_of
from apps.providers.models import ModelFact, Provider
from apps.runs.models import Run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def make(live, team):
    def named(name, *endpoints):
        if endpoints:
            ModelFact.objects.create(team=team, model_pattern=name, endpoints=list(endpoints))
        return live.models.create(name=name)

    return named


@pytest.fixture
def press(as_role, work_off):
    client, _editor = as_role(Role.EDITOR)

    def post(model, same=""):
        response = client.post(reverse("catalog:try", args=[model.pk]), {"key": same or key()})
        work_off()
        return response, client

    return post


def test_it_asks_for_one_word_and_shows_time_tokens_and_cost(make, press, loopback):
    model = make("steady-rate0")
    response, client = press(model)
    assert response.url == page_of(model)
    run = Run.objects.get()
    assert (run.status, run.operation, run.params) == ("completed", "catalog.try_model", {"work": "chat", "max_completion_tokens": 16})
    page = client.get(page_of(model)).text
    assert "length limit" not in page
    assert "w0001" in page and "tokens" in page and "own server" in page


@pytest.mark.parametrize(
    ("name", "work", "said"),
    [
        ("words", "embeddings", "It read the word and gave 64 numbers."),
        ("omni-moderation-words", "moderation", "It looked at the word and gave a verdict."),
    ],
)
def test_it_tries_each_model_with_what_it_is_for(make, press, name, work, said):
    model = make(name, work)
    _response, client = press(model)
    assert Run.objects.get().text == said
    assert said in client.get(page_of(model)).text


@pytest.mark.parametrize(("name", "told"), [("404", "does not know"), ("401", "did not accept the key"), ("empty", "Ask for one word")])
def test_it_says_in_words_what_went_wrong(make, press, name, told):
    model = make(name)
    _response, client = press(model)
    assert told in client.get(page_of(model)).text


def test_it_pays_once_for_a_double_click(make, press):
    model, same = make("steady-rate0"), key()
    press(model, same)
    press(model, same)
    assert Run.objects.count() == 1


def test_it_says_so_where_one_word_is_not_enough(make, press):
    model = make("painter", "images.generate")
    response, client = press(model)
    assert response.status_code == 404
    assert "One word is not enough" in client.get(page_of(model)).text


def test_it_leaves_a_setting_out_that_a_model_refuses(make, press):
    press(make("steady-rate0"))
    assert Run.objects.get().status == "completed"


def test_viewers_test_nothing(make, as_role):
    client, _viewer = as_role(Role.VIEWER)
    model = make("steady-rate0")
    for name in ("try", "told"):
        assert client.post(reverse(f"catalog:{name}", args=[model.pk]), {"key": key()}).status_code == 403
    assert "Ask for one word" not in client.get(page_of(model)).text


# --- What the provider says --------------------------------------------------------------------
@pytest.mark.parametrize("htmx", [False, True])
def test_it_shows_the_details_as_the_provider_returns_them(make, as_role, htmx):
    client, _editor = as_role(Role.EDITOR)
    model = make("ft:steady:harbour::done")
    page = client.post(reverse("catalog:told", args=[model.pk]), headers={"HX-Request": "true"} if htmx else {}).text
    assert "&quot;owned_by&quot;: &quot;org-harbour&quot;" in page
    assert ("<html" in page) is not htmx


@pytest.mark.parametrize("name", ["no-such-model", "vendor/large", "..", "a?b#c", "%2e%2e"])
def test_it_says_in_words_that_the_provider_tells_nothing(make, as_role, name):
    client, _editor = as_role(Role.EDITOR)
    page = client.post(reverse("catalog:told", args=[make(name).pk]))
    assert page.status_code == 200
    assert 'id="told-json"' not in page.text and 'role="alert"' in page.text


def test_it_says_that_nobody_answers(team, as_role):
    client, _editor = as_role(Role.EDITOR)
    away = Provider.objects.create(team=team, name="Away", base_url="http://127.0.0.1:9/v1", private_origin="http://127.0.0.1:9")
    page = client.post(reverse("catalog:told", args=[away.models.create(name="x").pk])).text
    assert 'role="alert"' in page and "Traceback" not in page


def test_it_looks_through_no_network(make, as_role, monkeypatch):
    client, _editor = as_role(Role.EDITOR)
    model = make("steady")
    statuses = {client.post(reverse("catalog:told", args=[model.pk])).status_code for _number in range(21)}
    assert statuses == {200, 429}
