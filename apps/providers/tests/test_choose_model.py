"""The rows of the model picker: which models, in which order, with what is said of each."""

import datetime
import logging
import time

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.providers.models import Model, ModelFact, Provider
from apps.providers.picker import list_for, pages_of, render_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(as_editor):
    def fetch(endpoint="chat", client=None):
        response = (client or as_editor).get(reverse("providers:picker"), {"endpoint": endpoint})
        assert response.status_code == 200
        return response.content.decode()

    return fetch


def add(provider, *names, age=datetime.timedelta(days=100), **fields):
    models = [Model.objects.create(provider=provider, name=name, **fields) for name in names]
    Model.objects.filter(pk__in=[model.pk for model in models]).update(created_at=timezone.now() - age)
    return models


def note(team, model_name, **fields):
    return ModelFact.objects.create(team=team, model_pattern=model_name, **fields)


def test_it_says_name_provider_price_room_and_strengths(rows, provider, team):
    (model,) = add(provider, "vendor-large", label="Vendor Large")
    note(team, "vendor-large", note="Slow and thorough", prices={"input": "0.1", "output": "2"}, limits={"context": 1_050_000})
    text = rows()
    assert f'data-value="{model.pk}"' in text
    for words in ("<b>Vendor Large</b>", "<small>vendor-large</small>", "Slow and thorough"):
        assert words in text
    assert "OpenAI, $0.10 in, $2.00 out per million, about 1,600 pages" in text


def test_it_says_one_page_of_a_small_room(rows, provider, team):
    add(provider, "vendor-small")
    note(team, "vendor-small", limits={"context": 256})
    assert "about 1 page<" in rows()


@pytest.mark.parametrize(
    ("model", "prices", "words"),
    [
        ("whisper-1", {"minute": "0.006"}, "$0.006 for a minute of sound"),
        ("tts-1", {"million_characters": "15"}, "$15.00 for a million characters"),
    ],
)
def test_it_says_what_sound_costs(rows, provider, team, model, prices, words):
    add(provider, model)
    note(team, model, prices=prices)
    assert f"OpenAI, {words}<" in rows("transcription" if model == "whisper-1" else "speech")


def test_it_says_when_nobody_knows_the_price(rows, provider):
    add(provider, "secretive")
    assert "OpenAI, price not known<" in rows()


def test_it_calls_an_own_server_own(rows, provider):
    Provider.objects.filter(pk=provider.pk).update(dialect="ollama")
    add(provider, "home-grown")
    assert "OpenAI, own server<" in rows()
    assert 'data-kinds="text own"' in rows()


def test_it_leaves_out_what_cannot_do_it(rows, provider):
    add(provider, "whisper-1", "talker")
    assert "whisper-1" not in rows()
    assert "whisper-1" in rows("transcription") and "talker" not in rows("transcription")


def test_it_puts_favourites_first_and_only_once(rows, provider, team):
    add(provider, "aaa", "zzz")
    note(team, "zzz", is_favourite=True)
    text = rows()
    assert text.index('aria-label="Favourites"') < text.index("zzz") < text.index('aria-label="OpenAI"') < text.index("aaa")
    assert text.count('role="option"') == 2


def test_it_marks_what_joined_the_list_lately_and_puts_it_first(rows, provider):
    add(provider, "aaa", "bbb")
    add(provider, "nova", age=datetime.timedelta(days=13))
    text = rows()
    assert text.index("nova") < text.index("aaa")
    assert text.count(">New<") == 1


def test_it_calls_nothing_new_that_came_with_the_first_list(rows, provider):
    add(provider, "aaa", "bbb", age=datetime.timedelta(0))
    assert ">New<" not in rows()


def test_it_calls_nothing_new_after_two_weeks(rows, provider):
    add(provider, "aaa")
    add(provider, "nova", age=datetime.timedelta(days=15))
    assert ">New<" not in rows()


def test_it_says_until_when_a_model_stays(rows, provider):
    add(provider, "leaving", shutdown_date=datetime.date(2099, 2, 26))
    assert "26 Feb 2099" in rows()


def test_it_shows_names_of_strangers_as_text(rows, provider):
    add(provider, '"><script>alert(1)</script>')
    assert "<script" not in rows()
    assert "&lt;script&gt;" in rows()


def test_it_shows_no_model_of_another_team(rows, provider, other_team):
    add(Provider.objects.create(team=other_team, name="Theirs", base_url="http://127.0.0.1:9/v1"), "their-model")
    add(provider, "our-model")
    assert "our-model" in rows() and "their-model" not in rows()


def test_it_knows_no_other_endpoint(as_editor):
    assert as_editor.get(reverse("providers:picker"), {"endpoint": "cooking"}).status_code == 404


def test_it_is_kept_by_nobody_in_between(as_editor):
    assert "no-store" in as_editor.get(reverse("providers:picker"))["Cache-Control"]


def test_it_asks_the_database_as_often_for_many_as_for_one(as_editor, provider, django_assert_max_num_queries):
    add(provider, "first")
    Model.objects.bulk_create(Model(provider=provider, name=f"model-{number}") for number in range(300))
    with django_assert_max_num_queries(9):
        as_editor.get(reverse("providers:picker"))


def test_it_is_quick_with_two_thousand(provider, team):
    Model.objects.bulk_create(Model(provider=provider, name=f"model-{number}", label=f"Model {number}") for number in range(2000))
    list_for(team, "chat")
    started = time.process_time()
    text = render_rows(list_for(team, "chat"))
    took = time.process_time() - started
    logging.getLogger(__name__).info("2,000 rows in %.0f ms, %s KB", took * 1000, len(text) // 1000)
    assert text.count('role="option"') == 2000
    assert took < 2, "more than ten times what it takes when nothing else runs"


@pytest.mark.parametrize(("tokens", "pages"), [(100, 1), (670, 1), (8_192, 12), (128_000, 190), (1_000_000, 1500)])
def test_it_counts_room_in_pages(tokens, pages):
    assert pages_of(tokens) == pages


def test_it_warns_of_a_model_that_took_long_for_its_one_word(rows, provider):
    add(provider, "sleepy", "quick")
    Provider.objects.filter(pk=provider.pk).update(last_check={"ok": True, "word": {"model": "sleepy", "ms": 9_000}})
    assert rows().count("Slow to start") == 1
    Provider.objects.filter(pk=provider.pk).update(last_check={"ok": True, "word": {"model": "sleepy", "ms": 7_000}})
    assert "Slow to start" not in rows()
