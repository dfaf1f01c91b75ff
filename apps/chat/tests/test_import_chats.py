"""Importing an export of ChatGPT: from the form to chats that are like all others."""

import uuid

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from apps.chat import import_storing, importing
from apps.chat.import_models import Import
from apps.chat.models import Conversation, Tag, Turn
from apps.runs.models import Run
from tests.chatgpt_export import BEGAN, as_json, as_zip, conversation, in_a_row, message, node

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bring(as_editor):
    """Post a file as the page does."""

    def bring(content, name="export.zip", *, key=None, client=None, work=True):
        file = SimpleUploadedFile(name, content, "application/zip")
        page = (client or as_editor).post(reverse("chat:imports"), {"file": file, "key": key or str(uuid.uuid4())})
        if work and page.status_code == 303:
            importing.Importing().work(Import.objects.latest("id").pk)
        return page

    return bring


def counts(row=None):
    row = row or Import.objects.latest("id")
    return row.state, row.made, row.there, row.left_out


def page_of(client, chat, **query):
    return client.get(reverse("chat:conversation", args=[chat.pk]), query).content.decode()


# --- What comes of a file ----------------------------------------------------------------------
def test_it_makes_chats_with_their_names_times_and_models(bring, as_editor, editor):
    bring(as_zip([in_a_row(1, ["What is clay?", "Clay is *soft* earth.", "And mud?", "Wet earth."]), in_a_row(2, ["Why?", "So."])]))
    assert counts() == ("done", 2, 0, 0)
    chat = Conversation.objects.get(title="Chat 1")
    assert (chat.person, chat.created_at.timestamp(), chat.updated_at.timestamp()) == (editor.user, BEGAN + 3600, BEGAN + 4200)
    turns = list(chat.turns.order_by("id"))
    assert [(turn.text, turn.said_by, turn.is_answer, turn.is_question) for turn in turns] == [
        ("What is clay?", "", False, True),
        ("Clay is *soft* earth.", "gpt-4o", True, False),
        ("And mud?", "", False, True),
        ("Wet earth.", "gpt-4o", True, False),
    ]
    assert [turn.parent for turn in turns] == [None, *turns[:3]]
    assert chat.leaf == turns[3] and turns[1].created_at.timestamp() == BEGAN + 3610
    page = page_of(as_editor, chat)
    assert "<em>soft</em>" in page and 'aria-label="Answer from gpt-4o"' in page and 'aria-label="You"' in page
    assert not Run.objects.exists()


def test_it_leaves_nothing_of_the_file_behind(bring):
    bring(as_zip([in_a_row(1, ["a", "b"])]), work=False)
    row = Import.objects.get()
    name = row.file.name
    assert default_storage.exists(name)
    importing.Importing().work(row.pk)
    row.refresh_from_db()
    assert not row.file and not default_storage.exists(name)


def test_it_names_what_it_leaves_out_and_makes_the_rest(bring, as_editor):
    circle = {"a": node("a", "b", message("user", "A")), "b": node("b", "a", message("user", "B"))}
    page = bring(
        as_json([in_a_row(1, ["a", "b"]), conversation(2, circle, "a", title="<Round>"), 7, in_a_row(4, ["c", "d"])]), "conversations.json"
    )
    assert counts() == ("done", 2, 0, 2)
    assert Conversation.objects.count() == 2 and Turn.objects.count() == 4
    told = as_editor.get(page.url).content.decode()
    assert "&lt;Round&gt;" in told and "follow one another in a circle" in told and "Number 2 in the file" in told
    assert "not a conversation" in told and "Number 3 in the file" in told
    assert "2 chats were imported" in told


def test_it_does_not_list_thousands(bring, as_editor, monkeypatch):
    monkeypatch.setattr(import_storing, "MOST_LISTED", 3)
    page = bring(as_json([{}] * 120))
    assert counts() == ("done", 0, 0, 120)
    assert len(Import.objects.get().bad) == 3
    assert "And 117 more." in as_editor.get(page.url).content.decode()


def test_it_makes_nothing_twice(bring):
    content = as_zip([in_a_row(1, ["a", "b"]), in_a_row(2, ["c", "d"])])
    bring(content)
    bring(as_zip([in_a_row(2, ["c", "d"]), in_a_row(2, ["c", "d"]), in_a_row(3, ["e", "f"])]))
    assert counts() == ("done", 1, 2, 0)
    bring(content)
    assert counts() == ("done", 0, 2, 0)
    assert (Conversation.objects.count(), Turn.objects.count()) == (3, 6)


def test_it_gives_each_team_its_own(bring, client, other_team, make_member):
    content = as_zip([in_a_row(1, ["a", "b"])])
    bring(content)
    client.force_login(make_member(other_team).user)
    bring(content, client=client)
    assert counts() == ("done", 1, 0, 0)
    assert {chat.team_id for chat in Conversation.objects.all()} == {other_team.pk, Import.objects.earliest("id").team_id}


def test_it_keeps_branches_in_their_order_and_the_path_that_was_shown(bring, as_editor):
    answers = {f"a{n}": node(f"a{n}", "q", message("assistant", f"Way {n}")) for n in range(12)}
    bring(as_json([conversation(1, {"q": node("q", None, message("user", "Q"), list(answers)), **answers}, "a4")]))
    chat = Conversation.objects.get()
    assert [turn.text for turn in chat.turns.filter(parent__isnull=False).order_by("id")] == [f"Way {n}" for n in range(12)]
    page = page_of(as_editor, chat)
    assert "Way 4" in page and "5 of 12" in page and "Way 5" not in page


def test_it_lets_no_clock_put_a_chat_before_all_others_for_ever(bring):
    bring(as_json([in_a_row(1, ["a", "b"], create_time=6e9, update_time=6e9), in_a_row(2, ["a"], create_time=None, update_time=None)]))
    late, unknown = Conversation.objects.order_by("pk")
    assert late.updated_at <= timezone.now() and late.created_at <= timezone.now()
    assert unknown.updated_at.timestamp() == BEGAN + 7200


def test_it_names_a_chat_without_a_name_by_its_first_question(bring):
    bring(as_json([in_a_row(1, ["What is clay?\nReally", "b"], title=None)]))
    assert Conversation.objects.get().title == "What is clay?"


def test_it_says_by_chatgpt_where_no_model_is_named(bring):
    mapping = {"q": node("q", None, message("user", "Q"), ["a"]), "a": node("a", "q", message("assistant", "A"))}
    bring(as_json([conversation(1, mapping, "a", default_model_slug=None)]))
    assert Turn.objects.get(text="A").said_by == "ChatGPT"


def test_it_takes_what_no_database_takes(bring):
    bring(
        b'[{"title":"T\\u0000\\ud800","id":"x\\u0000","mapping":{"a":{"message":{"author":{"role":"user"},"content":{"parts":["\\ud83d\\u0000"]}}}}}]'
    )
    assert counts() == ("done", 1, 0, 0)


# --- Going on after a kill, stopping, faults ---------------------------------------------------
class Killed(BaseException):
    """What a killed worker leaves is what was written before."""


def test_it_goes_on_behind_what_was_kept_when_a_worker_was_killed(bring, monkeypatch):
    monkeypatch.setattr(importing, "AT_ONCE", 10)
    bring(as_zip([in_a_row(n, ["a", "b"]) for n in range(1, 36)]), work=False)
    row, original, calls = Import.objects.get(), importing.keep, []

    def keep(*told):
        calls.append(1)
        if len(calls) == 3:
            raise Killed
        return original(*told)

    monkeypatch.setattr(importing, "keep", keep)
    with pytest.raises(Killed):
        importing.Importing().work(row.pk)
    row.refresh_from_db()
    assert (row.state, row.done, Conversation.objects.count()) == ("reading", 20, 20)
    assert list(importing.Importing().due(10)) == [row.pk]
    importing.Importing().work(row.pk)
    assert counts() == ("done", 35, 0, 0)
    assert Conversation.objects.count() == 35


def test_it_keeps_a_conversation_whole_or_not_at_all(bring, monkeypatch):
    """The database refuses a turn in the middle of the second lot: of that lot nothing is there."""
    monkeypatch.setattr(importing, "AT_ONCE", 2)
    bring(as_zip([in_a_row(n, ["a", "b"]) for n in range(1, 5)]), work=False)
    original, calls = Turn.objects.bulk_create, []

    def bulk_create(rows, *more):
        calls.append(1)
        if len(calls) == 2:
            original(rows[:3], *more)
            raise RuntimeError("The disk is full")
        return original(rows, *more)

    monkeypatch.setattr(import_storing.Turn.objects, "bulk_create", bulk_create, raising=False)
    row = Import.objects.get()
    with pytest.raises(RuntimeError):
        importing.Importing().work(row.pk)
    assert (Conversation.objects.count(), Turn.objects.count(), Tag.objects.count()) == (2, 4, 2)
    row.refresh_from_db()
    assert (row.done, row.made) == (2, 2)


def test_it_gives_up_where_it_never_gets_on(bring, monkeypatch):
    bring(as_zip([in_a_row(1, ["a"])]), work=False)
    monkeypatch.setattr(importing, "keep", lambda *_told: 1 / 0)
    row = Import.objects.get()
    for _ in range(importing.MOST_TRIES):
        with pytest.raises(ZeroDivisionError):
            importing.Importing().work(row.pk)
    importing.Importing().work(row.pk)
    row.refresh_from_db()
    assert (row.state, row.fault) == ("failed", "tries")
    assert not row.file and list(importing.Importing().due(10)) == []


def test_it_does_nothing_while_somebody_else_does_it(bring):
    bring(as_zip([in_a_row(1, ["a"])]), work=False)
    row = Import.objects.get()
    with importing.held(Import.objects, row.pk):
        importing.Importing().work(row.pk)
        assert list(importing.Importing().due(10)) == []
    assert not Conversation.objects.exists()


def test_it_writes_nothing_when_another_worker_went_on(bring):
    """One that stood still wakes up with the place where it was."""
    bring(as_zip([in_a_row(1, ["a"])]), work=False)
    row = Import.objects.get()
    Import.objects.update(state="reading", done=1)
    with pytest.raises(import_storing.NotWanted):
        import_storing.keep(row, [], 1)


def test_it_stops_where_it_is_and_keeps_what_came(bring, as_editor, monkeypatch):
    monkeypatch.setattr(importing, "AT_ONCE", 5)
    page = bring(as_zip([in_a_row(n, ["a", "b"]) for n in range(1, 21)]), work=False)
    row, original = Import.objects.get(), importing.keep

    def keep(*told):
        made = original(*told)
        as_editor.post(reverse("chat:stop_import", args=[row.pk]))
        return made

    monkeypatch.setattr(importing, "keep", keep)
    importing.Importing().work(row.pk)
    assert counts() == ("stopped", 5, 0, 0)
    assert Conversation.objects.count() == 5
    assert "Stopped. What came before stays." in as_editor.get(page.url).content.decode()
    assert not Import.objects.get().file


def test_it_says_that_a_file_is_damaged_and_keeps_what_stands_before(bring, as_editor):
    page = bring(as_json([in_a_row(1, ["a", "b"]), in_a_row(2, ["c", "d"])])[:-200], "conversations.json")
    assert counts() == ("done", 1, 0, 1)
    assert "The file ends in the middle of it" in as_editor.get(page.url).content.decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04 broken", "damaged"),
        (as_zip([], "something.json"), "not an export of ChatGPT"),
    ],
)
def test_it_says_at_once_what_is_wrong_with_a_file(bring, content, words):
    page = bring(content)
    assert page.status_code == 422
    assert any(word in page.content.decode() for word in words.split("|"))
    assert not Import.objects.exists()


def test_it_says_later_what_only_reading_shows(bring, as_editor):
    page = bring(b"This is no JSON at all", "conversations.json")
    assert counts() == ("failed", 0, 0, 0)
    assert "not an export of ChatGPT" in as_editor.get(page.url).content.decode()


def test_it_says_that_the_file_is_gone(bring, as_editor):
    page = bring(as_zip([in_a_row(1, ["a"])]), work=False)
    row = Import.objects.get()
    default_storage.delete(row.file.name)
    importing.Importing().work(row.pk)
    assert "not on this server any more" in as_editor.get(page.url).content.decode()


def test_it_takes_no_file_above_the_limit(bring, settings):
    settings.MAX_IMPORT_BYTES = 100
    page = bring(as_zip([in_a_row(1, ["a"])]))
    assert page.status_code == 422 and "larger than 100" in page.content.decode()


def test_it_takes_a_double_click_as_one(bring):
    key, content = str(uuid.uuid4()), as_zip([in_a_row(1, ["a"])])
    assert bring(content, key=key).url == bring(content, key=key).url
    assert Import.objects.count() == 1


def test_it_has_only_some_under_way_at_once(bring):
    for _ in range(3):
        bring(as_zip([in_a_row(1, ["a"])]), work=False)
    page = bring(as_zip([in_a_row(1, ["a"])]))
    assert page.status_code == 422 and "as many imports under way" in page.content.decode()
    assert len(default_storage.listdir(f"chat-imports/{Import.objects.first().team_id}")[1]) == 3


# --- Who may -----------------------------------------------------------------------------------
def test_it_is_for_editors_of_the_team(bring, client, viewer, other_team, make_member):
    page = bring(as_zip([in_a_row(1, ["a"])]))
    client.force_login(viewer.user)
    assert client.get(reverse("chat:imports")).status_code == 403
    assert bring(b"x", client=client, work=False).status_code == 403
    assert "Import from ChatGPT" not in client.get(reverse("chat:past")).content.decode()
    client.force_login(make_member(other_team).user)
    assert client.get(page.url).status_code == 404
    assert client.post(reverse("chat:stop_import", args=[Import.objects.get().pk])).status_code == 404


def test_it_shows_how_far_it_is_while_it_is_read(bring, as_editor):
    page = bring(as_zip([in_a_row(1, ["a"])]), work=False)
    Import.objects.update(state="reading", read=50, total=200, made=12)
    told = as_editor.get(page.url, headers={"HX-Request": "true"}).content.decode()
    assert 'value="25"' in told and "every 1s" in told and "<html" not in told
    importing.stop(Import.objects.get().pk)
    assert "every 1s" not in as_editor.get(page.url).content.decode()
