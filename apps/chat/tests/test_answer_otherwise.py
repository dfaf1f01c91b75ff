"""Another answer in another way: another model, more thinking, a longer one, without the oldest turns."""

import uuid

import pytest
from django.urls import reverse

from apps.chat.models import Conversation, Turn
from apps.providers.model_notes import mark
from apps.providers.models import ModelFact
from apps.runs.executor import execute
from apps.runs.models import Run, Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def thinker(team, provider):
    """A model that thinks in four steps, medium by itself."""
    bounds = {"values": ["none", "low", "medium", "high"], "default": "medium"}
    ModelFact.objects.create(team=team, model_pattern="thinking-1", parameters={"reasoning_effort": bounds})
    return provider.models.create(name="thinking-1", label="Thinker", is_typed=True)


@pytest.fixture
def answer_by(conversation, send, finish):
    """A question in the conversation that this model has answered, with these parameters."""

    def answer(model, **parameters):
        Conversation.objects.update(settings={"model": str(model.pk), "parameters": parameters})
        send("And mud?", conversation)
        return finish(text="Wet earth.")

    return answer


@pytest.fixture
def way(as_editor):
    def way(run, name, key=""):
        return as_editor.post(reverse("chat:again_way", args=[run.pk, name]), {"key": key or uuid.uuid4().hex})

    return way


def page_of(client, conversation):
    return client.get(conversation.get_absolute_url()).content.decode()


def test_it_offers_its_ways_in_a_menu_and_on_a_page(as_editor, answer_by, thinker, conversation):
    run = answer_by(thinker)
    url = reverse("chat:ways", args=[run.pk])
    assert page_of(as_editor, conversation).count(f'hx-get="{url}"') == 1
    page = as_editor.get(url).content.decode()
    part = as_editor.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" in page and "<html" not in part
    for shown in (page, part):
        assert "With more thinking (High)" in shown and "With another model" in shown and "The same again" in shown


def test_it_offers_no_thinking_where_the_model_takes_none(as_editor, conversation):
    page = as_editor.get(reverse("chat:ways", args=[conversation.leaf.run_id])).content.decode()
    assert "With another model" in page and "thinking" not in page.split("<h1")[1]


@pytest.mark.parametrize(("had", "next_step"), [("", "high"), ("none", "low"), ("low", "medium")])
def test_it_thinks_one_step_more(way, answer_by, thinker, conversation, had, next_step):
    run = answer_by(thinker, **({"reasoning_effort": had} if had else {}))
    kept = Conversation.objects.get().settings
    assert way(run, "thinking").status_code == 303
    new = Run.objects.latest("id")
    assert (new.params["reasoning_effort"], new.params["messages"]) == (next_step, run.params["messages"])
    assert new.turns.get().parent == run.turns.get().parent
    assert Conversation.objects.get().settings == kept  # the next message is asked as before


def test_it_says_so_where_the_model_cannot_think_more(way, answer_by, thinker):
    run = answer_by(thinker, reasoning_effort="high")
    response = way(run, "thinking")
    assert response.status_code == 409 and "as much as it can" in response.content.decode()
    assert Run.objects.latest("id") == run


def test_it_answers_with_another_model_and_leaves_the_chat_its_own(as_editor, conversation, provider, model):
    Conversation.objects.update(settings={"model": str(model.pk)})
    other = provider.models.create(name="plain-2", label="Plain 2")
    url = reverse("chat:again_with", args=[conversation.leaf.run_id, "once"])
    assert "Plain 2" in as_editor.get(url).content.decode()
    assert as_editor.post(url, {"model": str(other.pk), "key": "one"}).url == conversation.get_absolute_url()
    new = Run.objects.latest("id")
    assert (new.model, new.turns.get().parent) == ("plain-2", conversation.leaf.parent)
    assert Conversation.objects.get().settings["model"] == str(model.pk)


def test_it_keeps_a_model_that_was_chosen_for_its_room(as_editor, conversation, provider):
    other = provider.models.create(name="plain-2")
    as_editor.post(reverse("chat:again_with", args=[conversation.leaf.run_id, "kept"]), {"model": str(other.pk), "key": "one"})
    assert Conversation.objects.get().settings["model"] == str(other.pk)


@pytest.mark.parametrize("chosen", ["", "nonsense", "0198c0de-0000-7000-8000-000000000000"])
def test_it_asks_no_other_model_than_the_one_that_was_chosen(as_editor, conversation, chosen):
    response = as_editor.post(reverse("chat:again_with", args=[conversation.leaf.run_id, "once"]), {"model": chosen, "key": "one"})
    assert response.status_code == 409 and "Choose another one" in response.content.decode()
    assert Run.objects.count() == 1


def test_it_asks_no_model_of_another_team(as_editor, conversation, other_team):
    from apps.providers.models import Provider

    foreign = Provider.objects.create(team=other_team, name="Theirs", base_url="https://theirs.example/v1").models.create(name="plain-9")
    response = as_editor.post(reverse("chat:again_with", args=[conversation.leaf.run_id, "once"]), {"model": str(foreign.pk), "key": "one"})
    assert response.status_code == 409 and Run.objects.count() == 1


@pytest.mark.parametrize("name", ["on", "nonsense"])
def test_it_knows_no_other_way(way, conversation, name):
    run = conversation.leaf.run
    assert way(run, name).status_code == (409 if name == "on" else 404)
    assert Run.objects.count() == 1


def test_it_takes_a_double_click_as_one_answer(way, answer_by, thinker):
    run = answer_by(thinker)
    assert [way(run, "thinking", key="one").status_code for _click in range(2)] == [303, 303]
    assert Run.objects.count() == 3


# --- Through the provider ------------------------------------------------------------------------
@pytest.fixture
def ask(transactional_db, send, provider):
    """A question to a model of the loopback provider, answered as a worker does it."""

    def ask(name, text="Count", conversation=None, **parameters):
        model = provider.models.get_or_create(name=name, defaults={"is_typed": True})[0]
        if conversation is None:
            send(text)
            conversation = Conversation.objects.latest("created_at")
            Run.objects.filter(turn__conversation=conversation).update(model=name, params={"messages": _asked(text), **parameters})
        Conversation.objects.filter(pk=conversation.pk).update(settings={"model": str(model.pk), "parameters": parameters})
        execute([Run.objects.latest("id").pk])
        return conversation

    return ask


def _asked(text):
    return [{"role": "user", "content": text}]


@pytest.mark.django_db(transaction=True)
def test_it_raises_the_limit_at_which_an_answer_was_cut(ask, model, as_editor, way, team):
    mark(team, model, label="Plain 1")
    conversation = ask("steady", max_completion_tokens=10)
    cut = Run.objects.get()
    assert (cut.status, cut.finish_reason) == (Status.COMPLETED, "length")
    page = page_of(as_editor, conversation)
    assert "Stopped at the length limit of 10 tokens." in page and "Raise it and try again" in page and "Continue" in page
    way(cut, "longer")
    raised = Run.objects.latest("id")
    assert raised.params["max_completion_tokens"] == 20
    assert Conversation.objects.get().settings["parameters"]["max_completion_tokens"] == 20  # the next answers would be cut as well
    execute([raised.pk])
    assert len(Run.objects.get(pk=raised.pk).text) > len(cut.text)


@pytest.mark.django_db(transaction=True)
def test_it_offers_a_shorter_chat_and_more_room_where_it_is_too_long(ask, model, as_editor, way, send, conversation, provider, loopback):
    too_long = provider.models.create(name="too-long", is_typed=True)
    Conversation.objects.update(settings={"model": str(too_long.pk)}, instructions="Be brief.")
    send("And mud?", conversation)
    refused = Run.objects.latest("id")
    execute([refused.pk])
    refused.refresh_from_db()
    assert refused.error_kind == "too_long"
    page = page_of(as_editor, conversation)
    assert "Shorten the chat" in page and "Choose a model with more room" in page
    assert f'href="{reverse("chat:again_with", args=[refused.pk, "kept"])}"' in page
    way(refused, "shorter")
    new = Run.objects.latest("id")
    assert [message["content"] for message in new.params["messages"]] == ["Be brief.", "And mud?"]
    assert new.notices == ["The 2 oldest messages were left out."]


@pytest.mark.django_db(transaction=True)
def test_it_says_so_where_the_question_alone_is_too_long(ask, as_editor, way, model):
    ask("too-long")
    response = way(Run.objects.get(), "shorter")
    assert response.status_code == 409 and "Your question alone" in response.content.decode()
    assert (Run.objects.count(), Turn.objects.count()) == (1, 2)
