"""What is attached goes to the provider in the form that the model takes, and is told where it cannot."""

import base64
import datetime
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.chat import attaching
from apps.chat.attachments import remove
from apps.chat.holdings import ChatHolding
from apps.chat.models import Attachment, Conversation, Turn
from apps.chat.tests.attached import pdf, picture, upload, wav
from apps.providers.model_notes import mark
from apps.runs.executor import execute
from apps.runs.models import Run, RunFile

pytestmark = pytest.mark.django_db(transaction=True)
MODEL = "steady-tokens3"


@pytest.fixture
def model(provider):
    return provider.models.create(name=MODEL, label="Steady")


@pytest.fixture
def sees(team, model):
    def can(*endpoints, **parameters):
        mark(team, model, endpoints=["chat", *endpoints], parameters=parameters)

    return can


@pytest.fixture
def bring(editor):
    def bring(name, content, conversation=None):
        return attaching.attach(editor, conversation, upload(name, content), name)

    return bring


@pytest.fixture
def asked(send, loopback):
    """Send a message with attachments through the real executor. What the provider was sent."""

    def ask(text, *attachments, conversation=None):
        marker = f"#t-{uuid.uuid4().hex[:10]}"
        response = send(f"{text} {marker}", conversation, attachment=[str(each.pk) for each in attachments])
        assert response.status_code == 303, response.content.decode()
        execute([Run.objects.latest("id").pk])
        return loopback.requests(marker, body=True)[0].body["messages"], marker

    return ask


def test_a_picture_goes_along_as_it_is_kept(bring, asked, sees):
    sees("vision")
    row = bring("pot.png", picture())
    messages, marker = asked("What is this?", row)
    [message] = messages
    assert message["content"][0] == {"type": "text", "text": f"What is this? {marker}"}
    head, data = message["content"][1]["image_url"]["url"].split(",")
    with row.file.open("rb") as kept:
        assert (head, base64.b64decode(data)) == ("data:image/png;base64", kept.read())
    run = Run.objects.get()
    assert run.status == "completed" and len(str(run.params)) < 600
    file = RunFile.objects.get(role="input")
    assert (file.is_claimed, file.file.name) == (True, row.file.name)


def test_nobody_keeps_the_bytes_twice_in_what_was_sent(bring, asked, sees, as_editor):
    sees("vision")
    asked("What?", bring("pot.png", picture(900, 700)))
    run = Run.objects.get()
    assert run.request["json"]["messages"] == "$params"
    assert "…" in run.params["messages"][0]["content"][1]["image_url"]["url"]
    assert as_editor.get(reverse("runs:receipt", args=[run.pk])).status_code == 200


def test_a_text_is_fenced_under_its_name_for_every_model(bring, asked):
    [message], marker = asked("Sum it", bring("a.csv", "x;y\n1;```\n".encode("utf-16")))
    assert message["content"] == f"Sum it {marker}\n\nFile: a.csv\n````csv\nx;y\n1;```\n````"


def test_a_pdf_goes_as_a_file_where_the_model_reads_it(bring, asked, sees):
    sees(file={})
    content = pdf("Clay is earth")
    [message], _marker = asked("What?", bring("r.pdf", content))
    part = message["content"][1]
    assert part["file"] == {"filename": "r.pdf", "file_data": f"data:application/pdf;base64,{base64.b64encode(content).decode()}"}


def test_a_pdf_goes_as_its_text_elsewhere(bring, asked):
    [message], _marker = asked("What?", bring("r.pdf", pdf("Clay is earth")))
    assert "File: r.pdf\n```\n[Page 1]\nClay is earth\n```" in message["content"]


def test_sound_goes_to_a_model_that_hears(bring, asked, sees):
    sees("audio_chat")
    content = wav(0.5)
    [message], _marker = asked("What?", bring("c.wav", content))
    assert message["content"][1] == {"type": "input_audio", "input_audio": {"data": base64.b64encode(content).decode(), "format": "wav"}}


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("pot.png", picture(), "Steady cannot see pictures."),
        ("c.wav", wav(), "Steady cannot hear."),
        ("scan.pdf", pdf(""), "has no text in it, and Steady does not look at its pages."),
    ],
)
def test_it_is_refused_with_a_sentence_and_nothing_is_lost(bring, send, as_editor, name, content, sentence):
    row = bring(name, content)
    assert sentence in as_editor.get(reverse("chat:home")).content.decode()  # at the chip, before anybody sends
    response = send("Precious words", attachment=[str(row.pk)])
    page = response.content.decode()
    assert response.status_code == 409 and sentence in page and "Precious words" in page and name in page
    assert not Run.objects.exists() and not Conversation.objects.exists()
    assert Attachment.objects.get().turn is None


def test_the_warning_follows_the_model(bring, as_editor, team, provider, model):
    bring("pot.png", picture())
    other = provider.models.create(name="seer")
    mark(team, other, endpoints=["chat", "vision"])
    data = {"model": str(other.pk), "shown.model": str(model.pk)}
    page = as_editor.post(reverse("chat:new_settings"), data, headers={"HX-Request": "true"}).content.decode()
    assert 'id="attachments" hx-swap-oob="true"' in page and "pot.png" in page and "cannot see" not in page
    data = {"model": str(model.pk), "shown.model": str(other.pk)}
    assert "cannot see pictures" in as_editor.post(reverse("chat:new_settings"), data, headers={"HX-Request": "true"}).content.decode()


def test_earlier_pictures_go_along_as_long_as_the_model_sees(bring, asked, sees):
    sees("vision")
    asked("First", bring("pot.png", picture()))
    conversation = Conversation.objects.get()
    messages, _marker = asked("Second", conversation=conversation)
    assert [part["type"] for part in messages[0]["content"]] == ["text", "image_url"] and len(messages) == 3
    sees()
    messages, _marker = asked("Third", conversation=conversation)
    assert messages[0]["content"].endswith("[File left out: pot.png]")
    assert Run.objects.latest("id").notices == ["1 attachment of an earlier message was left out: Steady does not take it."]


def test_the_oldest_stay_behind_when_there_is_no_room(bring, asked, team, model):
    mark(team, model, limits={"context": 1200})
    asked("First", bring("a.txt", b"old words " * 150))
    conversation = Conversation.objects.get()
    asked("Second", bring("b.txt", b"new words " * 150, conversation), conversation=conversation)
    messages, _marker = asked("Third", conversation=conversation)
    sent = str(messages)
    assert "[File left out: a.txt]" in sent and "new words" in sent and "old words" not in sent
    assert "no room" in Run.objects.latest("id").notices[0]


def test_a_form_that_comes_twice_is_one_message(bring, send):
    row, key = bring("a.txt", b"Clay"), str(uuid.uuid4())
    first, second = (send("Hello", key=key, attachment=[str(row.pk)]) for _time in range(2))
    assert first.url == second.url and (Run.objects.count(), Turn.objects.count()) == (1, 2)


def test_files_come_with_the_message_where_there_are_no_scripts(send, finish):
    key = str(uuid.uuid4())
    first = send("Hello", key=key, files=[upload("a.txt", b"Clay"), upload("b.txt", b"Mud")])
    finish()
    second = send("Hello", key=key, files=[upload("a.txt", b"Clay"), upload("b.txt", b"Mud")])
    assert first.status_code == second.status_code == 303 and first.url == second.url
    assert Run.objects.count() == 1 and Attachment.objects.filter(turn=None).count() == 0
    assert list(Turn.objects.get(run=None).attachments.order_by("pk").values_list("name", flat=True)) == ["a.txt", "b.txt"]


def test_a_message_may_be_nothing_but_a_picture(bring, asked, sees, as_editor):
    sees("vision")
    row = bring("pot.png", picture())
    send = as_editor.post(reverse("chat:home"), {"message": "", "key": str(uuid.uuid4()), "attachment": str(row.pk)})
    page = as_editor.get(send.url).content.decode()
    assert Conversation.objects.get().title == "pot.png"
    assert reverse("chat:attachment_small", args=[row.pk]) in page and 'alt="pot.png"' in page


def test_what_was_taken_away_meanwhile_is_told(bring, send):
    row = bring("a.txt", b"Clay")
    Attachment.objects.all().delete()
    response = send("Hello", attachment=[str(row.pk)])
    assert response.status_code == 409 and "not there any more" in response.content.decode()


def test_trying_again_sends_it_again(bring, asked, sees, as_editor):
    sees("vision")
    asked("What?", bring("pot.png", picture()))
    first = Run.objects.get()
    as_editor.post(reverse("chat:again", args=[first.pk]), {"key": str(uuid.uuid4())})
    again = Run.objects.latest("id")
    assert again.pk != first.pk and again.params == first.params and again.files.get().file.name == first.files.get(role="input").file.name


def test_the_request_is_shown_shortened_and_the_estimate_counts_it(bring, sees, as_editor):
    sees("vision")
    before = as_editor.get(reverse("chat:home")).content.decode()
    bring("pot.png", picture(900, 700))
    shown = as_editor.post(reverse("chat:new_request"), {"message": "What?"}).content.decode()
    assert "image_url" in shown and "data:image/png;base64" in shown and "…" in shown and len(shown) < 40_000
    page = as_editor.get(reverse("chat:home")).content.decode()
    assert "counted roughly, as 1,000" in page and "counted roughly" not in before


def test_an_edited_question_can_take_the_attachments_over(bring, asked, sees):
    sees("vision")
    asked("What?", bring("pot.png", picture()))
    question = Turn.objects.get(run=None)
    other = Turn.objects.create(conversation=question.conversation, text="Edited")
    attaching.copy_to({question.pk: other})
    original, copy = question.attachments.get(), other.attachments.get()
    assert (copy.name, copy.digest, copy.file.name) == (original.name, original.digest, original.file.name)
    remove([original])
    assert copy.file.open("rb").read() and copy.thumbnail.open("rb").read()
    remove([copy])
    assert not copy.file.storage.exists(copy.file.name) and not copy.thumbnail.storage.exists(copy.thumbnail.name)


def test_another_wording_takes_the_attachments_along(bring, asked, sees, as_editor):
    sees("vision")
    asked("What?", bring("pot.png", picture()))
    question = Turn.objects.get(run=None)
    url = reverse("chat:edit_turn", args=[question.conversation_id, question.pk])
    assert "pot.png" in as_editor.get(url).content.decode()
    assert as_editor.post(url, {"message": "And what is it made of?", "key": str(uuid.uuid4())}).status_code == 303
    other = Turn.objects.filter(run=None).latest("id")
    assert other.parent_id == question.parent_id and [each.name for each in other.attachments.all()] == ["pot.png"]
    [message] = Run.objects.latest("id").params["messages"]
    assert [part["type"] for part in message["content"]] == ["text", "image_url"]
    assert RunFile.objects.filter(run=Run.objects.latest("id"), role="input").count() == 1


def test_a_branch_has_the_attachments_and_asks_with_them(bring, asked, sees, as_editor, send):
    sees("vision")
    asked("What?", bring("pot.png", picture()))
    answer = Turn.objects.exclude(run=None).get()
    as_editor.post(reverse("chat:branch", args=[answer.run_id]), {"key": "one"})
    made = Conversation.objects.latest("created_at")
    assert made.attachments.get().file.name == answer.conversation.attachments.get().file.name
    send("And now?", made)
    content = [message["content"] for message in Run.objects.latest("id").params["messages"] if message["role"] == "user"]
    assert [part["type"] for part in content[0]] == ["text", "image_url"] and content[1] == "And now?"


def test_a_file_stays_as_long_as_a_chat_names_it(bring, asked, sees, as_editor):
    sees("vision")
    asked("What?", bring("pot.png", picture()))
    answer = Turn.objects.exclude(run=None).get()
    as_editor.post(reverse("chat:branch", args=[answer.run_id]), {"key": "one"})
    first, made = Conversation.objects.order_by("created_at")
    kept = made.attachments.get()
    Conversation.objects.filter(pk=first.pk).update(deleted_at=timezone.now() - datetime.timedelta(days=60))
    while ChatHolding().tidy(100):
        pass
    assert not Conversation.objects.filter(pk=first.pk).exists()
    assert as_editor.get(reverse("chat:attachment", args=[kept.pk])).status_code == 200
    Conversation.objects.filter(pk=made.pk).update(deleted_at=timezone.now() - datetime.timedelta(days=60))
    while ChatHolding().tidy(100):
        pass
    assert not kept.file.storage.exists(kept.file.name)


def test_what_is_attached_goes_by_the_responses_api_too(bring, sees, send, loopback, provider):
    sees("vision")
    provider.answers_by, provider.endpoints = "responses", {"chat": {"state": "works"}, "responses": {"state": "works"}}
    provider.save()
    marker = f"#t-{uuid.uuid4().hex[:10]}"
    row = bring("pot.png", picture())
    send(f"What is this? {marker}", attachment=[str(row.pk)])
    execute([Run.objects.get().pk])
    [call] = loopback.response_calls(marker, body=True)
    text, shown = call.body["input"][0]["content"]
    assert (text["type"], shown["type"]) == ("input_text", "input_image")
    with row.file.open("rb") as kept:
        assert base64.b64decode(shown["image_url"].partition(",")[2]) == kept.read()


def test_what_two_pages_brought_at_the_same_time_is_not_too_much(bring, sees, send, monkeypatch):
    sees("vision")
    rows = [bring("a.png", picture()), bring("b.png", picture(91, 70))]
    monkeypatch.setattr(attaching, "MOST_BYTES", 10)
    response = send("What?", attachment=[str(each.pk) for each in rows])
    assert response.status_code == 409 and "MB of them" in response.content.decode()
    assert Attachment.objects.filter(turn=None).count() == 2 and not Run.objects.exists()


def test_what_is_being_taken_away_is_not_sent(bring, sees, send):
    sees("vision")
    row = bring("a.png", picture())
    Attachment.objects.filter(pk=row.pk).update(person=None)  # the first step of taking it away
    assert send("What?", attachment=[str(row.pk)]).status_code == 409
    assert Attachment.objects.get().turn is None


def test_a_question_with_an_attachment_is_sent_again_without_words(bring, asked, sees, as_editor):
    sees("vision")
    asked("What?", bring("pot.png", picture()))
    question = Turn.objects.get(run=None)
    url = reverse("chat:edit_turn", args=[question.conversation_id, question.pk])
    assert as_editor.post(url, {"message": "", "key": str(uuid.uuid4())}).status_code == 303
    [message] = Run.objects.latest("id").params["messages"]
    assert [part["type"] for part in message["content"]] == ["image_url"]
