import datetime
import json
import socket

import pytest

from apps.providers.checkup import check
from apps.providers.models import Model, Provider
from apps.providers.services import add_model, create_provider, ensure_builtin
from apps.providers.tests.conftest import KEY
from apps.providers.tests.loopback import serve
from apps.providers.words import SENTENCES, check_sentence


@pytest.fixture
def loopback():
    with serve() as answers:
        yield answers


@pytest.fixture
def studio(team, loopback) -> Provider:
    return create_provider(team, name="Studio", base_url=loopback.url, dialect="other", key=KEY, allow_private=True)


def tell(loopback, entries: object, **changes: object) -> None:
    loopback.body = json.dumps(entries if isinstance(entries, dict) else {"object": "list", "data": entries}).encode()
    for name, value in changes.items():
        setattr(loopback, name, value)


def names(provider: Provider) -> set[str]:
    return set(Model.objects.filter(provider=provider, is_listed=True).values_list("name", flat=True))


def test_it_lists_the_models_and_says_so(studio, loopback):
    tell(loopback, [{"id": "pot-7b", "object": "model", "created": 1, "owned_by": "us"}, {"id": "vendor/pot:latest"}])
    result = check(studio)
    assert (result.ok, result.models, result.error, result.sentence) == (True, 2, "", "Works. 2 models found.")
    assert loopback.asked[0] == ("GET", "/v1/models", f"Bearer {KEY}")
    assert names(studio) == {"pot-7b", "vendor/pot:latest"}
    studio.refresh_from_db()
    assert studio.last_check["ok"]
    assert studio.last_check_at
    assert check_sentence(studio) == result.sentence


def test_it_keeps_what_the_server_says_of_its_models(studio, loopback):
    entry = {"id": "tiny", "shutdown_date": "2027-02-26", "max_model_len": 8192, "description": "Shows how things work,\nis often wrong"}
    tell(loopback, [entry])
    check(studio)
    model = Model.objects.get(provider=studio)
    assert (model.shutdown_date, model.context_tokens) == (datetime.date(2027, 2, 26), 8192)
    assert model.facts["description"] == "Shows how things work, is often wrong"


def test_it_keeps_models_that_left_the_list_and_those_typed_in(studio, loopback):
    tell(loopback, [{"id": "old"}, {"id": "kept"}])
    check(studio)
    add_model(studio, "typed")
    tell(loopback, [{"id": "kept"}, {"id": "new"}])
    check(studio)
    assert names(studio) == {"kept", "new"}
    assert Model.objects.get(provider=studio, name="old").is_listed is False
    assert Model.objects.get(provider=studio, name="typed").is_typed is True
    tell(loopback, [{"id": "old"}])
    check(studio)
    assert names(studio) == {"old"}


def test_it_changes_nothing_when_the_test_fails(studio, loopback):
    tell(loopback, [{"id": "kept"}])
    check(studio)
    loopback.status = 500
    assert not check(studio).ok
    assert names(studio) == {"kept"}


@pytest.mark.parametrize(
    "body",
    [
        {"data": None},
        {"data": {"id": "x"}},
        {"error": "no"},
        {"data": "text"},
    ],
)
def test_it_says_so_when_the_answer_is_no_list(studio, loopback, body):
    tell(loopback, body)
    result = check(studio)
    assert (result.ok, result.models) == (False, 0)
    assert result.sentence


@pytest.mark.parametrize("body", [b'["a", "b"]', b'[{"id": "a"}, {"id": "b"}]', b'{"models": [{"name": "a"}, {"model": "b"}]}'])
def test_it_reads_the_lists_that_other_servers_give(studio, loopback, body):
    loopback.body = body
    assert check(studio).models == 2
    assert names(studio) == {"a", "b"}


def test_it_takes_no_harm_from_an_odd_list(studio, loopback):
    odd = [None, 7, [], {}, {"id": None}, {"id": ""}, {"id": 5}, {"id": "x" * 201}, {"id": "nul\u0000"}, {"id": "line\nbreak"}]
    odd += [{"id": "twice"}, {"id": "twice"}, {"id": "x" * 200}]
    odd += [
        {"id": "dates", "shutdown_date": "soon", "max_model_len": True, "context_length": 10**30, "description": {"a": 1}, "owned_by": 3}
    ]
    odd += [{"id": "long", "name": "n" * 5000, "description": "d\u0000" * 5000, "shutdown_date": 20270226}]
    tell(loopback, odd)
    result = check(studio)
    assert result.ok
    assert names(studio) == {"twice", "x" * 200, "dates", "long"}
    model = Model.objects.get(provider=studio, name="dates")
    assert (model.shutdown_date, model.context_tokens, model.facts) == (None, None, {})


def test_it_keeps_the_first_two_thousand_of_ten_thousand(studio, loopback):
    tell(loopback, [{"id": f"model-{number}"} for number in range(10_000)])
    assert check(studio).models == 2000
    assert Model.objects.filter(provider=studio).count() == 2000


def test_it_stores_a_long_list_with_few_questions_to_the_database(studio, loopback, django_assert_max_num_queries):
    tell(loopback, [{"id": f"model-{number}"} for number in range(400)])
    check(studio)
    with django_assert_max_num_queries(10):
        check(studio)


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (401, "auth", "did not accept the key"),
        (403, "forbidden", "does not let this key"),
        (404, "not_found", "Most addresses end in /v1"),
        (500, "server", "has a problem of its own"),
        (503, "overloaded", "busy or still loading"),
    ],
)
def test_it_says_in_words_what_a_refusal_means(studio, loopback, status, kind, words):
    tell(loopback, {"error": {"message": f"no entry with {KEY}", "code": None}}, status=status)
    result = check(studio)
    assert (result.ok, result.error) == (False, kind)
    assert words in result.sentence


def test_it_keeps_no_key_that_a_server_sends_back(studio, loopback):
    tell(loopback, {"error": {"message": f"Incorrect API key provided: {KEY}"}}, status=418)
    result = check(studio)
    studio.refresh_from_db()
    assert KEY not in repr(result) + json.dumps(studio.last_check)


def test_it_keeps_no_character_of_an_error_that_a_database_refuses(studio, loopback):
    tell(loopback, {"error": {"message": "a\u0000b", "code": "c\u0000d\n" * 500}}, status=418)
    assert not check(studio).ok
    studio.refresh_from_db()
    assert "\\u0000" not in json.dumps(studio.last_check)
    assert len(json.dumps(studio.last_check)) < 2000


def test_it_understands_that_a_web_page_is_no_api(studio, loopback):
    loopback.content_type, loopback.body = "text/html", b"<!doctype html><title>Welcome</title>"
    result = check(studio)
    assert (result.ok, result.error) == (False, "not_api")
    assert "web page" in result.sentence


def test_it_follows_no_redirect_with_the_key(studio, loopback):
    with serve() as elsewhere:
        loopback.status, loopback.headers = 302, {"Location": f"{elsewhere.url}/models"}
        assert not check(studio).ok
        assert elsewhere.asked == []


def test_it_does_not_call_a_private_address_that_nobody_allowed(team, loopback):
    result = check(create_provider(team, name="Sneaky", base_url=loopback.url, key=KEY, dialect="other"))
    assert (result.ok, result.error) == (False, "blocked_address")
    assert "This server is on our own network" in result.sentence
    assert loopback.asked == []


def test_it_allows_one_port_and_not_its_neighbour(team, loopback):
    provider = create_provider(team, name="Ours", base_url=loopback.url, dialect="other", allow_private=True)
    Provider.objects.filter(pk=provider.pk).update(private_origin=f"http://127.0.0.1:{loopback.port + 1}")
    provider.refresh_from_db()
    assert check(provider).error == "blocked_address"
    assert loopback.asked == []


def test_it_says_that_nobody_answers(team):
    with socket.socket() as taken:  # bound but not listening: refused at once, and no one else can take the port
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        result = check(create_provider(team, name="Off", base_url=url, dialect="other", allow_private=True))
    assert (result.ok, result.error) == (False, "unreachable")
    assert url in result.sentence


def test_it_explains_a_missing_key_without_calling(team, loopback):
    result = check(create_provider(team, name="Ours", base_url=loopback.url, dialect="openai", allow_private=True))
    assert (result.ok, result.error) == (False, "no_key")
    assert loopback.asked == []


def test_it_tests_the_builtin_provider_with_the_key_from_its_file(team, loopback, settings, tmp_path):
    settings.ENGINES_URL, settings.ENGINES_KEY_FILE = loopback.url, tmp_path / "key"
    settings.ENGINES_KEY_FILE.write_text("engines-secret")
    tell(loopback, [{"id": "tiny"}])
    assert check(ensure_builtin(team)).ok
    assert loopback.asked[0][2] == "Bearer engines-secret"


def test_it_fills_every_sentence_with_name_and_address(provider):
    for kind in SENTENCES:
        provider.last_check = {"ok": False, "kind": kind}
        assert "%(" not in check_sentence(provider)
