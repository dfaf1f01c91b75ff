"""The seed scenario, a list of fields and attachments on real servers, by both ways. The model is small, so it is forced."""

import uuid

import pytest
from django.urls import reverse

from apps.accounts.models import Role
from apps.chat.answer_forms import formed
from apps.chat.models import Conversation, Function
from apps.chat.replying import calls_in
from apps.chat.tests.attached import pdf, upload
from apps.providers.models import Provider
from apps.runs.executor import execute
from apps.runs.models import Run
from tests.servers.running import Server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
SERVERS = ("engines_server", "llamacpp_server", "litellm_server")
TABLE = {"name": "search", "description": "Looks into the catalogue.", "f0.name": "query", "f0.kind": "text", "f0.required": "yes"}
FIELDS = {
    "f0.name": "name",
    "f0.kind": "text",
    "f0.required": "yes",
    "f1.name": "city",
    "f1.kind": "choice",
    "f1.choices": "Kiel, Bremen",
    "f1.required": "yes",
}


@pytest.fixture(params=SERVERS)
def server(request) -> Server:
    running: Server = request.getfixturevalue(request.param)
    return running


@pytest.fixture(params=["chat", "responses"])
def way(request) -> str:
    """By Chat completions, and by the Responses API, which all three have."""
    chosen: str = request.param
    return chosen


@pytest.fixture
def chat(server, way, client, team, make_member):
    """A conversation with a model of the server."""
    client.force_login(make_member(team, Role.ADMIN).user)
    posted = {"name": "A real one", "base_url": server.url, "key": server.key, "allow_private": "on", "dialect": ""}
    assert client.post(f"{reverse('providers:new')}?kind=own", posted).status_code == 302
    provider = Provider.objects.get()
    model = provider.models.get(name=server.models[0])
    assert client.post(reverse("providers:answers_by", args=[provider.pk]), {"way": way}).status_code == 302
    limit = {"max_completion_tokens": "200", "shown.max_completion_tokens": ""}
    client.post(reverse("chat:new_settings"), {"model": str(model.pk), "shown.model": ""})
    client.post(reverse("chat:new_settings"), limit)
    return client


def answered() -> Run:
    run = Run.objects.latest("id")
    execute([run.pk])
    run.refresh_from_db()
    assert (run.status, run.error) == ("completed", {}), run.error
    return run


def as_if_asked(run: Run) -> Run:
    """This build of llama.cpp does not force its model. What a willing one would have said stands in its place; the reply goes to it."""
    call = {"id": "", "type": "function", "function": {"name": "search", "arguments": '{"query": "harbour museum hours"}'}}
    Run.objects.filter(pk=run.pk).update(text="", finish_reason="tool_calls", beside={"asked": [call]})
    return Run.objects.get(pk=run.pk)


def test_a_function_is_asked_for_and_answered(chat, team, request):
    assert chat.post(reverse("chat:new_function"), TABLE).status_code == 303
    function = Function.objects.get(team=team)
    form = {"tools.shown": "", f"tool.{function.pk}": "on", "tool_choice": str(function.pk)}
    chat.post(reverse("chat:new_settings"), form)
    chat.post(reverse("chat:home"), {"message": "항구 박물관은 언제 열려요? Search in English.", "key": str(uuid.uuid4())})
    run = answered()
    if run.finish_reason != "tool_calls" and "llamacpp_server" in request.node.callspec.id:
        run = as_if_asked(run)
    assert run.finish_reason == "tool_calls", (run.finish_reason, run.text)
    call = calls_in(run)[0]
    assert call.name == "search" and isinstance((call.values or {}).get("query"), str)
    reply = {"key": uuid.uuid4().hex, "act": "go", **{f"reply.{number}": "10:00 to 17:00" for number in range(len(calls_in(run)))}}
    assert chat.post(reverse("chat:calls", args=[run.pk]), reply).status_code == 303
    assert Run.objects.count() == 2 and Run.objects.latest("id").params["messages"][-1]["content"] == "10:00 to 17:00"
    assert answered().text.strip()


def test_a_list_of_fields_fits(chat):
    chat.post(reverse("chat:new_settings"), {"answer.shown": "text", "answer_as": "fields"})
    chat.post(reverse("chat:new_settings"), {"answer.shown": "fields", "answer_as": "fields", **FIELDS})
    chat.post(reverse("chat:home"), {"message": "Ida lives in Kiel. Who is it?", "key": str(uuid.uuid4())})
    run = answered()
    if "response_format" not in run.params:  # llama.cpp's Responses API takes a schema without effect, so it is asked for in words
        assert run.operation == "chat.respond" and "must be valid against this JSON Schema" in str(run.request)
        return
    found = formed(run.text, Conversation.objects.get().leaf.form)
    assert found is not None
    assert found.problems == [] or run.finish_reason == "length", (run.text, found.problems)


def test_the_chosen_way_is_gone(chat, way):
    chat.post(reverse("chat:home"), {"message": "Say hello.", "key": str(uuid.uuid4())})
    run = answered()
    assert (run.operation, bool(run.text.strip())) == ({"chat": "chat.reply", "responses": "chat.respond"}[way], True)


def test_what_is_attached_is_read(chat):
    """None of these models sees or hears; texts and the text of a PDF are read by all."""
    files = [upload("boats.csv", b"boat,length\nIda,12\n" * 20), upload("letter.pdf", pdf("The quay is closed on Monday."))]
    sent = chat.post(reverse("chat:home"), {"message": "Say hello.", "key": str(uuid.uuid4()), "files": files})
    assert sent.status_code == 303, sent.content.decode()
    run = answered()
    assert "The quay is closed on Monday." in str(run.params) and run.usage["input"] > 150
