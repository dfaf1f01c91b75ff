"""A team with a model that chats, and short ways to do what a page does."""

import uuid

import pytest
from django.urls import reverse

from apps.chat.models import Conversation, Turn
from apps.runs.models import Run


@pytest.fixture
def model(provider):
    return provider.models.create(name="plain-1", label="Plain 1")


@pytest.fixture
def send(as_editor, model):
    """Post a message as the page does. Without a conversation it begins one."""

    def send(message, conversation=None, *, client=None, htmx=False, **more):
        url = reverse("chat:conversation", args=[conversation.pk]) if conversation else reverse("chat:home")
        headers = {"HX-Request": "true"} if htmx else {}
        return (client or as_editor).post(url, {"message": message, "key": str(uuid.uuid4()), **more}, headers=headers)

    return send


@pytest.fixture
def finish(db):
    """What the executor does to a run that ended."""

    def finish(run=None, text="An answer.", status="completed"):
        run = run or Run.objects.latest("id")
        Run.objects.filter(pk=run.pk).update(
            status=status, text=text, finish_reason="stop" if status == "completed" else "", total_ms=900, first_ms=200
        )
        return Run.objects.get(pk=run.pk)

    return finish


@pytest.fixture
def conversation(send, finish):
    """One question and its answer."""
    send("What is clay?")
    finish(text="Clay is *soft* earth.")
    return Conversation.objects.get()


@pytest.fixture
def long_conversation(editor, team, provider, model):
    """Five hundred turns, as quickly as a test can make them."""
    conversation = Conversation.objects.create(team=team, person=editor.user, title="Long", settings={"model": str(model.pk)})
    runs = [make_run(team, editor.user, provider, conversation, number) for number in range(250)]
    Run.objects.bulk_create(runs)
    turns, parent = [], None
    for number, run in enumerate(runs):
        question = Turn(conversation=conversation, parent=parent, text=f"Question {number}")
        parent = Turn(conversation=conversation, parent=question, run=run)
        turns += [question, parent]
    Turn.objects.bulk_create(turns)
    conversation.leaf = parent
    conversation.save()
    return conversation


def make_run(team, person, provider, conversation, number):
    from django.utils import timezone

    return Run(
        team=team,
        person=person,
        operation="chat.reply",
        provider=provider,
        provider_label=provider.name,
        model="plain-1",
        model_label="Plain 1",
        params={"messages": [{"role": "user", "content": "x" * 2000}]},
        request={"json": {"messages": "x" * 2000}},
        parent_kind="chat",
        parent_id=conversation.pk,
        key=f"long-{number}",
        fingerprint="-",
        queued_at=timezone.now(),
        status="completed",
        finish_reason="stop",
        text=f"**Answer {number}** with some words.",
    )
