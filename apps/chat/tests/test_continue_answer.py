"""An answer that broke off goes on: both parts are read as one, each is paid for once, and none is lost."""

import re
import uuid

import pytest
from django.urls import reverse

from apps.chat.answer_parts import form_of
from apps.chat.continuing import GO_ON, cut_back
from apps.chat.models import Conversation, Turn
from apps.chat.operations import ChatReply
from apps.chat.texts import whole
from apps.chat.told import as_json, as_markdown
from apps.runs.executor import execute
from apps.runs.models import Run, Status
from apps.runs.snippets import sent
from tests.loopback import story

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def go_on(as_editor):
    def go_on(run, key="", turn=None):
        named = f"?turn={turn.pk}" if turn else ""
        return as_editor.post(reverse("chat:again_way", args=[run.pk, "on"]) + named, {"key": key or uuid.uuid4().hex})

    return go_on


@pytest.fixture
def broken(send, provider, model):
    """A question whose answer broke off at the provider, and its run."""

    def broken(name="reset-middle"):
        made = provider.models.create(name=name, is_typed=True)
        send("Count")
        conversation = Conversation.objects.get()
        Run.objects.update(model=name)
        Conversation.objects.update(settings={"model": str(made.pk)})
        execute([Run.objects.get().pk])
        return conversation, Run.objects.get()

    return broken


@pytest.fixture
def with_steady(provider):
    """The next answers come whole."""

    def with_steady():
        steady = provider.models.create(name="steady", is_typed=True)
        Conversation.objects.update(settings={"model": str(steady.pk)})

    return with_steady


def words_in(page):
    return re.findall(r"w\d{4}", page.partition('class="prose"')[2].partition("</div>")[0])


def page_of(client, conversation):
    return client.get(conversation.get_absolute_url()).content.decode()


def test_it_sends_the_text_so_far_and_the_wish_to_go_on(broken, with_steady, go_on, loopback):
    _conversation, first = broken()
    with_steady()
    assert go_on(first).status_code == 303
    second = Run.objects.latest("id")
    seen = len(loopback.requests())
    execute([second.pk])
    assert len(loopback.requests()) == seen + 1
    assert sent(Run.objects.get(pk=second.pk))["json"]["messages"] == [
        {"role": "user", "content": "Count"},
        {"role": "assistant", "content": cut_back(first.text)},
        {"role": "user", "content": str(GO_ON)},
    ]
    assert second.summary == "Count"  # in History it is the person's question


def test_it_shows_both_as_one_answer_with_both_receipts(broken, with_steady, go_on, as_editor):
    conversation, first = broken()
    page = page_of(as_editor, conversation)
    assert "Continue" in page and "Start again" in page
    with_steady()
    go_on(first)
    second = Run.objects.latest("id")
    assert cut_back(first.text).strip()[-20:] in page_of(as_editor, conversation)  # also while the rest is being written
    execute([second.pk])
    second.refresh_from_db()
    page = page_of(as_editor, conversation)
    text = whole(cut_back(first.text), second.text)
    assert " ".join(text.split()[:40]) in " ".join(page.split())
    for run in (first, second):
        assert f'href="{reverse("runs:receipt", args=[run.pk])}"' in page
    assert page.count('class="turn-a"') == 1 and "The connection broke after" not in page


def test_it_reads_as_if_nothing_had_broken(broken, go_on, as_editor):
    conversation, first = broken("breaks-once")
    assert first.status == Status.INTERRUPTED
    go_on(first)
    execute([Run.objects.latest("id").pk])
    assert story("breaks-once").split() == words_in(page_of(as_editor, conversation))


def test_it_leaves_the_first_part_and_what_it_cost_alone(broken, with_steady, go_on):
    _conversation, first = broken()
    with_steady()
    go_on(first)
    execute([Run.objects.latest("id").pk])
    again = Run.objects.get(pk=first.pk)
    assert (again.text, again.status, again.usage, again.cost) == (first.text, Status.INTERRUPTED, first.usage, first.cost)
    second = Run.objects.latest("id")
    assert second.text == story("steady")
    assert second.usage["output"] == 40  # its own words alone


def test_it_tells_the_model_later_one_answer(broken, with_steady, go_on, send):
    conversation, first = broken()
    with_steady()
    go_on(first)
    execute([Run.objects.latest("id").pk])
    second = Run.objects.latest("id")
    send("And then?", conversation)
    told = Run.objects.latest("id").params["messages"]
    assert [message["role"] for message in told] == ["user", "assistant", "user"]
    assert told[1]["content"] == whole(cut_back(first.text), second.text)


def test_it_exports_one_answer(broken, with_steady, go_on):
    conversation, first = broken()
    with_steady()
    go_on(first)
    execute([Run.objects.latest("id").pk])
    conversation.refresh_from_db()
    text = whole(cut_back(first.text), Run.objects.latest("id").text)
    assert text in b"".join(as_markdown(conversation)).decode()
    assert cut_back(first.text)[:30] in b"".join(as_json(conversation)).decode()


def test_it_makes_one_call_of_a_double_click(broken, go_on, with_steady):
    _conversation, first = broken()
    with_steady()
    assert [go_on(first, key="one").status_code for _click in range(2)] == [303, 303]
    assert (Run.objects.count(), Turn.objects.count()) == (2, 3)


def test_it_goes_on_again_where_the_rest_broke_off_too(broken, go_on, as_editor, with_steady):
    conversation, first = broken()
    go_on(first)
    second = Run.objects.latest("id")
    execute([second.pk])
    second.refresh_from_db()
    assert second.status == Status.INTERRUPTED
    with_steady()
    go_on(second)
    third = Run.objects.latest("id")
    so_far = third.turns.get().text
    assert so_far == cut_back(whole(cut_back(first.text), second.text))
    assert third.params["messages"][1]["content"] == so_far
    execute([third.pk])
    page = page_of(as_editor, conversation)
    assert "Receipt of part 1" in page and "Receipt of part 2" in page


def test_it_keeps_the_text_when_going_on_brings_nothing(broken, go_on, as_editor, provider):
    conversation, first = broken()
    failing = provider.models.create(name="500", is_typed=True)
    Conversation.objects.update(settings={"model": str(failing.pk)})
    go_on(first)
    execute([Run.objects.latest("id").pk])
    failed = Run.objects.latest("id")
    assert failed.status == Status.FAILED
    page = page_of(as_editor, conversation)
    assert " ".join(first.text.split()[:8]) in " ".join(page.split())
    assert reverse("chat:again_way", args=[failed.pk, "on"]) in page  # and can be continued


def test_it_goes_on_after_a_stop_and_in_a_branch(broken, go_on, as_editor, with_steady):
    conversation, first = broken()
    Run.objects.update(status=Status.CANCELLED)
    as_editor.post(reverse("chat:branch", args=[first.pk]), {"key": "branch"})
    made = Conversation.objects.latest("created_at")
    page = page_of(as_editor, made)
    assert "Stopped after" in page and "Continue" in page
    with_steady()
    go_on(first, turn=made.leaf)
    assert (made.turns.count(), conversation.turns.count()) == (3, 2)


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.FAILED])
def test_it_continues_nothing_that_has_no_open_end(send, finish, go_on, status, model, as_editor):
    send("Count")
    run = finish(text="Whole." if status == Status.COMPLETED else "", status=status)
    response = go_on(run)
    assert response.status_code == 409 and "nothing to continue" in response.content.decode()
    assert Run.objects.count() == 1
    assert reverse("chat:again_way", args=[run.pk, "on"]) not in page_of(as_editor, Conversation.objects.get())


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("The four ha", "The four "),
        ("The four hands ", "The four hands "),
        ("It is done.", "It is done. "),
        ("| a | b |\n| 1", "| a | b |\n| "),
        ("港口的墙很长", "港口的墙很长"),
        (
            "See https://example.org/a-link-that-is-longer-than-any-word-of-a-language",
            "See https://example.org/a-link-that-is-longer-than-any-word-of-a-language",
        ),
        ("Word", "Word"),
        (" Word", " Word"),
        ("", ""),
    ],
)
def test_it_takes_back_a_word_that_may_have_been_cut(text, kept):
    assert cut_back(text) == kept


def test_it_joins_two_parts_with_one_blank():
    assert whole("The four ", " hands") == whole("The four ", "hands") == "The four hands"
    assert whole("The four\n", "- one") == "The four\n- one"
    assert whole("", " begins") == " begins"


def test_a_table_that_goes_on_is_read_as_a_whole(conversation):
    first = conversation.leaf
    form = {"fields": [{"name": "age", "kind": "whole", "required": True}], "list": False}
    Run.objects.filter(pk=first.run_id).update(text=" 41}", status="completed", finish_reason="stop")
    Turn.objects.filter(pk=first.pk).update(text='{"age":', form=form)
    found = form_of(Run.objects.get(pk=first.run_id))
    assert found is not None and found.problems == [] and found.value == {"age": 41}


def test_the_wish_to_go_on_is_nobodys_words():
    asked = [{"role": "user", "content": "Count"}, {"role": "assistant", "content": "One"}, {"role": "user", "content": str(GO_ON)}]
    assert ChatReply().typed({"messages": asked}).texts == ("Count",)
