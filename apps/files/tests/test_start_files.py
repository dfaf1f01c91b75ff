"""Files to begin with: one click makes one, each is right for what it is for, and the faulty one is repaired by the repairs of the page."""

import json
from typing import Any

import pytest
from django.urls import reverse

from apps.accounts.models import Team
from apps.core.storing import DiskFull
from apps.files.models import Copy, File, Kind
from apps.files.starters import ANSWERS, STARTERS
from apps.files.tests.brought import content_of, look
from apps.providers.models import Model, Provider

pytestmark = pytest.mark.django_db


def started(client: Any, name: str, key: str = "k") -> File:
    answer = client.post(reverse("files:start"), {"example": name, "key": key})
    assert answer.status_code == 303
    return look(File.objects.get(pk=answer.url.partition("?file=")[2]))


@pytest.mark.parametrize(
    ("name", "method", "purpose", "words"),
    [
        ("examples", "chat", "fine-tune", "All 12 examples are valid."),
        ("pairs", "preference", "fine-tune", "All 12 examples are valid."),
        ("batch", "batch", "batch", "All 10 requests are valid."),
    ],
)
def test_it_makes_lines_without_a_fault(
    as_editor: Any, team: Team, provider: Provider, name: str, method: str, purpose: str, words: str
) -> None:
    Model.objects.create(provider=provider, name="plain-1", is_listed=True)
    file = started(as_editor, name)
    assert (file.check_method, file.purpose, file.flaws, file.check_report["warnings"]) == (method, purpose, 0, 0)
    assert words in as_editor.get(reverse("files:check", args=[file.pk])).text
    assert file.check_report["models"] == ({"plain-1": 10} if name == "batch" else {})
    assert (file.remote, file.provider) == ("none", None)


def test_it_makes_a_table_that_becomes_the_same_examples(as_editor: Any, team: Team) -> None:
    table = started(as_editor, "table")
    assert (table.kind, table.details["rows"], table.details["columns"]) == (Kind.TABLE, 12, 2)
    address = reverse("files:as_examples", args=[table.pk])
    assert "Wanted answer" in as_editor.get(address).text
    form = {"method": "chat", "column-question": "1", "column-answer": "2", "has_header": "1", "key": "k"}
    made = as_editor.post(address, form).url.split("/")[2]
    lines = [json.loads(line) for line in content_of(look(File.objects.get(pk=made))).splitlines()]
    assert [tuple(message["content"] for message in line["messages"]) for line in lines] == list(ANSWERS)


def test_its_faults_are_repaired_by_one_click(as_editor: Any, team: Team) -> None:
    faulty = started(as_editor, "faults")
    assert faulty.check_report["fixes"] == ["bom", "crlf", "blank"]
    assert "Repair all" in as_editor.get(reverse("files:check", args=[faulty.pk])).text
    whole = started(as_editor, "examples")
    address = as_editor.post(reverse("files:fix", args=[faulty.pk]), {"fix": faulty.check_report["fixes"]}).url
    mended = look(File.objects.get(pk=address.split("/")[2]))
    assert (mended.flaws, mended.check_report["warnings"]) == (0, 0)
    assert content_of(mended) == content_of(whole)


def test_it_makes_one_for_a_double_click_and_another_for_another_page(as_editor: Any, team: Team) -> None:
    first = started(as_editor, "pairs")
    assert started(as_editor, "pairs") == first
    assert started(as_editor, "examples") != first
    assert started(as_editor, "pairs", key="later") != first
    File.objects.filter(pk=first.pk).update(deleted_at="2026-01-01T00:00:00Z")
    assert started(as_editor, "pairs").deleted_at is None
    assert File.objects.alive().filter(team=team).count() == 3


def test_it_comes_in_pieces_like_any_file(as_editor: Any, team: Team, settings: Any) -> None:
    settings.FILE_PIECE_BYTES = 100
    file = started(as_editor, "table")
    assert file.pieces > 3
    assert content_of(file).decode().splitlines()[0] == "question,answer"


def test_it_is_offered_in_an_empty_list_and_in_a_full_one(as_editor: Any, team: Team) -> None:
    page = as_editor.get(reverse("files:list")).text
    assert page.count('name="example"') == len(STARTERS)
    started(as_editor, "examples")
    page = as_editor.get(reverse("files:list")).text
    assert page.count('name="example"') == len(STARTERS)
    assert as_editor.get(reverse("files:list") + "?q=nothing-like-it").text.count('name="example"') == len(STARTERS)


def test_it_offers_nothing_to_viewers(client: Any, viewer: Any, team: Team) -> None:
    client.force_login(viewer.user)
    assert 'name="example"' not in client.get(reverse("files:list")).text
    assert client.post(reverse("files:start"), {"example": "pairs"}).status_code == 403
    assert not File.objects.exists()


@pytest.mark.parametrize("name", ["", "no such", "\x00", "x" * 5000])
def test_it_knows_no_others(as_editor: Any, team: Team, name: str) -> None:
    page = as_editor.post(reverse("files:start"), {"example": name, "key": "k"}, follow=True)
    assert "Choose one of the examples." in page.content.decode()
    assert as_editor.get(reverse("files:start")).status_code == 405


def test_it_says_that_there_is_no_room(as_editor: Any, team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: Any) -> None:
        raise DiskFull

    monkeypatch.setattr("apps.files.bringing.stored_piece", full)
    answer = as_editor.post(reverse("files:start"), {"example": "pairs", "key": "k"}, follow=True)
    assert "The disk of the server is full." in answer.text
    assert not File.objects.filter(copy=Copy.LOOKING).exists()
