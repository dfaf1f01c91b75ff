"""Past chats: finding, naming, instructing, deleting, and bringing back."""

import pytest
from django.urls import reverse

from apps.accounts.models import AuditEntry
from apps.chat.models import Conversation
from apps.runs.models import Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def act(as_editor, conversation):
    def act(name, htmx=False, **data):
        return as_editor.post(reverse(f"chat:{name}", args=[conversation.pk]), data, headers={"HX-Request": "true"} if htmx else {})

    return act


def past(client, **query):
    return client.get(reverse("chat:past"), query).content.decode()


def test_it_lists_the_chats_of_the_team(as_editor, conversation):
    page = past(as_editor)
    assert "What is clay?" in page and reverse("chat:conversation", args=[conversation.pk]) in page


def test_it_gives_only_the_list_to_the_popover(as_editor, conversation):
    part = as_editor.get(reverse("chat:past"), headers={"HX-Request": "true"}).content.decode()
    assert "What is clay?" in part and "<html" not in part


@pytest.mark.parametrize("words", ["CLAY", "soft", "what is"])
def test_it_finds_words_in_titles_questions_and_answers(as_editor, conversation, words):
    assert reverse("chat:conversation", args=[conversation.pk]) in past(as_editor, q=words)


@pytest.mark.parametrize("words", ["granite", "%", "a\x00b"])
def test_it_says_that_nothing_was_found(as_editor, conversation, words):
    page = past(as_editor, q=words)
    assert "No chat has" in page and reverse("chat:conversation", args=[conversation.pk]) not in page


def test_it_turns_pages(as_editor, team, editor):
    Conversation.objects.bulk_create([Conversation(team=team, person=editor.user, title=f"Chat {n}") for n in range(31)])
    assert "Page 1 of 2" in past(as_editor) and "Page 2 of 2" in past(as_editor, page=2)
    assert "Page 2 of 2" in past(as_editor, page=99)


def test_it_says_that_there_are_none_yet(as_editor, team):
    assert "No chats yet." in past(as_editor)


@pytest.mark.parametrize(
    ("typed", "title"),
    [("Clay facts", "Clay facts"), ("  two\nlines ", "two lines"), ("", "What is clay?"), ("x" * 300, "x" * 120), ("a\x00b", "ab")],
)
def test_it_renames(act, typed, title):
    assert act("rename", title=typed).status_code == 303
    assert Conversation.objects.get().title == title


def test_it_keeps_instructions_and_shows_them(act, as_editor, conversation):
    part = act("instructions", htmx=True, instructions="Be brief.\r\nUse <b>.").content.decode()
    assert "Be brief." in part and "Use &lt;b&gt;." in part and "<html" not in part
    assert Conversation.objects.get().instructions == "Be brief.\nUse <b>."


@pytest.mark.parametrize(("text", "sentence"), [("a\x00b", "cannot be sent"), ("x" * 500_001, "500,001 characters")])
@pytest.mark.parametrize("htmx", [True, False])
def test_it_refuses_instructions_that_cannot_be_sent_and_keeps_them(act, text, sentence, htmx):
    response = act("instructions", htmx=htmx, instructions=text)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert text.replace("\x00", "") in response.content.decode().replace("\x00", "")
    assert Conversation.objects.get().instructions == ""


def test_it_deletes_with_undo(act, as_editor, conversation):
    response = act("delete")
    assert response.url == reverse("chat:home")
    page = as_editor.get(response.url).content.decode()
    assert "Deleted “What is clay?”" in page and reverse("chat:restore", args=[conversation.pk]) in page
    assert as_editor.get(reverse("chat:conversation", args=[conversation.pk])).status_code == 404
    assert "What is clay?" not in past(as_editor)


def test_it_brings_back(act, as_editor, conversation):
    act("delete")
    assert "What is clay?" in past(as_editor, show="deleted")
    assert act("restore").status_code == 303
    assert as_editor.get(reverse("chat:conversation", args=[conversation.pk])).status_code == 200


def test_it_escapes_the_title_in_the_toast(act, as_editor):
    Conversation.objects.update(title="<img src=x onerror=alert(1)>")
    page = as_editor.get(act("delete").url).content.decode()
    assert "<img src=x" not in page and "&lt;img src=x" in page


def test_it_stops_the_answer_of_a_chat_that_is_deleted(act, send, conversation):
    send("And mud?", conversation)
    act("delete")
    assert Run.objects.latest("id").status == "cancelled"


@pytest.mark.parametrize("name", ["rename", "delete", "restore", "stop", "instructions"])
def test_it_changes_nothing_by_a_link(as_editor, conversation, name):
    assert as_editor.get(reverse(f"chat:{name}", args=[conversation.pk])).status_code == 405


def test_it_writes_who_deleted_it_into_the_audit_without_its_words(act, conversation):
    act("delete")
    act("restore")
    told = [(entry.act, entry.target, entry.details) for entry in AuditEntry.objects.order_by("pk")]
    assert told == [(name, "Chat", {"number": str(conversation.pk)}) for name in ("data.deleted", "data.restored")]
