"""Until when a model is there: the badge, and who is never offered."""

import datetime

import pytest
from django.utils import timezone

from apps.providers import retirement
from apps.providers.choices import default_model, get_model, models_for
from apps.providers.facts import Facts, facts_for
from apps.providers.models import ModelFact
from apps.providers.services import set_default

TODAY = datetime.date(2026, 11, 22)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda: TODAY)


@pytest.mark.parametrize(
    ("day", "text", "level"),
    [
        ("2026-12-31", "until 31 Dec", "warn"),
        ("2027-02-26", "until 26 Feb 2027", "warn"),
        ("2026-12-22", "until 22 Dec", "warn"),
        ("2026-12-21", "until 21 Dec", "bad"),
        ("2026-11-22", "until 22 Nov", "bad"),
        ("2026-11-21", "retired 21 Nov", "bad"),
        ("2026-10-23", "retired 23 Oct", "bad"),
        ("2025-10-27", "retired 27 Oct 2025", "bad"),
    ],
)
def test_it_says_until_when_in_a_badge(day, text, level):
    facts = Facts(shutdown_date=datetime.date.fromisoformat(day))
    badge = retirement.badge(facts)
    assert f">{text}</span>" in badge
    assert f'class="badge {level}"' in badge


def test_it_tells_the_whole_date_and_what_to_take_instead():
    facts = Facts(shutdown_date=datetime.date(2027, 2, 26), replacement='gpt-transcribe" onload="x')
    assert 'title="The provider switches it off on 26 February 2027. Suggested instead: gpt-transcribe&quot;' in retirement.badge(facts)
    assert "Switched off on 23 October 2026." in retirement.hint(Facts(shutdown_date=datetime.date(2026, 10, 23)))


def test_it_says_nothing_of_a_model_that_stays():
    assert retirement.badge(Facts()) == retirement.hint(Facts()) == ""


def test_it_offers_a_model_on_its_last_day_and_not_after_it(team, make_model):
    make_model("last-day", shutdown_date=TODAY)
    make_model("over", shutdown_date=TODAY - datetime.timedelta(days=1))
    assert [choice.label for choice in models_for(team, "chat")] == ["last-day"]


def test_it_starts_with_a_model_that_stays(team, provider, make_model):
    leaving = make_model("a", shutdown_date=TODAY + datetime.timedelta(days=200))
    staying = make_model("b")
    assert default_model(team) == staying
    ModelFact.objects.create(team=team, model_pattern="a", is_favourite=True)
    assert default_model(team) == leaving


@pytest.mark.parametrize("fields", [{"is_hidden": True}, {"shutdown_date": datetime.date(2026, 11, 1)}, {"endpoints": ["embeddings"]}])
def test_it_does_not_start_with_a_chosen_model_that_is_not_offered_any_more(team, make_model, fields):
    chosen, other = make_model("a"), make_model("b")
    set_default(team, "writing", chosen)
    assert default_model(team) == chosen
    ModelFact.objects.create(team=team, model_pattern="a", **fields)
    assert default_model(team) == other
    assert get_model(team, chosen.pk) == chosen


def test_it_offers_nothing_that_the_check_up_found_missing(team, provider, make_model):
    make_model("gpt-6-luna")
    for state, offered in (("works", 1), ("refused", 1), ("unclear", 1), ("missing", 0)):
        provider.endpoints = {"chat": {"state": state, "reason": ""}}
        provider.save()
        assert len(models_for(team, "chat")) == offered
        assert (default_model(team) is not None) == bool(offered)


@pytest.mark.parametrize(
    ("name", "day", "instead"),
    [
        ("gpt-4", "2026-10-23", "gpt-5.6-sol"),
        ("gpt-4o", "2027-01-14", "gpt-6-luna"),
        ("ft:gpt-4o-2024-08-06:kiln::x1", "2027-01-14", "gpt-6-luna"),
        ("ft:gpt-3.5-turbo-0125:kiln::x1", "2026-10-23", "gpt-5.6-sol"),
        ("ft:gpt-4.1-nano-2025-04-14:kiln::x", "2026-10-23", "gpt-5.6-sol"),
        ("gpt-5-nano", "2026-12-11", "gpt-6-luna"),
        ("whisper-1", "2027-02-26", "gpt-transcribe"),
        ("dall-e-3", "2026-05-12", "gpt-image-2"),
        ("gpt-image-1.5", "2026-12-01", "gpt-image-2.6-sunburst"),
        ("tts-1", "2027-01-06", "gpt-realtime-2.1-mini"),
        ("text-moderation-latest", "2025-10-27", "omni-moderation-latest"),
        ("gpt-5.1", "2027-04-01", ""),
    ],
)
def test_it_knows_the_dates_of_openai(team, make_model, name, day, instead):
    facts = facts_for(team, make_model(name))
    assert facts.shutdown_date == datetime.date.fromisoformat(day)
    assert facts.replacement.startswith(instead)


@pytest.mark.parametrize("name", ["gpt-6.1-sol", "gpt-5.6-terra", "text-embedding-ada-002", "omni-moderation-latest"])
def test_it_knows_no_date_of_those_that_stay(team, make_model, name):
    assert facts_for(team, make_model(name)).shutdown_date is None


def test_it_knows_no_date_of_the_same_name_elsewhere(team, make_model):
    from apps.providers.services import create_provider

    own = create_provider(team, name="Studio", base_url="http://10.0.0.5:8000/v1", allow_private=True)
    assert facts_for(team, make_model("gpt-4", of=own)).shutdown_date is None


def test_it_believes_the_server_more_than_the_table_and_the_team_most(team, make_model):
    model = make_model("gpt-4o", shutdown_date=datetime.date(2028, 1, 1))
    assert facts_for(team, model).shutdown_date == datetime.date(2028, 1, 1)
    ModelFact.objects.create(team=team, model_pattern="gpt-4o", shutdown_date=datetime.date(2029, 1, 1))
    assert facts_for(team, model).shutdown_date == datetime.date(2029, 1, 1)
