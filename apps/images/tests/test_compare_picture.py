"""What changed outside of what was painted: told in percent, shown as a map, asked for by nobody twice."""

import io

import pytest
from django.urls import reverse
from PIL import Image

from apps.images import comparing
from apps.images.pictures.recomposing import keep_outside
from apps.images.pictures.tests.drawing import blob
from apps.images.pictures.tests.drawing import picture as drawn
from apps.images.tests.rows import keep_edit, keep_picture

pytestmark = pytest.mark.django_db(transaction=True)
SIZE = (120, 80)


@pytest.fixture
def original(editor):
    return keep_picture(editor, drawn(SIZE), name="The original")


def changed_corner() -> Image.Image:
    """The original with a black corner, a hundredth of it, far from what was painted."""
    image = drawn(SIZE)
    image.paste((0, 0, 0), (108, 0, 120, 8))
    return image


def map_of(client, row, **headers):
    return client.get(reverse("images:changes", args=[row.pk]), headers=headers)


def test_it_says_how_much_changed_and_shows_where(as_editor, editor, original):
    edit = keep_edit(editor, original, changed_corner())
    page = as_editor.get(reverse("images:picture", args=[edit.pk]), {"changes": ""}).text
    assert "of the rest changed." in page and reverse("images:changes", args=[edit.pk]) in page
    answer = map_of(as_editor, edit)
    heat = Image.open(io.BytesIO(answer.content))
    assert (answer["Content-Type"], heat.size) == ("image/png", SIZE)
    assert heat.getpixel((115, 3))[3] > 200, "the corner"
    assert heat.getpixel((3, 70))[3] == 0, "where nothing changed"
    assert heat.getpixel((55, 42))[:3] == (128, 128, 128), "where it was allowed to"


def test_it_gives_htmx_the_part_alone(as_editor, editor, original):
    edit = keep_edit(editor, original, changed_corner())
    part = as_editor.get(reverse("images:picture", args=[edit.pk]), {"changes": ""}, headers={"HX-Request": "true"}).text
    assert "<html" not in part and "of the rest changed." in part


def test_it_judges_only_when_somebody_asks_and_then_once(as_editor, editor, original, monkeypatch):
    judged = []
    judge = comparing._judge
    monkeypatch.setattr(comparing, "_judge", lambda *files: judged.append(files) or judge(*files))
    edit = keep_edit(editor, original, changed_corner())
    as_editor.get(reverse("images:picture", args=[edit.pk]))
    assert judged == []
    as_editor.get(reverse("images:picture", args=[edit.pk]), {"changes": ""})
    tag = map_of(as_editor, edit)["ETag"]
    assert len(judged) == 1
    again = map_of(as_editor, edit, If_None_Match=tag)
    assert (again.status_code, again.content, len(judged)) == (304, b"", 1)


def test_nothing_changed_is_said_as_well(as_editor, editor, original):
    result = keep_outside(drawn(SIZE), drawn(SIZE, seed=9), blob(SIZE)).image
    edit = keep_edit(editor, original, result)
    assert "Nothing looks different there." in as_editor.get(reverse("images:picture", args=[edit.pk]), {"changes": ""}).text


def test_there_is_no_map_where_the_original_was_put_back_or_nothing_was_painted(as_editor, editor, original):
    exact = keep_edit(editor, original, drawn(SIZE, seed=3), is_exact=True)
    whole = keep_picture(editor, drawn(SIZE, seed=4), kind="edited", made_from=original)
    for row in (original, exact, whole):
        assert map_of(as_editor, row).status_code == 404
        assert "Show what changed" not in as_editor.get(reverse("images:picture", args=[row.pk]), {"changes": ""}).text


@pytest.mark.parametrize("lost", ["made_from", "mask", "itself"])
def test_it_says_so_when_a_file_is_lost(as_editor, editor, original, lost):
    edit = keep_edit(editor, original, changed_corner())
    row = edit if lost == "itself" else getattr(edit, lost)
    row.file.storage.delete(row.file.name)
    page = as_editor.get(reverse("images:picture", args=[edit.pk]), {"changes": ""})
    assert page.status_code == 200 and "cannot be told" in page.text
    assert map_of(as_editor, edit).status_code == 404


def test_a_result_of_another_size_is_compared_as_well(as_editor, editor, original):
    edit = keep_edit(editor, original, drawn(SIZE).resize((60, 40)))
    assert Image.open(io.BytesIO(map_of(as_editor, edit).content)).size == SIZE
