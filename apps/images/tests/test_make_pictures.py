"""Making pictures from words: what is sent, what comes, what is kept."""

import pytest
from django.urls import reverse

from apps.images.models import Picture
from apps.images.tests.conftest import pixels_of
from apps.runs.models import Run
from tests.loopback.picture_models import (
    ANY_SIZE,
    BLOCKED,
    BOMB,
    BROKEN_BASE64,
    BUSY_FIRST,
    CUT,
    FAILING,
    FEWER,
    GONE_LINK,
    HALF_STREAM,
    IGNORES_STREAM,
    LINK,
    NONE,
    ONE_BROKEN,
    PLAIN,
    REFUSES_QUALITY,
    SVG,
    TEXT,
)

NEW = "/images/new/"


def test_it_sends_only_what_was_chosen(make, asked):
    run = make()
    assert run.status == "completed"
    assert [each.path for each in asked()] == ["/v1/images/generations"]
    assert set(run.request["json"]) == {"model", "prompt"}


def test_it_keeps_each_picture_with_its_words_and_settings(make, team, editor):
    run = make(n="3", **{"shown.n": "1", "quality": "low", "shown.quality": "auto"})
    pictures = list(Picture.objects.order_by("pk"))
    assert [(each.kind, each.person, each.run, each.team) for each in pictures] == [("made", editor.user, run, team)] * 3
    assert pictures[0].description.startswith("A small boat")
    assert pictures[0].settings == {"n": 3, "quality": "low"}
    assert pictures[0].revised != ""
    assert (pictures[0].width, pictures[0].height) == pixels_of(pictures[0]).size
    assert all(each.thumbnail.size for each in pictures)
    assert run.usage["images"] == 3


def test_a_picture_is_stored_once(make):
    make()
    picture = Picture.objects.get()
    assert picture.file.name == picture.output.file.name
    assert picture.output.is_claimed


def test_its_bytes_are_in_no_row(make):
    run = make(n="2")
    assert "b64" not in str(run.response).replace("b64_json': '…", "")
    assert len(str(run.response)) < 3000


def test_a_double_click_is_one_call(post, carried_out, asked):
    for _click in range(2):
        post(NEW, key="0" * 32)
    carried_out()
    assert (Run.objects.count(), len(asked())) == (1, 1)


def test_the_same_page_with_other_settings_asks_to_reload(post):
    post(NEW, key="1" * 32)
    answer = post(NEW, key="1" * 32, n="2")
    assert answer.status_code == 409
    assert "out of date" in answer.content.decode()
    assert Run.objects.count() == 1


@pytest.mark.parametrize("words", [None, "   "])
def test_it_asks_for_words(as_editor, models, words):
    answer = as_editor.post(NEW, {"model": str(models[PLAIN].pk), "shown.model": "", "key": "k", "prompt": words or ""})
    assert answer.status_code == 422
    assert "Describe the picture first." in answer.content.decode()
    assert not Run.objects.exists()


def test_it_says_how_many_characters_a_model_takes(post):
    answer = post(NEW, words="x" * 32_001)
    assert answer.status_code == 422
    assert "32,000 characters" in answer.content.decode()


def test_a_number_that_no_model_takes_is_refused_and_the_words_stay(post):
    answer = post(NEW, n="11")
    assert answer.status_code == 422
    assert "A small boat" in answer.content.decode()
    assert not Run.objects.exists()


def test_it_shows_a_card_with_a_place_for_each_picture(post):
    answer = post(NEW, htmx=True, n="4")
    page = answer.content.decode()
    assert page.count("tile-wait") == 4
    assert 'id="wish-key"' in page


def test_the_page_shows_what_was_made_last(make, as_editor):
    make()
    page = as_editor.get(NEW).content.decode()
    assert reverse("images:thumbnail", args=[Picture.objects.get().pk]) in page
    assert "sse-connect" not in page


def test_it_takes_the_words_and_settings_of_a_picture(make, as_editor):
    make(ANY_SIZE, quality="high", **{"shown.quality": "auto"})
    picture = Picture.objects.get()
    page = as_editor.get(f"{NEW}?like={picture.pk}").content.decode()
    assert picture.description in page
    assert 'value="high" checked' in page


def test_a_viewer_reads_and_starts_nothing(client, viewer, models):
    client.force_login(viewer.user)
    assert client.get(NEW).status_code == 200
    assert client.post(NEW, {"prompt": "A boat", "key": "k"}).status_code == 403
    assert not Run.objects.exists()


def test_fewer_pictures_than_asked_are_kept_and_said(make):
    run = make(FEWER, n="4")
    assert run.status == "completed"
    assert 0 < Picture.objects.count() < 4
    assert "4 pictures were asked for" in run.notices[0]


def test_one_that_cannot_be_read_takes_none_of_the_others(make):
    run = make(ONE_BROKEN, n="3")
    assert run.status == "completed"
    assert Picture.objects.count() == 2
    assert run.notices


@pytest.mark.parametrize("model", [BROKEN_BASE64, TEXT, SVG, BOMB, NONE])
def test_what_is_no_picture_is_said_and_leaves_nothing(make, model, asked):
    run = make(model)
    assert (run.status, run.error_kind) == ("failed", "bad_answer")
    assert run.error["sentence"]
    assert not Picture.objects.exists()
    assert not run.files.exists()
    assert len(asked()) == 1


def test_a_picture_behind_a_link_is_copied_at_once(make):
    run = make(LINK)
    assert run.status == "completed", run.error
    assert pixels_of(Picture.objects.get()).size == (1024, 1024)


def test_a_link_that_is_gone_is_said_and_nothing_is_asked_again(make, asked):
    run = make(GONE_LINK)
    assert (run.status, run.error_kind) == ("failed", "link")
    assert [each.path for each in asked()].count("/v1/images/generations") == 1


def test_the_safety_system_is_named(make, as_editor):
    run = make(BLOCKED)
    assert (run.status, run.error_kind, run.cost_kind) == ("failed", "policy", "none")
    page = as_editor.get(reverse("runs:receipt", args=[run.pk])).content.decode()
    assert "The safety system stopped this picture." in page
    assert "Nothing was charged." in page


def test_a_setting_that_the_model_refuses_is_left_out_once(make, asked):
    run = make(REFUSES_QUALITY, quality="high", **{"shown.quality": "auto"})
    assert run.status == "completed"
    assert len(asked()) == 2
    assert "Quality" in run.notices[0]


def test_it_comes_again_where_nothing_can_have_been_billed(make, asked):
    assert make(BUSY_FIRST).status == "completed"
    assert len(asked()) == 2


@pytest.mark.parametrize("model", [CUT, FAILING])
def test_it_asks_only_once_where_it_may_have_been_billed(make, asked, model):
    run = make(model)
    assert run.status in {"failed", "unknown"}
    assert len(asked()) == 1
    assert not Picture.objects.exists()


def test_unfinished_pictures_are_shown_while_one_is_made(make, as_editor):
    run = make(partial_images="2", **{"shown.partial_images": "0"})
    assert run.status == "completed"
    assert run.request["json"]["partial_images"] == 2
    assert Picture.objects.count() == 1
    assert [file.role for file in run.files.all()] == ["output"]


def test_a_stream_that_breaks_off_keeps_the_last_that_came(make):
    run = make(HALF_STREAM, partial_images="2", **{"shown.partial_images": "0"})
    assert run.status == "interrupted"
    assert Picture.objects.get().is_unfinished


def test_a_server_that_does_not_stream_is_read_as_well(make):
    assert make(IGNORES_STREAM, partial_images="2", **{"shown.partial_images": "0"}).status == "completed"
    assert Picture.objects.count() == 1


def test_a_price_for_a_picture_counts_pictures(make, team, models, as_editor):
    from apps.providers.models import ModelFact

    ModelFact.objects.create(team=team, provider_pattern="*", model_pattern=PLAIN, prices={"image": "0.04"})
    page = as_editor.get(NEW).content.decode()
    run = make(n="3")
    assert (str(run.cost.normalize()), run.cost_kind) == ("0.12", "known")
    assert "price not known" not in as_editor.get(NEW).content.decode()
    assert page
