"""History as a table for spreadsheets."""

import asyncio
import csv
import datetime
import io
import uuid

import pytest
from django.db.models.functions import Now
from django.test import AsyncClient
from django.utils import timezone

from apps.accounts.models import AuditEntry, Membership, Team
from apps.runs import export
from apps.runs.models import Run
from rows.tables import as_csv

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/history/export.csv"


@pytest.fixture
def make_run(team, editor, provider):
    def make(**fields):
        common = {"team": team, "person": editor.user, "provider": provider, "provider_label": "Loopback", "operation": "chat.reply"}
        common |= {"model": "steady", "status": "completed", "summary": "A question", "text": "An answer", "cost_kind": "unknown"}
        return Run.objects.create(key=uuid.uuid4().hex, fingerprint="-", queued_at=timezone.now(), **{**common, **fields})

    return make


@pytest.fixture
def fetch(editor):
    """The file as a browser gets it: the body is read while it is made."""

    def fetch(query="", membership=editor):
        async def get():
            client = AsyncClient()
            await client.aforce_login(membership.user)
            response = await client.get(f"{ADDRESS}?{query}")
            assert response.status_code == 200
            return response, b"".join([piece async for piece in response])

        return asyncio.run(get())

    return fetch


def table(body):
    assert body.startswith("\ufeff".encode()), "spreadsheets need the mark to know UTF-8"
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def test_it_writes_one_line_for_each_call_newest_first(make_run, fetch):
    make_run(summary="First", usage={"input": 7, "output": 3}, cost="0.0000125", cost_kind="known", first_ms=180)
    make_run(summary="Größe, “quoted” and\nbroken", status="failed", error_kind="auth")
    response, body = fetch()
    second, first = table(body)
    assert response["Content-Disposition"].startswith('attachment; filename="history-')
    assert first["Asked"] == "First" and first["Answer (first 32,000 characters)"] == "An answer"
    assert (first["Tokens in"], first["Tokens out"], first["Cost (US dollars)"], first["Cost is"]) == ("7", "3", "0.00001250", "known")
    assert second["Asked"] == "Größe, “quoted” and\nbroken"
    assert (second["State"], second["What went wrong"], second["Cost (US dollars)"]) == ("Failed", "auth", "")


def test_it_keeps_to_the_filters_of_the_page(make_run, fetch):
    make_run(summary="Whole")
    make_run(summary="Broken", status="failed")
    assert [row["Asked"] for row in table(fetch("status=trouble&after=nonsense")[1])] == ["Broken"]
    assert [row["Asked"] for row in table(fetch("q=who")[1])] == ["Whole"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_it_makes_no_formula_of_what_somebody_typed(make_run, fetch, text):
    make_run(summary=text, model=text, text=text)
    [row] = table(fetch()[1])
    assert row["Asked"] == row["Model"] == row["Answer (first 32,000 characters)"] == f"'{text}"


def test_it_writes_what_no_file_can_hold_as_a_sign(editor, team):
    assert as_csv([["a\x00b", "half \ud800"]]) == "a\ufffdb,half ?\r\n".encode()


def test_it_goes_on_over_many_batches_without_gap_or_double(make_run, fetch, monkeypatch):
    monkeypatch.setattr(export, "BATCH", 3)
    for number in range(8):
        make_run(summary=f"Question {number}")
    assert [row["Asked"] for row in table(fetch()[1])] == [f"Question {number}" for number in range(7, -1, -1)]


def test_it_reads_no_more_than_one_batch_at_once_and_cuts_long_answers(make_run, monkeypatch, editor):
    make_run(text="x" * 40_000)
    make_run(text="y")
    monkeypatch.setattr(export, "BATCH", 1)
    rows = export.read_batch(Run.objects.all(), (), editor, None)
    assert [row["answer"] for row in rows] == ["y"]
    [older] = export.read_batch(Run.objects.all(), (), editor, rows[0]["pk"])
    assert len(older["answer"]) == export.MOST_LETTERS


def test_it_writes_no_words_that_are_not_kept(make_run, fetch, team):
    make_run(summary="", text="Still in the chat", erased_at=timezone.now(), cost="1", cost_kind="known")
    [row] = table(fetch()[1])
    assert row["Answer (first 32,000 characters)"] == "" and row["Cost (US dollars)"] == "1.00000000"
    make_run(summary="Secret", text="Secret")
    team.keeps_content = False
    team.save()
    assert b"Secret" not in fetch()[1] and len(table(fetch()[1])) == 2


def test_it_ends_for_somebody_who_is_locked_out_meanwhile(make_run, editor):
    make_run()
    assert len(export.read_batch(Run.objects.all(), (), editor, None)) == 1
    Membership.objects.filter(pk=editor.pk).update(disabled_at=Now())
    assert export.read_batch(Run.objects.all(), (), editor, None) == []


def test_it_ends_where_everything_is_deleted_meanwhile(make_run, editor, team):
    make_run()
    Team.objects.filter(pk=team.pk).update(erase_before=timezone.now() + datetime.timedelta(seconds=1))
    assert export.read_batch(Run.objects.all(), (), editor, None) == []


def test_it_writes_who_took_it_into_the_audit(make_run, fetch, viewer, client):
    fetch("status=failed&q=private+words", viewer)
    entry = AuditEntry.objects.get(act="data.exported")
    assert (entry.person, entry.target, entry.details) == (viewer.user, "History", {"status": "failed"})
    client.force_login(viewer.user)
    client.head(ADDRESS)
    assert AuditEntry.objects.count() == 1


def test_it_gives_nothing_of_another_team(make_run, fetch, other_team, make_member):
    make_run()
    assert table(fetch("", make_member(other_team))[1]) == []
