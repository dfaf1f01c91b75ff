"""The event stream without Redis: it follows the rows, and ends with what the rows say."""

import asyncio
import datetime
import gzip

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Membership, Team, User
from apps.runs.executor import execute
from apps.runs.models import Run

pytestmark = pytest.mark.django_db(transaction=True)


async def read_all(response, seconds=20):
    async with asyncio.timeout(seconds):
        return "".join([part.decode() async for part in response.streaming_content])


def events_in(text):
    return [line[7:].split("-")[0] for line in text.split("\n") if line.startswith("event: ")]


@pytest.fixture
def watch(async_client, editor):
    async def open_stream(*runs, **headers):
        await sync_to_async(async_client.force_login)(editor.user)
        return await async_client.get(reverse("runs:live"), {"runs": [str(run.pk) for run in runs]}, headers=headers)

    return open_stream


async def test_it_ends_at_once_for_a_run_that_has_ended(watch, carry_out):
    run = await sync_to_async(carry_out)("steady")
    text = await read_all(await watch(run))
    assert events_in(text) == ["end", "done"]
    assert "w0040" in text


async def test_it_follows_a_run_to_its_end_though_redis_is_away(watch, ask, settings):
    settings.RUN_SAVE_EVERY = 0.3
    run = await sync_to_async(ask)("steady-rate20-tokens60")
    work = asyncio.create_task(sync_to_async(execute, thread_sensitive=False)([run.pk]))
    text = await read_all(await watch(run))
    await work
    seen = events_in(text)
    assert (seen[0], seen[-2:]) == ("start", ["end", "done"])
    assert "draft" in seen or '["' in text, "words come before the end"
    assert "w0060" in text


async def test_it_packs_what_it_sends(watch, carry_out):
    run = await sync_to_async(carry_out)("steady")
    response = await watch(run, **{"Accept-Encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    packed = b"".join([part async for part in response.streaming_content])
    assert "event: done" in gzip.decompress(packed).decode()


async def test_it_serves_several_runs_on_one_connection(watch, carry_out):
    runs = [await sync_to_async(carry_out)("steady-tokens3") for _ in range(3)]
    text = await read_all(await watch(*runs))
    assert events_in(text) == ["end", "end", "end", "done"]
    assert all(f"end-{run.pk}" in text for run in runs)


@pytest.mark.parametrize("query", ["", "runs=x", "runs=" + "&runs=".join([f"01890000-0000-7000-8000-{n:012d}" for n in range(201)])])
async def test_it_refuses_an_address_that_makes_no_sense(async_client, editor, query):
    await sync_to_async(async_client.force_login)(editor.user)
    assert (await async_client.get(f"{reverse('runs:live')}?{query}")).status_code == 400


async def test_it_is_closed_to_strangers(async_client, carry_out):
    run = await sync_to_async(carry_out)("steady-tokens2")
    assert (await async_client.get(reverse("runs:live"), {"runs": str(run.pk)})).status_code in {302, 403}
    assert await sync_to_async(Run.objects.count)() == 1


def lose_membership(editor):
    editor.delete()


def lock_out(editor):
    Membership.objects.filter(pk=editor.pk).update(disabled_at=timezone.now())


def delete_team(editor):
    Team.objects.filter(pk=editor.team_id).update(deleted_at=timezone.now())


def switch_account_off(editor):
    User.objects.filter(pk=editor.user_id).update(is_active=False)


def end_sessions(editor):
    Session.objects.all().delete()


def change_password_elsewhere(editor):
    editor.user.set_password("another long password")
    editor.user.save()


def delete_everything(editor):
    Team.objects.filter(pk=editor.team_id).update(erase_before=timezone.now() + datetime.timedelta(seconds=1))


@pytest.mark.parametrize(
    "lose", [lose_membership, lock_out, delete_team, delete_everything, switch_account_off, end_sessions, change_password_elsewhere]
)
async def test_it_ends_for_somebody_who_may_not_watch_any_more(watch, ask, editor, monkeypatch, lose):
    monkeypatch.setattr("apps.runs.live.view.ACCESS_SECONDS", 0.2)
    run = await sync_to_async(ask)("steady")
    response = await watch(run)
    await sync_to_async(lose)(editor)
    seen = events_in(await read_all(response, 5))
    assert (seen[0], seen[-1], "end" in seen) == ("start", "done", False)
    assert await sync_to_async(lambda: Run.objects.get(pk=run.pk).status)() == "queued"


async def test_it_goes_on_in_a_tab_of_another_team_of_the_same_person(watch, async_client, carry_out, editor, other_team):
    run = await sync_to_async(carry_out)("steady-tokens3")
    elsewhere = await sync_to_async(Membership.objects.create)(team=other_team, user=editor.user, role="owner")
    await sync_to_async(async_client.force_login)(editor.user)
    await async_client.post(reverse("accounts:switch"), {"team": str(elsewhere.team_id)})
    response = await async_client.get(reverse("runs:live"), {"runs": str(run.pk)})
    assert events_in(await read_all(response)) == ["end", "done"]


async def test_it_tells_nothing_of_a_team_where_the_person_is_locked_out(watch, carry_out, editor, other_team):
    run = await sync_to_async(carry_out)("steady-tokens3")
    await sync_to_async(Membership.objects.create)(team=other_team, user=editor.user, role="owner")
    await sync_to_async(lock_out)(editor)
    assert (await watch(run)).status_code == 404


@pytest.mark.parametrize(("role", "has_button"), [("viewer", False), ("admin", True)])
async def test_it_ends_with_the_card_of_the_role_that_the_person_has_by_then(watch, ask, editor, monkeypatch, role, has_button):
    monkeypatch.setattr("apps.runs.live.view.ACCESS_SECONDS", 0.2)
    run = await sync_to_async(ask)("steady")
    response = await watch(run)
    parts = response.streaming_content.__aiter__()
    seen = (await parts.__anext__()).decode()
    await sync_to_async(Membership.objects.filter(pk=editor.pk).update)(role=role)
    await asyncio.sleep(0.5)
    await sync_to_async(Run.objects.filter(pk=run.pk).update)(status="completed", text="All of it", finished_at=timezone.now())
    async with asyncio.timeout(10):
        async for part in parts:
            seen += part.decode()
    assert "All of it" in seen
    assert ("Try again" in seen) == has_button


async def test_it_ends_quietly_for_a_run_that_is_purged_with_its_team(watch, ask):
    run = await sync_to_async(ask)("steady")
    response = await watch(run)
    pieces = aiter(response.streaming_content)
    seen = (await anext(pieces)).decode() + (await anext(pieces)).decode()
    await Run.objects.filter(pk=run.pk).adelete()
    async with asyncio.timeout(20):
        seen += "".join([part.decode() async for part in pieces])
    events = events_in(seen)
    assert (events[0], events[-1], "end" in events) == ("start", "done", False)
