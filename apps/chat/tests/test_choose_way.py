"""By which way an answer comes, what the panel shows then, and what is sent."""

import pytest
from django.urls import reverse

from apps.accounts.models import AuditEntry, Role
from apps.chat.models import Conversation
from apps.chat.responding import ChatRespond
from apps.providers.checkup import check
from apps.providers.models import ModelFact
from apps.runs.models import Run

pytestmark = pytest.mark.django_db
WORKS, MISSING = {"state": "works"}, {"state": "missing"}


@pytest.fixture
def as_admin(client, team, make_member):
    client.force_login(make_member(team, Role.ADMIN).user)
    return client


def found(provider, **endpoints):
    provider.endpoints = endpoints
    provider.save()


@pytest.mark.parametrize(
    ("dialect", "endpoints", "chosen", "operation"),
    [
        ("other", {"chat": WORKS, "responses": WORKS}, "", "chat.reply"),
        ("other", {"chat": WORKS, "responses": WORKS}, "responses", "chat.respond"),
        ("other", {"chat": MISSING, "responses": WORKS}, "", "chat.respond"),
        ("other", {"chat": MISSING, "responses": WORKS}, "chat", "chat.respond"),
        ("other", {"chat": WORKS, "responses": MISSING}, "responses", "chat.reply"),
        ("other", {}, "", "chat.reply"),
        ("openai", {"chat": WORKS, "responses": WORKS}, "", "chat.reply"),  # the table does not know the model there
    ],
)
def test_the_provider_says_by_which_way(send, model, provider, dialect, endpoints, chosen, operation):
    provider.dialect, provider.answers_by = dialect, chosen
    found(provider, **endpoints)
    send("Hello")
    assert Run.objects.get().operation == operation


def test_the_check_up_chooses_it_where_it_is_at_home(send, provider):
    provider.dialect = "openai"
    found(provider, chat=WORKS, responses=WORKS)
    provider.models.update(name="gpt-5-mini")
    send("Hello")
    assert Run.objects.get().operation == "chat.respond"


def test_a_model_that_answers_only_that_way_is_used_so(send, team, provider):
    provider.models.create(name="only-responses")
    ModelFact.objects.create(team=team, model_pattern="only-responses", endpoints=["responses"])
    found(provider, chat=WORKS, responses=WORKS)
    send("Hello")
    assert Run.objects.get().operation == "chat.respond"


def test_the_check_up_finds_it(provider):
    check(provider)
    provider.refresh_from_db()
    assert provider.endpoints["responses"]["state"] == "works"


def test_an_admin_changes_it_and_the_book_tells(as_admin, provider, model):
    found(provider, chat=WORKS, responses=WORKS)
    page = as_admin.get(reverse("providers:list")).content.decode()
    assert "Answers by" in page and "chosen by the test" in page and "Use Responses API" in page
    as_admin.post(reverse("providers:answers_by", args=[provider.pk]), {"way": "responses"})
    provider.refresh_from_db()
    assert provider.answers_by == "responses"
    page = as_admin.get(reverse("providers:list")).content.decode()
    assert "chosen by an admin" in page and "Use Chat completions" in page
    assert "Answers by: none → Responses API" in AuditEntry.objects.get().details["changes"]


@pytest.mark.parametrize("way", ["both", "responses"])
def test_it_takes_no_way_that_is_not_there(as_admin, provider, way):
    found(provider, chat=WORKS, responses=MISSING)
    as_admin.post(reverse("providers:answers_by", args=[provider.pk]), {"way": way})
    provider.refresh_from_db()
    assert provider.answers_by == ""


def test_an_editor_does_not_change_it(as_editor, provider):
    answer = as_editor.post(reverse("providers:answers_by", args=[provider.pk]), {"way": "chat"})
    assert answer.status_code == 403


@pytest.fixture
def by_responses(provider, team, model):
    provider.answers_by = "responses"
    found(provider, chat=WORKS, responses=WORKS)
    ModelFact.objects.create(team=team, model_pattern="plain-1", parameters={"web_search": {}, "in_background": {}})
    return model


def test_the_panel_shows_what_that_way_takes(as_editor, by_responses, conversation):
    page = as_editor.get(reverse("chat:conversation", args=[conversation.pk])).content.decode()
    assert all(f'name="{name}"' in page for name in ("web_search", "in_background", "store", "temperature"))
    assert all(f'name="{name}"' not in page for name in ("seed", "stop", "code_interpreter"))


def test_the_panel_of_chat_has_none_of_it(as_editor, conversation):
    page = as_editor.get(reverse("chat:conversation", args=[conversation.pk])).content.decode()
    assert all(f'name="{name}"' not in page for name in ("web_search", "in_background", "store"))


def test_a_switch_is_kept_and_sent(as_editor, send, by_responses, conversation):
    fields = {"web_search": ["no", "yes"], "shown.web_search": "no", "model": "", "shown.model": ""}
    as_editor.post(reverse("chat:settings", args=[conversation.pk]), fields, headers={"HX-Request": "true"})
    assert Conversation.objects.get().settings["parameters"] == {"web_search": "yes"}
    send("More", conversation)
    assert Run.objects.latest("id").params["web_search"] == "yes"


def test_it_shows_the_request_of_that_way(as_editor, by_responses, conversation):
    page = as_editor.get(reverse("chat:request", args=[conversation.pk])).content.decode()
    assert "client.responses.create(" in page and "/responses" in page
    assert "messages" not in page.split("client.responses.create(")[1].split(")")[0]


def test_tools_and_sources_are_shown_under_the_answer(as_editor, send, finish, by_responses):
    send("Look it up")
    run = finish(text="It is high.")
    sources = [{"url": "https://example.org/tides?a=1&b=2", "title": "Tides <b>now</b>"}]
    Run.objects.filter(pk=run.pk).update(beside={"calls": [{"tool": "web_search", "n": 3}], "sources": sources})
    page = as_editor.get(reverse("chat:conversation", args=[run.parent_id])).content.decode()
    assert "Searched the web, 3 pages." in page
    assert 'href="https://example.org/tides?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow"' in page
    assert "Tides &lt;b&gt;now&lt;/b&gt;" in page


def test_a_list_of_fields_is_asked_for_by_its_schema(send, conversation, provider):
    found(provider, chat=WORKS, responses=WORKS)
    provider.answers_by = "responses"
    provider.save()
    row = {"name": "city", "kind": "text", "required": True}
    conversation.settings = {"answer_as": {"form": "fields", "fields": [row], "list": False}}
    conversation.save()
    send("Where?", conversation)
    run = Run.objects.latest("id")
    body = ChatRespond().build_request("m", run.params, []).json
    assert body["text"]["format"]["type"] == "json_schema" and "city" in body["text"]["format"]["schema"]["properties"]
    assert "answer_form" not in body and run.turns.get().form["fields"]


def test_a_server_that_ignores_the_schema_is_asked_in_words(send, conversation, provider):
    found(provider, chat=WORKS, responses=WORKS)
    provider.answers_by, provider.dialect = "responses", "llamacpp"
    provider.save()
    conversation.settings = {"answer_as": {"form": "fields", "fields": [{"name": "city", "kind": "text", "required": True}], "list": False}}
    conversation.save()
    send("Where?", conversation)
    run = Run.objects.latest("id")
    body = ChatRespond().build_request("m", run.params, []).json
    assert run.operation == "chat.respond" and "text" not in body
    assert "must be valid against this JSON Schema" in body["instructions"] and "city" in body["instructions"]
