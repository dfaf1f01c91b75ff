import time
from decimal import Decimal

import pytest
from django.test.utils import CaptureQueriesContext

from apps.providers.choices import default_model, get_model, models_for
from apps.providers.facts import Prices, facts_for, facts_for_many
from apps.providers.model_notes import mark, turn_off, turn_off_value
from apps.providers.models import Model, ModelFact
from apps.providers.services import add_model, create_provider, delete_provider, ensure_builtin, set_default
from apps.providers.shipped import load_shipped_facts, shipped_lines


@pytest.fixture
def empty_table(db):
    ModelFact.objects.all().delete()


@pytest.fixture
def own_server(team):
    return create_provider(team, name="Studio", base_url="http://10.0.0.5:8000/v1", allow_private=True)


def test_it_lays_lines_over_each_other_from_the_least_to_the_most_specific(team, empty_table, make_model):
    ModelFact.objects.create(model_pattern="pot-7-large", parameters={"temperature": {"max": 1}})
    ModelFact.objects.create(endpoints=["chat"], parameters={"temperature": {"min": 0, "max": 2}, "seed": {}}, label="Any")
    ModelFact.objects.create(model_pattern="pot-*", parameters={"temperature": {"max": 1.5}, "seed": {"off": True}}, label="Pot")
    facts = facts_for(team, make_model("pot-7-large"))
    assert facts.parameters == {"temperature": {"min": 0, "max": 1}, "seed": {"off": True}}
    assert (facts.endpoints, facts.label) == (("chat",), "Pot")
    assert facts.takes("temperature")
    assert not facts.takes("seed")
    assert not facts.takes("unheard_of")


@pytest.mark.parametrize("pattern", ["api.openai.com", "openai", "*.openai.com", "API.*"])
def test_it_matches_the_provider_by_host_and_by_kind(team, empty_table, make_model, pattern):
    ModelFact.objects.create(provider_pattern=pattern, endpoints=["chat"])
    assert facts_for(team, make_model("pot")).endpoints == ("chat",)


def test_it_takes_a_tuned_model_for_the_model_under_it(team, make_model):
    assert facts_for(team, make_model("ft:gpt-4.1-mini:team::abc")).parameters == facts_for(team, make_model("gpt-4.1-mini")).parameters


def test_it_never_reads_the_lines_of_another_team(team, empty_table, make_model, other_team):
    ModelFact.objects.create(team=other_team, endpoints=["chat"])
    assert facts_for(team, make_model("pot")).endpoints == ()


def test_it_lets_the_team_have_the_last_word(make_model, team):
    model = make_model("gpt-6-luna")
    ModelFact.objects.create(team=team, model_pattern="gpt-*", parameters={"temperature": {"off": False}})
    assert facts_for(team, model).takes("temperature")


def test_it_believes_the_server_about_room_but_the_team_more(team, empty_table, make_model):
    model = make_model("pot", context_tokens=4096)
    ModelFact.objects.create(model_pattern="pot", limits={"context": 100, "output": 50})
    assert facts_for(team, model).limits == {"context": 4096, "output": 50}
    mark(team, model, limits={"context": 2048})
    assert facts_for(team, model).limits == {"context": 2048, "output": 50}


def test_it_does_not_offer_what_a_provider_refused(team, make_model):
    model = make_model("gpt-4.1")
    assert facts_for(team, model).takes("temperature")
    turn_off(team, model, "temperature", "The server refused it.")
    assert not facts_for(team, model).takes("temperature")
    assert facts_for(team, make_model("gpt-4.1-mini")).takes("temperature")


def test_it_turns_off_for_one_model_alone_even_if_its_name_looks_like_a_pattern(team, make_model):
    odd = make_model("pot*[a]?")
    turn_off(team, odd, "max_completion_tokens", "no")
    assert not facts_for(team, odd).takes("max_completion_tokens")
    assert facts_for(team, make_model("pot-a-b")).takes("max_completion_tokens")


def test_it_gives_unknown_models_of_own_servers_the_five_that_all_know(team, own_server, make_model):
    parameters = facts_for(team, make_model("mystery", of=own_server)).parameters
    assert {"temperature", "top_p", "max_completion_tokens", "stop", "seed"} <= set(parameters)


def test_it_counts_nothing_for_an_own_server_and_knows_no_price_elsewhere(team, own_server, make_model):
    assert facts_for(team, make_model("mystery", of=own_server)).prices == Prices(is_free=True)
    assert facts_for(team, make_model("gpt-9")).prices == Prices()


def test_it_counts_money_as_soon_as_the_team_enters_a_price(team, own_server, make_model):
    model = make_model("mystery", of=own_server)
    mark(team, model, prices={"input": "0.20", "output": "1.2"})
    assert facts_for(team, model).prices == Prices(Decimal("0.20"), Decimal("1.2"))


@pytest.mark.parametrize("price", ["NaN", "-1", "Infinity", "much", None, [], {}])
def test_it_takes_a_senseless_price_for_unknown(team, empty_table, make_model, price):
    ModelFact.objects.create(prices={"input": price, "output": "1"})
    assert facts_for(team, make_model("pot")).prices.input is None


@pytest.mark.parametrize(
    ("name", "endpoint"),
    [
        ("gpt-6-luna", "chat"),
        ("a-name-of-tomorrow", "chat"),
        ("text-embedding-3-small", "embeddings"),
        ("bge-reranker-v2", "rerank"),
        ("whisper-1", "transcription"),
        ("gpt-4o-transcribe", "transcription"),
        ("gpt-live-transcribe", "realtime"),
        ("gpt-4o-mini-tts", "speech"),
        ("tts-1-hd", "speech"),
        ("omni-moderation-latest", "moderation"),
        ("gpt-image-2", "images.generate"),
        ("gpt-5.5-pro", "responses"),
        ("gpt-3.5-turbo-instruct", "completions"),
    ],
)
def test_it_knows_by_their_names_what_models_are_for(team, make_model, name, endpoint):
    assert endpoint in facts_for(team, make_model(name)).endpoints


@pytest.mark.parametrize(
    ("name", "endpoints"),
    [
        ("gpt-6.1-sol", ("chat", "responses", "vision")),
        ("gpt-5.2-pro", ("chat", "responses", "vision")),
        ("gpt-5.5-pro", ("responses",)),
        ("gpt-6.2-astra-law", ("responses",)),
        ("gpt-5.6-cyber", ("responses",)),
        ("gpt-5.3-codex", ("responses",)),
        ("gpt-4o-mini-tts-2025-12-15", ("speech",)),
        ("whisper-1", ("transcription", "translation")),
        ("gpt-image-2.6-flare", ("images.generate", "images.edit")),
        ("dall-e-2", ("images.generate", "images.edit", "images.variations")),
    ],
)
def test_it_knows_all_that_a_model_of_openai_does(team, make_model, name, endpoints):
    assert facts_for(team, make_model(name)).endpoints == endpoints


@pytest.mark.parametrize(
    ("name", "parameter", "values"),
    [
        ("gpt-image-2.6-flare", "quality", ["auto", "low", "medium", "high", "xhigh", "max"]),
        ("gpt-image-2", "quality", ["auto", "low", "medium", "high"]),
        ("gpt-image-2", "background", ["auto", "opaque", "transparent"]),
        ("gpt-image-1-mini", "input_fidelity", ["low"]),
        ("tts-1", "voice", ["alloy", "ash", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer"]),
        ("whisper-1", "response_format", ["json", "text", "srt", "verbose_json", "vtt"]),
        ("gpt-4o-transcribe", "response_format", ["json"]),
        ("gpt-4o-transcribe-diarize", "response_format", ["json", "text", "diarized_json"]),
        ("gpt-transcribe", "response_format", ["json", "text"]),
    ],
)
def test_it_knows_the_values_of_pictures_and_sound(team, make_model, name, parameter, values):
    facts = facts_for(team, make_model(name))
    assert facts.takes(parameter)
    assert facts.values_of(parameter) == values


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("gpt-image-2", "input_fidelity"),
        ("gpt-image-2", "style"),
        ("tts-1-hd", "instructions"),
        ("text-embedding-ada-002", "dimensions"),
        ("gpt-4o-transcribe-diarize", "prompt"),
        ("gpt-6-luna", "temperature"),
        ("gpt-5.6-terra", "stop"),
    ],
)
def test_it_knows_what_they_refuse(team, make_model, name, refused):
    assert not facts_for(team, make_model(name)).takes(refused)


def test_it_knows_their_limits_and_the_prices_that_were_told(team, make_model):
    whisper = facts_for(team, make_model("whisper-1"))
    assert whisper.limits == {"bytes": 25 * 1024 * 1024}
    assert whisper.takes("temperature")
    assert facts_for(team, make_model("gpt-image-2")).limits["files"] == 16
    assert facts_for(team, make_model("tts-1")).limits == {"characters": 4096}
    small = facts_for(team, make_model("text-embedding-3-small"))
    assert (small.limits["inputs"], small.parameters["dimensions"]["max"]) == (2048, 1536)
    luna = facts_for(team, make_model("gpt-6-luna"))
    assert luna.prices == Prices(Decimal("0.10"), Decimal("0.50"), Decimal("0.01"))
    assert luna.limits == {"context": 1050000, "output": 128000}


def test_it_keeps_prices_that_are_not_counted_in_tokens(team, empty_table, make_model):
    ModelFact.objects.create(prices={"minute": "0.006", "image": "much", "input": "1"})
    ModelFact.objects.create(team=team, model_pattern="pot", prices={"output": "2"})
    assert facts_for(team, make_model("pot")).prices == Prices(Decimal(1), Decimal(2), others={"minute": Decimal("0.006")})


def test_it_takes_no_value_that_a_server_refused(team, empty_table, make_model, other_team):
    model = make_model("pot")
    ModelFact.objects.create(parameters={"verbosity": {"values": ["low", "medium", "high"]}})
    for value in ("high", "low", "high"):
        turn_off_value(team, model, "verbosity", value, "no")
    assert facts_for(team, model).values_of("verbosity") == ["medium"]
    assert facts_for(other_team, model).values_of("verbosity") == ["low", "medium", "high"]


def test_it_is_quick_with_two_thousand_models(team, provider, django_assert_num_queries):
    Model.objects.bulk_create([Model(provider=provider, name=f"maker-{number % 50}/gpt-{number}") for number in range(2000)])
    for number in range(100):
        ModelFact.objects.create(team=team, provider_pattern="api.openai.com", model_pattern=f"maker-{number % 50}/gpt-{number}")
    models = list(Model.objects.select_related("provider"))
    facts_for_many(team, models)
    started = time.process_time()
    with django_assert_num_queries(1):
        assert len(facts_for_many(team, models)) == 2000
    took = time.process_time() - started
    assert took < 0.3, "more than five times what was promised"


def test_it_asks_once_for_many_models(team, own_server, make_model, django_assert_num_queries):
    models = [make_model(f"model-{number}", of=own_server) for number in range(40)]
    facts_for_many(team, models)  # the lines that ship are read once by a process
    with django_assert_num_queries(1):
        assert len(facts_for_many(team, models)) == 40


def test_it_lists_what_chats_with_the_builtin_models_last(team, own_server, provider, make_model, django_assert_num_queries):
    builtin = ensure_builtin(team)
    make_model("tiny", of=builtin)
    make_model("big", of=own_server)
    make_model("gpt-6-luna")
    make_model("text-embedding-3-small")
    make_model("gone", is_listed=False)
    add_model(own_server, "typed")
    models_for(team, "chat")
    with django_assert_num_queries(3):  # models, their providers, lines of the team
        names = [choice.model.name for choice in models_for(team, "chat")]
    assert names == ["gpt-6-luna", "big", "typed", "tiny"]


def test_it_offers_nothing_of_deleted_providers_or_other_teams(team, other_team, provider, make_model):
    model = make_model("gpt-6-luna")
    assert models_for(other_team, "chat") == []
    assert get_model(other_team, model.pk) is None
    assert get_model(team, model.pk) == model
    delete_provider(provider)
    assert models_for(team, "chat") == []
    assert get_model(team, model.pk) is None


@pytest.mark.parametrize("id", ["", "no-id", None, 7, "0" * 5000])
def test_it_finds_no_model_for_a_senseless_id(team, id):
    assert get_model(team, id) is None


def test_it_starts_with_the_first_that_chats_until_somebody_chooses(team, provider, make_model):
    assert default_model(team) is None
    make_model("a-embedding")
    first, second = make_model("b"), make_model("c")
    assert default_model(team) == first
    set_default(team, "writing", second)
    assert default_model(team) == second
    assert default_model(team, "cheap") == second
    second.is_listed = False
    second.save()
    assert default_model(team) == first


def test_it_keeps_the_shipped_table_as_the_file_says(db):
    wanted = len(list(shipped_lines()))
    ModelFact.objects.filter(model_pattern="*gpt-oss*").delete()
    ModelFact.objects.filter(model_pattern="sora*").update(endpoints=["chat"])
    ModelFact.objects.create(model_pattern="of-an-older-version")
    load_shipped_facts()
    assert ModelFact.objects.filter(team=None).count() == wanted
    assert ModelFact.objects.get(model_pattern="sora*").endpoints == ["video"]


def test_it_loads_into_a_table_that_has_not_all_columns_yet(db):
    class OldColumns:
        """The state of the apps after a migration back to before retirements."""

        def get_model(self, app, name):
            return OldTable

    class OldTable:
        objects = ModelFact.objects

        class _meta:
            @staticmethod
            def get_fields():
                new = {"shutdown_date", "replacement", "is_hidden", "is_favourite"}
                return [field for field in ModelFact._meta.get_fields() if field.name not in new]

        def __new__(cls, **fields):
            assert "replacement" not in fields
            return ModelFact(**fields)

    ModelFact.objects.all().delete()
    load_shipped_facts(apps=OldColumns())
    assert ModelFact.objects.get(model_pattern="sora*").endpoints == ["video"]
    assert not ModelFact.objects.exclude(shutdown_date=None).exists()


def test_it_joins_what_the_file_says_of_the_same_models_in_several_places(db):
    line = ModelFact.objects.get(provider_pattern="*", model_pattern="*whisper*")
    assert line.endpoints == ["transcription", "translation"]
    assert {"file", "timestamp_granularities"} <= set(line.parameters)
    assert line.limits == {"bytes": 25 * 1024 * 1024}


def test_it_writes_nothing_when_the_table_is_right(db):
    from django.db import connection

    with CaptureQueriesContext(connection) as queries:
        load_shipped_facts()
    assert not [query for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
