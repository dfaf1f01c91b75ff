"""The database writes what counts and goes away before it says so: no row tells of bytes that were removed."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError, connection

from apps.accounts.models import Membership
from apps.files import bringing, making, supplying
from apps.files.judging import Announced
from apps.files.models import LOOKING, File, Piece, folder_of
from apps.files.sending import fetch, send
from apps.files.tests.brought import look, looked_at
from apps.files.tests.remote import body_of, content_of, drive, kept
from apps.providers.models import Provider
from apps.runs.followups import work_now
from tests.loopback import Loopback

pytestmark = pytest.mark.django_db(transaction=True)
BODY = b'{"messages": [{"role": "user", "content": "Iron"}]}\n' * 50


@pytest.fixture
def losing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The next transaction in which a piece is written: its COMMIT is done, and the answer to it lost."""
    real = connection.commit

    def commit() -> None:
        is_due = not lost and Piece.objects.exists()  # asked within the transaction
        real()
        if is_due:
            lost.append(True)
            raise OperationalError("server closed the connection unexpectedly")

    lost: list[bool] = []
    monkeypatch.setattr(connection, "commit", commit)
    yield lost
    assert lost


def is_whole(file: File) -> bool:
    stored = set(default_storage.listdir(folder_of(file))[1])
    return {piece.content.name.rsplit("/", 1)[1] for piece in Piece.objects.filter(file=file)} <= stored


def test_a_piece_of_a_browser_stays(editor: Membership, small: Loopback, losing: Any) -> None:
    file = bringing.begin(editor, Announced("a.jsonl", 1500, key="k"))
    with pytest.raises(OperationalError):
        bringing.add_piece(file, 0, b"x" * 1000)
    file = File.objects.get()
    assert (file.pieces, is_whole(file)) == (1, True)
    file = bringing.add_piece(bringing.add_piece(file, 0, b"x" * 1000), 1, b"y" * 500)
    assert content_of(bringing.finish(file)) == b"x" * 1000 + b"y" * 500


def test_a_whole_file_of_a_form_stays(editor: Membership, small: Loopback, losing: Any) -> None:
    with pytest.raises(OperationalError):
        bringing.keep_whole(editor, ContentFile(BODY, "a.jsonl"), "a.jsonl", "")
    assert content_of(File.objects.get()) == BODY


def test_what_somebody_typed_stays(editor: Membership, small: Loopback, request: pytest.FixtureRequest) -> None:
    old = looked_at(editor.team, "a.jsonl", BODY)
    request.getfixturevalue("losing")
    with pytest.raises(OperationalError):
        making.begin_edited(editor, old, b'{"a": 1}\n', key="edit")
    assert content_of(File.objects.get(key="edit")) == b'{"a": 1}\n'


def test_what_a_worker_made_stays(editor: Membership, small: Loopback, request: pytest.FixtureRequest) -> None:
    old = looked_at(editor.team, "a.jsonl", b"\n\n" + BODY)
    new = making.begin(editor, old, "fixes", {"fixes": ["blank"]}, key="new")
    request.getfixturevalue("losing")
    with pytest.raises(OperationalError):
        work_now(LOOKING, new.pk)
    assert content_of(look(new)) == BODY


def test_what_was_fetched_stays(editor: Membership, provider: Provider, small: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    body = body_of(2500)
    file = drive(send(editor, kept(editor, body), provider, "batch", None, "w"))
    File.objects.filter(pk=file.pk).update(copy="none")
    file = fetch(editor, drive(file))
    lost = []

    def written(write: Callable[[], None]) -> None:
        """Written, and given up before the database said so."""
        write()
        lost.append(True)
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(supplying, "persist", written)
    file = drive(file)
    assert lost and content_of(file) == body
