"""Another wording beside a question, and going between wordings and answers."""

import uuid

import pytest
from django.urls import reverse

from apps.chat.models import Conversation, Turn
from apps.runs.models import Run

pytestmark = pytest.mark.django_db


def page_of(client, conversation, **query):
    return client.get(reverse("chat:conversation", args=[conversation.pk]), query).content.decode()


@pytest.fixture
def edit(as_editor):
    def edit(turn, message, *, key="", htmx=False):
        url = reverse("chat:edit_turn", args=[turn.conversation_id, turn.pk])
        headers = {"HX-Request": "true"} if htmx else {}
        return as_editor.post(url, {"message": message, "key": key or str(uuid.uuid4())}, headers=headers)

    return edit


@pytest.fixture
def switch(as_editor):
    def switch(turn, htmx=False):
        headers = {"HX-Request": "true"} if htmx else {}
        return as_editor.post(reverse("chat:switch", args=[turn.conversation_id, turn.pk]), headers=headers)

    return switch


@pytest.fixture
def question(conversation):
    return conversation.turns.get(run=None)


def asked_last():
    return [message["content"] for message in Run.objects.latest("id").params["messages"]]


# --- Editing -------------------------------------------------------------------------------------
@pytest.mark.parametrize("htmx", [False, True])
def test_it_asks_the_new_wording_beside_the_old_one(edit, question, conversation, finish, as_editor, htmx):
    response = edit(question, "What is mud?", htmx=htmx)
    assert response.status_code == (200 if htmx else 303)
    new = conversation.turns.get(text="What is mud?")
    assert (new.parent, asked_last()) == (question.parent, ["What is mud?"])
    finish(text="Wet earth.")
    page = page_of(as_editor, conversation)
    assert "Wet earth." in page and "<em>soft</em>" not in page and "2 of 2" in page
    assert conversation.turns.filter(text="What is clay?").exists()


def test_it_edits_a_question_in_the_middle_with_what_was_said_before_it(edit, conversation, send, finish):
    send("And mud?", conversation)
    finish(text="Wet.")
    send("And sand?", conversation)
    finish(text="Dry.")
    edit(Turn.objects.get(text="And mud?"), "And silt?")
    assert asked_last() == ["What is clay?", "Clay is *soft* earth.", "And silt?"]


def test_it_gives_the_whole_thread_and_a_composer_that_goes_on_from_its_end(edit, question, conversation):
    page = edit(question, "What is mud?", htmx=True).content.decode()
    leaf = Conversation.objects.get().leaf_id
    assert f'id="message-parent" name="parent" value="{leaf}" hx-swap-oob="true"' in page
    assert "What is mud?" in page and "What is clay?" not in page and "is writing an answer" in page


def test_it_takes_a_double_click_as_one_wording(edit, question):
    key = str(uuid.uuid4())
    assert [edit(question, "What is mud?", key=key).status_code for _click in range(2)] == [303, 303]
    assert (Run.objects.count(), Turn.objects.filter(text="What is mud?").count()) == (2, 1)


def test_it_offers_the_question_in_a_form_that_works_as_a_page(as_editor, question, conversation):
    url = reverse("chat:edit_turn", args=[conversation.pk, question.pk])
    page = as_editor.get(url).content.decode()
    assert "<html" in page and "What is clay?</textarea>" in page and f'href="{conversation.get_absolute_url()}"' in page
    part = as_editor.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part and f'id="turn-{question.pk}"' in part
    back = as_editor.get(f"{url}?shown", headers={"HX-Request": "true"}).content.decode()
    assert 'class="turn-u"' in back and "textarea" not in back


@pytest.mark.parametrize("htmx", [False, True])
def test_it_keeps_what_was_typed_when_it_cannot_be_sent(edit, question, conversation, send, htmx):
    send("Another", conversation)  # which is being written
    response = edit(question, "Long typed", htmx=htmx)
    assert response.status_code == 409
    assert "still being written" in response.content.decode()
    assert ("Long typed</textarea>" in response.content.decode()) is not htmx
    assert not Turn.objects.filter(text="Long typed").exists()
    assert edit(question, "  ").status_code == 422


def test_it_offers_editing_under_own_questions_alone(client, conversation, question, make_member, team):
    url = reverse("chat:edit_turn", args=[conversation.pk, question.pk])
    client.force_login(conversation.person)
    assert url in page_of(client, conversation)
    client.force_login(make_member(team, "editor", "second@example.org").user)
    assert url not in page_of(client, conversation)


# --- Switching -----------------------------------------------------------------------------------
def test_it_goes_to_another_wording_and_stays_there(edit, switch, question, conversation, finish, as_editor):
    edit(question, "What is mud?")
    finish(text="Wet earth.")
    response = switch(question)
    assert response.url == f"{conversation.get_absolute_url()}#turn-{question.pk}"
    page = page_of(as_editor, conversation)
    assert "<em>soft</em>" in page and "1 of 2" in page and "Wet earth." not in page
    assert "<em>soft</em>" in switch(question, htmx=True).content.decode()


def test_it_comes_back_to_the_end_that_was_shown_last(edit, switch, question, conversation, send, finish, as_editor):
    first = conversation.leaf
    for text in ("One", "Two"):
        send(text, conversation, parent=str(first.pk))
        finish(text=f"Answer to {text.lower()}")
    switch(Turn.objects.get(text="One"))
    edit(question, "What is mud?")
    finish(text="Wet earth.")
    switch(question)
    page = page_of(as_editor, conversation)
    assert "Answer to one" in page and "Answer to two" not in page


def test_it_shows_the_newest_end_of_a_branch_that_nobody_left_elsewhere(edit, switch, question, conversation, send, finish, as_editor):
    send("One", conversation)
    finish(text="Answer to one")
    edit(question, "What is mud?")
    finish(text="Wet earth.")
    switch(question)
    send("Two", conversation)
    finish(text="Answer to two")
    switch(Turn.objects.get(text="What is mud?"))
    switch(question)
    assert "Answer to two" in page_of(as_editor, conversation)


def test_it_loses_nothing_when_two_people_write_at_once(edit, question, conversation, send, finish, as_editor):
    """A page of before: its message follows the turn that it shows, whatever is shown now."""
    old_leaf = conversation.leaf
    edit(question, "What is mud?")
    finish(text="Wet earth.")
    send("Why soft?", conversation, parent=str(old_leaf.pk))
    finish(text="It holds water.")
    assert asked_last() == ["What is clay?", "Clay is *soft* earth.", "Why soft?"]
    assert {turn.text for turn in conversation.turns.filter(run=None)} == {"What is clay?", "What is mud?", "Why soft?"}


def test_it_tells_of_an_answer_that_is_written_on_another_branch(edit, switch, question, conversation, as_editor, finish):
    edit(question, "What is mud?")
    written = Run.objects.latest("id")
    switch(question)
    page = page_of(as_editor, conversation)
    assert "being written on another branch" in page and f"?leaf={written.turns.get().pk}" in page
    finish(written)
    assert "another branch" not in page_of(as_editor, conversation)


def test_it_changes_nothing_for_a_reader(client, conversation, question, make_member, team, edit, finish):
    edit(question, "What is mud?")
    finish(text="Wet earth.")
    client.force_login(make_member(team, "viewer").user)
    assert client.post(reverse("chat:switch", args=[conversation.pk, question.pk])).status_code == 403
    page = page_of(client, conversation)
    assert f"?leaf={question.pk}" in page and reverse("chat:switch", args=[conversation.pk, question.pk]) not in page
    assert "<em>soft</em>" in page_of(client, conversation, leaf=question.pk)


def test_it_knows_no_turn_of_another_chat(as_editor, conversation, send):
    send("Another chat")
    other = Turn.objects.latest("id")
    assert as_editor.post(reverse("chat:switch", args=[conversation.pk, other.pk])).status_code == 404


def test_a_variable_without_a_value_is_asked_for(edit, question):
    response = edit(question, "What is {{thing}}?", htmx=True)
    assert response.status_code == 409 and "thing" in response.content.decode()
    assert Run.objects.count() == 1
