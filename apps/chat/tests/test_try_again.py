"""Another answer to the same question: beside the old one, never instead of it."""

import uuid

import pytest
from django.urls import reverse

from apps.chat.models import Conversation, Turn
from apps.runs.models import Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def again(as_editor):
    def again(run, **data):
        return as_editor.post(reverse("chat:again", args=[run.pk]), data)

    return again


def page_of(client, conversation, **query):
    return client.get(reverse("chat:conversation", args=[conversation.pk]), query).content.decode()


def test_it_asks_the_same_and_keeps_the_old_answer(again, conversation):
    old = Run.objects.get()
    response = again(old, key=uuid.uuid4().hex)
    new = Run.objects.latest("id")
    assert response.status_code == 303
    assert (new.params, new.again_of) == (old.params, old)
    assert new.turns.get().parent == old.turns.get().parent
    assert Run.objects.get(pk=old.pk).text == "Clay is *soft* earth."


def test_it_shows_the_new_answer_and_the_way_to_the_old_one(again, conversation, finish, as_editor):
    old = conversation.leaf
    again(Run.objects.get(), key=uuid.uuid4().hex)
    finish(text="Clay is fine-grained.")
    page = page_of(as_editor, conversation)
    assert "fine-grained" in page and "<em>soft</em>" not in page
    assert "2 of 2" in page and reverse("chat:switch", args=[conversation.pk, old.pk]) in page


def test_it_goes_back_to_the_old_answer_and_on_from_there(again, conversation, finish, as_editor, send):
    old = conversation.leaf
    again(Run.objects.get(), key=uuid.uuid4().hex)
    finish(text="Clay is fine-grained.")
    page = page_of(as_editor, conversation, leaf=old.pk)
    assert "<em>soft</em>" in page and "1 of 2" in page
    assert f'name="parent" value="{old.pk}"' in page
    send("Why soft?", conversation, parent=str(old.pk))
    assert Run.objects.latest("id").params["messages"][1]["content"] == "Clay is *soft* earth."


def test_it_takes_a_double_click_as_one_repetition(again, conversation):
    key = uuid.uuid4().hex
    answers = [again(Run.objects.earliest("id"), key=key) for _click in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert Run.objects.count() == 2


def test_it_waits_for_the_answer_that_is_being_written(again, conversation):
    old = Run.objects.get()
    again(old, key=uuid.uuid4().hex)
    response = again(old, key=uuid.uuid4().hex)
    assert response.status_code == 409
    assert "still being written" in response.content.decode()
    assert Run.objects.count() == 2


def test_it_repeats_an_answer_in_the_middle_without_what_came_after(again, conversation, send, finish, as_editor):
    first = Run.objects.get()
    send("And mud?", conversation)
    finish(text="Mud is wet.")
    again(first, key=uuid.uuid4().hex)
    finish(text="Once more.")
    assert Run.objects.latest("id").params["messages"] == [{"role": "user", "content": "What is clay?"}]
    assert "Mud is wet." not in page_of(as_editor, conversation)
    assert "Mud is wet." in page_of(as_editor, conversation, leaf=first.turns.get().pk)


def test_it_uses_the_settings_of_now(again, conversation, provider):
    other = provider.models.create(name="plain-2")
    Conversation.objects.update(settings={"model": str(other.pk), "parameters": {"temperature": 0.3}})
    again(Run.objects.get(), key=uuid.uuid4().hex)
    run = Run.objects.latest("id")
    assert (run.model, run.params["temperature"]) == ("plain-2", 0.3)


def test_it_offers_its_own_address_on_every_answer_of_a_chat(conversation, as_editor):
    assert f'action="{reverse("chat:again", args=[Run.objects.get().pk])}"' in page_of(as_editor, conversation)


def test_it_stops_the_answer_that_is_being_written(conversation, send, as_editor):
    send("And mud?", conversation)
    response = as_editor.post(reverse("chat:stop", args=[conversation.pk]), headers={"HX-Request": "true"})
    assert response.status_code == 204
    assert Run.objects.latest("id").status == "cancelled"


def test_it_knows_no_turn_of_another_conversation(conversation, send, as_editor):
    send("Another chat")
    other = Turn.objects.latest("id")
    assert as_editor.get(reverse("chat:conversation", args=[conversation.pk]), {"leaf": other.pk}).status_code == 404
    assert as_editor.get(reverse("chat:conversation", args=[conversation.pk]), {"leaf": "nonsense"}).status_code == 404


def test_it_says_so_when_its_key_was_used_for_something_else(again, conversation, as_editor):
    run = Run.objects.get()
    as_editor.post(reverse("runs:again", args=[run.pk]), {"key": "used-in-history"})
    response = again(run, key="used-in-history")
    assert response.status_code == 409
    assert "out of date" in response.content.decode()
    assert Turn.objects.count() == 2


def test_it_takes_no_key_that_cannot_be_stored(again, conversation):
    assert again(Run.objects.get(), key="nul\0in it").status_code == 303
    assert "\0" not in Run.objects.latest("id").key
