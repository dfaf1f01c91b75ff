"""How long a file stays at a provider, as the provider says; and what becomes of the files and acts of people who left."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import Membership
from apps.files import bringing
from apps.files.judging import Announced
from apps.files.models import LOOKING, Copy, File, Remote
from apps.files.sending import again, delete_remote, fetch, send
from apps.files.tests.remote import PART, WHOLE, body_of, calls, content_of, drive, kept
from apps.providers import keys
from apps.providers.models import PersonalKey, Provider
from apps.runs.followups import work_now
from apps.runs.models import Run
from gateway.addresses import origin_of
from tests.loopback import Loopback

pytestmark = pytest.mark.django_db(transaction=True)
BODY, LARGE = body_of(2500), body_of(WHOLE + PART)
DAY = 24 * 3600


@pytest.fixture
def colleague(editor: Membership, make_member: Any) -> Membership:
    member: Membership = make_member(editor.team, "editor", "colleague@example.org")
    return member


def leave(member: Membership) -> None:
    Membership.objects.filter(pk=member.pk).delete()


@pytest.mark.parametrize("body", [BODY, LARGE], ids=["whole", "parts"])
def test_it_believes_the_provider_how_long_a_file_stays(editor: Membership, provider: Provider, small: Loopback, body: bytes) -> None:
    small.files(lifetime=DAY)
    file = drive(send(editor, kept(editor, body), provider, "batch", 30 * DAY, "w"))
    assert file.expires_at is not None and abs(file.expires_at - timezone.now() - datetime.timedelta(days=1)).total_seconds() < 60


@pytest.mark.parametrize("body", [BODY, LARGE], ids=["whole", "parts"])
def test_it_says_that_a_provider_keeps_it_for_ever(editor: Membership, provider: Provider, small: Loopback, body: bytes) -> None:
    small.files(lifetime=0)
    file = drive(send(editor, kept(editor, body), provider, "batch", DAY, "w"))
    assert (file.remote, file.expires_at) == (Remote.THERE, None)
    assert "names no day" in file.sentence


def test_a_copy_has_the_lifetime_that_was_wished_for_it(editor: Membership, provider: Provider, small: Loopback) -> None:
    first = drive(send(editor, kept(editor, BODY, md5="known"), provider, "batch", DAY, "w"))
    second = send(editor, first, provider, "batch", None, "second")
    work_now(LOOKING, second.pk)
    second = drive(second)
    assert (first.expires_at is not None, second.remote, second.lifetime, second.expires_at) == (True, Remote.THERE, None, None)


def test_what_comes_from_a_browser_goes_in_the_name_of_who_brought_it(editor: Membership, provider: Provider, small: Loopback) -> None:
    file = bringing.begin(editor, Announced("a.bin", 1000, key="k", purpose="user_data", provider=provider))
    file = bringing.finish(bringing.add_piece(file, 0, b"x" * 1000))
    work_now(LOOKING, file.pk)
    assert drive(file).remote == Remote.THERE
    assert Run.objects.get().person == file.wisher == editor.user


def test_files_of_people_who_left_stay_and_their_acts_end(
    editor: Membership, colleague: Membership, provider: Provider, small: Loopback
) -> None:
    file = send(editor, kept(editor, BODY), provider, "batch", None, "w")
    leave(editor)
    file = drive(file)
    assert (file.remote, small.files()["count"], content_of(file) == BODY, bool(file.sentence)) == (Remote.FAILED, 0, True, True)
    assert drive(again(colleague, file)).remote == Remote.THERE


def test_what_was_to_be_deleted_by_who_left_stays(editor: Membership, colleague: Membership, provider: Provider, small: Loopback) -> None:
    file = drive(send(editor, kept(editor, BODY), provider, "batch", None, "w"))
    delete_remote(editor, [file])
    leave(editor)
    file = drive(file)
    assert (file.remote, small.files()["count"]) == (Remote.THERE, 1) and "was not deleted" in file.sentence
    delete_remote(colleague, [file])
    assert (drive(file).remote, small.files()["count"]) == (Remote.NONE, 0)


def test_what_was_to_be_fetched_by_who_left_does_not_come(
    editor: Membership, colleague: Membership, provider: Provider, small: Loopback
) -> None:
    file = drive(send(editor, kept(editor, BODY), provider, "batch", None, "w"))
    File.objects.filter(pk=file.pk).update(copy=Copy.NONE)
    file = fetch(editor, drive(file))
    leave(editor)
    file = drive(file)
    assert (file.copy, file.remote, bool(file.sentence)) == (Copy.NONE, Remote.THERE, True)
    assert content_of(drive(fetch(colleague, file))) == BODY


def test_a_key_of_who_left_is_used_for_nothing(
    editor: Membership, colleague: Membership, provider: Provider, small: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its call gave no answer, and only its own key could tell."""
    monkeypatch.setattr("apps.files.uploading.LOOK_FOR", 0.0)
    origin = origin_of(provider.base_url)
    Provider.objects.filter(pk=provider.pk).update(key=keys.encrypt("sk-team"), key_origin=origin, takes_personal_keys=True)
    provider.refresh_from_db()
    PersonalKey.objects.create(provider=provider, user=editor.user, key=keys.encrypt("sk-own"), key_origin=origin)
    small.files(has_accounts=True, trouble=[{"on": "POST /v1/files", "do": "lost"}, {"on": "GET /v1/files", "do": "500"}])
    monkeypatch.setattr("apps.files.uploading.LOOK_AFTER", 3600.0)
    file = drive(send(editor, kept(editor, BODY), provider, "batch", None, "w"), rounds=3)
    monkeypatch.setattr("apps.files.uploading.LOOK_AFTER", 0.0)
    leave(editor)
    before = small.files()["calls"]
    file = drive(file)
    assert (file.remote, file.sender, file.has_own_key) == (Remote.UNCLEAR, editor.user, True)
    assert small.files()["calls"] == before and calls(file, "files.send") == 1
