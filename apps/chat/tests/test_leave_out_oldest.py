"""When a chat is longer than the model can take, its oldest turns are left out, and that is said."""

import pytest
from django.urls import reverse

from apps.chat.continuing import GO_ON
from apps.chat.models import Conversation
from apps.chat.room import fitted, room_for
from apps.chat.shortening import newest
from apps.providers.facts import Facts
from apps.providers.models import ModelFact
from apps.runs.models import Run

pytestmark = pytest.mark.django_db
SMALL = Facts(limits={"context": 200})


def say(role, letters, **more):
    return {"role": role, "content": "x" * letters, **more}


@pytest.fixture
def small(team, model):
    ModelFact.objects.create(team=team, model_pattern=model.name, limits={"context": 300})


def test_the_oldest_turns_are_left_out_and_it_is_said(small, send, finish, as_editor):
    for number in range(4):
        send(f"Question {number} " + "x" * 200, Conversation.objects.first())
        finish(text="y" * 200)
    conversation = Conversation.objects.get()
    conversation.instructions = "Be brief."
    conversation.save()
    page = as_editor.get(reverse("chat:conversation", args=[conversation.pk])).content.decode()
    assert "goes without the oldest turns" in page
    send("And now?", conversation)
    run = Run.objects.latest("id")
    messages = run.params["messages"]
    assert messages[0] == {"role": "system", "content": "Be brief."} and messages[-1]["content"] == "And now?"
    assert messages[1]["role"] == "user" and "Question 0" not in str(messages)
    assert run.notices == [f"The {9 - len(messages) + 1} oldest messages were left out: the chat is longer than Plain 1 can take at once."]
    assert "oldest messages were left out" in as_editor.get(reverse("chat:conversation", args=[conversation.pk])).content.decode()


def test_room_that_is_left_is_shown(small, conversation, as_editor):
    page = as_editor.get(reverse("chat:conversation", args=[conversation.pk])).content.decode()
    assert "Room left" in page and "of 300 tokens" in page and "goes without" not in page


def test_nothing_is_left_out_where_nobody_knows_the_room(send, finish):
    send("x" * 20_000)
    finish()
    send("y" * 20_000, Conversation.objects.get())
    assert Run.objects.latest("id").notices == []


def test_it_keeps_the_question_whatever_its_length():
    messages = [say("system", 40), say("user", 40), say("assistant", 40), say("user", 5000)]
    assert fitted(messages, SMALL, {}) == ([messages[0], messages[3]], 2)
    assert fitted([say("user", 5000)], SMALL, {}) == ([say("user", 5000)], 0)


def test_a_reply_stays_with_its_call():
    call = {"tool_calls": [{"id": "a", "function": {"name": "f", "arguments": "{}"}}]}
    messages = [say("user", 300), say("assistant", 300), say("user", 40), say("assistant", 0, **call), say("tool", 40, tool_call_id="a")]
    assert fitted(messages, SMALL, {}) == (messages[2:], 2)


def test_the_answer_keeps_its_room():
    assert room_for(SMALL, {"max_completion_tokens": 50}) == 150
    assert room_for(SMALL, {"max_completion_tokens": 5000}) == 100
    assert room_for(Facts(), {}) is None


def test_an_answer_that_goes_on_keeps_its_question_and_its_text():
    """The wish to go on is a message of a person in the call, and no question."""
    going_on = [say("user", 300), say("assistant", 100), {"role": "user", "content": str(GO_ON)}]
    messages = [say("user", 300), say("assistant", 300), *going_on]
    assert fitted(messages, SMALL, {}) == (going_on, 2)
    assert newest(messages, 0.1) == (going_on, 2)
