"""Choosing a picture: in a dialog of another page, and as a page that leads to where it is changed."""

import re

import pytest
from django.utils import timezone

from apps.accounts.models import Role
from apps.images.gallery_views import ON_A_CHOICE
from apps.images.tests.rows import keep_picture
from apps.images.tests.test_list_gallery import fill

pytestmark = pytest.mark.django_db
URL = "/images/choose/"
DIALOG = {"HX-Request": "true", "HX-Target": "choose-body"}


def offered(page) -> list[str]:
    return re.findall(r'class="square-picture".*?alt="([^"]*)"', page.text, re.DOTALL)


def test_a_dialog_gets_buttons_that_say_which_picture_they_are(as_editor, editor):
    row = keep_picture(editor, name='A "blue" bowl')
    keep_picture(editor, name="Thrown away", deleted_at=timezone.now())
    page = as_editor.get(URL, headers=DIALOG)
    assert "<html" not in page.text and offered(page) == ["A &quot;blue&quot; bowl"]
    thumbnail = f"/images/{row.pk}/thumbnail/"
    assert f'data-picture="{row.pk}" data-name="A &quot;blue&quot; bowl" data-thumbnail="{thumbnail}"' in page.text
    assert 'data-upload="choice"' in page.text


def test_it_is_searched_and_goes_on(as_editor, editor):
    fill(editor, ON_A_CHOICE + 2)
    keep_picture(editor, name="A jug")
    page = as_editor.get(URL, headers=DIALOG)
    assert len(offered(page)) == ON_A_CHOICE
    more = re.search(r'hx-get="([^"]+)" hx-target="#more-choices"', page.text)[1].replace("&amp;", "&")
    page = as_editor.get(more, headers={"HX-Request": "true", "HX-Target": "more-choices"})
    assert offered(page) == ["Picture 2", "Picture 1", "Picture 0"] and "choice-list" not in page.text
    found = as_editor.get(URL, {"q": "JUG"}, headers={"HX-Request": "true", "HX-Target": "choices"})
    assert offered(found) == ["A jug"] and "choose-q" not in found.text
    assert "No picture has “nothing” in it." in as_editor.get(URL, {"q": "nothing"}, headers=DIALOG).text


def test_as_a_page_it_leads_to_changing_a_picture(as_editor, editor):
    row = keep_picture(editor, name="A bowl")
    page = as_editor.get(URL).text
    assert f'href="/images/{row.pk}/edit/"' in page and "data-picture" not in page and "/images/upload/?next=edit" in page


def test_a_reference_goes_along_and_the_page_says_what_for(as_editor, editor):
    reference, row = keep_picture(editor, name="The jug"), keep_picture(editor, name="A bowl")
    page = as_editor.get(URL, {"reference": str(reference.pk)}).text
    assert "Which picture do you want to change?" in page and "“The jug” goes along as a reference" in page
    assert f'href="/images/{row.pk}/edit/?reference={reference.pk}"' in page
    assert f"/images/upload/?next=edit&amp;reference={reference.pk}" in page


@pytest.mark.parametrize("query", [{"q": "a\x00b"}, {"after": "x"}, {"q": "%_"}])
def test_it_survives_every_address(as_editor, editor, query):
    keep_picture(editor)
    assert as_editor.get(URL, query).status_code == 200


@pytest.mark.parametrize("reference", ["no id", "01890a5d-ac96-774b-bcce-b302099a8057"])
def test_a_reference_that_is_none_is_a_missing_page(as_editor, reference):
    assert as_editor.get(URL, {"reference": reference}).status_code == 404


def test_it_offers_nothing_of_other_teams(client, editor, other_team, make_member):
    row = keep_picture(editor, name="A bowl")
    client.force_login(make_member(other_team, Role.OWNER).user)
    assert offered(client.get(URL)) == []
    assert client.get(URL, {"reference": str(row.pk)}).status_code == 404
