"""Asking: one message, one run, one pair of turns, whatever the browser does."""

import datetime
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.chat.models import Conversation, Turn
from apps.providers.model_notes import mark
from apps.runs.models import Run

pytestmark = pytest.mark.django_db


def test_it_begins_a_conversation_with_its_first_message(send):
    response = send("What is clay?\nAnd what is mud?")
    conversation = Conversation.objects.get()
    assert response.status_code == 303
    assert response.url == reverse("chat:conversation", args=[conversation.pk])
    assert conversation.title == "What is clay?"
    question, answer = conversation.turns.order_by("id")
    assert (question.text, answer.parent, conversation.leaf) == ("What is clay?\nAnd what is mud?", question, answer)


def test_it_starts_one_run_with_what_was_asked(send, team, editor, model):
    send("What is clay?")
    run = Run.objects.get()
    assert (run.team, run.person, run.operation, run.model, run.model_label) == (team, editor.user, "chat.reply", "plain-1", "Plain 1")
    assert run.params == {"messages": [{"role": "user", "content": "What is clay?"}]}
    assert (run.parent_kind, run.parent_id) == ("chat", Conversation.objects.get().pk)


def test_it_sends_the_browser_to_the_address_of_a_new_conversation(send):
    response = send("Hello", htmx=True)
    assert response["HX-Redirect"] == reverse("chat:conversation", args=[Conversation.objects.get().pk])


def test_it_tells_the_model_what_was_said_before(send, conversation):
    conversation.instructions = "Be brief."
    conversation.save()
    send("And mud?", conversation)
    assert Run.objects.latest("id").params["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "What is clay?"},
        {"role": "assistant", "content": "Clay is *soft* earth."},
        {"role": "user", "content": "And mud?"},
    ]


def test_it_joins_a_question_whose_answer_failed_with_the_next_one(send, finish):
    send("First")
    finish(text="", status="failed")
    send("Second", Conversation.objects.get())
    assert Run.objects.latest("id").params["messages"] == [{"role": "user", "content": "First\n\nSecond"}]


def test_it_tells_the_model_an_answer_that_was_stopped(send, finish):
    send("First")
    finish(text="Half of", status="cancelled")
    send("Go on", Conversation.objects.get())
    assert [m["content"] for m in Run.objects.latest("id").params["messages"]] == ["First", "Half of", "Go on"]


def test_it_adds_only_the_new_turns_to_a_page_that_is_open(send, conversation):
    response = send("And mud?", conversation, htmx=True)
    page = response.content.decode()
    assert page.count("<article") == 2
    assert "And mud?" in page and "What is clay?" not in page
    assert f'id="run-{Run.objects.latest("id").pk}"' in page
    leaf = Conversation.objects.get().leaf_id
    assert f'id="message-parent" name="parent" value="{leaf}" hx-swap-oob="true"' in page
    assert 'id="message-key"' in page and "Plain 1 is writing an answer." in page


def test_it_takes_a_form_that_comes_twice_as_one_message(send):
    key = str(uuid.uuid4())
    first, second = send("Hello", key=key), send("Hello", key=key)
    assert first.url == second.url
    assert (Run.objects.count(), Conversation.objects.count(), Turn.objects.count()) == (1, 1, 2)


def test_it_takes_a_form_that_comes_twice_in_a_conversation_as_one_message(send, conversation):
    key = str(uuid.uuid4())
    responses = [send("And mud?", conversation, key=key, htmx=True) for _time in range(2)]
    assert [response.status_code for response in responses] == [200, 200]
    assert "And mud?" in responses[1].content.decode()
    assert (Run.objects.count(), Turn.objects.count()) == (2, 4)


def test_it_takes_an_old_form_with_another_text_as_another_message(send, conversation, finish):
    key = str(uuid.uuid4())
    send("One", conversation, key=key)
    finish()
    send("Two", conversation, key=key)
    assert list(Turn.objects.filter(run=None).values_list("text", flat=True)) == ["What is clay?", "One", "Two"]


@pytest.mark.parametrize("htmx", [True, False])
def test_it_refuses_a_second_message_while_an_answer_is_written(send, htmx):
    send("First")
    response = send("Second, long typed", Conversation.objects.get(), htmx=htmx)
    assert response.status_code == 409
    assert "still being written" in response.content.decode()
    assert ("Second, long typed" in response.content.decode()) is not htmx  # the text area of an open page is left alone
    assert Run.objects.count() == 1


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ("", "Write a message first."),
        ("  \n ", "Write a message first."),
        ("a\x00b", "character that cannot be sent"),
        ("x" * 1_000_000, "Your text has 1,000,000 characters"),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_it_says_why_a_text_cannot_be_sent(send, message, sentence, htmx):
    response = send(message, htmx=htmx)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Run.objects.count() == 0
    if htmx:
        assert response["HX-Retarget"] == "#composer-error"
    elif len(message) > 10:
        assert message in response.content.decode()


@pytest.mark.parametrize("key", ["", "not-a-key", "1" * 500])
def test_it_asks_to_reload_a_page_without_a_proper_key(send, key):
    response = send("Hello", key=key)
    assert response.status_code == 422
    assert "Reload it" in response.content.decode()


def test_it_never_fails_on_bytes_that_are_no_text(as_editor, model):
    body = b"message=%ED%A0%80%FF&key=" + str(uuid.uuid4()).encode()
    response = as_editor.post(reverse("chat:home"), body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 303
    Turn.objects.get(run=None).text.encode()


def test_it_keeps_the_text_when_there_is_no_model(as_editor, team):
    response = as_editor.post(reverse("chat:home"), {"message": "Precious", "key": str(uuid.uuid4())})
    assert response.status_code == 409
    assert "Precious" in response.content.decode() and "No model can answer yet" in response.content.decode()
    assert Conversation.objects.count() == 0


def test_it_goes_on_from_the_answer_that_the_page_shows(send, conversation, finish):
    first_answer = conversation.leaf
    send("One", conversation)
    finish(text="Uno")
    send("Two", conversation, parent=str(first_answer.pk))
    assert [m["content"] for m in Run.objects.latest("id").params["messages"]] == ["What is clay?", "Clay is *soft* earth.", "Two"]


@pytest.mark.parametrize("parent", ["0198c0de-0000-7000-8000-000000000000", ""])
def test_it_goes_on_from_the_newest_turn_when_the_page_names_none(send, conversation, parent):
    leaf = conversation.leaf_id
    send("Next", conversation, parent=parent)
    assert Turn.objects.get(text="Next").parent_id == leaf


def test_it_cuts_a_long_title_at_a_word(send):
    send("Please tell me everything you know about the history of clay in the north of Germany")
    assert Conversation.objects.get().title == "Please tell me everything you know about the history of…"


def test_it_sends_only_what_was_chosen_and_the_model_takes(send, conversation):
    conversation.settings = {"parameters": {"temperature": 0.2, "reasoning_effort": "high", "nonsense": 1}}
    conversation.save()
    send("Hello", conversation)
    assert set(Run.objects.latest("id").params) == {"messages", "temperature"}


def test_it_names_the_model_as_the_team_does(send, team, model):
    mark(team, model, label="Our best one")
    send("What is clay?")
    assert Run.objects.get().model_label == "Our best one"


def test_it_asks_no_model_whose_day_is_over(send, team, conversation, model):
    other = model.provider.models.create(name="plain-2", is_typed=True)
    Conversation.objects.update(settings={"model": str(model.pk)})
    mark(team, model, shutdown_date=timezone.localdate() - datetime.timedelta(days=1))
    send("And mud?", conversation)
    assert Run.objects.latest("id").model == other.name


def test_it_still_asks_a_hidden_model_that_somebody_chose_before(send, team, conversation, model):
    model.provider.models.create(name="plain-2", is_typed=True)
    Conversation.objects.update(settings={"model": str(model.pk)})
    mark(team, model, is_hidden=True)
    send("And mud?", conversation)
    assert Run.objects.latest("id").model == model.name
