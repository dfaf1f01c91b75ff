"""Rules of a team for all models whose names fit a pattern."""

import pytest
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import AuditEntry, Role
from apps.providers.choices import models_for
from apps.providers.facts import facts_for
from apps.providers.models import Model, ModelFact

LIST, NEW = "/settings/models/rules/", "/settings/models/rules/new/"
PATTERNS = {"provider_pattern": "openai", "model_pattern": "gpt-image-2*"}


@pytest.fixture
def rule(team):
    return ModelFact.objects.create(team=team, provider_pattern="*", model_pattern="pot-*", note="For clay")


def address(rule, name="edit"):
    return reverse(f"model_rules:{name}", args=[rule.pk])


def test_it_hides_all_models_of_a_pattern(admin, team, make_model):
    for name in ("pot-1", "pot-2", "vase"):
        make_model(name)
    assert admin.post(NEW, {"provider_pattern": "*", "model_pattern": "pot-*", "is_hidden": "yes"}).status_code == 302
    assert [choice.label for choice in models_for(team, "chat")] == ["vase"]
    assert AuditEntry.objects.get(act="model.changed").target == "* · pot-*"


def test_it_says_which_models_a_rule_touches(admin, rule, make_model):
    for number in range(5):
        make_model(f"pot-{number}")
    page = admin.get(LIST).text
    assert "Touches 5 models: pot-0, pot-1, pot-2 …" in page
    assert "Touches 5 models now" in admin.get(address(rule)).text
    assert "pot-4" in admin.get(address(rule)).text


def test_it_counts_no_model_of_another_team(admin, rule, other_team, make_model):
    from apps.providers.models import Provider

    Model.objects.create(provider=Provider.objects.create(team=other_team, name="Theirs", base_url="https://x.example"), name="pot-secret")
    assert "pot-secret" not in admin.get(LIST).text + admin.get(address(rule)).text


def test_it_changes_a_rule_and_keeps_what_the_form_does_not_show(admin, team, rule, make_model):
    rule.parameters = {"temperature": {"max": 1.5, "step": 0.25}}
    rule.save()
    data = {"provider_pattern": "api.*", "initial-provider_pattern": "*", "model_pattern": "pot-*", "set.temperature.take": "yes"}
    assert admin.post(address(rule), data).status_code == 302
    rule.refresh_from_db()
    assert (rule.provider_pattern, rule.note) == ("api.*", "For clay")
    assert rule.parameters == {"temperature": {"max": 1.5, "step": 0.25, "off": False}}
    assert facts_for(team, make_model("pot-1")).takes("temperature")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"model_pattern": ""}, "This field is required."),
        ({"model_pattern": "x" * 201}, "at most 200 characters"),
        ({"model_pattern": "a\x07"}, "only visible characters"),
        ({"model_pattern": "pot-*", "note": "x"}, "There is a rule for these providers and models already."),
        ({"model_pattern": "new-*"}, "Say something of these models"),
        ({"model_pattern": "new-*", "set.temperature.low": "2", "set.temperature.high": "1"}, "The smallest value is above the largest."),
    ],
)
def test_it_refuses_with_one_sentence_a_rule_that_makes_no_sense(admin, team, rule, data, sentence):
    page = admin.post(NEW, {"provider_pattern": "*", **data})
    assert page.status_code == 422
    assert page.text.count(sentence) == 1
    assert ModelFact.objects.filter(team=team).count() == 1


def test_it_bears_any_pattern(admin, team, make_model):
    make_model("pot")
    for pattern in ("[", "]", "[!", "*" * 200, "a*" * 100, "(?P<x>", "\\", "pot[", "%", "<script>alert(1)</script>"):
        assert admin.post(NEW, {"provider_pattern": pattern, "model_pattern": pattern, "note": "x"}).status_code == 302
    assert admin.get(LIST).status_code == 200
    assert "<script>alert" not in admin.get(LIST).text


def test_it_deletes_a_rule(admin, team, rule, make_model):
    model = make_model("pot-1")
    assert facts_for(team, model).note == "For clay"
    assert admin.post(address(rule, "delete")).status_code == 302
    assert facts_for(team, model).note == ""
    assert admin.post(address(rule, "delete")).status_code == 404
    assert AuditEntry.objects.filter(act="model.changed").count() == 1


def test_it_tells_who_was_late_that_the_rule_is_gone(admin, rule):
    url = address(rule)
    rule.delete()
    assert admin.post(url, {"provider_pattern": "*", "model_pattern": "pot-*", "note": "late"}).status_code == 404


def test_it_shows_the_lines_that_ship_and_lets_nobody_change_them(admin, team, db):
    shipped = ModelFact.objects.filter(team=None).first()
    page = admin.get(LIST, {"q": "gpt-image"}).text
    assert "gpt-image-2*" in page and "whisper" not in page
    assert admin.get(address(shipped)).status_code == 404
    assert admin.post(address(shipped), {"model_pattern": "*", "provider_pattern": "*", "note": "x"}).status_code == 404
    assert admin.post(address(shipped, "delete")).status_code == 404


def test_it_offers_to_write_an_own_rule_for_a_shipped_one(admin):
    page = admin.get(NEW, {"provider": "openai", "model": "gpt-image-2*"}).text
    assert 'value="gpt-image-2*"' in page and 'value="openai"' in page
    named = {name: text for key, text in PATTERNS.items() for name in (key, f"initial-{key}")}
    assert admin.post(NEW, {**named, "note": "Ours"}).status_code == 302
    assert ModelFact.objects.get(note="Ours").model_pattern == "gpt-image-2*"
    assert ModelFact.objects.get(note="Ours").provider_pattern == "openai"


def test_it_lets_viewers_read(team, rule, sign_in):
    reader = sign_in(team, Role.VIEWER)
    assert "For clay" in reader.get(LIST).text
    page = reader.get(address(rule)).text
    assert "pot-*" in page and "Save the rule" not in page and "Delete the rule" not in page
    assert reader.post(address(rule), {"model_pattern": "x"}).status_code == 403
    assert reader.get(NEW).status_code == 403


def test_it_hides_the_rules_of_another_team(rule, other_team, sign_in):
    stranger = sign_in(other_team)
    assert "pot-*" not in stranger.get(LIST).text
    for name in ("edit", "delete"):
        assert stranger.post(address(rule, name), {"model_pattern": "x"}).status_code == 404


def test_it_asks_as_little_for_many_models_as_for_one(admin, provider, rule, make_model, django_assert_num_queries):
    from django.db import connection

    make_model("pot-1")
    admin.get(LIST)
    with CaptureQueriesContext(connection) as few:
        admin.get(LIST)
    Model.objects.bulk_create([Model(provider=provider, name=f"pot-{number}") for number in range(100, 400)])
    with django_assert_num_queries(len(few)):
        assert "Touches 301 models" in admin.get(LIST).text
