"""Masks that come as files, are asked about, saved by name and used again."""

import io

import pytest
from django.urls import reverse
from PIL import Image

from apps.images.models import Mask, Picture
from apps.images.tests.conftest import as_file, drawing, painted, pixels_of
from tests.loopback.picture_models import PLAIN

BOX = (40, 30, 140, 120)


@pytest.fixture
def bring(as_editor, picture):
    def bring(file=None, **more):
        files = {"file": file} if file is not None else {}
        return as_editor.post(reverse("images:mask", args=[picture.pk]), {**files, **more}, headers={"HX-Request": "true"})

    return bring


def black_and_white(size=(300, 200)):
    mask = Image.new("L", size, 0)
    mask.paste(255, BOX)
    return mask


def with_hole(size=(300, 200)):
    mask = Image.new("RGBA", size, (9, 9, 9, 255))
    mask.paste((9, 9, 9, 0), BOX)
    return mask


def coverage_of(mask):
    with mask.file.open("rb") as file:
        return Image.open(io.BytesIO(file.read()))


def test_a_mask_with_a_hole_is_taken_at_once(bring):
    page = bring(as_file(with_hole())).content.decode()
    mask = Mask.objects.get()
    assert f"{reverse('images:mask_file', args=[mask.pk])}?for=" in page
    assert coverage_of(mask).getbbox() == BOX


def test_black_and_white_asks_which_may_change(bring):
    page = bring(as_file(black_and_white())).content.decode()
    assert "White may change, 15 %" in page
    assert "Black may change, 85 %" in page
    assert not Mask.objects.exists()
    bring(as_file(black_and_white()), reading="black")
    assert coverage_of(Mask.objects.get()).getpixel((0, 0)) == 255


def test_another_size_is_fitted_after_asking(bring, picture):
    page = bring(as_file(with_hole((600, 400)))).content.decode()
    assert "600 × 400" in page
    assert "Fit to picture" in page
    assert not Mask.objects.exists()
    bring(as_file(with_hole((600, 400))), reading="transparent", fit="yes")
    assert coverage_of(Mask.objects.get()).size == (picture.width, picture.height)


@pytest.mark.parametrize("image", [Image.new("RGB", (300, 200), "red"), Image.new("RGBA", (300, 200), (1, 2, 3, 255))])
def test_one_that_says_nothing_is_refused_with_a_sentence(bring, image):
    answer = bring(as_file(image))
    assert answer.status_code == 422
    assert "all of one colour" in answer.content.decode()
    assert not Mask.objects.exists()


def test_no_file_is_a_sentence(bring):
    assert bring().status_code == 422


def test_the_painter_gets_it_with_alpha_in_the_size_of_the_picture(bring, as_editor, upload):
    bring(as_file(with_hole()), name="Shelf")
    other = upload(drawing((150, 100)))
    body = as_editor.get(f"{reverse('images:mask_file', args=[Mask.objects.get().pk])}?for={other.pk}").getvalue()
    image = Image.open(io.BytesIO(body))
    assert (image.mode, image.size) == ("LA", (150, 100))
    assert image.getchannel("A").getbbox() == (20, 15, 70, 60)


def test_a_painted_mask_is_saved_by_name_and_used_again(bring, as_editor, picture, post, carried_out):
    page = bring(painted=painted((300, 200), BOX), name="Left vase").content.decode()
    mask = Mask.objects.get()
    assert mask.name == "Left vase"
    assert "The mask is saved." in page
    assert "Left vase" in as_editor.get(reverse("images:edit", args=[picture.pk])).content.decode()
    post(reverse("images:edit", args=[picture.pk]), PLAIN, mask_saved=str(mask.pk), keep_outside="on")
    assert carried_out().status == "completed"
    before, after = pixels_of(picture), pixels_of(Picture.objects.get(kind="edited"))
    assert before.getpixel((0, 0)) == after.getpixel((0, 0))


def test_a_name_is_taken_from_the_list(bring, as_editor):
    bring(painted=painted((300, 200), BOX), name="Left vase")
    mask = Mask.objects.get()
    stored = mask.file.storage.path(mask.file.name)
    as_editor.post(reverse("images:mask_delete", args=[mask.pk]))
    assert not Mask.objects.exists()
    import pathlib

    assert not pathlib.Path(stored).exists()


def test_a_mask_of_another_team_is_a_missing_one(bring, client, other_team, make_member):
    bring(as_file(with_hole()), name="Ours")
    mask = Mask.objects.get()
    client.force_login(make_member(other_team).user)
    assert client.get(reverse("images:mask_file", args=[mask.pk])).status_code == 404
    assert client.post(reverse("images:mask_delete", args=[mask.pk])).status_code == 404
    assert Mask.objects.exists()
