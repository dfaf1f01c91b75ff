"""The page of one picture, its bytes, and what it says of where the picture comes from."""

import uuid

import pytest
from django.urls import reverse
from PIL import Image

from apps.accounts.models import Membership, Role
from apps.images.models import Picture
from apps.images.operations import OURS
from apps.images.pictures.tests.drawing import picture as drawn
from apps.images.tests.rows import keep_edit, keep_picture
from tests.belongings import make_run

pytestmark = pytest.mark.django_db


def url_of(row, page="picture"):
    return reverse(f"images:{page}", args=[row.pk])


def body_of(answer) -> bytes:
    return b"".join(answer)


@pytest.fixture
def made(editor, team, provider):
    """A picture that a call brought, with everything that is known of one."""
    params = {"prompt": "A blue bowl", OURS: {}}
    run = make_run(
        team, provider, person=editor.user, operation="images.generate", params=params, usage={"images": 3}, provider_label="Kiln"
    )
    return keep_picture(
        editor,
        drawn((64, 48)),
        kind="made",
        run=run,
        name="A blue bowl",
        description="A blue bowl\non a shelf",
        revised="A cobalt blue bowl, soft light",
        model="painter-1",
        model_label="Painter One",
        settings={"quality": "high", "size": "1024x1536", "background": "transparent", "seed": 77, "partial_images": 2},
    )


def test_it_says_what_is_known(as_editor, made, editor):
    page = as_editor.get(url_of(made)).text
    for words in ("64 × 48", "PNG", "Painter One", "Kiln", str(editor.user), "$0.01", "Cost of all 3", "As the model understood it"):
        assert words in page, words
    for words in ("A blue bowl\non a shelf", "A cobalt blue bowl, soft light", "Best", "Tall", "See-through", "77"):
        assert words in page, words
    assert f'<img src="{url_of(made, "file")}?inline" width="64" height="48" alt="A blue bowl">' in page
    for link in (url_of(made, "edit"), url_of(made, "variations"), f"/images/new/?like={made.pk}", f"/history/{made.run_id}/"):
        assert f'href="{link}"' in page, link


def test_it_asks_a_bounded_number_of_questions(as_editor, made, editor, django_assert_max_num_queries):
    for _number in range(30):
        keep_picture(editor, kind="edited", made_from=made)
    as_editor.get(url_of(made))
    with django_assert_max_num_queries(6):
        as_editor.get(url_of(made))


def test_it_shows_where_it_comes_from_and_what_came_of_it(as_editor, editor, made):
    edit = keep_picture(editor, kind="edited", made_from=made, name="With a lid", is_exact=True)
    more = keep_picture(editor, kind="varied", made_from=edit, name="Another lid")
    keep_picture(editor, kind="varied", made_from=edit, name="Thrown away", deleted_at=made.created_at)
    page = as_editor.get(url_of(edit)).text
    assert f'class="origin" href="{url_of(made)}"' in page
    assert f'href="{url_of(more)}"' in page and "Another lid" in page and "Thrown away" not in page
    assert "Outside the painted area everything is exactly the original" in page
    assert f'data-src="{url_of(made, "file")}?inline"' in page and 'type="range"' in page
    assert "Made from" not in as_editor.get(url_of(keep_picture(editor))).text


def test_it_says_that_the_original_was_deleted(as_editor, editor, made):
    edit = keep_picture(editor, kind="edited", made_from=made)
    Picture.objects.filter(pk=made.pk).update(deleted_at=made.created_at)
    assert "<small>deleted</small>" in as_editor.get(url_of(edit)).text


def test_it_shows_what_the_model_looked_at_as_well(as_editor, editor, made, team, provider):
    reference = keep_picture(editor, name="The jug")
    foreign = str(uuid.uuid4())
    run = make_run(team, provider, operation="images.edit", params={OURS: {"references": [str(reference.pk), foreign]}})
    page = as_editor.get(url_of(keep_picture(editor, kind="edited", run=run, made_from=made))).text
    assert "The model also looked at" in page and "The jug" in page


def test_it_says_that_a_picture_is_unfinished(as_editor, editor):
    row = keep_picture(editor, kind="made", is_unfinished=True, name="Half a bowl")
    assert "Unfinished." in as_editor.get(url_of(row)).text
    assert "unfinished" in as_editor.get("/images/").text


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", "ا ميناء" * 20, "W" * 200, '" autofocus onfocus="alert(1)'])
def test_it_is_safe_with_every_word(as_editor, editor, name):
    row = keep_picture(editor, name=name[:200], description=name * 40, revised=name * 40, model_label=name[:60], model="m")
    page = as_editor.get(url_of(row)).text
    assert "<img src=x" not in page and 'onfocus="alert' not in page
    assert 'dir="auto"' in page


def test_it_is_called_by_another_name(as_editor, editor, made):
    answer = as_editor.post(url_of(made, "rename"), {"name": "  The\x00 jug \u202e " + "x" * 300})
    made.refresh_from_db()
    assert (answer.status_code, answer.url) == (303, url_of(made))
    assert made.name.startswith("The jug xxx") and len(made.name) == 200
    as_editor.post(url_of(made, "rename"), {"name": " "})
    assert '<span dir="auto">A blue bowl' in as_editor.get(url_of(made)).text


def test_readers_read_and_change_nothing(client, viewer, made):
    client.force_login(viewer.user)
    page = client.get(url_of(made)).text
    assert "A cobalt blue bowl" in page
    for words in (url_of(made, "edit"), url_of(made, "variations"), url_of(made, "rename"), "Delete", "Use as reference"):
        assert words not in page, words
    assert client.post(url_of(made, "rename"), {"name": "Mine"}).status_code == 403


def test_its_bytes_come_in_place_or_as_a_download(as_editor, made):
    shown = as_editor.get(url_of(made, "file") + "?inline")
    assert shown["Content-Type"] == "image/png" and shown["Content-Disposition"].startswith("inline")
    assert "immutable" in shown["Cache-Control"] and "sandbox" in shown["Content-Security-Policy"]
    with made.file.open() as kept:
        assert body_of(shown) == kept.read()
    saved = as_editor.get(url_of(made, "file"))
    assert saved["Content-Disposition"].startswith('attachment; filename="A blue bowl.png"')
    assert "no-cache" in saved["Cache-Control"], "its name may change"
    assert len(body_of(saved)) == made.size


def test_its_thumbnail_is_small_and_the_picture_itself_where_there_is_none(as_editor, editor):
    row = keep_picture(editor, Image.effect_noise((900, 600), 50).convert("RGB"))
    small = as_editor.get(url_of(row, "thumbnail"))
    assert small["Content-Type"] == "image/webp" and "immutable" in small["Cache-Control"]
    assert len(body_of(small)) < row.size / 10
    Picture.objects.filter(pk=row.pk).update(thumbnail="")
    whole = as_editor.get(url_of(row, "thumbnail"))
    assert whole["Content-Type"] == "image/png" and len(body_of(whole)) == row.size


def test_its_description_can_be_copied_whole(as_editor, editor, made):
    row = keep_picture(editor, description="long " * 2000, kind="made")
    answer = as_editor.get(url_of(row, "description"))
    assert (answer["Content-Type"], answer.text) == ("text/plain; charset=utf-8", "long " * 2000)
    assert as_editor.get(url_of(keep_picture(editor, kind="chat", revised="A pot"), "description")).text == "A pot"


@pytest.mark.parametrize("page", ["picture", "file", "thumbnail", "description", "changes"])
def test_a_foreign_picture_is_a_missing_one(client, editor, other_team, make_member, page):
    row = keep_edit(editor, keep_picture(editor), drawn((48, 32), seed=2))
    client.force_login(make_member(other_team, Role.OWNER).user)
    assert client.get(url_of(row, page)).status_code == 404
    assert client.get(f"/images/{uuid.uuid4()}/").status_code == 404


def test_a_picture_of_another_team_of_the_same_person_leads_there(client, editor, other_team, made):
    Membership.objects.create(team=other_team, user=editor.user, role=Role.VIEWER)
    client.force_login(editor.user)
    client.post(reverse("accounts:switch"), {"team": str(other_team.pk)})
    page = client.get(url_of(made)).text
    assert "You are in the team Harbour now." in page and "A blue bowl" in page


def test_a_file_that_the_storage_lost_is_a_missing_page(as_editor, made):
    made.file.storage.delete(made.file.name)
    assert as_editor.get(url_of(made, "file")).status_code == 404
    assert as_editor.get(url_of(made)).status_code == 200
