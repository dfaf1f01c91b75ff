"""Answer as a list of fields or JSON: a strict schema, words where there are no schemas, and what came is checked."""

import json
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from apps.chat import answer_forms
from apps.chat.answer_forms import formed
from apps.chat.models import Conversation
from apps.chat.tests.test_use_functions import page_of
from apps.runs.executor import execute
from apps.runs.models import Run

pytestmark = pytest.mark.django_db(transaction=True)
FIELDS = [
    {"name": "name", "kind": "text", "meaning": "of the person", "required": True, "choices": []},
    {"name": "age", "kind": "whole", "meaning": "", "required": False, "choices": []},
]
FORM = {
    "answer.shown": "fields",
    "answer_as": "fields",
    "f0.name": "name",
    "f0.kind": "text",
    "f0.meaning": "of the person",
    "f0.required": "yes",
    "f1.name": "age",
    "f1.kind": "whole",
}


@pytest.fixture
def ask(send, provider, model):
    """Ask a model of the loopback provider in this form."""

    def ask(name="fields", message="Who is it?", **form):
        provider.models.get_or_create(name=name)
        send(message)
        Run.objects.all().update(status="completed")
        conversation = Conversation.objects.latest("id")
        conversation.settings = {"model": str(provider.models.get(name=name).pk), "answer_as": {"form": "fields", "fields": FIELDS, **form}}
        conversation.save()
        send(message, conversation)
        run = Run.objects.latest("id")
        execute([run.pk])
        return Run.objects.get(pk=run.pk)

    return ask


def body_of(run):
    return {**run.request["json"], "messages": run.params["messages"]}


def test_the_panel_makes_the_table(as_editor, conversation):
    url = reverse("chat:settings", args=[conversation.pk])
    page = as_editor.post(url, {"answer.shown": "text", "answer_as": "fields"}, headers={"HX-Request": "true"})
    assert page["HX-Retarget"] == "#settings" and 'name="f1.name"' in page.content.decode()
    as_editor.post(url, FORM, headers={"HX-Request": "true"})
    conversation.refresh_from_db()
    assert conversation.settings["answer_as"] == {"form": "fields", "fields": FIELDS, "list": False}
    page = as_editor.post(url, FORM | {"f2.name": "two words", "add_rows": "yes"}, headers={"HX-Request": "true"}).content.decode()
    assert "Row 3: “two words” is no name." in page and "not asked for" in page
    as_editor.post(
        url, {"answer.shown": "fields", "answer_as": "text", **{key: value for key, value in FORM.items() if key.startswith("f")}}
    )
    conversation.refresh_from_db()
    assert answer_forms.form_of(conversation.settings) == "text" and len(answer_forms.fields_of(conversation.settings)) == 2


def test_a_server_with_schemas_gets_a_strict_one(ask, as_editor):
    run = ask()
    assert run.request["json"]["response_format"] in ("$params", run.params["response_format"])
    schema = run.params["response_format"]["json_schema"]
    assert schema["strict"] is True and schema["schema"]["required"] == ["name", "age"]
    assert schema["schema"]["properties"]["age"]["type"] == ["integer", "null"] and schema["schema"]["additionalProperties"] is False
    assert "answer_form" not in run.request["json"]
    assert json.loads(run.text) == {"name": "some name", "age": 41}
    page = page_of(as_editor)
    assert '<th scope="row">age</th><td dir="auto">41</td>' in page and "As it came" in page and "does not fit" not in page


def test_a_server_without_schemas_is_asked_in_words(ask, as_editor, loopback):
    run = ask("refuses-response_format")
    assert (run.status, run.attempts.count()) == ("completed", 2)
    assert run.notices == ["refuses-response_format has no way of its own to keep to a form. We asked for it in words and sent again."]
    first = run.request["json"]["messages"][0]
    assert first["role"] == "system" and "JSON Schema" in first["content"] and '"age"' in first["content"]
    assert "response_format" not in run.request["json"]
    page = page_of(as_editor)
    assert '<th scope="row">name</th><td dir="auto">Ida</td>' in page and "asked for it in words" in page
    again = ask("refuses-response_format", "And now?")  # remembered for the model: not tried again
    assert (again.attempts.count(), again.notices) == (1, [])


def test_what_does_not_fit_is_said(ask, as_editor):
    ask("fields-wrong")
    page = page_of(as_editor)
    assert "It does not fit:" in page
    assert "“name” is not of the kind “Text”." in page and "“more” was not asked for." in page
    assert "&#x27;=1+1" in page  # no formula in what is copied for a spreadsheet


def test_several_rows_are_a_table(ask, as_editor):
    run = ask(list=True)
    assert list(json.loads(run.text)) == ["rows"]
    page = page_of(as_editor)
    assert page.count('<td dir="auto">some name</td>') == 2 and '<th scope="col">age</th>' in page
    assert "name,age\r\nsome name,41\r\nsome name,41\r\n".replace("\r\n", "\r\n") in page


def test_json_is_asked_for_with_the_word(ask, as_editor):
    run = ask("steady", form="json")
    assert run.params["response_format"] == {"type": "json_object"}
    assert "JSON" in run.request["json"]["messages"][0]["content"]
    assert "It is not in the form that was asked for." in page_of(as_editor)


def test_text_is_as_before(send, conversation):
    send("Hello", conversation)
    assert set(Run.objects.latest("id").params) == {"messages"}


ASKED = {"fields": FIELDS, "list": False}


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ('{"name": "Ida"}', []),
        ('{"name": "Ida", "age": null}', []),
        ('{"name": "Ida", "age": 41.0}', []),
        ('{"age": 4}', ["“name” is missing."]),
        ('{"name": "Ida", "age": true}', ["“age” is not of the kind “Whole number”."]),
        ('{"name": "Ida", "age": 4.5}', ["“age” is not of the kind “Whole number”."]),
        ("[1]", ["this row has no fields."]),
        ('Sure! {"name": "Ida"} Done.', []),
        ('```\n{"name": "Ida"}\n```', []),
        ("no", ["It is not in the form that was asked for."]),
        ("[" * 5000, ["It is not in the form that was asked for."]),
        ('{"name": "Ida", "age": 1e999}', ["“age” is not of the kind “Whole number”."]),
    ],
)
def test_it_checks_each_field(text, problems):
    assert formed(text, ASKED).problems == problems


def test_it_bounds_what_it_shows():
    rows = [{"name": "x", f"extra{number}": 1} for number in range(2000)]
    found = formed(json.dumps({"rows": rows}), {"fields": FIELDS, "list": True})
    assert (len(found.rows), found.left_out, len(found.problems), len(found.names)) == (500, 1500, 20, 22)


def test_it_escapes_hostile_values(ask, as_editor):
    run = ask()
    Run.objects.filter(pk=run.pk).update(text='{"name": "<script>x</script>", "<b>": "\\" onclick=x"}')
    page = page_of(as_editor)
    assert "<script>x" not in page and "&lt;script&gt;x" in page
    names: list[str] = []
    reader = HTMLParser()
    reader.handle_starttag = lambda tag, attrs: names.extend(name for name, _value in attrs)  # type: ignore[method-assign]
    reader.feed(page)
    assert "data-text" in names and "onclick" not in names


@pytest.mark.parametrize("depth", [100, 500, 900, 990])
def test_it_shows_deep_answers(depth):
    text = '{"name": ' + "[" * depth + "]" * depth + "}"
    found = formed(text, ASKED)
    assert found.problems and (found.value is None or (found.as_json and found.as_csv))
