"""Who sees the page, with which models, and how it is found."""

import pytest
from django.urls import reverse

from apps.completions.tests.conftest import TEXT, WORDS
from apps.runs.models import Run

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_lets_viewers_read_only(go_on, post, client, viewer, page_of):
    run = go_on()
    client.force_login(viewer.user)
    assert post(client=client).status_code == 403
    page = page_of(run, client)
    assert TEXT in page and "Keep writing" not in page and reverse("runs:again", args=[run.pk]) not in page
    form = client.get(reverse("completions:new")).text
    assert "<textarea" not in form.partition("settings-form")[0]
    assert Run.objects.count() == 1


def test_it_hides_texts_of_other_teams(go_on, client, other_team, make_member):
    run = go_on()
    client.force_login(make_member(other_team).user)
    assert client.get(reverse("completions:text", args=[run.pk])).status_code == 404
    assert client.get(reverse("completions:new"), {"from": run.pk}).status_code == 404


@pytest.mark.parametrize("wrong", ["x", "00000000-0000-0000-0000-000000000000"])
def test_it_begins_from_no_text_that_is_not_there(as_editor, continuing, wrong):
    assert as_editor.get(reverse("completions:new"), {"from": wrong}).status_code == 404


def test_it_shows_no_run_of_another_page(as_editor, team, continuing, go_on):
    run = go_on()
    Run.objects.filter(pk=run.pk).update(operation="chat.reply")
    assert as_editor.get(reverse("completions:text", args=[run.pk])).status_code == 404


def test_it_says_why_no_model_can_do_it(as_editor, continuing, post):
    continuing.endpoints = {"completions": {"state": "missing"}}
    continuing.save()
    page = as_editor.get(reverse("completions:new")).text
    assert "No model can do this yet." in page and "plain-button" not in page.partition("hx-disabled-elt")[2].partition(">")[2]
    assert post().status_code == 409
    assert not Run.objects.exists()


def test_it_offers_the_models_that_do_it_and_no_others(as_editor, continuing):
    continuing.models.create(name="tts-words")
    rows = as_editor.get(reverse("completions:settings")).text
    assert WORDS in rows and "tts-words" not in rows


def test_it_shows_how_long_it_gets_and_what_it_costs(as_editor, continuing):
    page = as_editor.get(reverse("completions:new")).text
    assert "about 190 words" in page and "own server" in page


def test_it_saves_settings_and_answers_with_the_foot_or_the_panel(as_editor, continuing):
    words = continuing.models.get(name=WORDS)
    as_editor.defaults["HTTP_HX_REQUEST"] = "true"
    url, posted = reverse("completions:settings"), {"model": str(words.pk), "shown.model": str(words.pk)}
    saved = as_editor.post(url, {**posted, "max_tokens": "512", "shown.max_tokens": "256", "text": TEXT})
    assert saved.status_code == 200 and 'id="plain-foot"' in saved.text and "HX-Retarget" not in saved
    wrong = as_editor.post(url, {**posted, "temperature": "warm", "shown.temperature": "1"})
    assert wrong.status_code == 422 and wrong["HX-Retarget"] == "#plain-settings" and "Type a number" in wrong.text
    del as_editor.defaults["HTTP_HX_REQUEST"]
    assert 'value="512"' in as_editor.get(reverse("completions:new")).text


def test_it_shows_the_request(as_editor, continuing):
    shown = as_editor.post(reverse("completions:request"), {"text": "Two\r\nlines"}).text
    assert "client.completions.create" in shown and "max_tokens" in shown and "/completions" in shown


def test_it_is_found_by_its_name_and_has_no_entry_of_its_own(as_editor, continuing):
    address = reverse("completions:new")
    found = as_editor.get("/jump/", {"q": "legacy"})
    assert address in found.text
    home = as_editor.get(reverse("chat:home")).text
    assert address not in home.partition("<nav")[2].partition("</nav>")[0]
    assert address in as_editor.get("/help/").text


def test_it_is_offered_where_no_model_can_chat(as_editor, continuing, team):
    link = reverse("completions:new")
    assert link not in as_editor.get(reverse("chat:home")).text
    continuing.endpoints |= {"chat": {"state": "missing"}}
    continuing.save()
    assert link in as_editor.get(reverse("chat:home")).text
    continuing.endpoints |= {"completions": {"state": "missing"}}
    continuing.save()
    assert link not in as_editor.get(reverse("chat:home")).text


def test_it_is_reached_from_a_model_that_does_it(as_editor, continuing):
    page = as_editor.get(reverse("catalog:model", args=[continuing.models.get().pk])).text
    assert reverse("completions:new") in page
    speaking = continuing.models.create(name="tts-words")
    assert reverse("completions:new") not in as_editor.get(reverse("catalog:model", args=[speaking.pk])).text


def test_it_keeps_the_settings_where_the_form_comes_without_them(as_editor, post, continuing):
    words = continuing.models.get(name=WORDS)
    settings = {"model": str(words.pk), "shown.model": str(words.pk), "max_tokens": "512", "shown.max_tokens": "256"}
    assert as_editor.post(reverse("completions:settings"), settings).status_code == 303
    as_editor.post(reverse("completions:new"), {"text": TEXT, "key": "plain-form"})
    run = Run.objects.get()
    assert (run.model, run.params) == (WORDS, {"prompt": TEXT, "max_tokens": 512})
