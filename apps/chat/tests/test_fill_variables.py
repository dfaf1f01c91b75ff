"""Variables: found, asked for, kept with the chat, filled into what is sent."""

import uuid

import pytest
from django.urls import reverse

from apps.chat import variables
from apps.chat.models import Conversation, Turn
from apps.runs.models import Run

pytestmark = pytest.mark.django_db


def sent():
    return [message["content"] for message in Run.objects.latest("id").params["messages"]]


@pytest.fixture
def letter(conversation):
    conversation.instructions = "Write to {{name}} in {{ city }}."
    conversation.save()
    return conversation


def test_it_fills_instructions_and_message(send, letter):
    assert send("Tell {{name}} about {{topic}}", letter, **{"var.name": "Ida", "var.city": "Kiel", "var.topic": "clay"}).status_code == 303
    assert sent()[0] == "Write to Ida in Kiel."
    assert sent()[-1] == "Tell Ida about clay"
    assert Turn.objects.filter(run=None).latest("id").text == "Tell Ida about clay"


def test_it_keeps_the_values_with_the_chat(send, finish, letter, as_editor):
    send("Hello", letter, **{"var.name": "Ida", "var.city": "Kiel"})
    finish()
    page = as_editor.get(reverse("chat:conversation", args=[letter.pk])).content.decode()
    assert 'name="var.name"' in page and ">\nIda</textarea>" in page
    send("Again", letter)
    assert sent()[0] == "Write to Ida in Kiel."


def test_it_asks_for_what_is_missing_and_sends_nothing(send, letter):
    page = send("Tell {{topic}}", letter, htmx=True, **{"var.name": "Ida", "var.topic": "  "})
    assert page.status_code == 422 and Run.objects.count() == 1
    text = page.content.decode()
    assert "Fill in what is asked for above: topic." in text
    assert 'id="var-topic"' in text and 'aria-invalid="true"' in text and 'hx-swap-oob="true"' in text


def test_it_works_without_scripts(send, model):
    page = send("Write to {{name}}")
    assert page.status_code == 422
    text = page.content.decode()
    assert 'name="var.name"' in text and "Write to {{name}}" in text
    assert send("Write to {{name}}", **{"var.name": "Ida"}).status_code == 303
    assert (sent(), Conversation.objects.get().title) == (["Write to Ida"], "Write to Ida")


def test_it_asks_before_another_try(as_editor, letter):
    run = Run.objects.get()
    page = as_editor.post(reverse("chat:again", args=[run.pk]), {"key": uuid.uuid4().hex})
    assert page.status_code == 422 and Run.objects.count() == 1
    assert "name, city" in page.content.decode()


def test_it_sends_braces_as_they_stand_where_a_person_says_so(send, letter):
    assert send("What is {{slot}}?", letter, **{"as_written.shown": "yes", "as_written": "yes"}).status_code == 303
    assert sent()[-1] == "What is {{slot}}?" and "{{name}}" in sent()[0]


def test_it_shows_the_form_for_names_that_were_typed(as_editor, letter):
    url = reverse("chat:variables", args=[letter.pk])
    page = as_editor.post(url, {"message": "{{topic}}", "var.city": "Kiel"}, headers={"HX-Request": "true"}).content.decode()
    assert all(f'id="var-{name}"' in page for name in ("name", "city", "topic")) and ">\nKiel</textarea>" in page


def test_it_lets_no_viewer_change_a_value(client, viewer, letter):
    client.force_login(viewer.user)
    assert client.post(reverse("chat:variables", args=[letter.pk]), {"var.name": "Eve"}).status_code == 403


def test_it_fills_what_show_request_shows(as_editor, send, letter):
    send("Hi", letter, **{"var.name": "Ida", "var.city": "Kiel"})
    page = as_editor.post(reverse("chat:request", args=[letter.pk]), {"message": "x"}).content.decode()
    assert "Write to Ida in Kiel." in page


@pytest.mark.parametrize("text", ["{{ user.name }}", "{{}}", "{{1st}}", "{{a b}}", "{{" + "a" * 41 + "}}", "{% x %}", "{{{", "{{<b>}}"])
def test_it_takes_other_braces_as_text(text):
    assert variables.names_in(text) == []


def test_it_searches_no_value_for_names_and_cuts_long_ones():
    saved = variables.read({}, {"var.a": "{{b}}", "var.b": "x" * 50_000, "var.zzz": "no"}, ("{{a}} {{b}}",))
    assert variables.fill("{{a}}", saved) == "{{b}}"
    assert len(saved["variables"]["b"]) == variables.LONGEST_VALUE and "zzz" not in saved["variables"]


def test_it_refuses_more_names_than_a_form_may_have():
    with pytest.raises(variables.MissingValues, match="21 variables"):
        variables.require({}, " ".join(f"{{{{n{number}}}}}" for number in range(21)))


def test_it_finds_names_in_a_long_text_at_once():
    assert variables.names_in("{{ " * 200_000) == []


def test_it_marks_the_names_in_the_instructions(as_editor, letter):
    letter.instructions = "Write to {{name}} <b>now</b>."
    letter.save()
    page = as_editor.get(reverse("chat:conversation", args=[letter.pk])).content.decode()
    assert 'Write to <span class="var">name</span> &lt;b&gt;now&lt;/b&gt;.' in page


def test_values_do_not_make_a_message_without_end(send, conversation):
    conversation.settings = {"variables": {"a": "x" * 20_000}}
    conversation.save()
    response = send("{{a}}" * 200, conversation, htmx=True)
    assert response.status_code == 422 and "4,001,000 characters" in response.content.decode()
    assert len(variables.fill("{{a}}" * 200, conversation.settings)) < 600_000
