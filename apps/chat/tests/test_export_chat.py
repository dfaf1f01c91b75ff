"""One chat as a file: what is in it, its name, and who may have it."""

import datetime
import json

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import AuditEntry, User
from apps.chat.models import Conversation

pytestmark = pytest.mark.django_db
KINDS = ["md", "txt", "json"]


def download(client, conversation, kind, **query):
    response = client.get(reverse("chat:export", args=[conversation.pk, kind]), query)
    assert response.status_code == 200 and "no-store" in response["Cache-Control"]
    return b"".join(response.streaming_content).decode(), response["Content-Disposition"]


@pytest.fixture
def branched(as_editor, conversation, finish):
    """One question with two answers; the second one is shown."""
    run = conversation.leaf.run
    as_editor.post(reverse("chat:again", args=[run.pk]), {"key": "33333333-3333-4333-8333-333333333333"})
    finish(text="Clay is mud.")
    conversation.refresh_from_db()
    Conversation.objects.update(instructions="Be brief.")
    return conversation, run.turns.get()


@pytest.mark.parametrize("kind", ["md", "txt"])
def test_it_gives_the_path_that_is_shown(as_editor, branched, kind):
    conversation, first = branched
    text, _name = download(as_editor, conversation, kind)
    assert "Be brief." in text and "What is clay?" in text and "Clay is mud." in text and "Plain 1" in text
    assert "soft" not in text
    text, _name = download(as_editor, conversation, kind, leaf=first.pk)
    assert "Clay is *soft* earth." in text and "mud" not in text


@pytest.mark.parametrize("kind", ["md", "txt"])
@pytest.mark.parametrize(("zone", "told"), [("America/Lima", "2026-11-28 19:30"), ("", "2026-11-29 00:30")])
def test_times_are_those_of_the_person_and_it_says_which(as_editor, editor, conversation, kind, zone, told):
    """Read as it is sent: by other threads than the one that answers the request."""
    User.objects.filter(pk=editor.user_id).update(time_zone=zone)
    conversation.turns.update(created_at=datetime.datetime(2026, 11, 29, 0, 30, tzinfo=datetime.UTC))
    response = as_editor.get(reverse("chat:export", args=[conversation.pk, kind]))
    timezone.deactivate()
    text = b"".join(response.streaming_content).decode()
    assert text.count(told) == 2 and f"Times are those of {zone or 'UTC'}." in text
    assert timezone.get_current_timezone_name() == "UTC"


def test_json_has_all_branches_with_model_time_and_cost(as_editor, branched, editor):
    conversation, first = branched
    as_editor.post(reverse("chat:add_tag", args=[conversation.pk]), {"tag": "earth, pots"})
    User.objects.filter(pk=editor.user_id).update(name="Kim")
    text, _name = download(as_editor, conversation, "json")
    told = json.loads(text)
    assert editor.user.email not in text
    assert told["tags"] == ["earth", "pots"]
    assert told["title"] == "What is clay?" and told["person"] == "Kim"
    assert [turn["text"] for turn in told["turns"]] == ["What is clay?", "Clay is *soft* earth.", "Clay is mud."]
    assert told["path"] == [told["turns"][0]["id"], told["turns"][2]["id"]]
    answer = told["turns"][1]
    assert answer["follows"] == told["turns"][0]["id"] and answer["id"] == str(first.pk)
    assert (answer["model"], answer["total_ms"], answer["cost_kind"]) == ("plain-1", 900, "unknown") and "cost" in answer


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ('a"b\r\nSet-Cookie: x', "a b"),
        ("점토란?", "filename*=utf-8''%EC"),
        ("CON", "CON"),
        ("", "New chat"),
    ],
)
def test_names_of_files_are_safe(as_editor, conversation, title, name):
    Conversation.objects.update(title=title)
    _text, told = download(as_editor, conversation, "md")
    assert name in told and "/" not in told.replace("utf-8''", "") and "\n" not in told and told.startswith("attachment")
    assert told.count(".md") == 1 and 'filename="CON.md"' not in told


@pytest.mark.parametrize("kind", KINDS)
def test_viewers_may_and_it_stands_in_the_audit(client, viewer, conversation, kind):
    client.force_login(viewer.user)
    assert "clay" in download(client, conversation, kind)[0]
    assert [(entry.act, entry.details) for entry in AuditEntry.objects.all()] == [("data.exported", {"numbers": [str(conversation.pk)]})]


def test_others_and_strange_addresses_find_nothing(client, as_editor, conversation, other_team, make_member):
    url = reverse("chat:export", args=[conversation.pk, "md"])
    assert as_editor.get(reverse("chat:export", args=[conversation.pk, "pdf"])).status_code == 404
    assert as_editor.get(url, {"leaf": "x"}).status_code == 404
    client.force_login(make_member(other_team, "owner").user)
    assert client.get(url).status_code == 404
    Conversation.objects.update(deleted_at="2026-01-01T00:00Z")
    client.force_login(conversation.person)
    assert client.get(url).status_code == 404


def test_a_long_chat_is_written_a_few_turns_at_a_time(as_editor, long_conversation, django_assert_max_num_queries):
    with django_assert_max_num_queries(120):
        text, _name = download(as_editor, long_conversation, "txt")
    assert "Question 0" in text and "Answer 249" in text
