"""A file that went with somebody's own key: who else asks for it is told so, and never that it is gone."""

import pytest

from apps.accounts.models import Membership
from apps.files.models import SYNCING, Copy, File, Remote
from apps.files.removing import delete_files
from apps.files.sending import delete_remote, fetch, send
from apps.files.syncing import sync
from apps.files.tests.remote import body_of, content_of, drive, kept
from apps.providers import keys
from apps.providers.models import PersonalKey, Provider
from apps.runs.followups import work_now
from gateway.addresses import origin_of
from tests.loopback import Loopback

pytestmark = pytest.mark.django_db(transaction=True)
BODY = body_of(2500)


@pytest.fixture
def shared(provider: Provider, small: Loopback) -> Provider:
    """It has a key of the team, takes people's own ones, and each key is another account there."""
    sealed = {"key": keys.encrypt("sk-team"), "key_origin": origin_of(provider.base_url), "takes_personal_keys": True}
    Provider.objects.filter(pk=provider.pk).update(**sealed)
    small.files(has_accounts=True)
    return Provider.objects.get(pk=provider.pk)


@pytest.fixture
def owner_of_key(editor: Membership, shared: Provider) -> Membership:
    PersonalKey.objects.create(provider=shared, user=editor.user, key=keys.encrypt("sk-own"), key_origin=shared.key_origin)
    return editor


@pytest.fixture
def colleague(owner_of_key: Membership, make_member) -> Membership:  # type: ignore[no-untyped-def]
    member: Membership = make_member(owner_of_key.team, "editor", "colleague@example.org")
    return member


@pytest.fixture
def theirs(owner_of_key: Membership, shared: Provider) -> File:
    file = drive(send(owner_of_key, kept(owner_of_key, BODY), shared, "batch", None, "w"))
    assert (file.remote, file.sender, file.has_own_key) == (Remote.THERE, owner_of_key.user, True)
    return file


def test_it_says_that_only_its_sender_can_delete_it(colleague: Membership, theirs: File, small: Loopback) -> None:
    delete_files(colleague, [theirs.pk])
    file = drive(theirs)
    assert (file.remote, file.deleted_at, small.files()["count"]) == (Remote.THERE, None, 1)
    assert "own key of editor-0@example.org" in file.sentence
    assert small.files()["calls"].get("DELETE files/id", 0) == 0


def test_its_sender_deletes_it(owner_of_key: Membership, theirs: File, small: Loopback) -> None:
    delete_remote(owner_of_key, [theirs])
    assert (drive(theirs).remote, small.files()["count"]) == (Remote.NONE, 0)


def test_it_says_that_the_key_is_not_here_any_more(owner_of_key: Membership, theirs: File, small: Loopback) -> None:
    PersonalKey.objects.all().delete()
    delete_remote(owner_of_key, [theirs])
    file = drive(theirs)
    assert (file.remote, small.files()["count"]) == (Remote.THERE, 1)
    assert "not here any more" in file.sentence


def test_it_says_that_only_its_sender_can_fetch_it(colleague: Membership, theirs: File, small: Loopback) -> None:
    File.objects.filter(pk=theirs.pk).update(copy=Copy.NONE)
    drive(theirs)
    file = drive(fetch(colleague, theirs))
    assert (file.copy, file.remote) == (Copy.NONE, Remote.THERE) and "no other key" in file.sentence


def test_who_has_a_key_of_their_own_works_with_the_files_of_the_team(
    owner_of_key: Membership, colleague: Membership, shared: Provider, small: Loopback
) -> None:
    file = drive(send(colleague, kept(colleague, BODY), shared, "batch", None, "w"))
    assert (file.remote, file.has_own_key) == (Remote.THERE, False)
    File.objects.filter(pk=file.pk).update(copy=Copy.NONE)
    drive(file)
    file = drive(fetch(owner_of_key, file))
    assert content_of(file) == BODY
    delete_remote(owner_of_key, [file])
    assert (drive(file).remote, small.files()["count"]) == (Remote.NONE, 0)


def test_a_sync_does_not_call_it_gone(colleague: Membership, theirs: File, shared: Provider, small: Loopback) -> None:
    work_now(SYNCING, sync(colleague, shared).pk)
    assert File.objects.get(pk=theirs.pk).remote == Remote.THERE
    small.files(has_accounts=False)  # one account after all: then the team's key sees it
    work_now(SYNCING, sync(colleague, shared).pk)
    assert not File.objects.get(pk=theirs.pk).has_own_key
    delete_remote(colleague, [theirs])
    assert (drive(theirs).remote, small.files()["count"]) == (Remote.NONE, 0)
