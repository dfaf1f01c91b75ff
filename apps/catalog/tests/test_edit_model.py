"""What an admin writes of one model: kept field by field, undone field by field, told in the book of changes."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from apps.accounts.models import AuditEntry, Role
from apps.providers.choices import models_for
from apps.providers.facts import Prices, facts_for
from apps.providers.model_list import read_models, store_models
from apps.providers.model_notes import turn_off, turn_off_value
from apps.providers.models import Model, ModelFact, Provider
from apps.providers.shipped import load_shipped_facts


@pytest.fixture
def model(make_model):
    return make_model("pot")


@pytest.fixture
def url(model):
    return reverse("catalog:model", args=[model.pk])


def shown(client, url):
    """What a browser would send back without touching anything."""
    page = client.get(url)
    form = page.context["form"]
    data = {}
    for field in form:
        data[field.html_name] = data[field.html_initial_name] = [str(each) for each in as_list(field.value())]
    return data


def as_list(value):
    return [] if value is None else value if isinstance(value, list) else [value]


def test_it_writes_nothing_when_nothing_was_changed(admin, team, url):
    assert admin.post(url, shown(admin, url)).status_code == 302
    assert not ModelFact.objects.filter(team=team).exists()
    assert not AuditEntry.objects.filter(act="model.changed").exists()


def test_it_keeps_name_prices_and_room(admin, team, provider, model, url):
    data = {"label": "Pot", "note": "For clay", "price.input": "0.2", "price.output": "1.25", "limit.context": "8192"}
    assert admin.post(url, data).status_code == 302
    facts = facts_for(team, model)
    assert (facts.label, facts.note, facts.limits["context"]) == ("Pot", "For clay", 8192)
    assert facts.prices == Prices(Decimal("0.2"), Decimal("1.25"))
    page = admin.get(reverse("catalog:list")).text
    assert "$0.20 in · $1.25 out" in page and "8,192" in page and "<b>Pot</b>" in page
    assert 'value="1.25"' in admin.get(url).text


def test_it_keeps_a_price_for_training_whatever_the_list_says(admin, team, provider, model, url):
    assert "A million tokens learned from" in admin.get(url).text
    assert admin.post(url, {"price.training": "25"}).status_code == 302
    store_models(provider, read_models({"data": [{"id": "pot"}]}))
    assert facts_for(team, model).prices.others == {"training": Decimal(25)}
    assert "$25.00 per million tokens learned from" in admin.get(url).text
    assert admin.post(url, shown(admin, url) | {"price.training": ""}).status_code == 302
    assert facts_for(team, model).prices.others == {}


@pytest.mark.parametrize("price", ["-1", "much", "NaN"])
def test_it_refuses_a_price_for_training_that_is_none(admin, team, model, url, price):
    assert admin.post(url, {"price.training": price}).status_code == 422
    assert facts_for(team, model).prices.others == {}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"price.input": "1"}, "Enter both prices"),
        ({"price.output": "1"}, "Enter both prices"),
        ({"price.input": "-1", "price.output": "1"}, "greater than or equal to 0"),
        ({"price.input": "NaN", "price.output": "1"}, "Enter a number"),
        ({"limit.context": "0"}, "greater than or equal to 1"),
        ({"limit.context": "1e99"}, "whole number"),
        ({"shutdown_date": "soon"}, "Type a date, for example 2027-02-26."),
        ({"set.temperature.low": "1.5", "set.temperature.high": "1"}, "The smallest value is above the largest."),
        ({"set.temperature.low": "3"}, "The smallest value is above the largest."),
        ({"set.temperature.high": "inf"}, "Enter a number"),
        ({"set.reasoning_effort.values": ",".join(map(str, range(101)))}, "At most 100 values"),
        ({"set.reasoning_effort.values": "lo\x07w"}, "visible characters"),
        ({"is_hidden": "perhaps"}, "not one of the available choices"),
        ({"endpoints": ["chat", "cooking"], "initial-endpoints": ["chat"]}, "not one of the available choices"),
        ({"endpoints": [], "initial-endpoints": ["chat"]}, "Choose at least one."),
        ({"label": "x" * 121}, "at most 120 characters"),
    ],
)
def test_it_refuses_with_one_sentence_what_makes_no_sense(admin, team, url, data, sentence):
    page = admin.post(url, data)
    assert page.status_code == 422
    assert page.text.count(sentence) == 1
    assert not ModelFact.objects.filter(team=team).exists()


def test_it_keeps_what_the_form_does_not_show(admin, team, model, url):
    bounds = {"max": 1.5, "step": 0.25, "default": 0.5, "needs": {"reasoning_effort": ["none"]}}
    line = ModelFact.objects.create(
        team=team, provider_pattern="api.openai.com", model_pattern="pot", parameters={"temperature": bounds},
        prices={"input": "1", "output": "2", "hour_of_video": "9"}, limits={"rooms": 3},
    )  # fmt: skip
    admin.post(url, {"set.temperature.high": "1", "initial-set.temperature.high": "1.5"})
    line.refresh_from_db()
    assert line.parameters == {"temperature": {**bounds, "max": 1}}
    assert (line.prices["hour_of_video"], line.limits) == ("9", {"rooms": 3})


def test_it_lets_two_admins_keep_each_others_words(admin, team, model, url):
    first, second = shown(admin, url), shown(admin, url)
    admin.post(url, {**first, "label": "Pot", "set.temperature.take": "no"})
    admin.post(url, {**second, "note": "For clay", "set.temperature.high": "0.5"})
    facts = facts_for(team, model)
    assert (facts.label, facts.note) == ("Pot", "For clay")
    assert facts.parameters["temperature"]["off"] and facts.parameters["temperature"]["max"] == 0.5


def test_it_lets_the_last_one_win_for_the_same_field(admin, team, model, url):
    first, second = shown(admin, url), shown(admin, url)
    admin.post(url, {**first, "label": "Pot"})
    admin.post(url, {**second, "label": "Vase"})
    assert facts_for(team, model).label == "Vase"


def test_it_goes_back_to_the_table_when_a_field_is_emptied(admin, team, url):
    admin.post(url, {"label": "Pot", "set.temperature.take": "yes", "is_favourite": "yes"})
    assert ModelFact.objects.filter(team=team).exists()
    admin.post(url, {**shown(admin, url), "label": "", "set.temperature.take": "", "is_favourite": ""})
    assert not ModelFact.objects.filter(team=team).exists()


def test_it_stores_no_endpoints_that_the_table_has_anyway(admin, team, model, url):
    admin.post(url, {"endpoints": ["embeddings"], "initial-endpoints": ["chat"]})
    assert facts_for(team, model).endpoints == ("embeddings",)
    admin.post(url, {**shown(admin, url), "endpoints": ["chat"]})
    assert not ModelFact.objects.filter(team=team).exists()
    assert facts_for(team, model).endpoints == ("chat",)


def test_it_turns_settings_on_and_off_and_narrows_them(admin, team, make_model):
    model = make_model("o3-of-tomorrow")
    url = reverse("catalog:model", args=[model.pk])
    data = {"set.temperature.take": "yes", "set.temperature.high": "1", "set.reasoning_effort.values": "low, high,low", "set.n.take": "no"}
    assert admin.post(url, data).status_code == 302
    facts = facts_for(team, model)
    assert facts.takes("temperature") and facts.parameters["temperature"]["max"] == 1
    assert facts.values_of("reasoning_effort") == ["low", "high"]
    assert not facts.takes("n")


def test_it_says_why_a_setting_is_off_and_lets_it_be_sent_again(admin, team, model, url):
    turn_off(team, model, "max_completion_tokens", "The server refused it on Tuesday.")
    assert "The server refused it on Tuesday." in admin.get(url).text
    assert "Let it be sent again" in admin.get(url).text
    admin.post(reverse("catalog:allow_setting", args=[model.pk]), {"setting": "max_completion_tokens"})
    assert facts_for(team, model).takes("max_completion_tokens")
    assert not ModelFact.objects.filter(team=team).exists()
    assert AuditEntry.objects.get(act="model.changed").details["changed"] == ["max_completion_tokens"]


def test_it_forgets_what_was_learned_but_not_what_a_person_wrote(admin, team, model, url):
    admin.post(url, {"set.temperature.high": "1", "set.seed.take": "no"})
    turn_off(team, model, "temperature", "no")
    turn_off_value(team, model, "verbosity", "high", "no such value")
    for setting in ("temperature", "verbosity", "seed"):
        admin.post(reverse("catalog:allow_setting", args=[model.pk]), {"setting": setting})
    assert ModelFact.objects.get(team=team).parameters == {"temperature": {"max": 1}, "seed": {"off": True}}


def test_it_forgets_everything_at_once(admin, team, model, url):
    admin.post(url, {"label": "Pot"})
    turn_off(team, model, "temperature", "no")
    for _twice in range(2):
        assert admin.post(reverse("catalog:forget", args=[model.pk])).status_code == 302
    assert not ModelFact.objects.filter(team=team).exists()


def test_it_writes_into_the_book_who_changed_what(admin, team, provider, model, url):
    admin.post(url, {"label": "Pot", "set.temperature.take": "no"})
    entry = AuditEntry.objects.get(act="model.changed")
    assert (entry.team, entry.target, entry.person_label) == (team, "pot", "admin@kiln.example")
    assert entry.details == {"provider": provider.name, "changed": ["Name for people", "temperature"]}


def test_it_keeps_what_a_person_wrote_when_the_list_is_synced_and_the_product_upgraded(admin, team, provider, model, url):
    admin.post(url, {"label": "Pot", "shutdown_date": "2031-05-01", "price.input": "1", "price.output": "2", "is_hidden": "yes"})
    store_models(provider, read_models([{"id": "pot", "display_name": "THE POT", "shutdown_date": "2030-01-01"}]))
    ModelFact.objects.create(model_pattern="pot", label="Shipped by an older version", prices={"input": "5", "output": "5"})
    load_shipped_facts()
    model.refresh_from_db()
    facts = facts_for(team, model)
    assert (facts.label, facts.shutdown_date, facts.is_hidden) == ("Pot", datetime.date(2031, 5, 1), True)
    assert facts.prices == Prices(Decimal(1), Decimal(2))


def test_it_changes_nothing_for_other_teams_at_a_provider_of_all(admin, team, other_team, provider, model, url):
    Provider.objects.filter(pk=provider.pk).update(team=None)
    assert admin.post(url, {"label": "Pot", "is_hidden": "yes"}).status_code == 302
    assert models_for(team, "chat") == []
    assert [choice.label for choice in models_for(other_team, "chat")] == ["pot"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_it_shows_but_keeps_closed_to_those_who_may_not_change_it(team, model, url, sign_in, role):
    turn_off(team, model, "temperature", "Refused on Tuesday.")
    reader = sign_in(team, role)
    page = reader.get(url).text
    assert "Refused on Tuesday." in page and "You can read this" in page
    assert '<fieldset class="line-fields" disabled>' in page
    assert "Let it be sent again" not in page and ">Save<" not in page
    assert reader.post(url, {"label": "Mine"}).status_code == 403
    assert facts_for(team, model).label == ""


def test_it_escapes_what_servers_and_people_say(admin, team, make_model):
    model = make_model("<b>x</b>", facts={"description": "<script>alert(1)</script>"})
    url = reverse("catalog:model", args=[model.pk])
    turn_off(team, model, "temperature", "<img src=x onerror=alert(1)>")
    admin.post(url, {"label": '"><script>alert(2)</script>'})
    page = admin.get(url).text
    assert "<script>alert" not in page and "<img src=x" not in page and "<b>x</b>" not in page


def test_it_writes_each_change_into_the_audit(admin, provider, make_model):
    """Whoever reads the book sees who added a model, took one away, or made pages start with one."""
    admin.post(reverse("catalog:add", args=[provider.pk]), {"name": "by-hand"})
    at = [Model.objects.get(name="by-hand").pk]
    admin.post(reverse("catalog:make_default", args=at), {"purpose": "cheap"})
    admin.post(reverse("catalog:mark", args=at), {"mark": "hide"})
    admin.post(reverse("catalog:model", args=at), {"label": "Writer", "price.input": "2", "price.output": "8"})
    admin.post(reverse("catalog:remove", args=at))
    told = [(entry.act, entry.target, entry.details["changed"]) for entry in AuditEntry.objects.order_by("pk")]
    words = (["added by hand"], ["default: Small jobs"], ["hidden"], ["Name for people", "prices"], ["removed"])
    assert told == [("model.changed", "by-hand", changed) for changed in words]
    admin.post(reverse("providers:connect_builtin"))
    assert AuditEntry.objects.latest("pk").act == "provider.added"


def test_it_keeps_no_character_that_a_database_refuses(admin, provider, make_model):
    at = [make_model("pot").pk]
    assert admin.post(reverse("catalog:allow_setting", args=at), {"setting": "a\x00b"}).status_code == 302
    assert "\x00" not in str(AuditEntry.objects.get().details)
