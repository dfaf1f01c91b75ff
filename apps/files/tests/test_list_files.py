"""The list: what is seen of files, in pages, narrowed, sorted, found, with totals."""

import datetime
import re

import pytest
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import Role
from apps.files.finding import ON_A_PAGE, is_status
from apps.files.models import Copy, File, Remote
from apps.files.telling import STATES, status_of
from apps.files.tests.rows import make_file, make_remote

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def names(response):
    return re.findall(r'data-name="([^"]*)"', response.content.decode())


def listed(client, **query):
    return client.get("/files/", query)


def fill(team, number, **fields):
    """Rows alone, without bytes; the first is the newest."""
    now = timezone.now()
    return File.objects.bulk_create(
        File(
            team=team,
            name=f"Row {each:03}.jsonl",
            size=each,
            key=f"row-{each}",
            copy="ready",
            added_at=now - datetime.timedelta(minutes=each),
            **fields,
        )
        for each in range(number)
    )


def test_it_shows_what_is_here_and_what_lies_at_providers(as_editor, team, other_team, provider):
    make_file(team, name="Here.jsonl")
    make_remote(team, provider, name="There.jsonl", purpose="fine-tune")
    make_file(other_team, name="Elsewhere.jsonl")
    page = listed(as_editor)
    html = page.content.decode()
    assert set(names(page)) == {"Here.jsonl", "There.jsonl"}
    assert "2 files, 1.7" in html and "Fine-tuning" in html and "This server" in html and "Loopback" in html
    assert "2 of 2 files" in html


def test_it_pages_by_every_order_and_leaves_nothing_out(as_editor, team):
    fill(team, 2 * ON_A_PAGE + 7)
    for sort, first in (
        ("", "Row 000.jsonl"),
        ("added", "Row 106.jsonl"),
        ("name", "Row 000.jsonl"),
        ("-name", "Row 106.jsonl"),
        ("-size", "Row 106.jsonl"),
    ):
        found, page = [], listed(as_editor, sort=sort)
        while True:
            found += names(page)
            after = re.search(r'href="(/files/\?[^"]*after=[^"]*)"[^<]*data-more', page.content.decode())
            if not after:
                break
            page = as_editor.get(after.group(1).replace("&amp;", "&"), headers={"HX-Request": "true"})
        assert len(found) == len(set(found)) == 2 * ON_A_PAGE + 7 and found[0] == first, sort


def test_it_pages_through_rows_that_are_alike(as_editor, team):
    fill(team, ON_A_PAGE + 5)
    File.objects.update(name="same", size=3, added_at=timezone.now())
    for sort in ("name", "-size", "added"):
        page = listed(as_editor, sort=sort)
        after = re.search(r'href="(/files/\?[^"]*after=[^"]*)"[^<]*data-more', page.content.decode())
        assert len(names(page)) == ON_A_PAGE and len(names(as_editor.get(after.group(1).replace("&amp;", "&")))) == 5


def test_it_narrows_by_place_purpose_kind_and_person(as_editor, editor, team, provider):
    make_file(team, name="Here.csv", kind="table", person=editor.user)
    make_remote(team, provider, name="There.jsonl", purpose="batch")
    make_file(team, name="Both.jsonl", remote="there", remote_id="file-both", provider=provider, purpose="batch")
    make_remote(team, provider, name="Left.jsonl", remote="gone")
    assert set(names(listed(as_editor, place="here"))) == {"Here.csv", "Both.jsonl"}
    assert set(names(listed(as_editor, place=str(provider.pk)))) == {"There.jsonl", "Both.jsonl"}
    assert set(names(listed(as_editor, purpose="batch"))) == {"There.jsonl", "Both.jsonl"}
    assert names(listed(as_editor, kind="table")) == names(listed(as_editor, person=str(editor.user_id))) == ["Here.csv"]
    assert len(names(listed(as_editor, place="nonsense", kind="nonsense", status="nonsense", person="x", sort="x", after="~x"))) == 4


def test_it_finds_by_name_and_by_file_id(as_editor, team, provider):
    make_file(team, name="Harbour prices.csv")
    make_remote(team, provider, name="There.jsonl", remote_id="file-9Kq2abcx7Lw")
    assert names(listed(as_editor, q="PRICES")) == ["Harbour prices.csv"]
    assert names(listed(as_editor, q="file-9Kq2abcx7Lw")) == names(listed(as_editor, q="file-9Kq2")) == ["There.jsonl"]
    assert names(listed(as_editor, q="no such\x00")) == []


def test_every_file_is_in_one_status_and_the_filter_says_the_same(as_editor, team, provider):
    now = timezone.now()
    number = 0
    for copy in Copy.values:
        for remote in Remote.values:
            for flaws in (None, 0, 3):
                for expires in (None, now + datetime.timedelta(days=3), now + datetime.timedelta(days=30)):
                    number += 1
                    File.objects.create(
                        team=team, name=f"{number}", size=5, key=f"{number}", added_at=now, copy=copy, remote=remote, flaws=flaws,
                        provider=provider, remote_id=f"file-{number}", expires_at=expires,
                    )  # fmt: skip
    found = {name: set(File.objects.filter(is_status(name)).values_list("pk", flat=True)) for name in STATES}
    assert sum(map(len, found.values())) == number == len(set().union(*found.values()))
    words = {
        "ready": "Ready", "coming": " of ", "checking": "Being checked", "fix": "Needs a fix", "moving": "", "failed": "",
        "leaving": "Leaves in", "gone": "No longer there",
    }  # fmt: skip
    kinds = {"ready": {"ok"}, "fix": {"bad"}, "failed": {"bad", "warn"}, "leaving": {"warn"}, "gone": {"plain"}}
    for name, ids in found.items():
        for file in File.objects.filter(pk__in=ids).select_related("provider"):
            state = status_of(file)
            assert words[name] in state.words and state.kind in kinds.get(name, {"info"}), (name, state, file.copy, file.remote)


def test_it_tells_what_leaves_soon(as_editor, team, provider):
    make_remote(team, provider, expires_at=timezone.now() + datetime.timedelta(days=5, hours=1))
    make_remote(team, provider, expires_at=timezone.now() + datetime.timedelta(days=20))
    html = listed(as_editor).content.decode()
    assert "1 leaves Loopback within 7 days" in html and "Leaves in 6 days" in html


def test_it_asks_the_database_the_same_for_many_rows_as_for_few(as_editor, team, provider, django_assert_max_num_queries):
    from django.db import connection

    fill(team, 2, provider=provider)
    listed(as_editor)
    with CaptureQueriesContext(connection) as few:
        listed(as_editor)
    File.objects.all().delete()
    fill(team, ON_A_PAGE, provider=provider)
    with CaptureQueriesContext(connection) as many:
        listed(as_editor, q="Row")
    assert len(many) <= len(few) + 2  # the id, and how many were found
    assert len(few) <= 20


def test_it_opens_a_file_beside_the_list(as_editor, team, other_team):
    file, foreign = make_file(team), make_file(other_team, name="Elsewhere.jsonl")
    html = as_editor.get("/files/", {"file": str(file.pk)}).content.decode()
    assert f'data-opened="{file.pk}"' in html
    assert "data-opened" not in as_editor.get("/files/", {"file": str(foreign.pk)}).content.decode()
    assert "data-opened" not in as_editor.get("/files/", {"file": "nonsense"}).content.decode()
    assert as_editor.get(f"/files/{file.pk}/").status_code == 200 and as_editor.get(f"/files/{foreign.pk}/").status_code == 404


def test_a_viewer_sees_no_way_to_change_anything(client, viewer, team):
    client.force_login(viewer.user)
    file = make_file(team)
    html = client.get("/files/", {"file": str(file.pk)}).content.decode()
    for word in ("files-bring", "data-choose", "/files/delete/", "/rename/"):
        assert word not in html
    assert viewer.role == Role.VIEWER and f"/files/{file.pk}/content/" in html
