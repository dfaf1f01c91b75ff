"""Lists that change while they are read, that repeat themselves, and that two people want read at once."""

import pytest

from apps.accounts.models import Membership
from apps.files import syncing
from apps.files.models import SYNCING, File, Sync
from apps.files.syncing import sync
from apps.files.tests.test_sync_files import entry, synced
from apps.providers.models import Provider
from apps.runs.followups import work_now
from apps.runs.leases import held
from tests.loopback import Loopback

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("short_pages")]


def states() -> dict[str, str]:
    return dict(File.objects.values_list("remote_id", "remote"))


def test_it_loses_and_doubles_nothing_while_the_list_moves(
    editor: Membership, provider: Provider, small: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each page one file comes in at the top, and one that was read already goes."""
    small.files(files=[entry(f"f{n}") for n in range(12)])
    synced(editor, provider)
    monkeypatch.setattr(syncing, "STEP_SECONDS", 0.0)
    row = sync(editor, provider)
    for step in range(3):
        work_now(SYNCING, row.pk)
        small.files(files=[entry(f"new{step}")], delete=[f"f{11 - 3 * step}"])
    while Sync.objects.get().state != "done":
        work_now(SYNCING, row.pk)
    assert states() == {f"f{n}": "there" for n in range(12)}  # what was seen is not gone yet, what came has its turn
    monkeypatch.undo()
    synced(editor, provider)
    gone = {"f11", "f8", "f5"}
    assert states() == {f"f{n}": "gone" if f"f{n}" in gone else "there" for n in range(12)} | {f"new{n}": "there" for n in range(3)}


def test_it_goes_on_from_the_beginning_where_the_next_page_hangs_on_a_file_that_went(
    editor: Membership, provider: Provider, small: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.files(files=[entry(f"f{n}") for n in range(8)])
    monkeypatch.setattr(syncing, "STEP_SECONDS", 0.0)
    row = sync(editor, provider)
    work_now(SYNCING, row.pk)
    small.files(delete=[Sync.objects.get().after])
    while Sync.objects.get().state != "done":
        work_now(SYNCING, row.pk)
    row = Sync.objects.get()
    assert (row.sentence, File.objects.count(), set(states().values())) == ("", 8, {"there"})


def test_it_calls_nothing_gone_where_the_list_repeats_itself(editor: Membership, provider: Provider, small: Loopback) -> None:
    small.files(make=10, has_pages=False)
    synced(editor, provider)
    small.files(delete=["file-made0000003"])
    row = synced(editor, provider)
    assert (row.state, "repeats itself" in row.sentence) == ("done", True)
    assert set(states().values()) == {"there"} and len(states()) == 10


def test_it_is_read_once_for_two_people(editor: Membership, provider: Provider, small: Loopback) -> None:
    small.files(make=5)
    first, second = sync(editor, provider), sync(editor, provider)
    assert (first.pk, first.started_at) == (second.pk, second.started_at)
    with held(Sync.objects, first.pk) as is_ours:
        work_now(SYNCING, first.pk)  # another worker
        assert is_ours and small.files()["calls"].get("GET files", 0) == 0
    work_now(SYNCING, first.pk)
    work_now(SYNCING, first.pk)
    assert (small.files()["calls"]["GET files"], File.objects.count()) == (2, 5)


def test_it_reads_an_empty_list(editor: Membership, provider: Provider, small: Loopback) -> None:
    small.files(files=[entry("only")])
    synced(editor, provider)
    small.files(delete=["only"])
    row = synced(editor, provider)
    assert (row.state, row.sentence, row.seen, states()) == ("done", "", 0, {"only": "gone"})
