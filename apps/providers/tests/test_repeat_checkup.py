"""The quiet repetition: who is due, who takes it, when the next one is."""

import datetime

import pytest
from django.utils import timezone

from apps.accounts.models import Team
from apps.providers.checkup import check, check_due
from apps.providers.checkup.checking import hold, wait_until_next
from apps.providers.checkup.due import _claim
from apps.providers.choices import models_for
from apps.providers.models import Provider
from apps.providers.services import create_provider, delete_provider, update_provider
from apps.providers.tests.recorded_server import serve_recorded

OLD = datetime.timedelta(days=40)


@pytest.fixture
def server():
    with serve_recorded("vllm") as running:
        yield running


@pytest.fixture
def studio(team, server) -> Provider:
    return create_provider(team, name="Studio", base_url=server.url(), allow_private=True)


def make_due(provider: Provider, **fields: object) -> None:
    Provider.objects.filter(pk=provider.pk).update(recheck_at=timezone.now() - datetime.timedelta(seconds=1), **fields)


def next_look(provider: Provider) -> float:
    """Minutes from now."""
    provider.refresh_from_db()
    return (provider.recheck_at - timezone.now()).total_seconds() / 60


def test_it_looks_again_a_day_after_one_that_went_well(studio):
    check(studio)
    assert next_look(studio) == pytest.approx(24 * 60, abs=1)


def test_it_looks_again_soon_after_one_that_failed_and_then_less_and_less(studio, server):
    server.answers["GET /v1/models"] = {"status": 500, "json": {"error": "oops"}}
    waits = []
    for _number in range(4):
        check(studio)
        waits.append(round(next_look(studio)))
    assert waits == [10, 20, 40, 80]
    assert wait_until_next({"ok": False, "kind": "server", "failures": 500}) == datetime.timedelta(hours=24)


def test_it_does_not_knock_with_a_key_that_was_refused(studio, server):
    server.answers["GET /v1/models"] = {"status": 401, "json": {"error": "Unauthorized"}}
    check(studio)
    assert next_look(studio) > 23 * 60
    assert server.paths("POST") == []


def test_it_checks_what_is_due_and_nothing_else(studio, server):
    assert check_due() == 0
    make_due(studio)
    assert check_due() == 1
    assert server.paths().count("/v1/models") == 1
    assert check_due() == 0


def test_it_asks_no_model_for_anything(studio, server):
    make_due(studio)
    check_due()
    assert not [asked for asked in server.asked if b"messages" in asked.body]


def test_it_notices_that_a_part_stopped_and_that_it_works_again(studio, server, team):
    check(studio)
    assert [choice.model.name for choice in models_for(team, "chat")] == ["pot-7b"]
    there = server.answers.pop("POST /v1/chat/completions")
    make_due(studio)
    check_due()
    assert models_for(team, "chat") == []
    server.answers["POST /v1/chat/completions"] = there
    make_due(studio)
    check_due()
    assert [choice.model.name for choice in models_for(team, "chat")] == ["pot-7b"]


def test_it_gives_each_provider_to_one_of_two_workers(studio):
    make_due(studio)
    first, second = Provider.objects.get(pk=studio.pk), Provider.objects.get(pk=studio.pk)
    assert [_claim(first), _claim(second)] == [True, False]


def test_it_leaves_a_provider_alone_while_a_person_tests_it(studio):
    make_due(studio)
    hold(studio)  # what a check-up begins with
    assert check_due() == 0


def test_it_leaves_unused_and_deleted_ones_alone(studio, team, server):
    make_due(studio, created_at=timezone.now() - OLD)
    assert check_due() == 0
    studio.runs.create(team=team, operation="chat.reply", model="m", key="k", fingerprint="-", queued_at=timezone.now())
    assert check_due() == 1
    make_due(studio)
    delete_provider(studio)
    assert check_due() == 0


def test_it_keeps_quiet_about_a_provider_that_cannot_be_called(team):
    own_keys_only = create_provider(team, name="Own keys", base_url="https://api.openai.com/v1", takes_personal_keys=True)
    make_due(own_keys_only)
    assert check_due() == 0
    own_keys_only.refresh_from_db()
    assert own_keys_only.last_check == {}
    assert next_look(own_keys_only) > 23 * 60


def test_it_goes_on_with_the_others_when_one_is_down(studio, team, server):
    down = create_provider(team, name="Down", base_url="http://127.0.0.1:9/v1", allow_private=True)
    make_due(down)
    make_due(studio)
    assert check_due() == 2
    studio.refresh_from_db()
    assert studio.last_check["ok"]


def test_it_keeps_nothing_of_a_server_whose_address_was_changed_meanwhile(studio, server):
    stale = Provider.objects.get(pk=studio.pk)
    update_provider(studio, name="Studio", base_url="https://elsewhere.example/v1")
    check(stale)
    studio.refresh_from_db()
    assert (studio.last_check, studio.endpoints, studio.models.count()) == ({}, {}, 0)


def test_it_forgets_what_worked_at_another_address(studio, team):
    check(studio)
    moved = update_provider(studio, name="Studio", base_url="http://127.0.0.1:9/v1", allow_private=True)
    check(moved)
    moved.refresh_from_db()
    assert (moved.endpoints, moved.last_check["server"], moved.last_check["failures"]) == ({}, {}, 1)


def test_it_keeps_what_worked_while_the_server_is_away(studio, server):
    check(studio)
    server.answers["GET /v1/models"] = {"status": 503, "json": {"error": "loading"}}
    check(studio)
    studio.refresh_from_db()
    assert studio.endpoints["chat"]["state"] == "works"
    assert studio.last_check["server"]["name"] == "vLLM"


def test_it_sends_no_key_for_a_team_that_is_deleted(studio, server, team):
    make_due(studio)
    Team.objects.filter(pk=team.pk).update(deleted_at=timezone.now())
    assert check_due() == 0
    assert server.paths() == []


def test_it_looks_after_what_is_offered_to_all_teams(studio):
    make_due(studio, team=None)
    assert check_due() == 1
