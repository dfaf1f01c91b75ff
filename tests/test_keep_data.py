"""What is too old, or not to be kept, is erased in the background; what counts stays."""

import pathlib
import sqlite3
import threading
import time
import uuid

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import Http404
from django.urls import reverse

from apps.accounts.data_keeping import BATCH, MARK, housekeep
from apps.accounts.models import AuditEntry, Role, Team
from apps.chat.holdings import ChatHolding
from apps.chat.models import Conversation, Turn
from apps.chat.services import Ask, send_message
from apps.core import holdings
from apps.providers.models import Model
from apps.runs import erasure
from apps.runs.models import Run, RunFile
from tests.belongings import SECRET, a_run, ago, make_chat, make_run, words_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def as_admin(client, team, make_member):
    client.force_login(make_member(team, Role.ADMIN).user)
    return client


def keep(team, **rules):
    Team.objects.filter(pk=team.pk).update(**rules)


def tidy(batch=200):
    """As every worker does until nothing is left to do."""
    while housekeep(seconds=30, batch=batch):  # on a busy machine the time of one round may go before anything is found
        pass


# --- By age ------------------------------------------------------------------------------------
def test_it_takes_the_words_of_what_is_too_old_and_leaves_the_numbers(team, provider):
    old, young = make_run(team, provider, days=31, file=b"pot"), make_run(team, provider, days=29)
    path = pathlib.Path(RunFile.objects.get().file.path)
    keep(team, keep_days=30)
    tidy()
    assert SECRET not in words_of(old) and SECRET in words_of(young)
    assert (old.erased_at is not None, young.erased_at) == (True, None)
    kept = (old.model, str(old.cost), old.usage, old.status, old.total_ms, old.request_id, old.attempts.count())
    assert kept == ("plain-1", "0.01000000", {"input": 3, "output": 4}, "completed", 900, "req-1", 1)
    assert not RunFile.objects.exists() and not path.exists() and not path.parent.exists()


def test_it_touches_nothing_of_a_team_that_keeps_for_ever(team, other_team, provider):
    mine, theirs = make_run(team, provider, days=4000), make_run(other_team, provider, days=4000)
    keep(other_team, keep_days=3650)
    tidy()
    assert SECRET in words_of(mine) and SECRET not in words_of(theirs)


@pytest.mark.parametrize("status", ["queued", "sending", "streaming"])
def test_it_never_touches_a_run_that_has_not_ended(team, provider, status):
    run = make_run(team, provider, days=400, status=status, finished_at=None)
    keep(team, keep_days=1, keeps_content=False)
    tidy()
    assert SECRET in words_of(run) and run.status == status


def test_it_deletes_a_chat_that_nobody_touched_and_keeps_one_whole_that_somebody_did(team, provider):
    resting, living = make_chat(team, provider, days=91, answers=3), make_chat(team, provider, days=91, answers=3)
    answers = list(Run.objects.filter(turn__conversation=resting))
    living.save()  # somebody wrote in it today
    keep(team, keep_days=90)
    tidy()
    assert list(Conversation.objects.all()) == [living]
    assert Turn.objects.filter(conversation=living).count() == 6
    assert all(SECRET not in words_of(run) for run in answers)
    still_read = Run.objects.filter(turn__conversation=living)
    assert {run.text for run in still_read} == {SECRET} and all(run.params == {} for run in still_read)


def test_it_waits_with_a_chat_for_the_answer_that_is_under_way(team, provider):
    chat = make_chat(team, provider, days=91)
    Run.objects.update(status="streaming")
    keep(team, keep_days=90)
    tidy()
    assert Conversation.objects.filter(pk=chat.pk).exists() and SECRET in words_of(Run.objects.get())


# --- Numbers only ------------------------------------------------------------------------------
def test_it_keeps_the_answer_where_it_is_read_and_nothing_else(team, provider, as_admin):
    chat = make_chat(team, provider)
    keep(team, keeps_content=False)
    tidy()
    run = Run.objects.get()
    assert (run.text, run.params, run.request, run.response, run.summary) == (SECRET, {}, None, None, "")
    assert SECRET in as_admin.get(reverse("chat:conversation", args=[chat.pk])).content.decode()


def test_it_lets_a_call_be_read_for_an_hour_that_is_shown_nowhere_else(team, provider):
    fresh, read = make_run(team, provider), make_run(team, provider, finished_at=ago(1 / 20))
    keep(team, keeps_content=False)
    tidy()
    assert SECRET in words_of(fresh) and SECRET not in words_of(read)


def test_it_takes_the_answer_too_when_its_chat_is_gone(team, provider):
    chat = make_chat(team, provider)
    keep(team, keeps_content=False)
    tidy()
    Conversation.objects.filter(pk=chat.pk).update(deleted_at=ago(31))
    tidy()
    run = Run.objects.get()
    assert SECRET not in words_of(run) and (run.parent_kind, run.parent_id) == ("", None)


def test_an_erased_call_says_so_and_is_not_sent_again(team, provider, as_admin):
    run = make_run(team, provider, days=40)
    keep(team, keep_days=30)
    tidy()
    page = as_admin.get(reverse("runs:receipt", args=[run.pk])).content.decode()
    assert "Not kept." in page and SECRET not in page and "Run again" not in page
    answer = as_admin.post(reverse("runs:again", args=[run.pk]), {"key": "once"}, follow=True)
    assert "cannot be sent again" in answer.content.decode() and Run.objects.count() == 1
    assert as_admin.get(reverse("runs:live"), {"runs": str(run.pk)}).status_code == 200
    assert SECRET not in as_admin.get(reverse("runs:history")).content.decode()


def test_a_chat_goes_on_whose_calls_keep_numbers_only(team, provider, as_admin):
    model = Model.objects.create(provider=provider, name="plain-1")
    chat = make_chat(team, provider, settings={"model": str(model.pk)})
    answer = Run.objects.get()
    keep(team, keeps_content=False)
    tidy()
    url = reverse("chat:conversation", args=[chat.pk])
    assert as_admin.post(url, {"message": "And then?", "key": str(uuid.uuid4())}).status_code == 303
    asked = Run.objects.latest("pk")
    assert [message["content"] for message in asked.params["messages"]] == [SECRET, SECRET, "And then?"]
    Run.objects.filter(pk=asked.pk).update(status="completed")
    assert as_admin.post(reverse("chat:again", args=[answer.pk]), {"key": str(uuid.uuid4())}).status_code == 303
    assert as_admin.post(reverse("chat:request", args=[chat.pk]), {"message": "Why?"}).status_code == 200


def test_it_answers_404_to_words_for_a_chat_that_went_meanwhile(team, provider, editor):
    chat = make_chat(team, provider)
    Turn.objects.update(parent=None)
    Turn.objects.all().delete()
    Conversation.objects.all().delete()
    with pytest.raises(Http404):
        send_message(editor, chat, Ask("Still there?", "key"))


# --- The bin -----------------------------------------------------------------------------------
def test_it_empties_the_bin_after_thirty_days(team, provider):
    make_chat(team, provider, deleted_at=ago(31))
    waiting = make_chat(team, provider, deleted_at=ago(29))
    tidy()
    assert list(Conversation.objects.all()) == [waiting]
    assert Run.objects.count() == 2 and Run.objects.exclude(erased_at=None).count() == 1


# --- In batches, by whoever comes, whatever happens --------------------------------------------
def test_it_erases_thousands_of_runs_in_short_transactions(team, provider):
    Run.objects.bulk_create([a_run(team, provider, days=40) for _number in range(3000)], batch_size=500)
    keep(team, keep_days=30)
    taken, began = 0, time.monotonic()
    for _round in range(10):  # on a busy machine the time of one round may go before anything is found
        began = time.monotonic()
        if taken := housekeep(seconds=0.3):
            break
    assert BATCH <= taken < 3000 and time.monotonic() - began < 10
    tidy()
    assert not Run.objects.filter(erased_at=None).exists()
    assert not Run.objects.exclude(text="").exists()


def test_it_removes_a_chat_of_thousands_of_turns_piece_by_piece(team, provider):
    make_chat(team, provider, days=40, answers=600)
    keep(team, keep_days=30)
    assert ChatHolding().forget(team.pk, ago(30), limit=200) == 200
    assert Turn.objects.count() == 1000
    tidy()
    assert not Turn.objects.exists() and not Conversation.objects.exists()
    assert not Run.objects.exclude(text="").exists()


def test_it_goes_on_where_it_was_killed(team, provider, monkeypatch):
    runs = [make_run(team, provider, days=40, file=b"pot") for _number in range(6)]
    keep(team, keep_days=30)
    real, calls = erasure.remove_files, []

    def dies_after_the_files(run_ids):
        calls.append(real(run_ids))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return calls[-1]

    monkeypatch.setattr(erasure, "remove_files", dies_after_the_files)
    with pytest.raises(KeyboardInterrupt):
        housekeep(batch=2)
    assert Run.objects.filter(erased_at=None).count() == 4
    assert [SECRET in words_of(run) for run in runs] == [False] * 2 + [True] * 4
    tidy(batch=2)
    assert not Run.objects.filter(erased_at=None).exists() and not RunFile.objects.exists()
    assert not list(pathlib.Path(settings.MEDIA_ROOT).glob(f"runs/{team.pk}/*"))


def test_it_goes_on_with_the_others_when_one_app_fails(team, provider, monkeypatch):
    run = make_run(team, provider, days=40)
    keep(team, keep_days=30)

    class Broken(holdings.Holding):
        name = "broken"
        position = 1

        def forget(self, *_asked):
            raise ValueError("an app with a mistake")

    monkeypatch.setitem(holdings._registered, "broken", Broken())
    tidy()
    assert SECRET not in words_of(run)


def test_two_at_once_do_no_harm(team, provider):
    Run.objects.bulk_create([a_run(team, provider, days=40) for _number in range(600)])
    keep(team, keep_days=30)
    troubles: list[Exception] = []

    def work() -> None:
        try:
            for holding in holdings.all_holdings():
                while holding.forget(team.pk, ago(30), 50):
                    pass
        except DatabaseError as error:
            troubles.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not troubles and not Run.objects.filter(erased_at=None).exists()


def test_one_is_at_it_and_the_next_takes_over_when_it_died(team, provider):
    run = make_run(team, provider, days=40)
    keep(team, keep_days=30)
    cache.add(MARK, 1, 60)
    assert housekeep() == 0 and SECRET in words_of(run)
    cache.touch(MARK, 1)
    time.sleep(2.2)  # the cache counts in whole seconds
    assert housekeep() == 1 and SECRET not in words_of(run)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite has one writer")
def test_it_waits_for_another_writer_and_lets_one_in(team, provider):
    Run.objects.bulk_create([a_run(team, provider, days=40) for _number in range(1000)])
    keep(team, keep_days=30)
    writes, done = [], threading.Event()

    def write() -> None:
        other = sqlite3.connect(connection.settings_dict["NAME"], timeout=20, isolation_level=None)
        while not done.is_set():
            began = time.monotonic()
            other.execute("BEGIN IMMEDIATE")
            time.sleep(0.05)
            other.execute("UPDATE accounts_team SET name = name")
            other.execute("COMMIT")
            writes.append(time.monotonic() - began)
            time.sleep(0.02)
        other.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        tidy(batch=100)
    finally:
        done.set()
        writer.join()
    assert not Run.objects.filter(erased_at=None).exists()
    assert len(writes) > 3 and max(writes) < 10


# --- The page ----------------------------------------------------------------------------------
def test_it_saves_how_long_to_keep(team, as_admin):
    response = as_admin.post(reverse("accounts:data"), {"keep": "own", "days": "45", "numbers_only": "on"})
    assert response.status_code == 302
    team.refresh_from_db()
    assert (team.keep_days, team.keeps_content) == (45, False)
    entry = AuditEntry.objects.get(act="data.settings")
    assert entry.details == {"before": "for ever", "after": "45 days, numbers only"}


@pytest.mark.parametrize(
    "asked",
    [{"keep": "own"}, {"keep": "own", "days": "0"}, {"keep": "own", "days": "3651"}, {"keep": "9"}, {"keep": "own", "days": "a\x00"}, {}],
)
def test_it_says_what_is_wrong_and_changes_nothing(team, as_admin, asked):
    response = as_admin.post(reverse("accounts:data"), asked)
    assert response.status_code == 422 and 'class="err"' in response.content.decode()
    team.refresh_from_db()
    assert (team.keep_days, team.keeps_content) == (None, True)


@pytest.mark.parametrize("asked", [{"keep": "30"}, {"keep": "ever", "numbers_only": "on"}])
def test_it_asks_before_a_rule_erases_what_is_there(team, provider, as_admin, asked):
    run = make_run(team, provider, days=40)
    page = as_admin.post(reverse("accounts:data"), asked).content.decode()
    assert "Save and erase" in page
    team.refresh_from_db()
    assert (team.keep_days, team.keeps_content) == (None, True)
    assert as_admin.post(reverse("accounts:data"), {**asked, "confirmed": "yes"}).status_code == 302
    tidy()
    assert SECRET not in words_of(run)


def test_it_does_not_ask_when_nothing_would_go(team, provider, as_admin):
    make_run(team, provider, days=10)
    assert as_admin.post(reverse("accounts:data"), {"keep": "30"}).status_code == 302
    assert as_admin.post(reverse("accounts:data"), {"keep": "90"}).status_code == 302
    assert AuditEntry.objects.filter(act="data.settings").count() == 2


def test_it_wants_an_admin(team, as_editor):
    assert as_editor.get(reverse("accounts:data")).status_code == 403
    assert as_editor.post(reverse("accounts:data"), {"keep": "30"}).status_code == 403
    team.refresh_from_db()
    assert team.keep_days is None
