"""A chat and a picture are checked from their own pages."""

import io
import uuid

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from apps.chat.models import Conversation, Turn
from apps.moderation.models import Check, Row
from apps.providers.models import Model
from apps.runs.models import Run, RunFile
from tests.belongings import make_picture
from tests.loopback.safety_models import OMNI, TEXT_ONLY

pytestmark = pytest.mark.django_db


@pytest.fixture
def checking(provider):
    provider.endpoints = {"moderation": {"state": "works"}}
    provider.save()
    return lambda name: Model.objects.create(provider=provider, name=name)


@pytest.fixture
def conversation(team, provider, editor):
    chat = Conversation.objects.create(team=team, person=editor.user, title="About clay", instructions="Be brief")
    run = Run.objects.create(
        team=team, operation="chat.reply", provider=provider, model="m", model_label="Plain", key=uuid.uuid4().hex, fingerprint="-",
        queued_at=timezone.now(), status="completed", text="Clay is earth.", parent_kind="chat", parent_id=chat.pk,
    )  # fmt: skip
    question = Turn.objects.create(conversation=chat, text="What is clay?")
    Turn.objects.create(conversation=chat, parent=question, text="Another branch")
    chat.leaf = Turn.objects.create(conversation=chat, parent=question, run=run)
    chat.save()
    return chat


@pytest.fixture
def picture(team):
    page = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(page, "PNG")
    return make_picture(team, width=64, height=64, file=page.getvalue(), name="Kitchen")


def test_each_message_of_a_chat_is_a_row(as_editor, conversation, checking):
    checking(OMNI)
    page = as_editor.get(reverse("chat:conversation", args=[conversation.pk])).content.decode()
    assert reverse("chat:check", args=[conversation.pk]) in page
    answers = [as_editor.post(reverse("chat:check", args=[conversation.pk]), {"key": "k" * 32}) for _click in range(2)]
    check = Check.objects.get()
    assert {answer.url for answer in answers} == {reverse("moderation:check", args=[check.pk])} and check.name == "About clay"
    assert list(Row.objects.values_list("label", "text")) == [
        ("Instructions", "Be brief"),
        ("You", "What is clay?"),
        ("Plain", "Clay is earth."),
    ]


@pytest.fixture
def pictured(conversation):
    """The answer of the conversation has two pictures, of which one cannot be read."""
    page = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(page, "PNG")
    for position, content in enumerate([page.getvalue(), b"no picture"]):
        row = RunFile(
            run=conversation.leaf.run, role="output", position=position, name="p.png", content_type="image/png", size=len(content)
        )
        row.file.save("p", ContentFile(content), save=False)
        row.save()
    return conversation


@pytest.mark.parametrize(
    ("model", "labels", "note"),
    [
        (OMNI, ["Instructions", "You", "Plain", "Picture of Plain"], "1 picture was not checked."),
        (TEXT_ONLY, ["Instructions", "You", "Plain"], "2 pictures were not checked."),
    ],
)
def test_pictures_of_a_chat_are_checked_or_it_is_said_that_they_are_not(as_editor, pictured, checking, model, labels, note):
    checking(model)
    page = as_editor.post(reverse("chat:check", args=[pictured.pk]), {"key": "k" * 32}, follow=True).content.decode()
    assert list(Row.objects.order_by("position").values_list("label", flat=True)) == labels
    assert Check.objects.get().notes == [note] and note in page
    assert Row.objects.exclude(picture="").count() == labels.count("Picture of Plain")


def test_a_picture_is_checked_from_its_menu(as_editor, picture, checking):
    checking(OMNI)
    assert reverse("images:check") in as_editor.get(reverse("images:picture", args=[picture.pk])).content.decode()
    for _click in range(2):
        as_editor.post(reverse("images:check"), {"picture": str(picture.pk), "key": "k" * 32})
    row = Row.objects.get()
    assert row.label == "Kitchen" and row.picture and row.check_of.has_pictures


def test_a_picture_goes_to_no_model_that_takes_none(as_editor, picture, checking):
    checking(TEXT_ONLY)
    response = as_editor.post(reverse("images:check"), {"picture": str(picture.pk), "key": "k"}, follow=True)
    assert "checks no pictures" in response.content.decode() and not Check.objects.exists()


def test_without_a_model_the_reason_is_told(as_editor, conversation, provider):
    response = as_editor.post(reverse("chat:check", args=[conversation.pk]), {"key": "k"}, follow=True)
    assert "No model can do this yet." in response.content.decode() and not Check.objects.exists()
