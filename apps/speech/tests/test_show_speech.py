"""What the pages of Speech show: voices by name, prices, how long it takes, what went wrong, and how little the lists ask."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Role
from apps.providers.models import Model, ModelFact
from apps.runs import followups
from apps.runs.models import Run
from apps.speech import choosing
from apps.speech.models import Speech, Take
from apps.speech.starters import MANNERS
from apps.speech.tests.conftest import TEXT, words_of
from apps.speech.tests.rows import make_speech
from tests.loopback.sound_models import TTS, TTS_FAILING, TTS_NOTHING

UNLISTED = "kokoro"  # a name that is known to speak, and whose voices only its server knows
PART = {"HX-Request": "true"}
NOTE = "If you publish this, say that the voice is made by AI."


@pytest.fixture
def unlisted(speaking):
    Model.objects.create(provider=speaking, name=UNLISTED)


@pytest.fixture
def priced(team):
    """The models cost this for a million characters; nobody knows what without a price."""

    def cost(price=None):
        prices = {"free": False} | ({"million_characters": price} if price else {})
        ModelFact.objects.create(team=team, provider_pattern="*", model_pattern="*", prices=prices)

    return cost


def page_of(client, take):
    return client.get(reverse("speech:speech", args=[take.speech_id])).content.decode()


def card_of(client, take):
    return client.get(reverse("speech:take", args=[take.pk]), headers=PART).content.decode()


def move_back(seconds):
    """All that has happened, happened earlier."""
    earlier = datetime.timedelta(seconds=seconds)
    for take in Take.objects.all():
        Take.objects.filter(pk=take.pk).update(created_at=take.created_at - earlier)
    for run in Run.objects.all():
        sent = run.sent_at - earlier if run.sent_at else None
        Run.objects.filter(pk=run.pk).update(queued_at=run.queued_at - earlier, sent_at=sent)


# --- Voices of a server that does not list them ------------------------------------------------
def test_it_takes_four_names_where_the_server_lists_none(unlisted, say, as_editor, carry_out):
    say(model=UNLISTED, voices=["af_sky , bm_george,, if_sara,jf_alpha"])
    assert [take.voice for take in Speech.objects.get().takes.all()] == ["af_sky", "bm_george", "if_sara", "jf_alpha"]
    page = as_editor.get("/speech/").content.decode()
    assert 'value="af_sky, bm_george, if_sara, jf_alpha"' in page and "Up to four names, separated by commas." in words_of(page)
    assert "up to four, side by side" in page and reverse("speech:sample") not in page


def test_it_refuses_a_fifth_name(unlisted, say):
    response = say(model=UNLISTED, voices=["a,b,c,d,e"])
    assert response.status_code == 422 and "At most 4 voices at once." in words_of(response.content.decode())
    assert not Speech.objects.exists()


def test_it_keeps_a_comma_where_voices_are_listed(say):
    response = say(voices=["alloy,ash"])
    assert response.status_code == 422 and "The model has no voice “alloy,ash”." in words_of(response.content.decode())


def test_it_counts_typed_voices_in_the_estimate(unlisted, speaking, as_editor, priced):
    priced("10")
    model = speaking.models.get(name=UNLISTED)
    wish = {"text": "x" * 1000, "voice": "a, b, c", "model": str(model.pk), "shown.model": ""}
    foot = words_of(as_editor.post(reverse("speech:settings"), wish, headers=PART).content.decode())
    assert "$0.03, 3 calls" in foot


# --- The form ----------------------------------------------------------------------------------
def test_it_offers_manners_to_begin_with(say, as_editor, client, viewer):
    page = as_editor.get("/speech/").content.decode()
    assert [f'data-manner="{manner}"' in page for manner in MANNERS] == [True, True, True]
    client.force_login(viewer.user)
    assert "data-manner" not in client.get("/speech/").content.decode()


def test_it_says_in_how_many_calls_a_text_is_spoken(monkeypatch, speaking, as_editor, say):
    monkeypatch.setattr(choosing, "LONGEST_PIECE", 450)
    text = " ".join(f"This is sentence number {number} of the text." for number in range(30))
    page = say(text=text, voices=()).content.decode()  # refused, so the text stands there
    assert 'data-pieces="3"' in page and "in 3 calls that are joined" in words_of(page)
    page = say(text=TEXT, voices=()).content.decode()
    assert 'data-pieces="1"' in page and "in 1 calls" not in page


def test_it_says_what_to_do_without_a_model(as_editor, provider):
    assert "Add a model that speaks to choose a voice." in as_editor.get("/speech/").content.decode()


def test_it_says_that_a_sample_is_paid_once(speaking, as_editor, priced):
    assert "You pay for it once." not in as_editor.get("/speech/").content.decode()
    priced("15")
    assert 'title="You pay for it once."' in as_editor.get("/speech/").content.decode()


# --- Prices ------------------------------------------------------------------------------------
def chosen_model_url(speaking, name):
    model = speaking.models.get(name=name)
    return reverse("catalog:model", args=[model.pk])


def test_it_leads_those_who_may_to_the_price_of_the_model(say, speaking, client, as_editor, make_member, team, carry_out, priced):
    priced()
    say()
    (take,) = carry_out()
    url = chosen_model_url(speaking, TTS)
    for page in (as_editor.get("/speech/").content.decode(), page_of(as_editor, take)):
        assert "price not known" in page and url not in page
    client.force_login(make_member(team, Role.ADMIN).user)
    client.post(reverse("speech:settings"), {"model": str(speaking.models.get(name=TTS).pk), "shown.model": ""})
    assert client.get("/speech/").content.decode().count(f'href="{url}">price not known') == 2  # the panel, and the button of a phone
    assert f'href="{url}">price not known' in page_of(client, take)


def test_it_says_what_another_voice_costs(say, as_editor, carry_out, priced):
    priced("15")
    say(text="a" * 2000, voices=("alloy", "ash"))
    take = carry_out()[0]
    again = page_of(as_editor, take).split('id="again-voice"')[1].split("</form>")[0]
    assert f"{TTS}, $0.03" in words_of(again)


def test_it_says_own_server_beside_another_voice(say, as_editor, carry_out):
    say()
    (take,) = carry_out()
    again = page_of(as_editor, take).split('id="again-voice"')[1].split("</form>")[0]
    assert f"{TTS}, own server" in words_of(again)


def test_it_tells_the_estimate_beside_the_button_of_a_phone(speaking, as_editor, priced):
    priced("15")
    page = as_editor.get("/speech/").content.decode()
    assert page.count('id="say-price"') == 1 and "hx-swap-oob" not in page
    model = str(speaking.models.get(name=TTS).pk)
    wish = {"text": "x" * 10_000, "voice": "alloy", "model": model, "shown.model": model}
    foot = as_editor.post(reverse("speech:settings"), wish, headers=PART).content.decode()
    assert "$0.15" in foot.split('id="say-price" hx-swap-oob="true"')[1]


# --- One take ----------------------------------------------------------------------------------
def test_it_counts_the_seconds_while_it_is_spoken(say, as_editor):
    say()
    move_back(42.5)
    take = Take.objects.get()
    began = int(take.created_at.timestamp() * 1000)
    assert f'data-since="{began}" aria-hidden="true">42 s<' in card_of(as_editor, take)
    move_back(60)
    assert ">1 min 42 s<" in card_of(as_editor, Take.objects.get())


@pytest.mark.parametrize(
    ("status", "waited", "price", "is_told"),
    [
        ("sending", 9, None, True),
        ("sending", 7, None, False),
        ("queued", 9, None, False),
        ("sending", 9, "15", False),
    ],
)
def test_it_says_that_the_model_of_an_own_server_may_be_loading(say, as_editor, priced, status, waited, price, is_told):
    if price:
        priced(price)
    say()
    take = Take.objects.get()
    followups.work_now("take", take.pk)
    sent = timezone.now() - datetime.timedelta(seconds=waited)
    assert Run.objects.update(status=status, sent_at=sent) == 1
    assert ("Being spoken . The model may be loading." in words_of(card_of(as_editor, take)).replace("spoken.", "spoken .")) == is_told


def test_it_tells_how_long_it_took(say, as_editor, carry_out):
    say()
    (take,) = carry_out()
    Take.objects.update(finished_at=take.created_at + datetime.timedelta(seconds=3.4))
    assert "took 3.4 s, own server" in words_of(page_of(as_editor, take))


def test_it_counts_from_the_last_try(say, as_editor, carry_out):
    say(model=TTS_FAILING)
    carry_out()
    move_back(86_400)
    take = Take.objects.get()
    as_editor.post(reverse("speech:again", args=[take.pk]))
    assert "data-since" not in card_of(as_editor, take), "nothing was asked for yet"
    followups.work_now("take", take.pk)
    assert "data-since" in card_of(as_editor, take)
    (take,) = carry_out()
    assert take.state == "ready"
    took = words_of(page_of(as_editor, take)).split("took ")[1]
    assert not took.startswith("1440 min")
    Run.objects.update(queued_at=take.finished_at - datetime.timedelta(seconds=5))
    assert "took 5.0 s" in words_of(page_of(as_editor, take))


def test_it_notes_under_each_sound_that_it_is_made_by_ai(say, as_editor, carry_out):
    say(voices=("alloy", "ash"))
    first, second = carry_out()
    assert page_of(as_editor, first).count(NOTE) == 2
    assert NOTE in card_of(as_editor, second)
    Take.objects.filter(pk=second.pk).update(file="", state="failed", sentence="It was refused.")
    assert page_of(as_editor, first).count(NOTE) == 1 and NOTE not in card_of(as_editor, second)


# --- Samples -----------------------------------------------------------------------------------
def test_it_keeps_the_button_of_a_sample_that_failed(speaking, as_editor, carry_out):
    wish = {"sample": "ash", "model": str(speaking.models.get(name=TTS_NOTHING).pk), "shown.model": ""}
    as_editor.post(reverse("speech:sample"), wish, headers=PART)
    (take,) = carry_out()
    assert take.state == "failed"
    told = card_of(as_editor, take)
    assert f'hx-post="{reverse("speech:sample")}"' in told and 'name="sample" value="ash"' in told and "Hear Ash" in told
    assert take.sentence in words_of(told)
    again = as_editor.post(reverse("speech:sample"), wish, headers=PART).content.decode()
    assert "every 700ms" in again
    carry_out()
    assert Run.objects.count() == 2


# --- The list ----------------------------------------------------------------------------------
def test_it_asks_the_database_as_often_for_many_as_for_one(as_editor, team, provider, django_assert_num_queries):
    make_speech(team, provider)
    as_editor.get("/speech/")
    with CaptureQueriesContext(connection) as few:
        page = as_editor.get("/speech/").content.decode()
    assert page.count('class="made-name"') == 1 and "About clay pots" in page
    for number in range(9):
        make_speech(team, provider, name=f"Pot {number}")
    with django_assert_num_queries(len(few)):
        page = as_editor.get("/speech/").content.decode()
    assert page.count('class="made-name"') == 10 and page.count("Alloy") == 10


def test_it_reads_no_texts_and_no_waves_for_the_list(as_editor, team, provider):
    make_speech(team, provider)
    with CaptureQueriesContext(connection) as asked:
        as_editor.get("/speech/")
    read = [each["sql"].partition(" FROM ")[0] for each in asked if "speech_" in each["sql"]]
    assert len(read) == 2 and not [sql for sql in read if '."text"' in sql or '."peaks"' in sql]
