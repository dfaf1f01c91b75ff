"""What people bring to be checked: a table whose column is chosen, files of text, pictures; and what cannot be taken."""

import pytest
from django.urls import reverse

from apps.moderation.models import Check, Row, Verdict
from apps.moderation.tests.conftest import picture_file, table_file, words_of
from apps.runs.models import Run
from tests.loopback.safety_models import TEXT_ONLY


def test_the_column_of_a_table_is_chosen_first(bring, as_editor, carry_out):
    response = bring(files=[table_file('id;text;note\n1;"You idiot,\nreally";x\n2;;y\n3;Good morning;z\n')])
    check = Check.objects.get()
    assert check.is_draft and not Run.objects.exists()
    page = as_editor.get(response.url).content.decode()
    assert "Which column is to be checked?" in page and 'value="2" selected' in page
    for _click in range(2):
        as_editor.post(reverse("moderation:begin", args=[check.pk]), {"column": "2", "has_header": "1"})
    carry_out()
    assert [(row.number, row.text) for row in Row.objects.all()] == [(2, "You idiot,\nreally"), (4, "Good morning")]
    assert Run.objects.count() == 1 and Row.objects.get(verdicts__is_flagged=True).number == 2
    told = words_of(as_editor.get(response.url).content.decode())
    assert "1 row is empty and was left out: 3." in told


def test_other_letters_are_shown_before_anything_is_sent(bring, as_editor):
    bring(files=[table_file("text\nÿÿ lo\u010f v p\u0159\u00edstavu\n".replace("ÿ", "\u017e"), encoding="cp1250")])
    check = Check.objects.get()
    page = as_editor.post(reverse("moderation:begin", args=[check.pk]), {"look": "1", "column": "1", "encoding": "cp1250"}).content.decode()
    assert "\u017e\u017e lo\u010f v p\u0159\u00edstavu" in page and Check.objects.get().is_draft


def test_a_column_that_is_not_there_is_told_and_the_file_stays(bring, as_editor, carry_out):
    bring(files=[table_file("id;text\n1;One\n2;Two\n")])
    check = Check.objects.get()
    response = as_editor.post(reverse("moderation:begin", args=[check.pk]), {"column": "9"})
    assert response.status_code == 422 and "The table has no such column." in response.content.decode()
    as_editor.post(reverse("moderation:begin", args=[check.pk]), {"column": "1"})
    carry_out()
    assert [row.text for row in Row.objects.all()] == ["1", "2"]


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (("x.xlsx", b"PK\x03\x04\x00xl/workbook"), "This file is an Excel workbook. Save it as CSV in Excel"),
        (("x.csv", b""), "There is no text in it."),
        (("x.pdf", b"%PDF-1.7 \x00"), "This file is a PDF."),
        (("x.png", b"no picture"), "The file “x.png” is no picture that can be read."),
        (("x.png", b""), "The file “x.png” is empty."),
    ],
)
def test_a_file_that_cannot_be_taken_is_told(bring, file, sentence):
    from django.core.files.uploadedfile import SimpleUploadedFile

    response = bring(files=[SimpleUploadedFile(*file)])
    assert response.status_code == 422 and sentence in words_of(response.content.decode()) and not Check.objects.exists()


def test_a_text_beside_a_file_is_not_dropped(bring):
    for files in ([table_file("id;comment\n1;hello\n")], [table_file("a", "a.txt"), table_file("b", "b.txt")]):
        response = bring(text="Still here", files=files)
        assert response.status_code == 422 and "There is a text in the field" in response.content.decode()
        assert "Still here" in response.content.decode() and not Check.objects.exists()


@pytest.mark.parametrize(("each", "count"), [("whole", 1), ("line", 0)])
def test_a_file_of_text_is_one_text_where_that_was_chosen(bring, carry_out, each, count):
    bring(files=[table_file("Good morning\nYou idiot\n", "letter.txt")], each=each)
    carry_out()
    assert Row.objects.count() == count  # else its lines are shown first
    assert Check.objects.get().name == "letter.txt"


def test_several_files_are_a_row_each(bring, carry_out):
    bring(files=[table_file("You\nidiot", "a.txt"), table_file("Fine", "b.txt")])
    carry_out()
    assert [(row.label, row.text) for row in Row.objects.all()] == [("a.txt", "You\nidiot"), ("b.txt", "Fine")]


# --- Pictures -----------------------------------------------------------------------------------
def test_pictures_go_one_by_one_with_their_text(bring, carry_out, loopback, as_editor):
    bring(text="What is this? #t-6b02", files=[picture_file("red"), picture_file("green", "garden.jpg", "JPEG")])
    carry_out()
    asked = loopback.requests("#t-6b02", body=True)
    assert len(asked) == 2
    assert [part["type"] for part in asked[0].body["input"]] == ["text", "image_url"]
    assert asked[0].body["input"][1]["image_url"]["url"].startswith("data:image/jpeg;base64,")
    verdicts = {verdict.row.label: verdict for verdict in Verdict.objects.select_related("row")}
    assert verdicts["kitchen.png"].is_flagged and not verdicts["garden.jpg"].is_flagged
    row = Row.objects.get(label="kitchen.png")
    shown = as_editor.get(reverse("moderation:picture", args=[row.check_of_id, row.position]) + "?inline")
    assert shown.status_code == 200 and shown["Content-Type"] == "image/jpeg"
    stored = Run.objects.order_by("pk").first().request["json"]["input"][1]["image_url"]["url"]
    assert len(stored) < 100


def test_a_model_without_pictures_gets_none(bring):
    response = bring(files=[picture_file()], model=TEXT_ONLY)
    assert response.status_code == 422 and "checks no pictures" in response.content.decode() and not Run.objects.exists()
