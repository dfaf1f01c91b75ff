"""The gallery: what it shows, narrowed and in pages, with few questions, and to whom."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Membership, Role
from apps.images.gallery import ON_A_PAGE
from apps.images.models import Picture
from apps.images.tests.rows import keep_picture
from tests.belongings import ago, id_of

pytestmark = pytest.mark.django_db
URL = "/images/"


def names_on(page) -> list[str]:
    """The squares of an answer, in their order."""
    return re.findall(r'data-row.*?alt="([^"]*)"', page.text, re.DOTALL)


def fill(membership, count, **fields):
    """Rows without files: what a list reads."""
    facts = {"team": membership.team, "person": membership.user, "kind": "made", "content_type": "image/png"}
    size = {"size": 9, "width": 3, "height": 2}
    rows = [Picture(**{**facts, **size, "name": f"Picture {number}", **fields}) for number in range(count)]
    return Picture.objects.bulk_create(rows)


def test_it_shows_the_newest_first(as_editor, editor):
    fill(editor, 3)
    page = as_editor.get(URL)
    assert names_on(page) == ["Picture 2", "Picture 1", "Picture 0"]
    assert "Show more" not in page.text


def test_it_loads_small_pictures_late_and_with_a_place_of_their_own(as_editor, editor):
    row = keep_picture(editor, name="A bowl", description="A blue bowl on a shelf")
    page = as_editor.get(URL).text
    assert f'<img src="/images/{row.pk}/thumbnail/" width="256" height="256" loading="lazy" decoding="async" alt="A bowl">' in page
    assert "A blue bowl on a shelf" in page


def test_it_calls_a_picture_without_a_name_by_its_description_or_its_kind(as_editor, editor):
    fill(editor, 1, name="", description="A blue bowl")
    fill(editor, 1, name="", revised="Blue bowl, soft light", kind="chat")
    fill(editor, 1, name="", kind="uploaded")
    assert names_on(as_editor.get(URL)) == ["Uploaded", "Blue bowl, soft light", "A blue bowl"]


def test_it_asks_as_little_for_a_full_page_as_for_one_picture(as_editor, editor, make_member, team):
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert as_editor.get(URL).status_code == 200
        return len(asked)

    fill(editor, 1, description="A bowl")
    questions()  # what is read once in the life of a process
    few = questions()
    for number in range(5):
        fill(make_member(team, Role.EDITOR), ON_A_PAGE, model=f"painter-{number}", description="A bowl")
    assert questions() == few <= 6


def test_it_goes_on_where_the_page_ended(as_editor, editor):
    fill(editor, 2 * ON_A_PAGE + 5)
    page = as_editor.get(URL)
    seen = names_on(page)
    while link := re.search(r'id="more"><a class="btn" href="([^"]+)"', page.text):
        page = as_editor.get(link[1].replace("&amp;", "&"))
        seen += names_on(page)
    assert seen == [f"Picture {number}" for number in reversed(range(2 * ON_A_PAGE + 5))]


def test_it_gives_htmx_the_grid_or_only_what_follows(as_editor, editor):
    rows = fill(editor, ON_A_PAGE + 1)
    grid = as_editor.get(URL, {"kind": "made"}, headers={"HX-Request": "true", "HX-Target": "gallery"})
    assert "<html" not in grid.text and 'id="gallery"' in grid.text and len(names_on(grid)) == ON_A_PAGE
    more = as_editor.get(URL, {"after": str(rows[1].pk)}, headers={"HX-Request": "true", "HX-Target": "more"})
    assert names_on(more) == ["Picture 0"] and "gallery" not in more.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"kind": "edited"}, ["An edit"]),
        ({"model": "painter-2"}, ["By the second"]),
        ({"q": "COBALT"}, ["Only described", "Cobalt jug"]),
        ({"q": "harbour light"}, ["Revised"]),
        ({"q": "100%"}, []),
        ({"since": "2999-01-01"}, []),
        ({"until": "2001-01-01"}, []),
    ],
)
def test_it_narrows_by_what_the_address_says(as_editor, editor, query, found):
    fill(editor, 1, name="Cobalt jug")
    fill(editor, 1, name="By the second", model="painter-2")
    fill(editor, 1, name="An edit", kind="edited")
    fill(editor, 1, name="Only described", description="a cobalt glaze")
    fill(editor, 1, name="Revised", revised="Harbour light at dusk")
    page = as_editor.get(URL, query)
    assert names_on(page) == found
    assert "Show all" in page.text
    assert ("Nothing fits these filters" in page.text) == (not found)


def test_it_narrows_by_person_and_day(as_editor, editor, make_member, team):
    other = make_member(team, Role.EDITOR)
    fill(editor, 1, name="Mine")
    fill(other, 1, name="Theirs")
    today = timezone.localdate().isoformat()
    page = as_editor.get(URL, {"person": str(other.user_id), "since": today, "until": today})
    assert names_on(page) == ["Theirs"]
    assert f'<option value="{other.user_id}" selected>' in page.text


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "nonsense"},
        {"person": "nobody"},
        {"since": "yesterday"},
        {"q": "a\x00b"},
        {"after": "nowhere"},
        {"show": "deleted", "after": "nowhere"},
        {"show": "deleted", "after": "2026-13-45~x"},
        {"model": "m" * 300},
        {"until": "9999-12-31"},
    ],
)
def test_it_survives_every_address(as_editor, editor, query):
    fill(editor, 1)
    assert as_editor.get(URL, query).status_code == 200


def test_it_keeps_the_chosen_filter_in_sight_when_it_is_in_no_list(as_editor, editor):
    fill(editor, 1)
    stranger = uuid.uuid4()
    page = as_editor.get(URL, {"model": "gone-1", "person": str(stranger)}).text
    assert '<option value="gone-1" selected>gone-1</option>' in page
    assert f'<option value="{stranger}" selected>Somebody who left</option>' in page


def test_it_says_why_it_is_empty_and_what_to_do_first(as_editor):
    page = as_editor.get(URL).text
    assert "No pictures yet" in page and "Make a picture" in page and "Upload a picture" in page
    assert 'href="/images/new/?prompt=' in page
    assert page.count("btn-p") == 1


def test_it_shows_readers_what_they_may_do_and_nothing_else(client, viewer, editor):
    keep_picture(editor, name="A bowl")
    client.force_login(viewer.user)
    page = client.get(URL).text
    assert "A bowl" in page and "Download as ZIP" in page and "Copy description" in page
    for word in ("Make pictures", "/images/upload/", "Delete<", "/edit/", "Use as reference"):
        assert word not in page


def test_it_shows_nothing_of_other_teams(client, editor, other_team, make_member):
    keep_picture(editor, name="A bowl", model="painter-1")
    client.force_login(make_member(other_team, Role.OWNER).user)
    page = client.get(URL).text
    assert "A bowl" not in page and "painter-1" not in page and editor.user.email not in page


def test_it_shows_nothing_that_was_deleted_with_everything(as_editor, editor, team):
    fill(editor, 1, name="Old", id=id_of(ago(days=1)))
    fill(editor, 1, name="New")
    type(team).objects.filter(pk=team.pk).update(erase_before=ago(days=0.5))
    assert names_on(as_editor.get(URL)) == ["New"]


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "ا" * 200, "W" * 200, '"><img src=x>'])
def test_it_is_safe_with_every_name(as_editor, editor, name):
    fill(editor, 1, name=name, description=name * 3)
    page = as_editor.get(URL).text
    assert "<script>alert" not in page and "<img src=x>" not in page


def test_it_leads_a_member_of_two_teams_nowhere_else(client, editor, other_team):
    """A list is of the team one is in."""
    Membership.objects.create(team=other_team, user=editor.user, role=Role.EDITOR)
    keep_picture(editor, name="A bowl")
    client.force_login(editor.user)
    assert "A bowl" in client.get(URL).text
    client.post(reverse("accounts:switch"), {"team": str(other_team.pk)})
    assert "A bowl" not in client.get(URL).text
