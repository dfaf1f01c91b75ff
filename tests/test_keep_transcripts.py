"""How long recordings and transcripts are kept, what goes with them, and what stays; whatever happens in between."""

import pathlib

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from apps.accounts.data_keeping import housekeep
from apps.accounts.models import AuditEntry, Role, Team
from apps.core import holdings
from apps.core.ids import new_id
from apps.providers.models import Provider
from apps.runs import followups
from apps.runs.leases import held
from apps.runs.models import Run, RunFile
from apps.transcription import bin as removed
from apps.transcription import removing
from apps.transcription.holdings import TranscriptionHolding
from apps.transcription.models import Edit, Part, Piece, Recording, Segment, Transcript, Translation
from tests.belongings import SECRET, ago, make_recording, make_run, make_transcript, words_of

pytestmark = pytest.mark.django_db(transaction=True)


def keep(team, **rules):
    Team.objects.filter(pk=team.pk).update(**rules)


def tidy(batch=50):
    """As every worker does until nothing is left to do."""
    while housekeep(batch=batch):
        pass


def stored_of(team):
    """Every file that the storage has of this team, by the folder it lies in."""
    return [path for path in pathlib.Path(settings.MEDIA_ROOT).rglob("*") if path.is_file() and str(team.pk) in path.parts]


def touched(recording, days):
    Recording.objects.filter(pk=recording.pk).update(touched_at=ago(days))
    return recording


def piece_of(recording, number=0, body=b"some"):
    piece = Piece(recording=recording, number=number, size=len(body))
    piece.file.save(f"{number:06d}", ContentFile(body), save=False)
    piece.save()
    return piece


# --- By age ------------------------------------------------------------------------------------
def test_it_takes_what_is_too_old_with_sound_words_and_calls(team, provider):
    old = make_transcript(team, provider, days=40, parts=3)
    touched(old.recording, 40)
    young = make_transcript(team, provider, days=3)
    alone, fresh = touched(make_recording(team, days=40), 40), make_recording(team, days=3)
    keep(team, keep_days=30)
    assert [count for _label, count in TranscriptionHolding().count_old(team.pk, ago(30))] == [2, 1]
    tidy()
    assert list(Transcript.objects.all()) == [young] and set(Recording.objects.all()) == {young.recording, fresh}
    assert not Recording.objects.filter(pk=alone.pk).exists()
    assert {segment.transcript_id for segment in Segment.objects.all()} == {young.pk} and Edit.objects.count() == 1
    gone = [run for run in Run.objects.all() if run.erased_at]
    assert len(gone) == 4 and not [run for run in gone if SECRET in words_of(run)] and str(gone[0].cost) == "0.01000000"
    assert {(run.parent_kind, run.parent_id) for run in gone} == {("", None)}
    assert len(stored_of(team)) == 3  # the sound of two recordings, and of one call


@pytest.mark.parametrize("what", ["corrected", "translated", "completed"])
def test_it_keeps_an_old_one_that_somebody_went_on_with(team, provider, what):
    row = make_transcript(team, provider, days=40)
    touched(row.recording, 40)
    if what == "corrected":
        Edit.objects.create(transcript=row, number=2, kind="text")
    elif what == "translated":
        Translation.objects.create(transcript=row, provider=provider, model="plain-1", language="fr", key="fr")
    else:
        Transcript.objects.filter(pk=row.pk).update(finished_at=ago(2))
    keep(team, keep_days=30)
    tidy()
    assert row.segments.get().text == f"{SECRET}!" and row.recording.file.read() == b"a sound"


def test_an_old_recording_that_was_heard_lately_stays(team, provider):
    recording = touched(make_recording(team, days=40), 40)
    row = make_transcript(team, provider, recording=recording, days=2)
    keep(team, keep_days=30)
    tidy()
    assert Transcript.objects.get() == row and recording.file.read() == b"a sound"


@pytest.mark.parametrize("status", ["queued", "sending", "streaming"])
def test_it_waits_for_a_call_that_is_under_way(team, provider, status):
    row = make_transcript(team, provider, days=40, deleted_at=ago(40))
    run = make_run(team, provider, days=35, parent_kind="transcript", parent_id=row.pk, status=status, finished_at=None)
    tidy()
    assert row.segments.exists() and SECRET in words_of(run) and row.recording.file.read() == b"a sound"
    Run.objects.filter(pk=run.pk).update(status="completed")
    Recording.objects.update(deleted_at=ago(40))
    tidy()
    assert not Transcript.objects.exists() and not Recording.objects.exists() and not stored_of(team)


def test_it_waits_for_a_worker_that_prepares_a_recording(team):
    recording = make_recording(team, deleted_at=ago(40))
    with held(Recording.objects, recording.pk) as is_ours:
        assert is_ours
        tidy()
        assert recording.file.read() == b"a sound"
    tidy()
    assert not Recording.objects.exists() and not stored_of(team)


def test_it_waits_for_a_worker_that_cuts_or_translates(team, provider):
    row = make_transcript(team, provider, deleted_at=ago(40))
    for rows, pk in ((Transcript.objects, row.pk), (Translation.objects, row.translations.get().pk)):
        with held(rows, pk):
            tidy()
            assert row.segments.exists()
    tidy()
    assert not Transcript.objects.exists()


# --- Numbers only ------------------------------------------------------------------------------
def test_a_team_that_keeps_numbers_only_keeps_its_transcripts(team, provider, make_member, client):
    """As it keeps its chats: people read them, and the sound is how they check them."""
    row = make_transcript(team, provider)
    Run.objects.update(finished_at=ago(1))
    keep(team, keeps_content=False)
    assert not TranscriptionHolding.has_words and TranscriptionHolding().strip(team.pk, 50) == 0
    tidy()
    assert row.segments.get().text == f"{SECRET}!" and row.recording.file.read() == b"a sound"
    assert all((run.params, run.request, run.response, run.summary) == ({}, None, None, "") for run in Run.objects.all())


def test_what_a_call_said_is_there_until_it_was_taken_over(team, provider):
    """Its times stand in the answer alone."""
    row = make_transcript(team, provider)
    keep(team, keeps_content=False)
    tidy()
    assert {str(run.response) for run in Run.objects.filter(parent_id=row.pk)} == {str({"output": SECRET})}
    Run.objects.update(finished_at=ago(0.1))
    tidy()
    assert not Run.objects.exclude(response=None).exists()


# --- The bin, and what nobody needs ------------------------------------------------------------
def test_it_empties_the_bin_after_thirty_days(team, provider):
    make_recording(team, deleted_at=ago(31))
    gone = make_transcript(team, provider, deleted_at=ago(31))
    with_recording = make_transcript(team, provider)
    Recording.objects.filter(pk=with_recording.recording_id).update(deleted_at=ago(31))
    waiting, resting = make_recording(team, deleted_at=ago(29)), make_transcript(team, provider, deleted_at=ago(29))
    tidy()
    assert set(Recording.objects.all()) == {waiting, resting.recording, gone.recording} and Transcript.objects.get() == resting
    assert len(stored_of(team)) == 4


def test_it_takes_uploads_that_nobody_went_on_with(team):
    for days, pieces in ((31, 1), (29, 1), (2, 0), (0.5, 0)):
        row = Recording.objects.create(team=team, kind="uploaded", key=str(new_id()), expected=9, pieces=pieces, name=f"{days}")
        if pieces:
            piece_of(row)
        touched(row, days)
    tidy()
    assert {row.name for row in Recording.objects.all()} == {"29", "0.5"} and len(stored_of(team)) == 1


def test_a_transcript_goes_with_its_recording_and_comes_back_with_it(team, provider, editor):
    row = make_transcript(team, provider)
    removed.put_away_transcript(editor, row)
    removed.put_away_transcript(editor, row)
    assert not Transcript.objects.alive().exists() and not Recording.objects.alive().exists()
    removed.bring_back_transcript(editor, row)
    assert Transcript.objects.alive().get() == row and Recording.objects.alive().get() == row.recording
    acts = list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))
    assert acts == ["data.deleted"] * 2 + ["data.restored"] * 2


def test_a_recording_stays_for_another_transcript_of_it(team, provider, editor):
    first = make_transcript(team, provider)
    second = make_transcript(team, provider, recording=first.recording)
    removed.put_away_transcript(editor, first)
    assert Recording.objects.alive().exists()
    removed.put_away_transcript(editor, second)
    assert not Recording.objects.alive().exists()
    removed.bring_back_transcript(editor, first)
    assert Transcript.objects.alive().get() == first and Recording.objects.alive().exists()


def test_another_team_can_delete_nothing(team, other_team, provider, make_member):
    row = make_transcript(team, provider)
    stranger = make_member(other_team, Role.OWNER)
    removed.put_away_transcript(stranger, row)
    assert Transcript.objects.alive().exists() and Recording.objects.alive().exists()


# --- Delete everything -------------------------------------------------------------------------
@pytest.fixture
def as_owner(client, team, make_member):
    client.force_login(make_member(team, Role.OWNER, "boss@harbour.example").user)
    return client


def test_it_is_gone_from_every_page_at_once_and_from_the_disk_soon(team, provider, as_owner):
    row = make_transcript(team, provider)
    alone = make_recording(team)
    assert as_owner.post(reverse("accounts:delete_data"), {"confirmed": "Harbour"}).status_code == 302
    for page in (reverse("transcription:new"), "/"):
        assert SECRET not in as_owner.get(page).content.decode(), page
    assert as_owner.get(reverse("transcription:transcript", args=[row.pk])).status_code == 404
    assert as_owner.get(reverse("transcription:sound", args=[alone.pk])).status_code == 404
    assert "Being deleted" in as_owner.get(reverse("accounts:data")).content.decode()
    make_transcript(team, provider, recording=row.recording, days=-0.01)  # it was just being written
    tidy()
    assert not Transcript.objects.exists() and not Recording.objects.exists()
    assert not Segment.objects.exists() and not stored_of(team) and not RunFile.objects.exists()
    assert Run.objects.count() == 4 and "Being deleted" not in as_owner.get(reverse("accounts:data")).content.decode()


def test_it_ends_what_is_under_way_and_takes_it_then(team, provider, as_owner):
    row = make_transcript(team, provider, state="working")
    run = make_run(team, provider, parent_kind="transcript", parent_id=row.pk, status="streaming", finished_at=None)
    as_owner.post(reverse("accounts:delete_data"), {"confirmed": "Harbour"})
    tidy()
    run.refresh_from_db()
    assert run.stop_requested_at is not None and Transcript.objects.exists()
    assert "Being deleted" in as_owner.get(reverse("accounts:data")).content.decode()
    Run.objects.filter(pk=run.pk).update(status="cancelled")
    tidy()
    assert not Transcript.objects.exists() and not stored_of(team) and SECRET not in words_of(run)


def test_nothing_more_is_sent_for_what_was_deleted(team, provider, as_owner):
    row = make_transcript(team, provider, state="working")
    translation = row.translations.get()
    translation.blocks.update(run=None)
    Translation.objects.update(state="working")
    Part.objects.update(is_wanted=True, is_taken=False)
    before = Run.objects.count()
    assert Transcript.objects.get() and followups._followups["translation"].due(9) == [translation.pk]
    as_owner.post(reverse("accounts:delete_data"), {"confirmed": "Harbour"})
    TranscriptionHolding().wipe(team.pk, timezone.now(), 1)
    assert followups._followups["translation"].due(9) == [] and followups._followups["transcript"].due(9) == []
    for kind, pk in (("translation", translation.pk), ("transcript", row.pk)):
        followups.work_now(kind, pk)
    assert Run.objects.count() == before


def test_it_leaves_what_is_made_afterwards_and_other_teams_alone(team, other_team, provider, as_owner):
    theirs = make_transcript(other_team, provider)
    as_owner.post(reverse("accounts:delete_data"), {"confirmed": "Harbour"})
    fresh = make_transcript(team, provider, days=-0.001)
    tidy()
    assert set(Transcript.objects.all()) == {theirs, fresh}


def test_it_purges_a_deleted_team_with_all_its_rows_and_files(team, other_team, provider):
    for number in range(4):
        row = make_transcript(team, provider, days=number, parts=30)
        piece_of(row.recording)
    make_transcript(team, provider, recording=row.recording)
    of_theirs = Provider.objects.create(team=other_team, name="Theirs", base_url="http://127.0.0.1:9/v1")
    theirs = make_transcript(other_team, of_theirs)
    under_way = make_run(team, provider, parent_kind="transcript", parent_id=row.pk, status="streaming", finished_at=None)
    keep(team, deleted_at=timezone.now())
    tidy()
    under_way.refresh_from_db()
    assert under_way.stop_requested_at is not None and Team.objects.filter(pk=team.pk).exists()
    Run.objects.filter(pk=under_way.pk).update(status="cancelled")
    tidy()
    assert not Team.objects.filter(pk=team.pk).exists() and Transcript.objects.get() == theirs
    assert Recording.objects.get() == theirs.recording and theirs.recording.file.read() == b"a sound"
    assert not Run.objects.filter(team=team.pk).exists() and not stored_of(team)
    assert not [path for path in pathlib.Path(settings.MEDIA_ROOT).rglob(str(team.pk)) if any(path.iterdir())]


# --- In batches, whatever happens --------------------------------------------------------------
def test_it_goes_on_where_it_was_killed(team, monkeypatch):
    for _number in range(6):
        make_recording(team, deleted_at=ago(40))
    real, calls = removing.remove_files_of, []

    def dies_after_the_files(recording):
        real(recording)
        calls.append(recording)
        if len(calls) == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(removing, "remove_files_of", dies_after_the_files)
    with pytest.raises(KeyboardInterrupt):
        housekeep(batch=3)
    assert (Recording.objects.count(), len(stored_of(team))) == (3, 2)
    tidy(batch=3)
    assert not Recording.objects.exists() and not stored_of(team)


def test_it_takes_at_most_a_batch_in_one_transaction(team, provider, django_assert_max_num_queries):
    make_transcript(team, provider, parts=12, deleted_at=ago(40))
    holding = TranscriptionHolding()
    with django_assert_max_num_queries(20):
        assert [holding.tidy(5) for _round in range(3)] == [5, 5, 2]  # segments
    assert [holding.tidy(5) for _round in range(2)] == [1, 1]  # the change, the block
    assert [holding.tidy(5) for _round in range(4)] == [5, 5, 3, 1]  # calls, the transcript
    assert holding.tidy(5) == 0 and not Transcript.objects.exists()


def test_a_slow_store_waits_for_the_next_round(team, monkeypatch):
    for _number in range(3):
        make_recording(team, deleted_at=ago(40))
    monkeypatch.setattr(removing, "FILE_SECONDS", 0.0)
    assert [TranscriptionHolding().tidy(50) for _round in range(4)] == [1, 1, 1, 0]


def test_a_file_that_the_storage_has_lost_stops_nothing(team):
    recording = make_recording(team, deleted_at=ago(40))
    recording.file.storage.delete(recording.file.name)
    tidy()
    assert not Recording.objects.exists()


def test_it_keeps_the_order_of_removing():
    names = [holding.name for holding in holdings.all_holdings()]
    assert names.index("transcription") < names.index("runs")
