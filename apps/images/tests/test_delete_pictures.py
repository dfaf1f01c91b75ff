"""Deleting with Undo, the bin, and bringing back; in the audit by numbers."""

import re
import uuid

import pytest
from django.utils import timezone

from apps.accounts.models import AuditEntry, Membership, Role
from apps.images.gallery import ON_A_PAGE
from apps.images.models import Picture
from apps.images.tests.rows import keep_picture
from apps.images.tests.test_list_gallery import fill, names_on

pytestmark = pytest.mark.django_db
DELETE, RESTORE = "/images/delete/", "/images/restore/"


def ids(rows) -> list[str]:
    return [str(row.pk) for row in rows]


def alive() -> set[str]:
    return set(Picture.objects.alive().values_list("name", flat=True))


def test_they_go_from_the_gallery_and_the_toast_has_undo(as_editor, editor):
    rows = fill(editor, 4)
    page = as_editor.post(DELETE, {"picture": ids(rows[:2]), "next": "/images/?kind=made"}, follow=True)
    assert page.redirect_chain == [("/images/?kind=made", 303)]
    assert names_on(page) == ["Picture 3", "Picture 2"] and "2 pictures deleted" in page.text
    undo = re.search(r"<form[^>]*/images/restore/.*?</form>", page.text, re.DOTALL)[0]
    assert re.findall(r'name="picture" value="([^"]+)"', undo) == sorted(ids(rows[:2]))
    back = as_editor.post(RESTORE, {"picture": ids(rows[:2]), "next": "/images/?kind=made"}, follow=True)
    assert len(names_on(back)) == 4


def test_a_script_is_told_which_squares_go(as_editor, editor):
    rows = fill(editor, 2)
    answer = as_editor.post(DELETE, {"picture": ids(rows)}, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and "<html" not in answer.text
    for row in rows:
        assert f'<li id="square-{row.pk}" hx-swap-oob="delete">' in answer.text
    assert 'id="toasts" hx-swap-oob="beforeend"' in answer.text and "Undo" in answer.text


def test_undo_leads_back_to_where_it_was_deleted(as_editor, editor):
    (row,) = fill(editor, 1)
    page = as_editor.post(DELETE, {"picture": ids([row]), "back": f"/images/{row.pk}/"}, follow=True)
    assert page.redirect_chain == [("/images/", 303)]
    assert f'name="next" value="/images/{row.pk}/"' in page.text
    assert as_editor.post(RESTORE, {"picture": ids([row]), "next": f"/images/{row.pk}/"}).url == f"/images/{row.pk}/"


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", "javascript:alert(1)"])
def test_it_leads_to_no_other_site(as_editor, editor, elsewhere):
    rows = fill(editor, 1)
    assert as_editor.post(DELETE, {"picture": ids(rows), "next": elsewhere, "back": elsewhere}).url == "/images/"
    assert as_editor.post(RESTORE, {"picture": ids(rows), "next": elsewhere}).url == "/images/"


def test_the_audit_has_numbers_and_no_words(as_editor, editor):
    rows = fill(editor, 2, name="Secret bowl", description="secret glaze")
    as_editor.post(DELETE, {"picture": ids(rows)})
    as_editor.post(RESTORE, {"picture": ids(rows)})
    entries = AuditEntry.objects.order_by("pk")
    assert [(entry.act, entry.details) for entry in entries] == [
        ("data.deleted", {"numbers": ids(rows)}),
        ("data.restored", {"numbers": ids(rows)}),
    ]
    assert not [entry for entry in entries if "ecret" in f"{entry.target}{entry.details}"]


def test_pressed_twice_it_is_written_down_once(as_editor, editor):
    rows = fill(editor, 1)
    for _press in range(2):
        assert as_editor.post(DELETE, {"picture": ids(rows)}).status_code == 303
    assert AuditEntry.objects.count() == 1
    for _press in range(2):
        as_editor.post(RESTORE, {"picture": ids(rows)})
    assert AuditEntry.objects.count() == 2


def test_the_bin_has_them_those_deleted_last_first(as_editor, editor):
    rows = fill(editor, 3)
    for row in (rows[1], rows[0]):
        as_editor.post(DELETE, {"picture": ids([row])})
    page = as_editor.get("/images/", {"show": "deleted"})
    assert names_on(page) == ["Picture 0", "Picture 1"]
    assert "Bring back" in page.text and "kept for 30 days" in page.text and "Download as ZIP" not in page.text
    assert names_on(as_editor.get("/images/", {"show": "deleted", "q": "picture 1"})) == ["Picture 1"]


def test_the_bin_goes_on_where_its_page_ended(as_editor, editor):
    count = 2 * ON_A_PAGE + 3
    rows = fill(editor, count)
    Picture.objects.update(deleted_at=timezone.now())  # all in one moment
    Picture.objects.filter(pk=rows[5].pk).update(deleted_at=timezone.now())
    page = as_editor.get("/images/", {"show": "deleted"})
    seen = names_on(page)
    while link := re.search(r'id="more"><a class="btn" href="([^"]+)"', page.text):
        page = as_editor.get(link[1].replace("&amp;", "&"))
        seen += names_on(page)
    assert seen[0] == "Picture 5" and len(seen) == len(set(seen)) == count


def test_a_deleted_picture_can_still_be_looked_at(as_editor, editor):
    row = keep_picture(editor, name="A bowl")
    as_editor.post(DELETE, {"picture": ids([row])})
    page = as_editor.get(f"/images/{row.pk}/").text
    assert "This picture was deleted." in page and "Bring back" in page
    for words in (f"/images/{row.pk}/edit/", f"/images/{row.pk}/rename/", "Delete this picture"):
        assert words not in page
    for part in ("file", "thumbnail"):
        answer = as_editor.get(f"/images/{row.pk}/{part}/")
        assert answer.status_code == 200 and b"".join(answer)


def test_others_are_left_alone(as_editor, editor, other_team, make_member):
    foreign = keep_picture(make_member(other_team, Role.EDITOR), name="Theirs")
    mine = keep_picture(editor, name="Mine")
    as_editor.post(DELETE, {"picture": [*ids([foreign, mine]), "no id", str(uuid.uuid4())]})
    assert alive() == {"Theirs"}
    assert as_editor.post(DELETE, {"picture": ids([foreign])}).status_code == 404
    Picture.objects.filter(pk=foreign.pk).update(deleted_at=timezone.now())
    assert as_editor.post(RESTORE, {"picture": ids([foreign])}).status_code == 404


def test_the_role_in_the_team_of_the_picture_counts(client, editor, other_team, make_member):
    row = keep_picture(editor, name="A bowl")
    member = make_member(other_team, Role.OWNER)
    Membership.objects.create(team=editor.team, user=member.user, role=Role.VIEWER)
    client.force_login(member.user)
    assert client.post(DELETE, {"picture": ids([row])}).status_code == 403
    assert alive() == {"A bowl"}


def test_readers_delete_nothing(client, viewer, editor):
    row = keep_picture(editor, name="A bowl")
    client.force_login(viewer.user)
    assert client.post(DELETE, {"picture": ids([row])}).status_code == 403
    assert client.post(RESTORE, {"picture": ids([row])}).status_code == 403
    assert alive() == {"A bowl"}


def test_nothing_chosen_is_said(as_editor):
    assert "Choose a picture first." in as_editor.post(DELETE, {}, follow=True).text
