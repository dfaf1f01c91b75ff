"""One text: from the form to the verdict, and everything that can go wrong on the way."""

import pytest
from django.urls import reverse

from apps.moderation.models import Check, Judging, Verdict
from apps.moderation.tests.conftest import words_of
from apps.runs.models import Run
from tests.loopback.safety_models import (
    BUSY,
    FAILING,
    KEYLESS,
    NOTHING,
    ODD,
    OMNI,
    OWN,
    PAGE,
    UNNAMED,
)

RUDE = "You are an idiot, and thieves live here."


def page_of(client, check=None):
    check = check or Check.objects.get()
    response = client.get(reverse("moderation:check", args=[check.pk]))
    assert response.status_code == 200
    return response.content.decode()


def test_a_text_gets_a_verdict(bring, as_editor, carry_out):
    response = bring(RUDE)
    check = Check.objects.get()
    assert response.status_code == 303 and response.url == reverse("moderation:check", args=[check.pk])
    carry_out()
    verdict = Verdict.objects.get()
    assert (verdict.is_flagged, verdict.top, verdict.score) == (True, "harassment", 0.91)
    page = page_of(as_editor)
    assert "Flagged: harassment, hate" in words_of(page)
    assert "Highest: Harassment, 0.91 of 1." in words_of(page)
    assert words_of(page).index("Harassment Flagged") < words_of(page).index("Hate Flagged") < words_of(page).index("Illegal acts")
    assert '<details class="folded"' in page and "the text" in page


def test_a_harmless_text_is_said_to_be_so_and_lies_open(bring, as_editor, carry_out):
    bring("Where can I change my address?")
    carry_out()
    page = page_of(as_editor)
    assert "Nothing flagged" in words_of(page) and '<details class="folded"' not in page
    assert "Where can I change my address?" in page


def test_only_the_text_is_sent(bring, carry_out, loopback):
    bring("Hello #t-6a01")
    carry_out()
    (asked,) = loopback.requests("#t-6a01", body=True)
    assert asked.body == {"model": OMNI, "input": "Hello #t-6a01"}


def test_a_flagged_text_gives_no_name_away(bring, as_editor, carry_out):
    bring(RUDE)
    bring("A harmless one", key="k2")
    carry_out()
    listed = as_editor.get("/safety/").content.decode()
    assert "A flagged text" in listed and "A harmless one" in listed and "idiot" not in listed.partition("Checked before")[2]


def test_a_double_click_is_one_check(bring, carry_out):
    assert bring(RUDE).url == bring(RUDE).url
    carry_out()
    assert Run.objects.count() == 1


def test_a_key_that_was_used_for_another_text_is_refused_and_nothing_is_lost(bring):
    bring(RUDE)
    again = bring("Something else")
    assert again.status_code == 409 and "Something else" in again.content.decode()
    assert Check.objects.count() == 1


def test_categories_of_a_server_keep_their_names_and_a_note(bring, as_editor, carry_out):
    bring("You win, idiot", model=OWN)
    carry_out()
    told = words_of(page_of(as_editor))
    assert "Flagged: harassment, spam" in told and "spam Flagged no counterpart" in told
    assert "This model has no counterpart for: Harassment with threats, Hate," in told


def test_what_was_not_looked_for_is_grey(bring, as_editor, carry_out, checking):
    from apps.moderation.tests.conftest import picture_file

    bring(files=[picture_file("green")])
    carry_out()
    told = words_of(page_of(as_editor))
    assert "Harassment not assessed" in told and "Violence 0.00 the picture" in told


def test_a_server_that_flags_without_a_reason_is_believed(bring, as_editor, carry_out):
    bring("idiot", model=UNNAMED)
    carry_out()
    verdict = Verdict.objects.get()
    assert verdict.is_flagged and verdict.flags == "|" and verdict.score is None
    assert "Flagged The model did not say for what." in words_of(page_of(as_editor))


def test_odd_answers_are_read_as_far_as_they_go(bring, as_editor, carry_out):
    bring("anything", model=ODD)
    carry_out()
    verdict = Verdict.objects.get()
    assert verdict.scores == {"hate": 1.0, "sexual": 0.0} and verdict.flags == "|hate|"
    assert "Flagged: hate" in words_of(page_of(as_editor))


@pytest.mark.parametrize(("model", "sentence"), [(NOTHING, "no verdict"), (PAGE, "web page"), (KEYLESS, "key")])
def test_what_is_no_verdict_is_told(bring, as_editor, carry_out, model, sentence):
    bring(RUDE, model=model)
    carry_out()
    judging = Judging.objects.get()
    assert judging.state == "failed" and sentence in judging.sentence
    told = words_of(page_of(as_editor))
    assert judging.sentence in told and "Try again" in told


def test_what_failed_is_asked_again_with_one_click(bring, as_editor, carry_out):
    bring(RUDE, model=FAILING)
    carry_out()
    judging = Judging.objects.get()
    assert judging.state == "failed"
    for _click in range(2):
        as_editor.post(reverse("moderation:again", args=[judging.pk]))
    carry_out()
    judging.refresh_from_db()
    assert judging.state == "ready" and Run.objects.count() == 2


def test_a_busy_service_is_asked_again_by_itself(bring, carry_out):
    bring(RUDE, model=BUSY)
    carry_out()
    assert Run.objects.get().status in {"queued", "completed"}


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"text": " \n "}, "There is no text in it."),
        ({"text": "x" * 1_000_001}, "Row 1 is longer than 1,000,000 bytes."),
        ({"text": "fine\n" + "x" * 1_000_001, "each": "line"}, "Row 2 is longer than 1,000,000 bytes."),
    ],
)
def test_bad_input_gets_a_sentence_and_nothing_is_asked(bring, form, sentence):
    response = bring(**form)
    assert response.status_code == 422 and sentence in words_of(response.content.decode())
    assert not Check.objects.exists() and not Run.objects.exists()


def test_letters_that_no_database_takes_are_replaced(bring, carry_out):
    bring("a\x00b idiot")
    carry_out()
    assert Check.objects.get().rows.get().text == "a\ufffdb idiot"
    assert Verdict.objects.get().is_flagged


def test_a_viewer_may_look_and_not_check(bring, client, viewer, carry_out):
    bring("Good morning")
    carry_out()
    client.force_login(viewer.user)
    assert "Good morning" in page_of(client)
    assert client.post("/safety/", {"text": "x", "key": "k9"}).status_code == 403


def test_a_team_without_a_model_is_told(as_editor, provider, db):
    response = as_editor.post("/safety/", {"text": "Hello", "key": "k1"})
    assert response.status_code == 409 and "No model can do this yet." in response.content.decode()


def test_the_request_is_shown(as_editor, checking):
    response = as_editor.post("/safety/request/", {"text": "One\nTwo", "each": "line"})
    assert response.status_code == 200 and "moderations" in response.content.decode()
