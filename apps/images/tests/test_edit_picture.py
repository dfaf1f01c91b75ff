"""Changing a picture: what the service is sent, and that everything outside the mask stays as it was."""

import io

import pytest
from django.urls import reverse
from PIL import Image

from apps.images.models import Mask, Picture
from apps.images.tests.conftest import as_file, drawing, painted, pixels_of
from apps.runs.models import Run
from tests.loopback.picture_models import ANY_SIZE, LEGACY, PLAIN, WRONG_SIZE

BOX = (40, 30, 140, 120)


def outside(image, box):
    """The picture with everything inside the box taken out."""
    image = image.convert("RGBA")
    image.paste((0, 0, 0, 0), box)
    return image


def is_same(one, other):
    return one.size == other.size and one.convert("RGBA").tobytes() == other.convert("RGBA").tobytes()


def edited():
    return Picture.objects.get(kind="edited")


def test_it_sends_the_picture_and_a_mask_of_its_size(picture, edit, asked):
    run = edit(picture, mask=painted((300, 200), BOX))
    assert run.status == "completed", run.error
    (request,) = asked()
    assert request.path == "/v1/images/edits"
    assert [part["field"] for part in run.request["files"]] == ["image", "mask"]
    assert not {"keep_outside", "references", "ours"} & {name for name, _value in run.request["fields"]}


def test_outside_the_mask_every_pixel_is_the_originals(picture, edit):
    edit(picture, mask=painted((300, 200), BOX))
    before, after = pixels_of(picture), pixels_of(edited())
    assert is_same(outside(before, BOX), outside(after, BOX))
    assert not is_same(before.crop(BOX).convert("RGB"), after.crop(BOX).convert("RGB"))
    assert edited().is_exact


def test_a_soft_edge_leaves_what_is_outside_of_it(picture, edit):
    coverage = Image.new("L", (300, 200), 0)
    coverage.paste(255, BOX)
    coverage.paste(90, (BOX[2], BOX[1], BOX[2] + 10, BOX[3]))
    mask = as_file(Image.merge("LA", (Image.new("L", coverage.size, 255), coverage)))
    edit(picture, mask=mask)
    wide = (BOX[0], BOX[1], BOX[2] + 10, BOX[3])
    assert is_same(outside(pixels_of(picture), wide), outside(pixels_of(edited()), wide))


def test_without_the_switch_the_result_is_the_services(picture, post, carried_out):
    post(reverse("images:edit", args=[picture.pk]), mask=painted((300, 200), BOX))
    assert carried_out().status == "completed"
    assert not edited().is_exact
    assert not is_same(outside(pixels_of(picture), BOX), outside(pixels_of(edited()).resize((300, 200)), BOX))


def test_without_a_mask_the_whole_picture_may_change(picture, edit):
    run = edit(picture)
    assert [part["field"] for part in run.request["files"]] == ["image"]
    assert not Mask.objects.exists()


def test_an_empty_mask_is_none(picture, edit):
    run = edit(picture, mask=painted((300, 200), BOX, value=0))
    assert [part["field"] for part in run.request["files"]] == ["image"]


def test_it_knows_where_it_came_from(picture, edit):
    edit(picture, mask=painted((300, 200), BOX))
    assert edited().made_from == picture
    assert edited().mask == Mask.objects.get()
    assert round(edited().mask.percent) == round(100 * 100 * 90 / (300 * 200))


def test_references_follow_the_picture_in_their_order(picture, upload, edit, asked):
    others = [upload(drawing((64 + place, 48))) for place in range(3)]
    run = edit(picture, references=",".join(str(each.pk) for each in others))
    assert run.status == "completed", run.error
    assert [part["field"] for part in run.request["files"]] == ["image[]"] * 4
    sizes = [Image.open(file.file.open("rb")).size for file in run.files.filter(role="input").order_by("position")]
    assert sizes == [(300, 200), (64, 48), (65, 48), (66, 48)]
    assert len(asked()) == 1


def test_a_reference_of_another_team_is_a_missing_one(picture, post, other_team, make_member):
    from apps.images.uploads import keep_upload

    foreign = keep_upload(make_member(other_team), as_file(drawing()), "theirs.png")
    answer = post(reverse("images:edit", args=[picture.pk]), references=str(foreign.pk))
    assert answer.status_code == 404
    assert not Run.objects.exists()


def test_a_mask_of_another_size_is_refused_before_anything_is_sent(picture, post):
    answer = post(reverse("images:edit", args=[picture.pk]), mask=painted((299, 200), BOX))
    assert answer.status_code == 409
    assert "299 × 200" in answer.content.decode()
    assert not Run.objects.exists()


def test_as_original_asks_for_the_nearest_shape(picture, edit):
    run = edit(picture, mask=painted((300, 200), BOX))
    assert dict(run.request["fields"])["size"] == "1536x1024"
    run = edit(picture, ANY_SIZE)
    width, height = map(int, dict(run.request["fields"])["size"].split("x"))
    assert (width % 16, height % 16) == (0, 0)
    assert abs(width / height - 1.5) < 0.05


def test_a_result_of_another_size_is_fitted_and_said(picture, edit):
    run = edit(picture, WRONG_SIZE, mask=painted((300, 200), BOX))
    assert (edited().width, edited().height) == (300, 200)
    assert "fitted to your picture" in run.notices[-1]


def test_a_model_that_takes_squares_gets_one_and_the_margin_is_cut_off(picture, edit):
    run = edit(picture, LEGACY, mask=painted((300, 200), BOX))
    assert run.status == "completed", run.error
    sent = Image.open(run.files.get(role="input").file.open("rb"))
    assert sent.size == (300, 300)
    assert Image.open(run.files.get(role="mask").file.open("rb")).size == (300, 300)
    assert is_same(outside(pixels_of(picture), BOX), outside(pixels_of(edited()), BOX))


def test_a_picture_that_is_too_large_is_offered_smaller(upload, post, carried_out, team):
    from apps.providers.models import ModelFact

    ModelFact.objects.create(team=team, provider_pattern="*", model_pattern=PLAIN, limits={"edge": 256})
    large = upload(drawing((600, 400)))
    url = reverse("images:edit", args=[large.pk])
    answer = post(url, mask=painted((600, 400), (100, 100, 300, 300)), keep_outside="on")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "600 × 400" in page
    assert 'name="shrink"' in page
    assert not Run.objects.exists()
    post(url, mask=painted((600, 400), (100, 100, 300, 300)), keep_outside="on", shrink="on")
    run = carried_out()
    assert run.status == "completed", run.error
    assert max(Image.open(run.files.get(role="input").file.open("rb")).size) == 256
    box = (100, 100, 300, 300)
    assert is_same(outside(pixels_of(large), box), outside(pixels_of(edited()), box))  # the original is put back in its own size


def test_a_double_click_is_one_call_and_one_mask(picture, post, carried_out, asked):
    url = reverse("images:edit", args=[picture.pk])
    for _click in range(2):
        post(url, key="2" * 32, mask=painted((300, 200), BOX))
    carried_out()
    assert (Run.objects.count(), Mask.objects.count(), len(asked())) == (1, 1, 1)


def test_running_it_again_has_the_same_files_and_the_same_end(picture, edit, as_editor, carried_out):
    run = edit(picture, mask=painted((300, 200), BOX))
    as_editor.post(reverse("runs:again", args=[run.pk]), {"key": "again"})
    again = carried_out()
    assert again.pk != run.pk
    assert again.status == "completed"
    first, second = Picture.objects.filter(kind="edited").order_by("pk")
    assert is_same(pixels_of(first), pixels_of(second))


def test_it_is_asked_for_without_scripts(picture, post, carried_out):
    mask = Image.new("RGBA", (300, 200), (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), BOX)
    post(reverse("images:edit", args=[picture.pk]), mask_file=as_file(mask, name="hole.png"), keep_outside="on")
    assert carried_out().status == "completed"
    assert is_same(outside(pixels_of(picture), BOX), outside(pixels_of(edited()), BOX))


@pytest.mark.parametrize("body", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 50])
def test_a_broken_mask_is_a_sentence_and_no_call(picture, post, body):
    broken = io.BytesIO(body)
    broken.name = "mask.png"
    answer = post(reverse("images:edit", args=[picture.pk]), mask_file=broken)
    assert answer.status_code == 409
    assert not Run.objects.exists()


def test_a_picture_of_another_team_is_a_missing_one(client, other_team, make_member, picture):
    client.force_login(make_member(other_team).user)
    assert client.get(reverse("images:edit", args=[picture.pk])).status_code == 404
    assert client.post(reverse("images:edit", args=[picture.pk]), {"prompt": "x"}).status_code == 404
