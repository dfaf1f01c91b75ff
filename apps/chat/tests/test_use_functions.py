"""Functions as tools: asked for, answered by a person, and the chat goes on."""

import uuid

import pytest
from django.urls import reverse

from apps.chat.models import Conversation, Function, Turn
from apps.chat.replying import calls_in
from apps.chat.tools import calls_of
from apps.providers.models import ModelFact
from apps.runs.executor import execute
from apps.runs.holdings import RunsHolding
from apps.runs.models import Run

pytestmark = pytest.mark.django_db(transaction=True)
SEARCH = {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"], "additionalProperties": False}


@pytest.fixture
def search(team):
    return Function.objects.create(team=team, name="search", description="Looks into our catalogue.", parameters=SEARCH)


@pytest.fixture
def answered(send, search):
    """Ask with the function switched on; the real executor and the loopback provider answer."""

    def answer(message="When is it open?", model="tools", **tools):
        assert send(message).status_code == 303
        conversation = Conversation.objects.latest("id")
        conversation.settings = {"tools": {"functions": [str(search.pk)], **tools}}
        conversation.save()
        return work(model, tools=[{"type": "function", "function": {"name": "search", "parameters": SEARCH}}])

    return answer


def work(model="tools", **params):
    run = Run.objects.latest("id")
    Run.objects.filter(pk=run.pk).update(model=model, params={**run.params, **params})
    execute([run.pk])
    return Run.objects.get(pk=run.pk)


def post(client, run, key=None, **data):
    return client.post(reverse("chat:calls", args=[run.pk]), {"key": key or uuid.uuid4().hex, **data})


def page_of(client):
    return client.get(reverse("chat:conversation", args=[Conversation.objects.latest("id").pk])).content.decode()


def test_the_seed_scenario(answered, as_editor):
    """A question in Korean, a search in English, the reply typed in, the answer in Korean."""
    run = answered("항구 박물관은 언제 열려요?")
    assert (run.status, run.finish_reason, run.text) == ("completed", "tool_calls", "")
    page = page_of(as_editor)
    assert 'Asks for <b dir="auto">search</b>' in page and "<bdi>opening hours of the harbour museum</bdi>" in page
    assert "answered with nothing" not in page
    assert post(as_editor, run, **{"reply.0": "10:00 to 17:00, Mondays closed", "act": "go"}).status_code == 303
    sent = Run.objects.latest("id").params
    assert [message["role"] for message in sent["messages"]] == ["user", "assistant", "tool"]
    call = sent["messages"][1]["tool_calls"][0]
    assert sent["messages"][2] == {"role": "tool", "tool_call_id": call["id"], "content": "10:00 to 17:00, Mondays closed"}
    assert sent["tools"][0]["function"] == {"name": "search", "description": "Looks into our catalogue.", "parameters": SEARCH}
    last = work()
    assert last.text == "항구 박물관은 다음과 같습니다: 10:00 to 17:00, Mondays closed"
    page = page_of(as_editor)
    assert "Reply of search" in page and "다음과 같습니다" in page and 'name="reply.0"' not in page


def test_it_sends_the_functions_that_are_on(send, search, as_editor, conversation):
    url = reverse("chat:settings", args=[conversation.pk])
    form = {"tools.shown": "", f"tool.{search.pk}": "on", "tool_choice": "auto"}
    page = as_editor.post(url, form, headers={"HX-Request": "true"})
    assert page["HX-Retarget"] == "#settings" and "It must use search" in page.content.decode()
    as_editor.post(url, {**form, "tools.shown": str(search.pk), "tool_choice": str(search.pk), "parallel.shown": "yes"})
    send("Look it up", conversation)
    params = Run.objects.latest("id").params
    assert params["tool_choice"] == {"type": "function", "function": {"name": "search"}}
    assert params["parallel_tool_calls"] is False
    assert params["tools"][0]["type"] == "function"


def test_a_server_that_knows_no_names_gets_the_one_function(send, search, team, conversation, model):
    ModelFact.objects.create(team=team, model_pattern=model.name, parameters={"tool_choice": {"values": ["auto", "none", "required"]}})
    other = Function.objects.create(team=team, name="other")
    conversation.settings = {"tools": {"functions": [str(search.pk), str(other.pk)], "choice": str(search.pk)}}
    conversation.save()
    send("Look it up", conversation)
    params = Run.objects.latest("id").params
    assert (params["tool_choice"], [tool["function"]["name"] for tool in params["tools"]]) == ("required", ["search"])


def test_it_does_not_force_the_model_to_ask_for_ever(answered, as_editor):
    run = answered(choice="required")
    post(as_editor, run, **{"reply.0": "10:00"})
    assert "tool_choice" not in Run.objects.latest("id").params


def test_a_double_click_is_one_answer(answered, as_editor):
    run, key = answered(), uuid.uuid4().hex
    for _click in range(2):
        assert post(as_editor, run, key, **{"reply.0": "10:00"}).status_code == 303
    assert Run.objects.count() == 2 and Turn.objects.exclude(call=None).count() == 1


def test_another_page_does_not_answer_a_second_time(answered, as_editor):
    run = answered()
    post(as_editor, run, **{"reply.0": "10:00"})
    work()
    assert post(as_editor, run, **{"reply.0": "11:00"}).status_code == 303
    assert Run.objects.count() == 2 and "answered already" in page_of(as_editor)


def test_parallel_calls_each_have_a_reply(answered, as_editor):
    run = answered(model="tools-times3")
    assert [call.id for call in calls_in(run)] == ["call_loop0", "call_loop1", "call_loop2"]
    post(as_editor, run, **{"reply.0": "one", "reply.1": "two"})
    assert Run.objects.count() == 1 and "Type what search gives back" in page_of(as_editor)
    post(as_editor, run, **{"reply.0": "one", "reply.1": "two", "reply.2": "three"})
    assert [message.get("tool_call_id") for message in Run.objects.latest("id").params["messages"]][2:] == [
        "call_loop0",
        "call_loop1",
        "call_loop2",
    ]
    assert work().text == "Found: one two three"


def test_it_understands_servers_without_ids_and_with_objects(answered, as_editor):
    run = answered(model="tools-whole-times2")
    assert run.finish_reason == "tool_calls"
    assert [(call.id, call.values) for call in calls_in(run)] == [
        ("call_1", {"query": "opening hours of the harbour museum"}),
        ("call_2", {"query": "opening hours of the harbour museum"}),
    ]
    post(as_editor, run, **{"reply.0": "a", "reply.1": "b"})
    assert work().text == "Found: a b"


def test_calls_that_are_left_let_the_chat_go_on(answered, as_editor, send):
    run = answered()
    conversation = Conversation.objects.get()
    for _press in range(2):
        post(as_editor, run, act="leave")
    assert Run.objects.count() == 1 and Turn.objects.exclude(call=None).count() == 1
    assert "Left without a reply: search" in page_of(as_editor)
    send("Never mind", conversation)
    assert [message["role"] for message in Run.objects.latest("id").params["messages"]] == ["user"]


def test_a_next_message_leaves_the_calls_too(answered, as_editor, send):
    answered()
    send("Forget it", Conversation.objects.get())
    assert all("tool_calls" not in message for message in Run.objects.latest("id").params["messages"])
    assert 'name="reply.0"' not in page_of(as_editor)


def test_replies_stay_when_what_was_received_is_erased(answered, as_editor):
    run = answered()
    post(as_editor, run, **{"reply.0": "10:00"})
    work()
    Run.objects.update(response=None, params={})
    from apps.chat.history import load_messages
    from apps.chat.threads import load_tree

    conversation = Conversation.objects.get()
    messages = load_messages(conversation, load_tree(conversation).path(conversation.leaf_id))
    assert [message["role"] for message in messages] == ["user", "assistant", "tool", "assistant"]
    assert messages[1]["tool_calls"][0]["function"]["name"] == "search"


def test_a_call_that_broke_off_is_not_answered(answered, as_editor):
    run = answered(model="tools-cut")
    assert run.status in {"interrupted", "unknown"}
    assert 'name="reply.0"' not in page_of(as_editor)


def test_only_who_may_write_replies(answered, client, viewer, other_team, make_member):
    run = answered()
    client.force_login(viewer.user)
    page = page_of(client)
    assert "opening hours" in page and 'name="reply.0"' not in page
    assert post(client, run, **{"reply.0": "no"}).status_code == 403
    client.force_login(make_member(other_team, "owner").user)
    assert post(client, run, **{"reply.0": "no"}).status_code == 404
    assert Run.objects.count() == 1


@pytest.mark.parametrize(
    "told",
    [
        None,
        7,
        "x",
        [None, 3],
        [{}],
        [{"function": "x"}],
        [{"function": {"name": 3, "arguments": {"a": [1]}}}],
        [{"function": {"name": "f", "arguments": '{"a": ' + "[" * 900 + "]" * 900 + "}"}}],
        [{"id": 5, "function": {"name": "f", "arguments": "[" * 9000}}],
    ],
)
def test_it_reads_any_calls(told):
    for call in calls_of(told):
        assert call.id and call.in_words is not None


def test_it_shows_hostile_calls_as_text(answered, as_editor):
    run = answered()
    evil = [{"id": "a", "function": {"name": "<script>x", "arguments": '{"<b>": "<img src=x onerror=1>"}'}}] * 200
    Run.objects.filter(pk=run.pk).update(beside={"asked": evil})
    page = page_of(as_editor)
    assert "<script>x" not in page and "<img src=x" not in page and page.count('class="call"') == 32


def test_a_branch_has_calls_of_its_own(answered, as_editor):
    run = answered()
    as_editor.post(reverse("chat:branch", args=[run.pk]), {"key": "one"})
    made = Conversation.objects.latest("created_at")
    copy = made.turns.get(run=run)
    url = f"{reverse('chat:calls', args=[run.pk])}?turn={copy.pk}"
    assert f'action="{url}"' in as_editor.get(made.get_absolute_url()).content.decode()
    assert as_editor.post(url, {"key": uuid.uuid4().hex, "reply.0": "10:00"}).status_code == 303
    assert made.turns.exclude(call=None).get().text == "10:00"
    work()
    assert post(as_editor, run, **{"reply.0": "11:00"}).status_code == 303  # it still waits in the first chat
    first = Conversation.objects.exclude(pk=made.pk).get()
    assert first.turns.exclude(call=None).get().text == "11:00" and Run.objects.count() == 3


def test_a_reply_is_no_question_to_word_anew(answered, as_editor):
    run = answered()
    post(as_editor, run, **{"reply.0": "10:00"})
    work()
    reply = Turn.objects.exclude(call=None).get()
    url = reverse("chat:edit_turn", args=[reply.conversation_id, reply.pk])
    assert url not in page_of(as_editor)
    assert as_editor.post(url, {"message": "11:00", "key": uuid.uuid4().hex}).status_code == 303
    assert Run.objects.count() == 2 and reply.conversation.turns.count() == 4


def test_another_answer_to_a_reply_is_told_the_call(answered, as_editor):
    run = answered()
    post(as_editor, run, **{"reply.0": "10:00"})
    last = work()
    assert as_editor.post(reverse("chat:again", args=[last.pk]), {"key": uuid.uuid4().hex}).status_code == 303
    assert [message["role"] for message in Run.objects.latest("id").params["messages"]] == ["user", "assistant", "tool"]


def test_the_responses_api_is_told_the_calls_and_replies(answered, as_editor, provider):
    provider.answers_by, provider.endpoints = "responses", {"chat": {"state": "works"}, "responses": {"state": "works"}}
    provider.save()
    run = answered(model="resp-function")
    assert (run.operation, run.status, run.finish_reason) == ("chat.respond", "completed", "tool_calls")
    assert page_of(as_editor).count('Asks for <b dir="auto">look_up</b>') == 2
    post(as_editor, run, **{"reply.0": "low", "reply.1": "lit"})
    last = work("steady-rate0")
    assert last.status == "completed"
    calls = [item for item in last.request["json"]["input"] if item.get("type") == "function_call"]
    replies = [item for item in last.request["json"]["input"] if item.get("type") == "function_call_output"]
    assert [item["name"] for item in calls] == ["look_up", "look_up"]
    assert [(item["call_id"], item["output"]) for item in replies] == [("call_1", "low"), ("call_2", "lit")]


def test_calls_wait_also_where_a_team_keeps_numbers_only(answered, as_editor, team):
    run = answered()
    team.keeps_content = False
    team.save()
    while RunsHolding().strip(team.pk, 100):
        pass
    run.refresh_from_db()
    assert run.response is None and run.params == {}
    assert 'name="reply.0"' in page_of(as_editor)
    post(as_editor, run, **{"reply.0": "10:00"})
    assert [message["role"] for message in Run.objects.latest("id").params["messages"]] == ["user", "assistant", "tool"]


def test_a_function_is_saved_once(as_editor, team):
    form = {"name": "look_up", "f0.name": "word", "f0.kind": "text"}
    assert [as_editor.post(reverse("chat:new_function"), form).status_code for _click in range(2)] in ([303, 303], [303, 422])
    assert team.functions.count() == 1
