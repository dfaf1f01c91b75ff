"""A worker that stood still for longer than its lease finds another one at its row: it touches nothing of that one's."""

import contextlib
import time
import uuid

import pytest

from apps.core import storing
from apps.runs.followups import work_now
from apps.runs.leases import LeaseLost, held, is_free
from apps.runs.transitions import from_now
from apps.transcription import preparing
from apps.transcription.models import PREPARING, Piece, Recording
from apps.transcription.recordings import finish
from apps.transcription.tests import test_prepare_recording as prepares

pytestmark = pytest.mark.django_db(transaction=True)  # leases are renewed by threads
own_storage, bring = prepares.own_storage, prepares.bring
TALK, stored, body_of = prepares.TALK, prepares.stored, prepares.body_of


@pytest.fixture
def recording(db, team):
    return Recording.objects.create(team=team, kind="uploaded", key="k")


def rows_of(row):
    return Recording.objects.filter(pk=row.pk)


def take_over(row):
    """What another process does with a lease that ran out."""
    rows_of(row).update(lease_until=from_now(60), lease_token=uuid.uuid4())


# --- The lease ---------------------------------------------------------------------------------
def test_the_first_holder_frees_nothing_of_the_second(recording):
    first, second = contextlib.ExitStack(), contextlib.ExitStack()
    assert first.enter_context(held(Recording.objects, recording.pk))
    before = rows_of(recording).get().lease_token
    rows_of(recording).update(lease_until=from_now(-1))
    with second:
        assert second.enter_context(held(Recording.objects, recording.pk))
        now = rows_of(recording).get().lease_token
        first.close()
        assert before != now == rows_of(recording).get().lease_token
        assert not rows_of(recording).filter(is_free()).exists()
    assert rows_of(recording).filter(is_free(), lease_token=None).exists()


def test_the_first_holder_renews_nothing_of_the_second(recording, settings):
    settings.RUN_LEASE, settings.RUN_LEASE_RENEW = 600, 0.05
    with held(Recording.objects, recording.pk):
        take_over(recording)
        until = rows_of(recording).get().lease_until
        time.sleep(0.5)
        assert rows_of(recording).get().lease_until == until
    assert rows_of(recording).get().lease_until == until


# --- Pieces ------------------------------------------------------------------------------------
def test_who_lost_the_lease_joins_nothing(bring):
    row = finish(bring())
    before = {path: path.read_bytes() for path in stored()}
    with held(Recording.objects, row.pk):
        row.refresh_from_db()
        take_over(row)
        with pytest.raises(LeaseLost):
            preparing.join_pieces(row)
    row.refresh_from_db()
    assert (bool(row.file), row.state, Piece.objects.count()) == (False, "checking", 2)
    assert {path: path.read_bytes() for path in stored()} == before, "nothing is left, and nothing is gone"


@pytest.mark.parametrize("has_stored", [False, True])
def test_what_the_second_holder_made_stays(bring, monkeypatch, has_stored):
    """The first one stands still before or after it stores what it has joined; meanwhile all is done."""
    row, waiting = finish(bring()), ["whole"]

    def slowly(file, name, content):
        is_first = bool(waiting and waiting.pop())
        if is_first and not has_stored:
            finish_elsewhere()
        storing.store(file, name, content)
        if is_first and has_stored:
            finish_elsewhere()

    def finish_elsewhere():
        rows_of(row).update(lease_until=from_now(-1))
        work_now(PREPARING, row.pk)
        assert rows_of(row).get().state == "ready"

    monkeypatch.setattr(preparing, "store", slowly)
    with contextlib.suppress(FileNotFoundError):  # its pieces, or what it made of them, are gone
        work_now(PREPARING, row.pk)
    row.refresh_from_db()
    assert not waiting and (row.state, row.sentence, row.size) == ("ready", "", len(TALK))
    assert body_of(row.file) == TALK and body_of(row.listen)
    assert len(stored()) == 2 and rows_of(row).filter(is_free()).exists()
