"""Several answers to one question: each a call of its own, beside each other until one is chosen."""

import re
import uuid

import pytest
from django.urls import reverse

from apps.chat.models import Conversation, Turn
from apps.runs.models import Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(conversation):
    """The conversation asks for three answers to each question."""
    conversation.settings = {"answers": 3}
    conversation.save()
    return conversation


def page_of(client, conversation, **query):
    return client.get(conversation.get_absolute_url(), query).content.decode()


def newest():
    return list(Run.objects.order_by("-id")[:3])[::-1]


def test_it_asks_as_often_as_was_chosen(three, send):
    send("And mud?", three)
    runs = newest()
    assert Run.objects.count() == 4
    assert len({run.turns.get().parent_id for run in runs}) == 1
    assert [run.params["messages"][-1]["content"] for run in runs] == ["And mud?"] * 3
    assert all("n" not in run.params for run in runs)


def test_it_shows_them_beside_each_other_in_one_stream(three, send, as_editor):
    send("And mud?", three)
    page = page_of(as_editor, three)
    assert page.count('<div class="together"') == 3 and page.count("sse-connect") == 1
    assert "&amp;".join(f"runs={run.pk}" for run in newest()) in page
    assert "3 answers to choose from" in page and "3 of 3" not in page


def test_it_adds_them_to_a_page_that_is_open(three, send):
    page = send("And mud?", three, htmx=True).content.decode()
    assert page.count('<div class="together"') == 3 and page.count('class="turn-u"') == 1


def test_it_stops_one_and_lets_the_others_go_on(three, send, as_editor):
    send("And mud?", three)
    first, *others = newest()
    as_editor.post(reverse("runs:stop", args=[first.pk]), headers={"HX-Request": "true"})
    assert Run.objects.get(pk=first.pk).status == "cancelled"
    assert {Run.objects.get(pk=run.pk).status for run in others} == {"queued"}
    as_editor.post(reverse("chat:stop", args=[three.pk]))
    assert {Run.objects.get(pk=run.pk).status for run in others} == {"cancelled"}


def test_it_goes_on_with_the_one_that_was_chosen(three, send, finish, as_editor):
    send("And mud?", three)
    for number, run in enumerate(newest(), 1):
        finish(run, text=f"Answer number {number}.")
    chosen = newest()[1].turns.get()
    page = as_editor.post(reverse("chat:switch", args=[three.pk, chosen.pk]), headers={"HX-Request": "true"}).content.decode()
    assert f'name="parent" value="{chosen.pk}"' in page
    page = page_of(as_editor, three)
    assert "Answer number 2." in page and "Answer number 1." not in page and "2 of 3" in page
    assert '<div class="together"' not in page
    send("Go on", three)
    assert Run.objects.latest("id").params["messages"][3]["content"] == "Answer number 2."


def test_it_goes_on_with_the_first_where_none_was_chosen(three, send, finish, as_editor):
    send("And mud?", three)
    for number, run in enumerate(newest(), 1):
        finish(run, text=f"Answer number {number}.")
    first = newest()[0].turns.get()
    assert f'name="parent" value="{first.pk}"' in page_of(as_editor, three)
    send("Go on", three, parent=str(first.pk))
    page = page_of(as_editor, three)
    assert "Answer number 1." in page and "Answer number 2." not in page and "1 of 3" in page


def test_it_makes_no_more_of_a_double_click(three, send):
    key = str(uuid.uuid4())
    pages = [send("And mud?", three, key=key, htmx=True) for _click in range(2)]
    assert [page.status_code for page in pages] == [200, 200]
    assert pages[1].content.decode().count('<div class="together"') == 3
    assert (Run.objects.count(), Turn.objects.count()) == (4, 6)


def test_it_begins_a_new_chat_with_several(as_editor, send, model):
    as_editor.post(reverse("chat:new_settings"), {"answers": "2", "model": str(model.pk), "shown.model": str(model.pk)})
    send("Hello")
    assert Run.objects.count() == 2
    assert Conversation.objects.get().leaf == Run.objects.earliest("id").turns.get()


def test_it_asks_for_none_when_there_is_no_place_for_all(three, send, settings):
    settings.RUN_MAX_ACTIVE = 2
    response = send("And mud?", three)
    assert response.status_code == 409 and "as many answers under way" in response.content.decode()
    assert (Run.objects.count(), Turn.objects.count()) == (1, 2)


@pytest.mark.parametrize(
    ("typed", "kept"), [("3", 3), ("1", None), ("99", 4), ("0", None), ("", None), ("x", None), ("²", None), ("9" * 99, 4)]
)
def test_it_takes_between_one_and_four(as_editor, conversation, model, typed, kept):
    data = {"answers": typed, "model": str(model.pk), "shown.model": str(model.pk)}
    as_editor.post(reverse("chat:settings", args=[conversation.pk]), data, headers={"HX-Request": "true"})
    assert Conversation.objects.get().settings.get("answers") == kept


def test_it_keeps_the_number_when_something_else_is_changed(as_editor, three, model):
    data = {"model": str(model.pk), "shown.model": str(model.pk), "temperature": "0.4", "shown.temperature": "1"}
    as_editor.post(reverse("chat:settings", args=[three.pk]), data)
    assert Conversation.objects.get().settings["answers"] == 3


def test_it_shows_the_setting_with_the_name_of_the_api(as_editor, three):
    page = page_of(as_editor, three)
    assert "How many answers" in page and 'name="answers"' in page and 'value="3"' in page


def test_it_estimates_all_of_them(as_editor, conversation):
    one = page_of(as_editor, conversation)
    Conversation.objects.update(settings={"answers": 4})
    four = page_of(as_editor, conversation)
    assert "Next message, 4 answers" in four and "4 answers" not in one
    assert tokens_in(four) == 4 * tokens_in(one)


def tokens_in(page):
    return int(re.search(r"about ([\d,]+) tokens", page)[1].replace(",", ""))
