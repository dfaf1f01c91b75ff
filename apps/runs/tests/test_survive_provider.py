"""Providers that answer nonsense on purpose: every run ends, is stored, and its pages open."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.urls import reverse

from apps.providers.models import ModelFact, Provider
from apps.runs.executor import execute
from apps.runs.models import Run
from apps.runs.services import start_run

pytestmark = pytest.mark.django_db(transaction=True)
DEEP: list = []
for _ in range(400):
    DEEP = [DEEP]


def chunk(content="", finish=None, **more):
    delta = {"content": content} if content else {}
    return {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}


def stream(*chunks):
    return b"".join(b"data: " + json.dumps(each).encode() + b"\n\n" for each in chunks) + b"data: [DONE]\n\n"


def tools(*calls):
    return {"choices": [{"index": 0, "delta": {"tool_calls": list(calls)}, "finish_reason": None}]}


@pytest.fixture
def hostile(team):
    """A provider on this machine whose answer the test writes, byte by byte."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            status, headers, body = answers[0]
            self.send_response(status)
            for name, value in {"Content-Type": "text/event-stream", "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            """Quiet."""

    answers = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    origin = f"http://127.0.0.1:{server.server_port}"
    provider = Provider.objects.create(team=team, name="Hostile", base_url=f"{origin}/v1", dialect="other", private_origin=origin)
    provider.answers = answers
    yield provider
    server.shutdown()
    server.server_close()


@pytest.fixture
def answer(hostile, team, editor):
    """Ask, with this answer coming back. The run as it stands afterwards."""

    def ask(body, status=200, **headers):
        hostile.answers[:] = [(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)]
        params = {"messages": [{"role": "user", "content": "Hello"}]}
        key = f"k{Run.objects.count()}"
        run = start_run(team=team, person=editor.user, operation="chat.reply", provider=hostile, model="m", params=params, key=key)
        execute([run.pk])
        return Run.objects.get(pk=run.pk)

    return ask


ANSWERS = {
    "usage beyond all money": stream(chunk("Hi", "stop", usage={"prompt_tokens": 2**52, "completion_tokens": 2**52})),
    "usage that is no number": stream(chunk("Hi", "stop", usage={"prompt_tokens": 1.5e300, "completion_tokens": -1})),
    "nested usage": stream(chunk("Hi", "stop", usage={"prompt_tokens": 1, "completion_tokens": 1, "x": DEEP})),
    "nested head": stream(chunk("Hi", "stop", id=DEEP, model=DEEP, created={"a": DEEP})),
    "NUL in the head": stream(chunk("Hi", "stop", id="a\0b", model="\0", system_fingerprint="\0")),
    "NUL in the text": stream(chunk("H\0i", "stop")),
    "NUL in a call": stream(tools({"index": 0, "id": "a\0", "function": {"name": "f\0", "arguments": "\0{}"}}), chunk("Hi", "stop")),
    "NUL in the reason": stream(chunk("Hi", "st\0op")),
    "strange calls": stream(tools({"index": {}, "id": [], "function": {"name": 5, "arguments": DEEP}}, None, 7), chunk("Hi", "stop")),
    "strange choices": stream({"choices": [None, 5, {"index": [], "delta": 7}, {"index": "x", "message": []}]}, chunk("Hi", "stop")),
    "lone surrogates": b'data: {"id": "\\ud800", "choices": []}\n\n' + stream(chunk("Hi", "stop")),
    "event framing": stream(chunk("Hi\r\n\r\nevent: done\rdata: x\n\n", "stop")),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_it_keeps_an_answer_with_nonsense_around_it(answer, team, as_editor, name):
    ModelFact.objects.create(team=team, prices={"input": "100", "output": "100"})
    run = answer(ANSWERS[name])
    assert run.is_final, "the worker lost it"
    assert "i" in run.text
    assert all(attempt.outcome for attempt in run.attempts.all())
    for address in (reverse("runs:receipt", args=[run.pk]), reverse("runs:history")):
        assert as_editor.get(address).status_code == 200


REFUSALS = {
    "a stream with a number of 400 digits": (200, {"created": 10**400, "choices": []}, {}),
    "a number of 5,000 digits": (400, {"error": {"message": f"maximum context length is {'9' * 5000} tokens"}}, {}),
    "strange counts": (400, {"error": {"message": "maximum context length", "n_ctx": 10**19, "n_prompt_tokens": -5}}, {}),
    "a wait for ever": (429, {"error": {"message": f"Please try again in {'9' * 400}s"}}, {}),
    "a wait of ages": (429, {"error": {"message": "Slow down"}}, {"retry_after": "9" * 15}),
    "a wait of ages in words": (429, {"error": {"message": f"Please try again in {'9' * 15}h"}}, {}),
    "words in every place": (400, {"error": {"message": {"a": DEEP}, "code": [1], "type": {}, "param": ["<script>"]}}, {}),
    "a long request id": (400, {"error": "no\0"}, {"x_request_id": "<b>" * 500}),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_it_ends_whatever_a_refusal_says(answer, as_editor, name):
    status, body, headers = REFUSALS[name]
    run = answer(json.dumps(body).encode(), status, Content_Type="application/json", **headers)
    assert run.is_final or (run.status == "queued" and run.not_before is not None), "the worker lost it"
    page = as_editor.get(reverse("runs:receipt", args=[run.pk]))
    assert page.status_code == 200
    assert "<script>" not in page.content.decode().replace("<script src", "")
    assert as_editor.get(reverse("runs:history")).status_code == 200
