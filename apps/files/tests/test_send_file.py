"""From our copy to the provider: in one call or in parts, whatever happens on the way; nothing is there twice."""

import hashlib
import time
from typing import Any

import pytest

from apps.accounts.models import Membership
from apps.files import remote_lists
from apps.files.models import File, Part, Remote
from apps.files.sending import NotPossible, again, send, stop
from apps.files.tests.remote import PART, WHOLE, body_of, drive, kept
from apps.providers.models import Provider
from apps.runs.models import CostKind, Run
from tests.loopback import Loopback

pytestmark = pytest.mark.django_db(transaction=True)
SMALL, LARGE = body_of(2500), body_of(WHOLE + 4321)


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def sent(file: File, member: Membership, provider: Provider, **more: Any) -> File:
    wish = {"purpose": "batch", "lifetime": None, "key": "wish", **more}
    return drive(send(member, file, provider, **wish))


def test_it_sends_a_small_file_in_one_call(editor: Membership, provider: Provider, small: Loopback) -> None:
    file = sent(kept(editor, SMALL), editor, provider, lifetime=3600)
    told = small.files(sums=True)
    assert (file.remote, file.remote_id) == (Remote.THERE, told["files"][0]["id"])
    assert told["sums"][file.remote_id] == sha256(SMALL)
    assert (told["files"][0]["filename"], told["files"][0]["purpose"]) == ("a.jsonl", "batch")
    assert file.expires_at is not None and file.expires_at.timestamp() == told["files"][0]["expires_at"]
    run = Run.objects.get()
    assert (run.status, run.cost_kind, run.cost, run.files.count()) == ("completed", CostKind.NONE, 0, 0)
    assert run.request["files"] == [{"field": "file", "name": "a.jsonl", "content_type": "application/jsonl"}]


def test_it_sends_a_large_file_in_parts(editor: Membership, provider: Provider, small: Loopback) -> None:
    file = sent(kept(editor, LARGE, md5=hashlib.md5(LARGE, usedforsecurity=False).hexdigest()), editor, provider)
    told = small.files(sums=True)
    assert (file.remote, told["sums"][file.remote_id]) == (Remote.THERE, sha256(LARGE))
    parts = -(-len(LARGE) // PART)
    assert told["calls"] == {"POST uploads": 1, "POST uploads/id/parts": parts, "POST uploads/id/complete": 1}
    assert not Part.objects.exists() and file.upload_id == ""


def test_it_sends_once_for_a_double_click(editor: Membership, provider: Provider, small: Loopback) -> None:
    file = kept(editor, SMALL)
    send(editor, file, provider, "batch", None, "wish")
    send(editor, file, provider, "batch", None, "wish")
    drive(file)
    send(editor, File.objects.get(), provider, "batch", None, "other")
    assert small.files()["count"] == 1


@pytest.mark.parametrize("do", ["kept", "lost"])
def test_it_looks_for_a_file_whose_answer_was_lost(editor: Membership, provider: Provider, small: Loopback, do: str) -> None:
    small.files(trouble=[{"on": "POST /v1/files", "do": do}])
    file = sent(kept(editor, SMALL), editor, provider)
    told = small.files()
    assert (file.remote, told["count"], told["calls"]["POST files"]) == (Remote.THERE, 1, 1)


@pytest.mark.parametrize("do", ["500", "die"])
def test_it_sends_again_what_is_not_in_the_list(editor: Membership, provider: Provider, small: Loopback, do: str) -> None:
    small.files(trouble=[{"on": "POST /v1/files", "do": do}])
    file = sent(kept(editor, SMALL), editor, provider)
    told = small.files()
    assert (file.remote, told["count"], told["calls"]["POST files"]) == (Remote.THERE, 1, 2)


def test_it_leaves_open_what_nobody_can_know(
    editor: Membership, provider: Provider, small: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.files.uploading.LOOK_FOR", 0.0)
    small.files(trouble=[{"on": "POST /v1/files", "do": "lost"}, {"on": "GET /v1/files", "do": "500", "times": 99}])
    file = sent(kept(editor, SMALL), editor, provider)
    assert (file.remote, small.files()["calls"]["POST files"]) == (Remote.UNCLEAR, 1)
    assert "nobody knows" in file.sentence


def test_it_leaves_open_what_a_refused_end_means_where_nobody_can_look(
    editor: Membership, provider: Provider, small: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer to its end was lost, nothing was found at first, the second end is refused, and then there is no list any more."""
    monkeypatch.setattr("apps.files.uploading.LOOK_FOR", 0.0)
    unreadable = {"on": "GET /v1/files", "do": "500", "times": 99}
    lost, refused = {"on": "/complete", "do": "500"}, {"on": "/complete", "do": "400", "says": "Upload is completed."}
    small.files(trouble=[lost, refused, {**unreadable, "after": 1}])
    file = sent(kept(editor, LARGE), editor, provider)
    assert (file.remote, small.files()["calls"]["POST uploads/id/complete"]) == (Remote.UNCLEAR, 2)


def ahead(number: int) -> list[dict[str, Any]]:
    """Files of others that stand before ours in the list, as old as it."""
    plain = {"object": "file", "bytes": 1, "filename": "b.jsonl", "purpose": "batch", "created_at": int(time.time())}
    return [{**plain, "id": f"other-{n}"} for n in range(number)]


def test_it_does_not_send_again_what_a_list_that_is_too_long_does_not_show(
    editor: Membership, provider: Provider, small: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_lists, "MOST_LOOKED_AT", 2)
    monkeypatch.setattr(remote_lists, "LIMITS", (3,))
    small.files(trouble=[{"on": "POST /v1/files", "do": "500"}], files=ahead(10))
    file = sent(kept(editor, SMALL), editor, provider)
    assert (file.remote, small.files()["calls"]["POST files"]) == (Remote.UNCLEAR, 1)


def test_it_knows_that_older_files_are_not_the_one_that_it_looks_for(
    editor: Membership, provider: Provider, small: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_lists, "MOST_LOOKED_AT", 2)
    monkeypatch.setattr(remote_lists, "LIMITS", (3,))
    small.files(trouble=[{"on": "POST /v1/files", "do": "500"}], make=10)  # those are of 2023, and come newest first
    file = sent(kept(editor, SMALL), editor, provider)
    assert (file.remote, small.files()["calls"]["POST files"]) == (Remote.THERE, 2)


def test_it_tells_why_a_provider_refuses(editor: Membership, provider: Provider, small: Loopback) -> None:
    small.files(trouble=[{"on": "POST /v1/files", "do": "400", "says": "Invalid file format for batch."}])
    file = sent(kept(editor, SMALL), editor, provider)
    assert (file.remote, small.files()["calls"]["POST files"]) == (Remote.FAILED, 1)
    assert "Invalid file format for batch." in file.sentence
    file = drive(again(editor, file))
    assert (file.remote, file.sentence) == (Remote.THERE, "")


@pytest.mark.parametrize("do", ["500", "die", "lost", "kept", "429", "503"])
def test_it_repeats_parts_that_did_not_come_through(editor: Membership, provider: Provider, small: Loopback, do: str) -> None:
    small.files(trouble=[{"on": "/parts", "do": do, "times": 4, "after": 1}])
    file = sent(kept(editor, LARGE), editor, provider)
    assert (file.remote, small.files(sums=True)["sums"][file.remote_id]) == (Remote.THERE, sha256(LARGE))


def test_it_begins_anew_when_the_upload_ended(editor: Membership, provider: Provider, small: Loopback) -> None:
    says = {"do": "400", "code": "upload_expired", "says": "Upload is expired."}
    small.files(trouble=[{"on": "/parts", "after": 3, **says}])
    file = sent(kept(editor, LARGE), editor, provider)
    told = small.files(sums=True)
    assert (file.remote, told["sums"][file.remote_id], told["calls"]["POST uploads"]) == (Remote.THERE, sha256(LARGE), 2)


def test_it_gives_up_where_uploads_always_end_too_soon(editor: Membership, provider: Provider, small: Loopback) -> None:
    small.files(upload_seconds=1)
    file = sent(kept(editor, LARGE), editor, provider)
    assert (file.remote, small.files()["count"]) == (Remote.FAILED, 0)
    assert "before all of it was sent" in file.sentence


@pytest.mark.parametrize("do", ["kept", "lost"])
def test_it_looks_for_an_upload_whose_end_was_lost(editor: Membership, provider: Provider, small: Loopback, do: str) -> None:
    small.files(trouble=[{"on": "/complete", "do": do}])
    file = sent(kept(editor, LARGE), editor, provider)
    told = small.files()
    assert (file.remote, told["count"], told["calls"]["POST uploads/id/complete"]) == (Remote.THERE, 1, 1)


def test_it_sends_in_parts_what_the_provider_finds_too_large(editor: Membership, provider: Provider, small: Loopback) -> None:
    small.files(trouble=[{"on": "POST /v1/files", "do": "413", "says": "File is too large.", "times": 9}])
    file = sent(kept(editor, SMALL), editor, provider, lifetime=3600)
    told = small.files(sums=True)
    assert (file.remote, told["count"], told["sums"][file.remote_id]) == (Remote.THERE, 1, sha256(SMALL))
    assert (told["calls"]["POST files"], told["calls"]["POST uploads"], file.expires_at is not None) == (1, 1, True)
    assert set(Run.objects.values_list("cost_kind", flat=True)) == {CostKind.NONE}


@pytest.mark.parametrize("is_known", [True, False])
def test_it_tells_of_a_file_that_is_too_large_where_there_are_no_parts(
    editor: Membership, provider: Provider, small: Loopback, is_known: bool
) -> None:
    Provider.objects.filter(pk=provider.pk).update(endpoints={"uploads": {"state": "missing"}} if is_known else {})
    provider.refresh_from_db()
    small.files(trouble=[{"on": "POST /v1/files", "do": "413", "says": "At most 2 KB."}, {"on": "POST /v1/uploads", "do": "404"}])
    file = sent(kept(editor, SMALL), editor, provider)
    assert (file.remote, small.files()["calls"]["POST files"]) == (Remote.FAILED, 1)
    assert "At most 2 KB." in file.sentence


def test_it_stops_in_parts_what_the_provider_found_too_large(editor: Membership, provider: Provider, small: Loopback) -> None:
    small.files(trouble=[{"on": "POST /v1/files", "do": "413"}])
    file = send(editor, kept(editor, body_of(3 * PART)), provider, "batch", None, "wish")
    drive(file, rounds=3)
    file = drive(stop(editor, File.objects.get()))
    told = small.files()
    assert (file.remote, file.upload_id, told["count"], told["uploads"][0]["status"]) == (Remote.NONE, "", 0, "cancelled")


def test_it_says_that_a_provider_has_no_uploads(editor: Membership, provider: Provider, small: Loopback) -> None:
    small.files(trouble=[{"on": "POST /v1/uploads", "do": "404"}])
    file = sent(kept(editor, LARGE), editor, provider)
    assert file.remote == Remote.FAILED
    assert "takes no uploads in parts" in file.sentence


def test_it_goes_on_with_an_upload_after_a_failure(editor: Membership, provider: Provider, small: Loopback) -> None:
    small.files(trouble=[{"on": "/parts", "do": "401", "after": 3}])
    file = sent(kept(editor, LARGE), editor, provider)
    assert file.remote == Remote.FAILED
    file = drive(again(editor, file))
    told = small.files(sums=True)
    assert (file.remote, told["sums"][file.remote_id], told["calls"]["POST uploads"]) == (Remote.THERE, sha256(LARGE), 1)


def test_it_stops_and_gives_the_upload_up(editor: Membership, provider: Provider, small: Loopback) -> None:
    file = send(editor, kept(editor, LARGE), provider, "batch", None, "wish")
    drive(file, rounds=1)
    assert Run.objects.filter(operation="files.send_part", status="queued").count() == 4
    file = drive(stop(editor, File.objects.get()))
    assert (file.remote, file.upload_id, Part.objects.count()) == (Remote.NONE, "", 0)
    assert small.files()["uploads"][0]["status"] == "cancelled"


def test_it_refuses_what_makes_no_sense(editor: Membership, provider: Provider, small: Loopback) -> None:
    file = kept(editor, SMALL)
    with pytest.raises(NotPossible):
        send(editor, file, provider, "batch", 60, "wish")
    file.copy = "none"
    with pytest.raises(NotPossible):
        send(editor, file, provider, "batch", None, "wish")
    assert sent(kept(editor, b"", name="empty"), editor, provider, key="e").remote == Remote.FAILED
