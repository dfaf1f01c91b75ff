"""More like this: by the provider's own call where it has one, else by an edit that asks for it in words."""

from django.urls import reverse
from PIL import Image

from apps.images.models import Picture
from tests.loopback.picture_models import LEGACY, PLAIN


def test_it_uses_the_call_for_variations(picture, vary):
    run = vary(picture, LEGACY, n="2", **{"shown.n": "1"})
    assert run.status == "completed", run.error
    assert run.request["url"].endswith("/images/variations")
    assert {name for name, _value in run.request["fields"]} <= {"model", "n", "size", "response_format"}
    varied = Picture.objects.filter(kind="varied")
    assert [(each.made_from, each.run) for each in varied] == [(picture, run)] * 2


def test_a_square_is_sent_and_the_margin_cut_off(picture, vary):
    run = vary(picture, LEGACY)
    assert Image.open(run.files.get(role="input").file.open("rb")).size == (300, 300)
    varied = Picture.objects.get(kind="varied")
    assert abs(varied.width / varied.height - 1.5) < 0.02


def test_else_an_edit_asks_for_a_variation_and_the_page_says_so(picture, vary, as_editor):
    run = vary(picture, PLAIN, words="in blue")
    assert run.request["url"].endswith("/images/edits")
    prompt = dict(run.request["fields"])["prompt"]
    assert prompt.startswith("Make a variation of this picture")
    assert "in blue" in prompt
    page = as_editor.get(reverse("images:variations", args=[picture.pk])).content.decode()
    assert "no call for variations" in page


def test_no_words_are_needed(picture, post, carried_out):
    post(reverse("images:variations", args=[picture.pk]), LEGACY, words="")
    assert carried_out().status == "completed"
