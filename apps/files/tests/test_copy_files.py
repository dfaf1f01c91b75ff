"""What lies at a provider and is to go to another one is copied by a worker first: whole, once, and with nothing left of a broken try."""

import hashlib
import shutil
from typing import Any

import pytest
from django.core.files.storage import default_storage

from apps.accounts.models import Membership
from apps.core.storing import DiskFull
from apps.files import content, writing_out
from apps.files.holdings import remove_rows
from apps.files.models import LOOKING, Copy, File, Remote, folder_of
from apps.files.removing import delete_files
from apps.files.sending import send
from apps.files.telling import status_of
from apps.files.tests.remote import body_of, content_of, drive, kept
from apps.providers.models import Provider
from apps.runs.followups import work_now
from tests.loopback import Loopback

pytestmark = pytest.mark.django_db(transaction=True)
BODY = body_of(4500)
MD5 = hashlib.md5(BODY, usedforsecurity=False).hexdigest()


@pytest.fixture
def first(editor: Membership, provider: Provider, small: Loopback) -> File:
    return drive(send(editor, kept(editor, BODY, md5=MD5, flaws=0), provider, "batch", None, "w"))


@pytest.fixture
def other(provider: Provider) -> Provider:
    found = Provider.objects.get(pk=provider.pk)
    found.pk, found.name = None, "Other"
    found.id = Provider._meta.pk.get_default()
    found.save(force_insert=True)
    return found


def copied(file: File) -> File:
    work_now(LOOKING, file.pk)
    return drive(File.objects.get(pk=file.pk))


def names(file: File) -> list[str]:
    try:
        return list(default_storage.listdir(folder_of(file))[1])
    except FileNotFoundError:
        return []


def test_it_sends_a_copy_to_another_provider(editor: Membership, other: Provider, first: File, small: Loopback) -> None:
    second = send(editor, first, other, "batch", 3600, "second")
    assert (second.copy, second.pieces, names(second), status_of(second).words) == (Copy.LOOKING, 0, [], "Being copied")
    assert second.size == first.size and second.pk != first.pk
    second = copied(second)
    assert (second.remote, second.copy, second.md5, content_of(second) == BODY) == (Remote.THERE, Copy.READY, MD5, True)
    assert (second.provider, second.expires_at is not None, small.files()["count"]) == (other, True, 2)
    first.refresh_from_db()
    assert (first.remote, first.copy, first.expires_at) == (Remote.THERE, Copy.READY, None)


def test_it_copies_once_for_a_double_click(editor: Membership, other: Provider, first: File, small: Loopback) -> None:
    one, two = (send(editor, first, other, "batch", None, "second") for _click in range(2))
    copied(one)
    assert one.pk == two.pk and File.objects.count() == small.files()["count"] == 2


def test_it_checks_a_copy_that_is_for_something_else(editor: Membership, other: Provider, first: File, small: Loopback) -> None:
    second = copied(send(editor, first, other, "fine-tune", None, "second"))
    assert (second.copy, small.files()["count"]) == (Copy.LOOKING, 1)


def test_it_begins_anew_after_a_kill_and_leaves_nothing_of_it(
    editor: Membership, other: Provider, first: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = send(editor, first, other, "batch", None, "second")

    def killed(source: Any, writer: Any, length: int) -> None:
        writer.write(source.read(2500))
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copyfileobj", killed)
        patched.setattr(content.Writer, "remove", lambda self: None)
        with pytest.raises(KeyboardInterrupt):
            work_now(LOOKING, second.pk)
    assert len(names(second)) == 2
    second = copied(second)
    assert (content_of(second) == BODY, len(names(second))) == (True, second.pieces)


def test_a_copy_outlives_the_first_one(editor: Membership, other: Provider, first: File) -> None:
    second = send(editor, first, other, "batch", None, "second")
    delete_files(editor, [first.pk])  # from the bin it can still be copied
    drive(first)
    second = copied(second)
    assert remove_rows(File.objects.filter(pk=first.pk), 1) == 1
    assert (second.remote, content_of(second) == BODY) == (Remote.THERE, True)


@pytest.mark.parametrize("trouble", [DiskFull(), FileNotFoundError("lost")])
def test_it_says_why_there_is_no_copy(
    editor: Membership, other: Provider, first: File, small: Loopback, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    second = send(editor, first, other, "batch", None, "second")

    def fail(*_args: Any) -> None:
        raise trouble

    monkeypatch.setitem(writing_out.WAYS, "copy", fail)
    second = copied(second)
    assert (second.deleted_at is not None, second.copy, small.files()["count"], names(second)) == (True, Copy.NONE, 1, [])
    first.refresh_from_db()
    assert "Nothing was changed." in first.sentence and content_of(first) == BODY


def test_a_copy_whose_first_one_is_gone_for_good_goes_too(editor: Membership, other: Provider, first: File, small: Loopback) -> None:
    second = send(editor, first, other, "batch", None, "second")
    first.delete()
    second = copied(second)
    assert (second.deleted_at is not None, small.files()["count"]) == (True, 1)
