"""What calls tell of a provider, and what its card shows of it."""

import datetime
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Team
from apps.core.ids import first_id_at, new_id
from apps.providers import health
from apps.providers.health import CHECK_AGAIN, health_of, note_limits, note_outcome, read_duration, read_limits
from apps.providers.models import Provider
from apps.providers.services import create_provider
from gateway import NotSent, Refused

OPENAI = {
    "x-ratelimit-limit-requests": "500",
    "x-ratelimit-remaining-requests": "498",
    "x-ratelimit-reset-requests": "120ms",
    "x-ratelimit-limit-tokens": "30000",
    "x-ratelimit-remaining-tokens": "29,000",
    "x-ratelimit-reset-tokens": "6m0s",
}
AZURE = {"x-ratelimit-remaining-requests": "9", "x-ratelimit-reset-requests": "59", "x-ratelimit-remaining-tokens": "950"}
LITELLM = {"llm_provider-x-ratelimit-remaining-tokens": "77", "llm_provider-x-ratelimit-reset-tokens": "1s"}


@pytest.fixture(autouse=True)
def fresh_process():
    health._noted.clear()


def call(provider: Provider, age: datetime.timedelta = datetime.timedelta(0), **fields: object) -> None:
    """A row of the app above, made through the relation as the module under test reads it."""
    moment = timezone.now() - age
    id = uuid.UUID(int=first_id_at(moment).int | (new_id().int & ((1 << 62) - 1)))
    fields = {"status": "completed", "first_ms": 400, **fields}
    provider.runs.create(
        id=id,
        team=provider.team,
        operation="chat.reply",
        model="m",
        key=str(id),
        fingerprint="-",
        queued_at=moment,
        **fields,
    )


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("6m0s", 360), ("17ms", 0.017), ("1s", 1), ("1h2m3.5s", 3723.5), ("59", 59), ("0.5", 0.5), ("2m59.56s", 179.56), (" 1D ", 86400)],
)
def test_it_reads_the_durations_of_every_server(text, seconds):
    assert read_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "soon", "-1s", "1w", "6m 0s", "1e9", "2026-11-22T10:00:00Z", "9" * 400, "1s" * 400, "٣s"])
def test_it_takes_nothing_else_for_a_duration(text):
    assert read_duration(text) is None


def test_it_reads_the_limits_of_openai_azure_and_litellm():
    told = read_limits({name.title(): value for name, value in OPENAI.items()})
    assert told == {"requests": 498, "requests_limit": 500, "requests_reset": 0.12}  # "29,000" is no count
    assert read_limits(AZURE) == {"requests": 9, "requests_reset": 59, "tokens": 950}
    assert read_limits(LITELLM) == {"tokens": 77, "tokens_reset": 1}
    assert read_limits({"content-type": "x", "x-ratelimit-remaining-requests": "many"}) == {}


def test_it_notes_limits_once_in_ten_seconds(provider, django_assert_num_queries):
    note_limits(provider.pk, AZURE)
    with django_assert_num_queries(0):
        note_limits(provider.pk, {"x-ratelimit-remaining-requests": "8"})
    provider.refresh_from_db()
    assert provider.limits_left["requests"] == 9
    health._noted.clear()
    note_limits(provider.pk, {"x-ratelimit-remaining-requests": "8"})
    provider.refresh_from_db()
    assert provider.limits_left == {"requests": 8}


def test_it_forgets_limits_that_are_no_news(provider):
    note_limits(provider.pk, AZURE)
    provider.refresh_from_db()
    limits = health_of([provider], provider.team_id)[provider.pk].limits
    assert [(limit.name, limit.left) for limit in limits] == [("requests", 9), ("tokens", 950)]
    provider.limits_at -= datetime.timedelta(hours=2)
    assert list(health_of([provider], provider.team_id)[provider.pk].limits) == []


def test_it_counts_for_each_provider_with_two_questions(provider, team, django_assert_num_queries):
    quiet = create_provider(team, name="Quiet", base_url="http://127.0.0.1:9/v1", allow_private=True)
    for milliseconds in (100, 300, 900):
        call(provider, first_ms=milliseconds)
    call(provider, first_ms=None, status="failed")
    call(provider, datetime.timedelta(hours=3), first_ms=None, status="failed")
    with django_assert_num_queries(2):
        found = health_of([provider, quiet], team.pk)
    assert (found[provider.pk].first_ms, found[provider.pk].errors) == (300, 1)
    assert timezone.now() - found[provider.pk].last_call_at < datetime.timedelta(minutes=1)
    assert (found[quiet.pk].last_call_at, found[quiet.pk].first_ms, found[quiet.pk].errors) == (None, None, 0)


def test_it_looks_at_the_last_fifty_calls_alone(provider):
    for _number in range(20):
        call(provider, datetime.timedelta(days=1), first_ms=9000)
    for _number in range(50):
        call(provider, first_ms=200)
    assert health_of([provider], provider.team_id)[provider.pk].first_ms == 200


def test_it_counts_no_errors_of_another_team(provider):
    """Its History has them, and what it asks is its own affair."""
    call(provider, first_ms=None, status="failed")
    elsewhere = Team.objects.create(name="Elsewhere")
    assert health_of([provider], provider.team_id)[provider.pk].errors == 1
    assert health_of([provider], elsewhere.pk)[provider.pk].errors == 0


def test_it_shows_all_that_on_the_card(provider, admin):
    call(provider, first_ms=400)
    call(provider, first_ms=None, status="failed")
    note_limits(provider.pk, {**OPENAI, "x-ratelimit-remaining-tokens": "29000"})
    page = admin.get(reverse("providers:list")).content.decode()
    assert "first word usually after 0.4 s" in page
    assert "498 requests of 500" in page and "29,000 tokens of 30,000" in page
    assert f'href="/history/?provider={provider.pk}&amp;status=failed">1 in the last hour' in page


# --- News for the check-up ---------------------------------------------------------------------
UNREACHABLE = NotSent("unreachable", "Nobody answers.")
NO_PATH = Refused("not_found", "Not there.", status=404)


@pytest.mark.parametrize("error", [UNREACHABLE, NO_PATH, Refused("not_found", "No.", status=405), Refused("not_found", "No.", status=501)])
def test_it_has_a_provider_looked_at_again_after_a_call_that_met_nobody(provider, error):
    note_outcome(provider.pk, error)
    provider.refresh_from_db()
    assert provider.recheck_at <= timezone.now()


@pytest.mark.parametrize(
    "error",
    [
        None,
        Refused("not_found", "No model.", status=404, details={"what": "model"}),
        Refused("rate_limited", "Slow.", status=429),
        Refused("server", "Oops.", status=500),
        Refused("auth", "Key.", status=401),
    ],
)
def test_it_leaves_it_alone_after_any_other(provider, error):
    note_outcome(provider.pk, error)
    provider.refresh_from_db()
    assert provider.recheck_at is None


def test_it_makes_one_check_up_of_a_hundred_failing_calls(provider):
    looked_at = timezone.now() - datetime.timedelta(minutes=1)
    Provider.objects.filter(pk=provider.pk).update(last_check_at=looked_at, recheck_at=looked_at + datetime.timedelta(hours=24))
    for _number in range(3):
        note_outcome(provider.pk, UNREACHABLE)
    provider.refresh_from_db()
    assert provider.recheck_at == looked_at + CHECK_AGAIN
