"""Pictures that a model makes in a chat: from the stream into the gallery, and back on the page of the chat."""

import pathlib
import re
import tempfile

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from apps.accounts.models import Team
from apps.chat.models import Conversation
from apps.chat.operations import ChatReply
from apps.runs.erasure import erase
from apps.runs.executor import execute
from apps.runs.explanations import explain
from apps.runs.live.view import Stream
from apps.runs.models import Run, RunFile
from apps.runs.sweeper import sweep
from tests.loopback import chat_pictures

pytestmark = pytest.mark.django_db(transaction=True)
SAID = chat_pictures.SAID
Picture = apps.get_model("images.Picture")  # no capability imports another, and no test of one does


@pytest.fixture
def answered(send):
    """Ask in a chat, and let the real executor have it answered by a model of the loopback provider."""

    def answer(model="chat-pictures", conversation=None, message="Draw a boat", **params):
        assert send(message, conversation).status_code == 303
        run = Run.objects.latest("id")
        Run.objects.filter(pk=run.pk).update(model=model, params={**run.params, **params})
        execute([run.pk])
        return Run.objects.get(pk=run.pk)

    return answer


def page_of(client, run, name="chat:conversation"):
    response = client.get(reverse(name, args=[run.parent_id if name.startswith("chat") else run.pk]))
    assert response.status_code == 200
    return response.content.decode()


def shown_on(page):
    """Where each picture on a page leads, and the address of its small copy."""
    return re.findall(r'<li><a href="([^"]+)"><img src="([^"]+)"', page)


def places_of(*pictures):
    return [tuple(reverse(f"images:{name}", args=[picture.pk]) for name in ("picture", "thumbnail")) for picture in pictures]


@pytest.mark.parametrize(
    "place", ["chat-pictures", "chat-pictures-whole", "chat-pictures-parts", "chat-pictures-inline", "chat-pictures-bare"]
)
def test_a_picture_of_an_answer_lands_in_the_gallery(answered, as_editor, editor, place):
    run = answered(place)
    picture = Picture.objects.get()
    assert (run.status, run.error_kind, run.notices) == ("completed", "", [])
    assert run.text.startswith(SAID) and "base64" not in run.text and "base64" not in str(run.response)
    assert (picture.kind, picture.run, picture.team, picture.person) == ("chat", run, run.team, editor.user)
    assert (picture.width, picture.height, picture.content_type) == (*chat_pictures.SIZE, "image/png")
    with picture.file.open("rb") as file, picture.thumbnail.open("rb") as thumbnail:
        assert file.read() == chat_pictures.picture_of(1)
        assert Image.open(thumbnail).format == "WEBP"
    row = RunFile.objects.get()
    assert (row.is_claimed, row.file.name, picture.output_id) == (True, picture.file.name, row.pk)
    for _look in range(2):  # also after a reload
        assert shown_on(page_of(as_editor, run)) == places_of(picture)
    assert as_editor.get(places_of(picture)[0][1]).status_code == 200


def test_it_is_seen_in_the_receipt_and_at_the_end_of_the_stream(answered, as_editor, rf, editor):
    run = answered()
    picture = Picture.objects.get()
    assert shown_on(page_of(as_editor, run, "runs:receipt")) == places_of(picture)
    request = rf.get("/live/")
    request.user, request.memberships = editor.user, [editor]
    assert shown_on(Stream(request, [run])._card(run.pk)) == places_of(picture)
    assert "Draw a boat" in as_editor.get(reverse("runs:history")).text


def test_pictures_without_a_word_are_an_answer(answered, as_editor):
    run = answered("chat-pictures-only-times3")
    assert (run.status, run.text, explain(run)) == ("completed", "", None)
    page = page_of(as_editor, run)
    assert shown_on(page) == places_of(*Picture.objects.order_by("output__position"))
    assert "answered with nothing" not in page and 'data-copy="text-' not in page


def test_no_picture_of_another_server_is_loaded(answered, as_editor):
    run = answered("chat-pictures-inline")
    Run.objects.filter(pk=run.pk).update(text="![x](https://owned.invalid/a.png) ![y](data:image/png;base64,AAAA)")
    page = page_of(as_editor, run)
    assert not [source for source in re.findall(r'<img[^>]+src="([^"]+)"', page) if not source.startswith("/images/")]


def test_the_next_turn_is_told_in_words(answered, loopback):
    run = answered("chat-pictures-only")
    conversation = Conversation.objects.get()
    after = answered("chat-pictures", conversation, "Now with a sail")
    last = answered("steady-tokens3", conversation, "And now?")
    assert after.params["messages"] == [{"role": "user", "content": "Draw a boat\n\nNow with a sail"}]
    assert [message["content"] for message in last.params["messages"]] == ["Draw a boat\n\nNow with a sail", SAID, "And now?"]
    assert "base64" not in str(last.params) and run.text == ""


def test_a_model_that_can_draw_is_told_that_it_may(send, provider, model, as_editor):
    able = provider.models.create(name="google/gemini-2.5-flash-image")
    for chosen, modalities in ((able, ["image", "text"]), (model, None)):
        as_editor.post(reverse("chat:new_settings"), {"model": str(chosen.pk), "shown.model": ""})
        send("Draw a boat")
        run = Run.objects.latest("id")
        request = ChatReply().build_request(run.model, run.params, [])
        assert (run.model, request.json.get("modalities")) == (chosen.name, modalities)


def test_a_server_that_does_not_know_that_word_is_asked_without_it(answered):
    run = answered("refuses-modalities", modalities="image,text")
    assert (run.status, "modalities" in run.request["json"]) == ("completed", False)
    assert [attempt.outcome for attempt in run.attempts.all()] == ["parameter", "completed"]


# --- What a hostile or broken server sends -----------------------------------------------------
def test_what_is_no_picture_is_said_in_a_sentence_and_the_rest_is_kept(answered, as_editor):
    run = answered("chat-pictures-bad")
    assert (run.status, run.text) == ("completed", SAID)
    assert run.notices == ["5 pictures of this answer cannot be shown."]
    assert [picture.width for picture in Picture.objects.all()] == [chat_pictures.SIZE[0]]
    assert RunFile.objects.count() == 1 and run.notices[0] in page_of(as_editor, run)


def test_a_thousand_pictures_are_ten(answered):
    run = answered("chat-pictures-times1000")
    assert (run.status, run.text, Picture.objects.count()) == ("completed", SAID, 10)
    assert run.notices == ["1000 pictures came with this answer, more than it may bring. The first 10 were taken."]


def test_nothing_but_bad_pictures_is_said(answered, monkeypatch, as_editor):
    monkeypatch.setattr("apps.images.pictures.judging.MOST_PIXELS", 10)
    run = answered("chat-pictures-only")
    assert (run.status, run.error_kind) == ("failed", "bad_answer")
    assert "What came is no picture that can be shown." in page_of(as_editor, run)
    assert not RunFile.objects.exists() and not Picture.objects.exists()


def test_a_link_that_leads_nowhere_costs_the_picture_and_not_the_answer(answered):
    run = answered("chat-pictures-dead")
    assert (run.status, run.text, run.notices) == ("completed", SAID, ["The link of one picture could not be opened."])
    assert not Picture.objects.exists()


def test_pictures_of_an_answer_that_broke_off_are_kept(answered, as_editor):
    run = answered("chat-pictures-cut-times2")
    assert (run.status, run.text) == ("interrupted", SAID)
    assert shown_on(page_of(as_editor, run)) == places_of(*Picture.objects.order_by("pk"))
    sweep()
    assert Picture.objects.count() == 2


# --- What becomes of them ----------------------------------------------------------------------
def test_a_deleted_picture_is_missed_and_comes_back(answered, as_editor):
    run = answered("chat-pictures-times2")
    first, second = Picture.objects.order_by("pk")
    Picture.objects.filter(pk=first.pk).update(deleted_at=timezone.now())
    page = page_of(as_editor, run)
    assert shown_on(page) == places_of(second) and "1 picture of this answer was deleted." in page
    Picture.objects.update(deleted_at=None)
    assert len(shown_on(page_of(as_editor, run))) == 2


def test_an_answer_whose_only_pictures_are_gone_says_so(answered, as_editor):
    run = answered("chat-pictures-only")
    RunFile.objects.all().delete()
    page = page_of(as_editor, run)
    assert "The pictures of this answer were deleted." in page and "answered with nothing" not in page


def test_a_team_that_keeps_numbers_only_still_sees_the_pictures_of_its_chats(answered, as_editor, team):
    run = answered("chat-pictures-only")
    Team.objects.filter(pk=team.pk).update(keeps_content=False)
    erase(Run.objects.all(), 10)
    page = page_of(as_editor, run)
    assert shown_on(page) == places_of(Picture.objects.get()) and "Not kept" not in page
    assert not shown_on(page_of(as_editor, run, "runs:receipt"))


def test_many_answers_with_pictures_ask_as_little_as_one(answered, as_editor, django_assert_num_queries, django_assert_max_num_queries):
    run = answered("chat-pictures-times2")
    conversation = Conversation.objects.get()
    page_of(as_editor, run)
    with django_assert_max_num_queries(20) as few:
        page_of(as_editor, run)
        asked = len(few)
    for _turn in range(3):
        answered("chat-pictures-times2", conversation)
    with django_assert_num_queries(asked):
        assert len(shown_on(page_of(as_editor, run))) == 8


def test_a_stranger_sees_none_of_them(answered, other_team, make_member):
    run = answered()
    client = Client()
    client.force_login(make_member(other_team, "owner").user)
    assert client.get(reverse("chat:conversation", args=[run.parent_id])).status_code == 404
    for place in places_of(Picture.objects.get())[0]:
        assert client.get(place).status_code == 404


def test_nothing_is_left_on_the_disk_between(answered, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    answered("chat-pictures-bad")
    answered("chat-pictures-dead", Conversation.objects.get())
    assert not list(tmp_path.iterdir())
    stored = [path for path in pathlib.Path(settings.MEDIA_ROOT).rglob("*") if path.is_file() and str(Team.objects.get().pk) in str(path)]
    assert len(stored) == 2  # one picture and its small copy


def test_a_large_picture_takes_no_more_room_than_a_page_has(answered, as_editor):
    run = answered()
    Picture.objects.update(width=1024, height=1536)
    assert 'width="213" height="320"' in page_of(as_editor, run)
