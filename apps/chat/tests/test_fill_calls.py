"""A call is filled by the address of its function: once, bounded, and only where an admin allowed it."""

import http.server
import json
import threading
import time
import uuid

import pytest
from django.urls import reverse

from apps.chat import filling
from apps.chat.models import Conversation, Function, FunctionCall
from apps.chat.tests.test_use_functions import SEARCH, work
from apps.runs.followups import work_now

pytestmark = pytest.mark.django_db(transaction=True)


class Handler(http.server.BaseHTTPRequestHandler):
    """A function that gives back what it was asked, or misbehaves by its path."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.asked.append((self.path, body, dict(self.headers)))
        name = self.path.partition("?")[0].strip("/").rpartition("/")[2]
        if name == "slow":
            time.sleep(6)
        status = {"moved": 302, "broken": 500}.get(name, 200)
        answer = b"x" * 70_000 if name == "huge" else json.dumps({"found": json.loads(body)["query"]}).encode()
        self.send_response(status)
        if status == 302:
            self.send_header("location", "/elsewhere")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.origin = [], f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


@pytest.fixture
def filled(send, team, server, as_editor):
    """A call of a function with this address, and pressing “Ask” under it."""

    def fill(path="/api/search?version=2", private=True, key=None):
        origin = server.origin if private else ""
        Function.objects.create(team=team, name="search", parameters=SEARCH, address=server.origin + path, private_origin=origin)
        send("When is it open?")
        run = work(tools=[{"type": "function", "function": {"name": "search", "parameters": SEARCH}}])
        press(as_editor, run, key)
        return run

    return fill


def press(client, run, key=None):
    data = {"position": "0", "fill_key.0": key or uuid.uuid4().hex}
    return client.post(reverse("chat:fill_call", args=[run.pk]), data, headers={"HX-Request": "true"})


def fill_now():
    row = FunctionCall.objects.latest("id")
    work_now(filling.Filling.kind, row.pk)
    row.refresh_from_db()
    return row


def test_its_reply_stands_in_the_form(filled, server, as_editor):
    run = filled()
    row = fill_now()
    assert (row.state, json.loads(row.text)) == ("done", {"found": "opening hours of the harbour museum"})
    path, body, headers = server.asked[0]
    assert (path, json.loads(body)) == ("/api/search?version=2", {"query": "opening hours of the harbour museum"})
    assert "authorization" not in {name.lower() for name in headers} and "cookie" not in {name.lower() for name in headers}
    page = as_editor.get(reverse("chat:conversation", args=[Conversation.objects.get().pk])).content.decode()
    assert "From 127.0.0.1. You can change it" in page and "&quot;found&quot;" in page
    assert press(as_editor, run).status_code == 200


def test_it_is_asked_once_for_one_press(filled, server, as_editor):
    run = filled(key="one-press")
    press(as_editor, run, "one-press")
    fill_now()
    fill_now()
    press(as_editor, run, "one-press")
    assert FunctionCall.objects.count() == 1 and len(server.asked) == 1


def test_it_is_never_sent_again_after_a_kill(filled, server):
    filled()
    FunctionCall.objects.update(state="sending")  # whoever had it is gone
    assert list(filling.Filling().due(9)) == [FunctionCall.objects.get().pk]
    row = fill_now()
    assert (row.state, server.asked) == ("unknown", []) and "not known" in row.sentence
    assert filling.Filling().due(9) == []


def test_it_follows_no_link(filled, server):
    filled("/moved")
    assert "not followed" in fill_now().sentence and len(server.asked) == 1


@pytest.mark.parametrize(("path", "told"), [("/broken", "the error 500"), ("/huge", "64 kB")])
def test_it_says_why_there_is_no_reply(filled, path, told, as_editor):
    run = filled(path)
    row = fill_now()
    assert told in row.sentence and row.state in {"failed", "unknown"} and row.text == ""
    page = as_editor.get(reverse("chat:calls", args=[run.pk]), {"position": "0"}, headers={"HX-Request": "true"}).content.decode()
    assert told in page and "Ask 127.0.0.1 again" in page


def test_it_asks_no_private_address_that_nobody_allowed(filled, server):
    filled(private=False)
    row = fill_now()
    assert (row.state, server.asked) == ("failed", []) and "Nothing reached" in row.sentence


def test_it_sends_nothing_where_the_address_was_changed(filled, server):
    filled()
    Function.objects.update(address="https://example.org/")
    assert (fill_now().state, server.asked) == ("failed", [])


def test_stop_before_it_was_sent_sends_nothing(filled, server, as_editor):
    filled()
    row = FunctionCall.objects.get()
    as_editor.post(reverse("chat:stop_filling", args=[row.pk]))
    assert (fill_now().state, server.asked) == ("stopped", [])


def test_stop_in_the_middle_ends_it_within_a_moment(filled, as_editor):
    filled("/slow")
    row = FunctionCall.objects.get()
    thread = threading.Thread(target=fill_now)
    begun = time.monotonic()
    thread.start()
    while FunctionCall.objects.get().state != "sending":
        time.sleep(0.05)
    as_editor.post(reverse("chat:stop_filling", args=[row.pk]))
    thread.join()
    assert time.monotonic() - begun < 4
    assert FunctionCall.objects.get().state == "stopped"


def test_only_colleagues_who_may_write_ask(filled, client, viewer, other_team, make_member):
    run = filled()
    FunctionCall.objects.all().delete()
    client.force_login(viewer.user)
    assert press(client, run).status_code == 403
    client.force_login(make_member(other_team, "owner").user)
    assert press(client, run).status_code == 404
    assert FunctionCall.objects.count() == 0


def test_nothing_is_sent_for_somebody_who_left(filled, server, editor):
    filled()
    editor.delete()
    assert (fill_now().state, server.asked) == ("failed", [])


def test_nothing_is_sent_for_a_deleted_chat(filled, server, as_editor):
    run = filled()
    as_editor.post(reverse("chat:delete", args=[run.parent_id]))
    assert (fill_now().state, server.asked) == ("failed", [])
