"""An imported answer is an answer: gone on from, tried again, branched, found, downloaded, shared, kept and forgotten as others."""

import datetime
import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from apps.chat.holdings import ChatHolding
from apps.chat.import_holdings import ImportHolding
from apps.chat.import_models import Import
from apps.chat.importing import Importing
from apps.chat.models import Conversation, Said, Share, Turn
from apps.chat.operations import ChatReply
from apps.chat.responding import ChatRespond
from apps.core.storing import content_of
from apps.runs.models import Run
from tests.chatgpt_export import as_zip, in_a_row

pytestmark = pytest.mark.django_db(transaction=True)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def imported(as_editor, model):
    file = SimpleUploadedFile("export.zip", as_zip([in_a_row(1, ["What is clay?", "Clay is *soft* earth."], title="Clay")]))
    as_editor.post(reverse("chat:imports"), {"file": file, "key": str(uuid.uuid4())})
    Importing().work(Import.objects.get().pk)
    return Conversation.objects.get()


def asked_last():
    return [(message["role"], message["content"]) for message in Run.objects.latest("id").params["messages"]]


def page_of(client, chat, **query):
    return client.get(reverse("chat:conversation", args=[chat.pk]), query).content.decode()


def test_it_goes_on_below_an_imported_answer(imported, send, finish, as_editor):
    send("And mud?", imported)
    assert asked_last() == [("user", "What is clay?"), ("assistant", "Clay is *soft* earth."), ("user", "And mud?")]
    finish(text="Wet earth.")
    page = page_of(as_editor, imported)
    assert page.index("<em>soft</em>") < page.index("And mud?") < page.index("Wet earth.")


def test_it_is_tried_again_beside_the_imported_answer(imported, finish, as_editor):
    url = reverse("chat:again_turn", args=[imported.pk, imported.leaf_id])
    key = str(uuid.uuid4())
    for _click in range(2):
        assert as_editor.post(url, {"key": key}).status_code == 303
    assert asked_last() == [("user", "What is clay?")]
    assert Run.objects.count() == 1
    finish(text="Another answer.")
    page = page_of(as_editor, imported)
    assert "Another answer." in page and "2 of 2" in page and "<em>soft</em>" not in page
    assert "<em>soft</em>" in page_of(as_editor, imported, leaf=str(imported.leaf_id))


def test_it_is_branched(imported, send, finish, as_editor):
    url = reverse("chat:branch_turn", args=[imported.pk, imported.leaf_id])
    response = as_editor.post(url, {"key": "one"})
    assert as_editor.post(url, {"key": "one"}).url == response.url
    made = Conversation.objects.exclude(pk=imported.pk).get()
    assert made.title == "Clay (branch)"
    page = page_of(as_editor, made)
    assert 'aria-label="Answer from gpt-4o"' in page and 'aria-label="You"' in page
    send("Only here", made)
    assert asked_last()[1] == ("assistant", "Clay is *soft* earth.")


def test_its_question_is_reworded_by_whoever_imported_it(imported, finish, as_editor):
    question = imported.turns.get(parent=None)
    url = reverse("chat:edit_turn", args=[imported.pk, question.pk])
    assert url in page_of(as_editor, imported)
    as_editor.post(url, {"message": "What is loam?", "key": str(uuid.uuid4())})
    assert asked_last() == [("user", "What is loam?")]
    assert imported.turns.filter(parent=None).count() == 2


def test_its_question_is_said_to_be_of_whoever_imported_it(imported, client, viewer, editor):
    client.force_login(viewer.user)
    page = page_of(client, imported)
    assert f'aria-label="{editor.user}"' in page and 'aria-label="You"' not in page
    assert "/again/" not in page and "/branch/" not in page


def test_an_imported_answer_is_no_question_to_reword(imported, as_editor):
    url = reverse("chat:edit_turn", args=[imported.pk, imported.leaf_id])
    as_editor.post(url, {"message": "Changed", "key": str(uuid.uuid4())})
    assert not Run.objects.exists()
    assert url not in page_of(as_editor, imported)


def test_its_addresses_are_for_imported_answers_alone(imported, as_editor, send, finish):
    send("And mud?", imported)
    finish(text="Wet earth.")
    imported.refresh_from_db()
    for turn in (imported.turns.get(parent=None), imported.leaf):
        for name in ("again_turn", "branch_turn"):
            assert as_editor.post(reverse(f"chat:{name}", args=[imported.pk, turn.pk]), {"key": "k"}).status_code == 404


def test_nobody_of_another_team_comes_near_it(imported, client, other_team, make_member):
    client.force_login(make_member(other_team).user)
    for name in ("again_turn", "branch_turn"):
        assert client.post(reverse(f"chat:{name}", args=[imported.pk, imported.leaf_id]), {"key": "k"}).status_code == 404


def test_it_is_found_at_once_and_told_apart_from_a_question(imported, as_editor):
    assert Said.objects.count() == 2
    page = as_editor.get(reverse("chat:past"), {"q": "earth"}).content.decode()
    assert "<mark>earth</mark>" in page and "answer," in page
    assert "question," in as_editor.get(reverse("chat:past"), {"q": "what clay"}).content.decode()


def test_it_is_downloaded_with_who_said_what(imported, as_editor):
    def text(kind):
        return b"".join(as_editor.get(reverse("chat:export", args=[imported.pk, kind]))).decode()

    assert "## Question\n" in text("md") and "## gpt-4o\n" in text("md") and "Clay is *soft* earth." in text("md")
    assert "2024-06-01 11:00" in text("txt") and "gpt-4o, " in text("txt")
    question, answer = json.loads(text("json"))["turns"]
    assert (question["role"], answer["role"], answer["model"]) == ("user", "assistant", "gpt-4o")
    assert answer["follows"] == question["id"]


def test_it_is_shared_with_the_name_of_the_model(imported, as_editor):
    as_editor.post(reverse("chat:share", args=[imported.pk]), {})
    share = Share.objects.get()
    assert [turn["by"] for turn in share.turns] == ["", "gpt-4o"]
    page = as_editor.get(reverse("chat:read_shared", args=[share.token])).content.decode()
    assert "<em>soft</em>" in page and "Answer from gpt-4o" in page


def test_its_markdown_is_as_harmless_as_any(as_editor, model):
    evil = "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>"
    file = SimpleUploadedFile("e.zip", as_zip([in_a_row(1, [evil, evil], title=evil, default_model_slug=evil)]))
    as_editor.post(reverse("chat:imports"), {"file": file, "key": str(uuid.uuid4())})
    Importing().work(Import.objects.get().pk)
    page = page_of(as_editor, Conversation.objects.get())
    assert "<script>alert" not in page and "<img src=x" not in page and 'href="javascript' not in page


def test_it_is_named_again_and_put_away_as_others(imported, as_editor):
    as_editor.post(reverse("chat:rename", args=[imported.pk]), {"title": ""})
    imported.refresh_from_db()
    assert imported.title == "What is clay?"
    as_editor.post(reverse("chat:delete", args=[imported.pk]))
    assert "What is clay?" in as_editor.get(reverse("chat:past"), {"show": "deleted"}).content.decode()


def test_it_is_kept_as_long_as_the_team_keeps_chats_from_the_import_on(imported, team):
    """What was said years ago does not go in the night after it came."""
    holding = ChatHolding()
    assert imported.updated_at.year == 2024
    assert holding.forget(team.pk, timezone.now() - 30 * DAY, 200) == 0
    assert holding.count_old(team.pk, timezone.now() - 30 * DAY) == [("Chats", 0)]
    assert holding.forget(team.pk, timezone.now() + DAY, 200) > 0
    assert not Conversation.objects.exists() and not Turn.objects.exists()


def test_the_export_of_a_team_tells_of_it(imported, team):
    parts = {part.path: b"".join(part.chunks).decode() for holding in (ChatHolding(), ImportHolding()) for part in holding.export(team.pk)}
    told = json.loads(parts["conversations.jsonl"])
    assert [turn.get("model") for turn in told["turns"]] == [None, "gpt-4o"]
    assert "## gpt-4o" in parts[f"conversations/{imported.pk}.md"]
    row = json.loads(parts["chat_imports.jsonl"])
    assert (row["name"], row["made"], "file" in row) == ("export.zip", 1, False)


def test_delete_everything_takes_the_import_and_its_file(as_editor, team, model):
    file = SimpleUploadedFile("e.zip", as_zip([in_a_row(1, ["a", "b"])]))
    page = as_editor.post(reverse("chat:imports"), {"file": file, "key": str(uuid.uuid4())})
    row, moment = Import.objects.get(), timezone.now() + DAY
    assert b"".join(content_of(row.file))
    type(team).objects.filter(pk=team.pk).update(erase_before=moment)
    Importing().work(row.pk)
    assert not Conversation.objects.exists(), "it was begun before everything was deleted"
    assert as_editor.get(page.url).status_code == 404
    holding = ImportHolding()
    assert holding.left(team.pk, moment) == 1
    assert holding.wipe(team.pk, moment, 200) == 1
    assert holding.left(team.pk, moment) == 0
    assert b"".join(content_of(row.file)) == b""


def test_a_file_that_nobody_read_goes_after_a_day(as_editor, model):
    file = SimpleUploadedFile("e.zip", as_zip([in_a_row(1, ["a", "b"])]))
    as_editor.post(reverse("chat:imports"), {"file": file, "key": str(uuid.uuid4())})
    row, holding = Import.objects.get(), ImportHolding()
    assert holding.tidy(200) == 0
    Import.objects.update(created_at=timezone.now() - 2 * DAY)
    assert holding.tidy(200) == 1
    assert b"".join(content_of(row.file)) == b""
    row.refresh_from_db()
    assert (row.state, row.fault, holding.tidy(200)) == ("failed", "gone", 0)


def test_what_was_imported_is_looked_at_before_sending_as_words_of_people(imported, send):
    send("And mud?", imported)
    run = Run.objects.latest("id")
    assert ChatReply().typed(run.params).texts == ("What is clay?", "Clay is *soft* earth.", "And mud?")
    for operation in (ChatReply(), ChatRespond()):
        assert "brought" not in str(operation.build_request("m", run.params, []).json)
