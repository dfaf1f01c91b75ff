"""The page of a conversation: what it shows, in every state, and what it costs the server."""

import time

import pytest
from django.urls import reverse

from apps.chat.models import Conversation
from apps.providers.models import Model, Provider
from apps.runs.models import Run

pytestmark = pytest.mark.django_db


def page_of(client, conversation=None, **query):
    url = reverse("chat:conversation", args=[conversation.pk]) if conversation else reverse("chat:home")
    response = client.get(url, query)
    assert response.status_code == 200
    return response.content.decode()


def test_it_begins_empty_with_ways_to_begin(as_editor, model):
    page = page_of(as_editor)
    assert "Answer a message" in page and "Your team can read this chat." in page
    assert "data-composer" in page and "Plain 1" in page


def test_it_writes_a_starter_into_the_composer_without_script(as_editor, model):
    assert "Rewrite this text &lt;now&gt;</textarea>" in page_of(as_editor, message="Rewrite this text <now>")


def test_it_shows_questions_as_text_and_answers_as_markdown(as_editor, send, finish):
    send("Is <b>this</b> *bold*?")
    finish(text="<script>alert(1)</script> **yes**")
    page = page_of(as_editor, Conversation.objects.get())
    assert "Is &lt;b&gt;this&lt;/b&gt; *bold*?" in page
    assert "<strong>yes</strong>" in page and "<script>alert" not in page


def test_it_lets_the_text_decide_its_direction(as_editor, send):
    send("مرحبا")
    page = page_of(as_editor, Conversation.objects.get())
    assert 'aria-label="You" dir="auto">مرحبا' in page


def test_it_names_the_colleague_who_asked(client, conversation, make_member, team):
    client.force_login(make_member(team, "editor", "second@example.org").user)
    page = page_of(client, conversation)
    assert 'class="turn-u" aria-label="You"' not in page and 'aria-label="editor-' in page


def test_it_connects_to_an_answer_that_is_being_written(as_editor, send):
    send("Hello")
    page = page_of(as_editor, Conversation.objects.get())
    assert 'aria-busy="true"' in page and f"?runs={Run.objects.get().pk}" in page


def test_it_has_no_connection_when_all_is_said(as_editor, conversation):
    page = page_of(as_editor, conversation)
    assert "sse-connect" not in page and 'aria-busy="true"' not in page


@pytest.mark.parametrize(
    ("status", "text", "sentence"),
    [
        ("cancelled", "Half of it", "Stopped"),
        ("interrupted", "Half of it", "may be charged again"),
        ("unknown", "", "may have been charged"),
        ("failed", "", "Try again"),
    ],
)
def test_it_says_what_happened_to_an_answer(as_editor, send, finish, status, text, sentence):
    send("Hello")
    finish(text=text, status=status)
    page = page_of(as_editor, Conversation.objects.get())
    assert text in page and sentence in page


def test_it_says_that_a_model_is_missing(as_editor, team):
    page = page_of(as_editor)
    assert "No model can answer yet" in page and reverse("providers:list") in page


def test_it_says_that_the_model_of_a_chat_is_gone(as_editor, conversation, model, provider):
    other = provider.models.create(name="gone")
    conversation.settings = {"model": str(other.pk)}
    conversation.save()
    other.delete()
    page = page_of(as_editor, conversation)
    assert "no longer there" in page and "The next answer comes from Plain 1." in page


def test_it_still_shows_a_chat_whose_provider_is_gone(as_editor, conversation, provider):
    from apps.providers.services import delete_provider

    delete_provider(provider)
    page = page_of(as_editor, conversation)
    assert "<em>soft</em>" in page and "No model can answer yet" in page


def test_it_says_when_a_chat_is_longer_than_the_model_takes(as_editor, conversation, finish):
    Model.objects.update(context_tokens=100)
    finish(Run.objects.get(), text="word " * 200)
    assert "the model takes 100" in page_of(as_editor, conversation)


@pytest.mark.parametrize("address", ["/chat/not-an-id/", "/chat/01a203da-4d9d-7615-ae88-14565db46f62/"])
def test_it_knows_nothing_at_other_addresses(as_editor, address):
    assert as_editor.get(address).status_code == 404


def test_it_shows_the_last_thirty_turns_of_a_long_chat(as_editor, long_conversation):
    page = page_of(as_editor, long_conversation)
    assert page.count('<div class="turn"') == 30
    assert "Answer 249" in page and "Answer 235" in page and "Answer 234" not in page
    assert "Show earlier turns (470)" in page


def test_it_shows_more_of_a_long_chat_by_a_link(as_editor, long_conversation):
    page = page_of(as_editor, long_conversation, first=440)
    assert page.count('<div class="turn"') == 60 and "Show earlier turns (440)" in page


def test_it_fetches_only_the_earlier_turns_with_script(as_editor, long_conversation):
    url = reverse("chat:conversation", args=[long_conversation.pk])
    part = as_editor.get(url, {"first": 440, "until": 470}, headers={"HX-Request": "true"}).content.decode()
    assert part.count('<div class="turn"') == 30
    assert "Answer 220" in part and "Answer 235" not in part and "<html" not in part


@pytest.mark.parametrize(
    "query", [{"first": "-1"}, {"first": "x"}, {"first": "999999999999"}, {"first": "600"}, {"until": "0"}, {"first": "²"}]
)
def test_it_stays_calm_at_odd_numbers(as_editor, long_conversation, query):
    assert 'id="turns"' in page_of(as_editor, long_conversation, **query)


def test_it_asks_the_database_as_often_for_five_hundred_turns_as_for_two(
    as_editor, conversation, long_conversation, django_assert_max_num_queries, django_assert_num_queries
):
    conversation.settings = long_conversation.settings
    conversation.save()
    page_of(as_editor, conversation)
    with django_assert_max_num_queries(19) as short:
        page_of(as_editor, conversation)
    with django_assert_num_queries(len(short)):
        page_of(as_editor, long_conversation)


def test_it_never_loads_what_was_sent_with_a_long_chat(as_editor, long_conversation, django_assert_max_num_queries):
    with django_assert_max_num_queries(19) as queries:
        page_of(as_editor, long_conversation)
    assert not [query["sql"] for query in queries if '"runs_run"."request"' in query["sql"] or '"runs_run"."params"' in query["sql"]]


def test_it_opens_a_long_chat_quickly(as_editor, long_conversation):
    page_of(as_editor, long_conversation)
    began = time.process_time()
    page_of(as_editor, long_conversation)
    assert time.process_time() - began < 0.3


def test_it_offers_only_models_that_chat(as_editor, model, provider):
    provider.models.create(name="text-embedding-3-small")
    Provider.objects.create(team=provider.team, name="Gone", base_url="https://gone.example/v1").delete()
    page = page_of(as_editor)
    assert "Plain 1" in page and "text-embedding-3-small" not in page
