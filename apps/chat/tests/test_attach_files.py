"""Attaching: what is kept of a file, what is refused, and how it stays with the message until that is sent."""

import datetime
import io

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from apps.chat import attaching
from apps.chat.attachment_holdings import AttachmentHolding
from apps.chat.holdings import ChatHolding
from apps.chat.models import Attachment, Conversation
from apps.chat.tests.attached import make_attachment, pdf, photo_with_place, picture, upload, wav
from apps.core.handing import HandedPicture, hand_over
from apps.runs.models import RunFile

pytestmark = pytest.mark.django_db
NEW = "chat:new_attach"


@pytest.fixture
def attach(as_editor, model):
    def attach(name, content, conversation=None, *, htmx=True, client=None, **fields):
        url = reverse("chat:attach", args=[conversation.pk]) if conversation else reverse(NEW)
        headers = {"HX-Request": "true"} if htmx else {}
        return (client or as_editor).post(url, {"files": upload(name, content), **fields}, headers=headers)

    return attach


def test_a_photo_is_kept_upright_small_and_without_its_place(attach):
    assert attach("IMG 1.jpg", photo_with_place()).status_code == 200
    row = Attachment.objects.get()
    with row.file.open("rb") as kept:
        image = Image.open(io.BytesIO(kept.read()))
    assert (row.kind, row.details["width"], row.details["height"]) == ("picture", 512, 2048)
    assert image.size == (512, 2048) and not image.getexif()


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_other_kinds_of_pictures_are_written_anew(attach, kind):
    attach(f"a.{kind}", picture(kind=kind))
    assert Attachment.objects.get().content_type in {"image/png", "image/jpeg"}


def test_a_pdf_is_read_page_by_page(attach):
    page = attach("Report.pdf", pdf("Clay is earth", "", "Mud is wet")).content.decode()
    row = Attachment.objects.get()
    assert (row.kind, row.details["pages"]) == ("pdf", 3)
    assert row.text == "[Page 1]\nClay is earth\n\n[Page 3]\nMud is wet"
    assert "3 pages" in page and "Report.pdf" in page


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_a_table_is_decoded_as_spreadsheets_write_it(attach, encoding):
    attach("zutaten.csv", "Name;Größe\nTon;groß\n".encode(encoding))
    row = Attachment.objects.get()
    assert (row.kind, row.text, row.details["fence"]) == ("text", "Name;Größe\nTon;groß\n", "csv")


def test_a_recording_says_how_long_it_is(attach):
    assert "0:02" in attach("call.wav", wav(2.0)).content.decode()
    assert Attachment.objects.get().details["format"] == "wav"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.txt", b"", "“a.txt” is empty."),
        ("a.txt", b"  \n ", "has no words in it"),
        ("book.xlsx", b"PK\x03\x04" + b"\0" * 40 + b"xl/workbook.xml", "is an Excel workbook. Save it as CSV"),
        ("a.docx", b"PK\x03\x04" + b"\0" * 40 + b"word/document.xml", "Save it as PDF or as plain text"),
        ("a.zip", b"PK\x03\x04" + b"\0" * 100, "is a packed archive"),
        ("a.bin", bytes(range(256)) * 20, "cannot be read. Pictures, PDF, text"),
        ("a.pdf", b"%PDF-1.4 nothing", "is a PDF that cannot be read"),
        ("a.png", b"\x89PNG\r\n\x1a\n broken", "“a.png”: This PNG file is damaged"),
        ("a.ogg", b"OggS" + b"\0" * 200, "Save it once more as WAV or MP3"),
        ("a.txt", b"x" * 400_001, "has 400,001 characters, and the most is 400,000"),
        ("a.txt", b"x" * (5 * 1024 * 1024), "has 5.0 MB, and the most is 4 MB"),
    ],
)
def test_it_says_in_one_sentence_why_a_file_is_not_attached(attach, name, content, sentence):
    response = attach(name, content)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\a b.txt", "a b.txt"),
        ("evil\u202etxt.exe", "evil txt.exe"),
        ("<img src=x>.txt", "<img src=x>.txt"),
        ("n" * 300 + ".txt", "n" * 196 + ".txt"),
        ("\x00\x07", "File"),
    ],
)
def test_a_hostile_name_becomes_one_that_can_be_read(typed, kept):
    assert attaching.name_of(typed) == kept


def test_it_stays_with_the_message_that_is_not_sent(attach, as_editor, conversation):
    attach("a.txt", b"Clay")
    attach("b.txt", b"Mud", conversation)
    home, page = (
        as_editor.get(url).content.decode() for url in (reverse("chat:home"), reverse("chat:conversation", args=[conversation.pk]))
    )
    assert "a.txt" in home and "b.txt" not in home
    assert "b.txt" in page and "a.txt" not in page


def test_it_is_attached_once_and_can_be_taken_away(attach, as_editor):
    for _time in range(2):
        attach("a.txt", b"Clay")
    row = Attachment.objects.get()
    place = row.file.name
    assert default_storage.exists(place)
    page = as_editor.post(reverse(NEW), {"remove": str(row.pk)}, headers={"HX-Request": "true"}).content.decode()
    assert "a.txt" not in page and not Attachment.objects.exists() and not default_storage.exists(place)


def test_no_more_than_twenty_go_with_a_message(attach):
    for number in range(20):
        attach(f"{number}.txt", b"Clay %d" % number)
    response = attach("too many.txt", b"Clay")
    assert response.status_code == 422 and "20 attachments go with one message at most" in response.content.decode()
    assert Attachment.objects.count() == 20


def test_without_scripts_what_was_typed_stays(attach):
    page = attach("a.txt", b"Clay", htmx=False, message="Half a thought").content.decode()
    assert "Half a thought" in page and "a.txt" in page
    refused = attach("b.txt", b"", htmx=False, message="Half a thought")
    assert refused.status_code == 422 and "Half a thought" in refused.content.decode() and "is empty" in refused.content.decode()


def test_only_who_brought_it_sees_what_was_not_sent(attach, make_member, team, other_team, viewer):
    attach("a.png", picture())
    url = reverse("chat:attachment", args=[Attachment.objects.get().pk])
    for member in (make_member(team, "editor"), viewer, make_member(other_team, "owner")):
        client = Client()
        client.force_login(member.user)
        assert client.get(url).status_code == 404
        assert "a.png" not in client.get(reverse("chat:home")).content.decode()


def test_it_is_served_as_a_download_and_a_picture_in_place(attach, as_editor):
    attach('Ton "pot".png', picture())
    attach("page.html", b"<script>alert(1)</script>")
    shown, text = Attachment.objects.order_by("pk")
    response = as_editor.get(reverse("chat:attachment", args=[shown.pk]) + "?inline")
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert response["Content-Disposition"].startswith("inline")
    response = as_editor.get(reverse("chat:attachment", args=[text.pk]) + "?inline")
    assert (response["Content-Type"], response["Content-Disposition"][:10]) == ("application/octet-stream", "attachment")
    assert "sandbox" in response["Content-Security-Policy"]
    assert as_editor.get(reverse("chat:attachment_small", args=[shown.pk]))["Content-Type"] == "image/webp"
    assert as_editor.get(reverse("chat:attachment_small", args=[text.pk])).status_code == 404


def test_a_viewer_may_attach_nothing(attach, viewer):
    client = Client()
    client.force_login(viewer.user)
    assert attach("a.txt", b"Clay", client=client).status_code == 403
    assert not Attachment.objects.exists()


def test_what_was_never_sent_goes_after_a_day(attach, team):
    attach("old.txt", b"Clay")
    attach("new.txt", b"Mud")
    old = Attachment.objects.get(name="old.txt")
    Attachment.objects.filter(pk=old.pk).update(created_at=timezone.now() - datetime.timedelta(days=1, minutes=1))
    assert AttachmentHolding().tidy(10) == 1
    assert Attachment.objects.get().name == "new.txt" and not default_storage.exists(old.file.name)


def test_a_chat_that_goes_takes_its_attachments_along(conversation, editor):
    question = conversation.turns.get(run=None)
    sent, unsent = make_attachment(conversation, question, editor.user), make_attachment(conversation, None, editor.user)
    run = conversation.leaf.run
    RunFile.objects.create(run=run, role="input", name="pot.png", content_type="image/png", size=3, file=sent.file.name, is_claimed=True)
    Conversation.objects.update(deleted_at=timezone.now() - datetime.timedelta(days=31))
    while ChatHolding().tidy(10):
        pass
    assert not Conversation.objects.exists() and not Attachment.objects.exists() and not RunFile.objects.exists()
    assert not any(default_storage.exists(place) for row in (sent, unsent) for place in (row.file.name, row.thumbnail.name))


def test_export_and_deletion_of_a_team_know_them(conversation, editor, team):
    row = make_attachment(conversation, conversation.turns.get(run=None), editor.user)
    paths = {part.path: b"".join(part.chunks) for part in AttachmentHolding().export(team.pk)}
    assert paths[f"attachments/{row.pk}.png"] == picture() and b"pot.png" in paths["attachments.jsonl"]
    markdown = {part.path: b"".join(part.chunks) for part in ChatHolding().export(team.pk)}[f"conversations/{conversation.pk}.md"]
    assert f"[pot.png](../attachments/{row.pk}.png)".encode() in markdown
    assert AttachmentHolding().left(team.pk) == AttachmentHolding().delete(team.pk, 10) == 1
    assert AttachmentHolding().left(team.pk) == 0 and not default_storage.exists(row.file.name)


def test_a_picture_of_another_page_is_attached_to_a_new_chat(rf, editor, model):
    request = rf.post("/")
    request.membership, request.user = editor, editor.user
    for _click in range(2):
        url = hand_over("chat-picture", request, HandedPicture("Kitchen.png", upload("x", picture())))
    assert (url, Attachment.objects.get().name) == (reverse("chat:home"), "Kitchen.png")
