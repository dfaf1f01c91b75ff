"""Home: where to begin, what to go on with, what this month cost, and what needs attention."""

import datetime
import time
import uuid
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.chat.models import Conversation
from apps.core.ids import first_id_at
from apps.files.models import File
from apps.providers.models import DefaultModel, ModelFact, Provider
from apps.runs.heartbeats import beat_for_worker
from apps.runs.models import Run, RunFile
from apps.runs.month import month_of
from tests.belongings import make_picture, make_recording, make_transcript

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_run(team, editor, provider):
    """A row as the executor leaves it, made at a moment."""

    def make(at=None, **fields):
        at = at or timezone.now()
        pk = uuid.UUID(int=first_id_at(at).int + uuid.uuid4().int % 2**76)
        common = {"team": team, "person": editor.user, "provider": provider, "operation": "chat.reply", "model": "steady"}
        common |= {"status": "completed", "cost_kind": "known", "cost": Decimal("0.25"), "usage": {"input": 10, "output": 5}}
        return Run.objects.create(pk=pk, queued_at=at, key=uuid.uuid4().hex, fingerprint="-", **{**common, **fields})

    return make


@pytest.fixture
def sign_in():
    def sign_in(membership):
        client = Client()
        client.force_login(membership.user)
        return client

    return sign_in


def home(client):
    response = client.get("/")
    assert response.status_code == 200
    return response.content.decode()


# --- Who gets where ----------------------------------------------------------------------------
def test_it_leads_a_stranger_to_the_sign_in(client, editor):
    assert client.get("/")["Location"].startswith("/sign-in/")


def test_it_leads_the_first_visitor_to_the_set_up(client):
    assert not User.objects.exists()
    assert client.get("/", follow=True).redirect_chain[-1][0].startswith("/setup/")


def test_it_greets_by_name_and_team_and_is_first_in_the_navigation(as_editor, editor):
    User.objects.filter(pk=editor.user_id).update(name="Ada")
    page = home(as_editor)
    assert "Hello, Ada" in page and "You are in Harbour as Editor." in page
    assert page.index("<span>Home</span></a>") < page.index("<span>Chat</span></a>")
    assert page.count('aria-current="page"') == 1


def test_it_offers_a_viewer_nothing_that_he_may_not_do(viewer, as_editor, sign_in):
    assert 'class="card home-card" href="/chat/"' in home(as_editor)
    page = home(sign_in(viewer))
    assert 'class="card home-card" href="/chat/"' not in page
    assert 'class="card home-card" href="/chat/past/"' in page


# --- Continue ----------------------------------------------------------------------------------
def test_it_lists_the_last_six_of_ones_own_chats(as_editor, editor, team, viewer):
    for number in range(8):
        Conversation.objects.create(team=team, person=editor.user, title=f"Talk {number}")
    Conversation.objects.create(team=team, person=viewer.user, title="Of a colleague")
    Conversation.objects.create(team=team, person=editor.user, title="Thrown away", deleted_at=timezone.now())
    page = home(as_editor)
    assert [number for number in range(8) if f"Talk {number}<" in page] == [2, 3, 4, 5, 6, 7]
    assert page.index("Talk 7<") < page.index("Talk 6<")
    assert "Of a colleague" not in page and "Thrown away" not in page


def test_it_lists_ones_own_pictures_one_of_each_call(as_editor, editor, team, viewer, make_run):
    run = make_run(operation="images.generate")
    for number in range(3):
        picture = make_picture(team, run=run, person=editor.user, name=f"Vase {number}", kind="made")
        RunFile.objects.filter(pk=picture.output_id).update(position=number)
    uploaded = make_picture(team, person=editor.user, name="A photo")
    make_picture(team, person=viewer.user, name="Of a colleague")
    make_picture(team, person=editor.user, name="Thrown away", deleted_at=timezone.now())
    make_picture(team, run=make_run(), person=editor.user, name="Seen in its chat", kind="chat")
    Conversation.objects.create(team=team, person=editor.user, title="The last talk")
    page = home(as_editor)
    assert page.index("The last talk<") < page.index("A photo<") < page.index("Vase 0<")
    assert f'href="{reverse("images:picture", args=[uploaded.pk])}"' in page
    assert not [name for name in ("Vase 1", "Vase 2", "Of a colleague", "Thrown away", "Seen in its chat") if name in page]


def test_it_offers_to_make_an_image_to_who_may(as_editor, viewer, sign_in):
    assert 'class="card home-card" href="/images/new/"' in home(as_editor)
    assert 'class="card home-card" href="/images/new/"' not in home(sign_in(viewer))


# --- This month --------------------------------------------------------------------------------
def test_it_sums_the_month_and_leaves_the_last_one_out(make_run, as_editor):
    make_run(cost=Decimal("1.50"))
    make_run(status="failed", cost_kind="none", cost=0, usage={})
    make_run(at=timezone.localtime().replace(day=1, hour=0, minute=0, second=1), cost=Decimal("0.50"))
    make_run(at=timezone.localtime().replace(day=1, hour=0, minute=0, second=0) - datetime.timedelta(seconds=1))
    page = home(as_editor)
    assert "$2.00" in page and '<dd class="num">3</dd>' in page and '<dd class="num">30</dd>' in page
    assert "Most was spent on" in page and page.count("<rect") >= 28


def test_it_says_how_many_prices_are_not_known_and_never_writes_nothing_as_money(make_run, as_editor):
    make_run(cost_kind="unknown", cost=None)
    make_run(cost_kind="unknown", cost=None, status="queued")  # under way: its price comes
    page = home(as_editor)
    assert "price not known" in page
    assert "The price of 1 call is not known" in page
    assert "$0.00" not in page


def test_it_draws_calls_where_nothing_costs(make_run, as_editor):
    make_run(cost_kind="free", cost=0)
    page = home(as_editor)
    assert "no cost" in page and "Most calls were made on" in page and "$0" not in page


def test_it_keeps_to_the_day_of_who_looks(make_run, team):
    """An hour after midnight in Auckland is yesterday in Greenwich."""
    with timezone.override("Pacific/Auckland"):
        midnight = timezone.localtime().replace(day=10, hour=0, minute=30, second=0, microsecond=0)
        make_run(at=midnight)
        assert [day.date.day for day in month_of(team, midnight.replace(day=20)).days if day.calls] == [10]
    assert [day.date.day for day in month_of(team, midnight + datetime.timedelta(days=10)).days if day.calls] == [9]


def test_it_counts_today_at_once_and_the_days_before_within_a_minute(make_run, team, monkeypatch):
    noon = timezone.localtime().replace(day=20, hour=12)
    make_run(at=noon - datetime.timedelta(days=3))
    assert month_of(team, noon).calls == 1
    make_run(at=noon)
    make_run(at=noon - datetime.timedelta(days=2))
    assert month_of(team, noon).calls == 2
    later = time.monotonic() + 61
    monkeypatch.setattr("apps.runs.month.time.monotonic", lambda: later)
    assert month_of(team, noon).calls == 3


def test_it_counts_nothing_of_another_team(make_run, other_team, as_editor):
    make_run(team=other_team, cost=Decimal("77.77"))
    assert "77.77" not in home(as_editor)


# --- Needs attention ---------------------------------------------------------------------------
def test_it_says_that_all_is_well(as_editor):
    beat_for_worker()
    assert "Nothing. All is well." in home(as_editor)


def test_it_says_that_no_worker_answers(as_editor):
    assert "No worker answers" in home(as_editor)


def test_it_counts_what_failed_today_and_links_to_exactly_that(make_run, as_editor):
    make_run(status="failed", summary="Broken now")
    make_run(status="unknown", summary="Lost now")
    make_run(status="failed", summary="Broken long ago", at=timezone.now() - datetime.timedelta(hours=25))
    make_run(summary="Whole")
    page = home(as_editor)
    assert "2 calls failed or broke off in the last 24 hours" in page
    assert 'href="/history/?status=trouble&amp;period=day"' in page
    found = as_editor.get("/history/?status=trouble&period=day").content.decode()
    assert "Broken now" in found and "Lost now" in found
    assert "Broken long ago" not in found and "Whole" not in found


def test_it_names_a_provider_whose_last_test_failed(provider, as_editor):
    provider.last_check, provider.last_check_at = {"ok": False, "kind": "auth"}, timezone.now()
    provider.save()
    page = home(as_editor)
    assert "The last test of Loopback did not work" in page and "did not accept the key" in page


def test_it_misses_the_built_in_models_only_where_there_are_no_others(team, provider, as_editor):
    failed = {"last_check": {"ok": False, "kind": "unreachable"}, "last_check_at": timezone.now()}
    Provider.objects.create(team=team, name="Built in", base_url="http://127.0.0.1:9/v1", is_builtin=True, **failed)
    assert "The last test of" not in home(as_editor)
    Provider.objects.filter(pk=provider.pk).update(deleted_at=timezone.now())
    assert "The last test of Built in did not work" in home(as_editor)


def test_it_names_models_that_leave_if_they_are_in_use(team, provider, make_run, as_editor):
    soon = timezone.localdate() + datetime.timedelta(days=20)
    for name in ("used", "unused", "chosen", "used-long-ago", "stays"):
        provider.models.create(name=name, shutdown_date=soon if name != "stays" else None)
    DefaultModel.objects.create(team=team, purpose="writing", model=provider.models.get(name="chosen"))
    make_run(model="used")
    make_run(model="stays")
    make_run(model="used-long-ago", at=timezone.now() - datetime.timedelta(days=31))
    page = home(as_editor)
    assert "2 models that you use leave soon" in page
    assert "used, until" in page and "chosen, until" in page
    assert "unused, until" not in page and "used-long-ago, until" not in page


def test_it_knows_the_date_that_the_team_wrote_itself(team, provider, make_run, as_editor):
    provider.models.create(name="steady")
    make_run(model="steady")
    ModelFact.objects.create(team=team, model_pattern="steady", shutdown_date=timezone.localdate() + datetime.timedelta(days=61))
    assert "leaves soon" not in home(as_editor)
    ModelFact.objects.update(shutdown_date=timezone.localdate() + datetime.timedelta(days=59))
    assert "1 model that you use leaves soon" in home(as_editor)


def test_it_counts_files_that_providers_delete_within_days_and_links_to_exactly_those(team, other_team, provider, as_editor):
    def put(name, days, **fields):
        at = timezone.now()
        place = {"provider": provider, "remote": "there", "remote_id": f"file-{name}", "expires_at": at + datetime.timedelta(days=days)}
        File.objects.create(**{"team": team, "name": name, "key": name, "added_at": at, "copy": "none", **place, **fields})

    assert "deleted by" not in home(as_editor)
    put("soon-1.jsonl", 1)
    assert "1 file is deleted by its provider soon" in home(as_editor)
    put("soon-2.jsonl", 6.9, copy="ready")
    put("later.jsonl", 7.1)
    put("over.jsonl", -1)
    put("gone.jsonl", 1, remote="gone")
    put("in-bin.jsonl", 1, deleted_at=timezone.now())
    put("wrong-lines.jsonl", 1, copy="ready", flaws=3)
    put("of-others.jsonl", 1, team=other_team)
    page = home(as_editor)
    assert "2 files are deleted by their providers soon" in page and "Within 7 days. Loopback: 2." in page
    assert 'href="/files/?status=leaving"' in page
    found = as_editor.get("/files/?status=leaving").content.decode()
    shown = [
        name for name in ("soon-1", "soon-2", "later", "over", "gone", "in-bin", "wrong-lines", "of-others") if f">{name}.jsonl<" in found
    ]
    assert shown == ["soon-1", "soon-2"]


# --- Sound -------------------------------------------------------------------------------------
def test_it_lists_ones_own_transcripts_and_recordings_that_wait(as_editor, editor, team, viewer, provider):
    mine = make_transcript(team, provider, recording=make_recording(team, name="Interview"), person=editor.user)
    make_recording(team, name="Heard by nobody", person=editor.user)
    make_recording(team, name="Cannot be used", person=editor.user, state="unusable")
    make_transcript(team, provider, recording=make_recording(team, name="Of a colleague"), person=viewer.user)
    make_transcript(team, provider, recording=make_recording(team, name="Thrown away"), person=editor.user, deleted_at=timezone.now())
    gone = make_recording(team, name="Without its sound", deleted_at=timezone.now())
    make_transcript(team, provider, recording=gone, person=editor.user)
    page = home(as_editor)
    assert f'href="{reverse("transcription:transcript", args=[mine.pk])}"' in page and "Interview<" in page
    assert "Heard by nobody<" in page and "Not transcribed yet" in page
    assert not [name for name in ("Of a colleague", "Thrown away", "Cannot be used", "Without its sound") if name in page]


def test_it_tells_what_could_not_be_transcribed_for_a_few_days(as_editor, editor, team, provider):
    for name, state, days in (("Talk", "failed", 0), ("Round", "partial", 0), ("Old", "failed", 4), ("Fine", "ready", 0)):
        row = make_transcript(team, provider, recording=make_recording(team, name=name), person=editor.user, state=state, days=days)
        type(row).objects.filter(pk=row.pk).update(sentence=f"Why {name}.")
    page = home(as_editor)
    assert "Talk could not be transcribed" in page and "Why Talk." in page
    assert "A part of Round could not be transcribed" in page
    assert "Old could not" not in page and "Fine could not" not in page


def test_it_offers_to_transcribe_to_who_may(as_editor, viewer, sign_in):
    assert 'class="card home-card" href="/transcribe/"' in home(as_editor)
    assert 'class="card home-card" href="/transcribe/"' not in home(sign_in(viewer))


# --- First steps -------------------------------------------------------------------------------
def test_it_shows_the_first_steps_with_ticks_until_they_are_done(client, team, make_member, provider):
    owner = make_member(team, "owner")
    client.force_login(owner.user)
    assert home(client).count('class="is-done"') == 0  # a provider was typed in, nobody knows yet whether it answers
    Provider.objects.filter(pk=provider.pk).update(last_check={"ok": True})
    page = home(client)
    assert "First steps" in page and page.count('class="is-done"') == 1
    assert '<a class="link" href="/settings/people/">Invite a colleague</a>' in page
    Conversation.objects.create(team=team, person=owner.user, title="Talk")
    assert home(client).count('class="is-done"') == 2
    make_member(team)
    assert "First steps" not in home(client)


def test_it_does_not_nag_an_old_team_or_somebody_who_can_do_nothing_about_it(sign_in, team, make_member):
    owner = sign_in(make_member(team, "owner"))
    assert "First steps" not in home(sign_in(make_member(team, "viewer")))
    assert "First steps" in home(owner)
    Team.objects.update(created_at=timezone.now() - datetime.timedelta(days=15))
    assert "First steps" not in home(owner)


def test_it_asks_few_questions(make_run, provider, editor, team, as_editor, django_assert_max_num_queries):
    for number in range(10):
        provider.models.create(name=f"m{number}", shutdown_date=timezone.localdate())
        make_run(model=f"m{number}", at=timezone.now() - datetime.timedelta(hours=number))
        Conversation.objects.create(team=team, person=editor.user, title=f"Talk {number}")
        make_picture(team, person=editor.user, name=f"Vase {number}")
        make_transcript(team, provider, person=editor.user)
    home(as_editor)  # the lines that ship are read once in the life of a process
    with django_assert_max_num_queries(19):
        home(as_editor)
