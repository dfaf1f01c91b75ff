"""A branch as a chat of its own: what it copies, what it shares, and what stays when one of them goes."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.chat.holdings import ChatHolding
from apps.chat.models import Conversation, Turn
from apps.runs.models import Run

pytestmark = pytest.mark.django_db


def page_of(client, conversation, **query):
    return client.get(reverse("chat:conversation", args=[conversation.pk]), query).content.decode()


@pytest.fixture
def branch(as_editor):
    def branch(answer, key="one-key", client=as_editor):
        named = f"?turn={answer.pk}" if answer.is_copy else ""
        return client.post(reverse("chat:branch", args=[answer.run_id]) + named, {"key": key})

    return branch


def asked_last():
    return [message["content"] for message in Run.objects.latest("id").params["messages"]]


def test_it_copies_the_path_up_to_that_answer(branch, conversation, send, finish, as_editor):
    conversation.instructions = "Be brief."
    conversation.save()
    answer = conversation.leaf
    send("And mud?", conversation)
    finish(text="Wet earth.")
    response = branch(answer)
    made = Conversation.objects.latest("created_at")
    assert response.url == made.get_absolute_url()
    assert (made.title, made.instructions, made.settings) == ("What is clay? (branch)", "Be brief.", conversation.settings)
    page = page_of(as_editor, made)
    assert "<em>soft</em>" in page and "Wet earth." not in page
    assert "A branch of" in page and f'href="{conversation.get_absolute_url()}?leaf={answer.pk}#turn-{answer.pk}"' in page
    assert conversation.turns.count() == 4


def test_it_counts_a_copied_answer_once(branch, conversation):
    branch(conversation.leaf)
    assert Run.objects.count() == 1
    assert Turn.objects.filter(run=Run.objects.get()).count() == 2


def test_it_goes_on_in_each_by_itself(branch, conversation, send, finish, as_editor):
    branch(conversation.leaf)
    made = Conversation.objects.latest("created_at")
    send("Only here", made)
    assert asked_last() == ["What is clay?", "Clay is *soft* earth.", "Only here"]
    finish(text="Here it is.")
    assert "Only here" not in page_of(as_editor, conversation)


def test_it_tries_a_copied_answer_again_in_its_branch(branch, conversation, as_editor):
    branch(conversation.leaf)
    made = Conversation.objects.latest("created_at")
    url = f"{reverse('chat:again', args=[conversation.leaf.run_id])}?turn={made.leaf_id}"
    assert f'action="{url}"' in page_of(as_editor, made)
    assert as_editor.post(url, {"key": "once-more"}).url == made.get_absolute_url()
    assert (made.turns.count(), conversation.turns.count()) == (3, 2)


def test_it_makes_one_branch_of_a_double_click(branch, conversation):
    assert branch(conversation.leaf).url == branch(conversation.leaf).url
    assert Conversation.objects.count() == 2


def test_it_makes_no_branch_of_an_answer_that_is_being_written(branch, send, conversation):
    send("And mud?", conversation)
    response = branch(conversation.turns.latest("id"))
    assert response.status_code == 409 and "still being written" in response.content.decode()
    assert Conversation.objects.count() == 1


def test_it_calls_a_branch_of_a_branch_as_that_one(branch, conversation):
    Conversation.objects.update(title="x" * 120)
    branch(Turn.objects.get(pk=conversation.leaf_id))
    first = Conversation.objects.latest("created_at")
    assert first.title.endswith("… (branch)") and len(first.title) <= 120
    branch(first.leaf, key="another-key")
    assert Conversation.objects.latest("created_at").title == first.title


@pytest.mark.parametrize("first", ["original", "branch"])
def test_it_keeps_the_answer_for_the_one_that_stays(branch, conversation, as_editor, team, first):
    branch(conversation.leaf)
    made = Conversation.objects.latest("created_at")
    gone, stays = (conversation, made) if first == "original" else (made, conversation)
    Conversation.objects.filter(pk=gone.pk).update(deleted_at=timezone.now() - datetime.timedelta(days=99))
    while ChatHolding().tidy(100):
        pass
    assert not Conversation.objects.filter(pk=gone.pk).exists()
    assert "<em>soft</em>" in page_of(as_editor, stays)
    run = Run.objects.get()
    assert (run.erased_at, run.parent_id) == (None, stays.pk)
    assert [turn.is_copy for turn in run.turns.all()] == [False]
    Conversation.objects.filter(pk=stays.pk).update(deleted_at=timezone.now() - datetime.timedelta(days=99))
    while ChatHolding().tidy(100):
        pass
    assert Run.objects.get().text == ""


def test_it_says_where_a_branch_of_a_deleted_chat_came_from(branch, conversation, as_editor):
    branch(conversation.leaf)
    made = Conversation.objects.latest("created_at")
    as_editor.post(reverse("chat:delete", args=[conversation.pk]))
    assert "which was deleted" in page_of(as_editor, made)
    conversation.delete()
    assert "A branch of a chat that is gone." in page_of(as_editor, made)


def test_it_asks_the_database_no_more_often_for_a_branch(branch, conversation, as_editor, django_assert_max_num_queries):
    branch(conversation.leaf)
    made = Conversation.objects.latest("created_at")
    page_of(as_editor, made)
    with django_assert_max_num_queries(19):
        page_of(as_editor, made)


def test_it_keeps_the_times(branch, conversation):
    long_ago = timezone.now() - datetime.timedelta(days=400)
    conversation.turns.update(created_at=long_ago)
    branch(conversation.leaf)
    made = Conversation.objects.latest("created_at")
    assert {turn.created_at for turn in made.turns.all()} == {long_ago}
