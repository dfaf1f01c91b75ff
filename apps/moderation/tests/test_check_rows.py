"""Many rows: in as few calls as the service allows, as a table, against limits of the team, by two models, as files."""

import csv
import io
import json

import pytest
from django.urls import reverse

from apps.moderation import holdings, taking
from apps.moderation import judging as work
from apps.moderation.models import Batch, Check, Judging, Row, Rules, Verdict
from apps.moderation.tests.conftest import picture_file, table_file, words_of
from apps.moderation.verdicts import flags_of
from apps.providers.models import Model, ModelFact
from apps.runs.models import Run
from tests.loopback.safety_models import (
    BACKWARDS,
    FAILING_ALWAYS,
    FEWER,
    LIMITED,
    OMNI,
    OWN,
    SINGLE,
    SOUR,
    STRICT,
    TEXT_ONLY,
)

LINES = "Good morning\nYou idiot\nThieves, all of them\nBlood oranges\nNaked truth"


@pytest.fixture
def short_calls(monkeypatch):
    from apps.moderation import cutting

    monkeypatch.setattr(cutting, "ENTRIES", 16)


def page_of(client, query=""):
    response = client.get(reverse("moderation:check", args=[Check.objects.get().pk]) + query)
    assert response.status_code == 200
    return words_of(response.content.decode().partition("<tbody>")[2].partition("</tbody>")[0])


def csv_of(client, query=""):
    response = client.get(reverse("moderation:export", args=[Check.objects.get().pk, "csv"]) + query)
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


def flagged_rows():
    return [row.number for row in Row.objects.filter(verdicts__is_flagged=True).order_by("position")]


def test_lines_go_in_one_call(bring, carry_out, loopback):
    bring(LINES + "\n#t-6b01", each="line")
    carry_out()
    (asked,) = loopback.requests("#t-6b01", body=True)
    assert asked.body["input"] == [*LINES.split("\n"), "#t-6b01"]
    assert flagged_rows() == [2, 3, 5] and Judging.objects.get().state == "ready"
    run = Run.objects.get()
    assert run.text == "3 of 6 texts are flagged." and run.response["results"] == 6 and "said" not in run.response


def test_rows_go_in_as_few_calls_as_the_service_allows(bring, carry_out, short_calls):
    bring("\n".join(f"line {number}" for number in range(100)), each="line")
    carry_out()
    assert Run.objects.count() == 7 and Verdict.objects.count() == 100
    assert Judging.objects.get().done == 100


def test_a_known_limit_is_kept(bring, carry_out, team, provider):
    ModelFact.objects.create(team=team, provider_pattern="*", model_pattern=OMNI, limits={"inputs": 40})
    bring("\n".join(f"line {number}" for number in range(100)), each="line")
    carry_out()
    assert sorted(batch.size for batch in Batch.objects.all()) == [20, 40, 40]


def test_a_limit_that_nobody_told_is_found(bring, carry_out, short_calls):
    bring("\n".join(f"line {number}" for number in range(100)), each="line", model=LIMITED)
    carry_out()
    judging = Judging.objects.get()
    assert judging.state == "ready" and judging.most == 8
    assert Run.objects.filter(status="completed").count() <= 14 and Run.objects.filter(status="failed").count() <= work.AT_ONCE


def test_a_service_that_takes_one_text_only_is_asked_one_by_one(bring, carry_out, short_calls):
    bring("\n".join(f"line {number}" for number in range(20)), each="line", model=SINGLE)
    carry_out()
    assert Judging.objects.get().state == "ready" and Verdict.objects.count() == 20
    assert Run.objects.filter(status="completed").count() == 20


def test_one_row_that_cannot_be_checked_costs_no_other(bring, carry_out, short_calls, as_editor):
    lines = [f"line {number}" for number in range(30)]
    lines[12] = "this one is sour"
    bring("\n".join(lines), each="line", model=SOUR)
    carry_out()
    judging = Judging.objects.get()
    assert judging.state == "partial" and Verdict.objects.count() == 29
    assert judging.sentence.startswith("Row 13: ") and not Verdict.objects.filter(row__number=13).exists()
    assert "13 this one is sour Not checked" in page_of(as_editor, "?show=missing")


def test_an_answer_that_falls_short_is_not_paid_again_by_itself(bring, carry_out, short_calls, as_editor):
    bring("\n".join(f"line {number}" for number in range(4)), each="line", model=FEWER)
    carry_out()
    judging = Judging.objects.get()
    assert judging.state == "failed" and judging.sentence == "Rows 1 to 4: The service answered for 3 of 4 rows."
    assert Run.objects.count() == 1
    for _click in range(3):  # each time in smaller calls
        as_editor.post(reverse("moderation:again", args=[judging.pk]))
        carry_out()
    assert Judging.objects.get().state == "ready" and Verdict.objects.count() == 4


def test_a_service_that_refuses_every_row_is_left_alone(bring, carry_out, short_calls):
    bring("\n".join(f"sour {number}" for number in range(300)), each="line", model=SOUR)
    carry_out()
    judging = Judging.objects.get()
    assert judging.state == "failed" and Run.objects.count() < 60


def test_a_row_that_is_refused_again_and_again_ends_the_looking(bring, carry_out, short_calls, monkeypatch):
    monkeypatch.setattr(taking, "MOST_REFUSED", 5)
    bring("\n".join(f"line {number}" if number % 16 else "sour" for number in range(160)), each="line", model=SOUR)
    carry_out()
    judging = Judging.objects.get()
    assert judging.state in {"partial", "failed"} and Run.objects.filter(status="failed").count() < 40


def test_many_long_names_of_categories_are_kept(bring, carry_out, monkeypatch):
    from apps.moderation import reading

    flags = [f"{number}".rjust(100, "x") for number in range(60)]
    said = reading.Said(is_flagged=True, flags=flags, scores=dict.fromkeys(flags, 0.9))
    monkeypatch.setattr(taking, "of_dict", lambda kept: said)
    bring("You idiot")
    carry_out()
    assert Judging.objects.get().state == "ready" and flags_of(Verdict.objects.get()) == flags


def test_a_large_check_is_removed_in_slices(bring, carry_out, team, monkeypatch):
    monkeypatch.setattr(holdings, "AT_ONCE", 2)
    bring(LINES, each="line")
    carry_out()
    assert holdings.remove_checks(Check.objects.all(), 5) == 1
    assert not Row.objects.exists() and not Verdict.objects.exists() and not Check.objects.exists()


def test_verdicts_with_places_come_to_their_rows(bring, carry_out):
    bring(LINES, each="line", model=BACKWARDS)
    carry_out()
    assert flagged_rows() == [2, 3, 5]


def test_what_failed_is_asked_again_alone(bring, carry_out, as_editor, short_calls, monkeypatch):
    bring("\n".join(f"line {number}" for number in range(32)), each="line")
    carry_out()
    last = Batch.objects.order_by("-first").first()
    Verdict.objects.filter(row__position__gte=last.first).delete()
    Batch.objects.filter(pk=last.pk).update(sentence="It broke.")
    judging = Judging.objects.get()
    Judging.objects.update(state="partial", sentence="It broke.")
    for _click in range(2):
        as_editor.post(reverse("moderation:again", args=[judging.pk]))
    carry_out()
    judging.refresh_from_db()
    assert judging.state == "ready" and Verdict.objects.count() == 32 and Run.objects.count() == 3


def test_work_that_is_done_twice_asks_once(bring, carry_out):
    from apps.runs import followups

    bring(LINES, each="line")
    pk = Judging.objects.get().pk
    for _time in range(3):
        followups.work_now("judging", pk)
    carry_out()
    followups.work_now("judging", pk)
    assert Run.objects.count() == 1 and Verdict.objects.count() == 5


def test_a_stop_sends_nothing_more(bring, carry_out, as_editor, short_calls):
    from apps.runs import followups

    bring("\n".join(f"line {number}" for number in range(200)), each="line")
    judging = Judging.objects.get()
    followups.work_now("judging", judging.pk)
    as_editor.post(reverse("moderation:stop", args=[judging.pk]))
    carry_out()
    judging.refresh_from_db()
    assert (judging.state, judging.sentence) == ("failed", "Stopped.")
    assert Run.objects.count() == work.AT_ONCE and not Run.objects.exclude(status="cancelled").exists()
    as_editor.post(reverse("moderation:again", args=[judging.pk]))
    carry_out()
    judging.refresh_from_db()
    assert judging.state == "ready" and judging.done == 200


def test_a_service_that_fails_fails_whole_with_its_reason(bring, carry_out, as_editor):
    bring(LINES, each="line", model=FAILING_ALWAYS)
    carry_out()
    judging = Judging.objects.get()
    assert judging.state == "failed" and judging.sentence.startswith("Rows 1 to 5: ")


# --- The table ----------------------------------------------------------------------------------
def test_the_table_filters_and_sorts(bring, as_editor, carry_out):
    bring(LINES, each="line")
    carry_out()
    assert page_of(as_editor).startswith("1 Good morning Nothing flagged")
    flagged = page_of(as_editor, "?show=flagged&sort=score")
    assert flagged.index("0.91") < flagged.index("0.88") < flagged.index("0.83") and "Good morning" not in flagged
    assert page_of(as_editor, "?sort=-score").startswith("1 Good morning")
    assert page_of(as_editor).startswith("1 Good morning Nothing flagged – 0.00")
    assert page_of(as_editor, "?category=hate").startswith("3 ") and page_of(as_editor, "?category=hate").count("Flagged.") == 1
    assert page_of(as_editor, "?show=clear").count("Nothing flagged") == 2
    for odd in ("?page=99999999", "?sort=x&show=y&by=9", "?category=%00", "?page=0"):
        page_of(as_editor, odd)


def test_a_long_table_has_pages(bring, as_editor, carry_out):
    bring("\n".join(f"line {number}" for number in range(120)), each="line")
    carry_out()
    assert page_of(as_editor, "?page=3").startswith("101 line 100")


def test_the_limits_of_the_team_decide_at_once(bring, as_editor, carry_out, team):
    bring(LINES, each="line")
    carry_out()
    as_editor.post("/safety/limits/", {"limit-violence": "0.3", "limit-hate": "0,9", "next": "/safety/"})
    assert Rules.objects.get(team=team).limits == {"violence": 0.3, "hate": 0.9}
    flagged = page_of(as_editor, "?show=flagged")
    assert "Blood oranges" in flagged and "Thieves" not in flagged and "You idiot" in flagged
    row = Row.objects.get(number=4)
    detail = as_editor.get(reverse("moderation:row", args=[row.check_of_id, row.position])).content.decode()
    assert "Flagged: violence" in words_of(detail) and "limit 0.30" in words_of(detail) and 'class="bar-limit" x1="30.0"' in detail
    as_editor.post("/safety/limits/", {"limit-violence": "", "limit-hate": ""})
    assert "Blood oranges" not in page_of(as_editor, "?show=flagged")


@pytest.mark.parametrize("typed", ["1.1", "-1", "much", "nan", "1e999"])
def test_a_limit_that_cannot_be_is_refused(as_editor, typed, team):
    response = as_editor.post("/safety/limits/", {"limit-hate": typed})
    assert response.status_code == 422 and "A limit is a number from 0.001 to 1." in response.content.decode()


def test_odd_names_of_categories_do_no_harm(as_editor, team, bring, carry_out):
    as_editor.post("/safety/limits/", {"limit-hate__gte": "0.1", 'limit-a"b': "0.1", "limit-spam": "0.2", "limit-7": "0.2"})
    assert Rules.objects.get(team=team).limits == {"spam": 0.2}
    bring("You win\nThe weather", each="line", model=OWN)
    carry_out()
    assert page_of(as_editor, "?show=flagged").startswith("1 Flagged. Show the text You win Flagged spam 0.90")


# --- Two models ---------------------------------------------------------------------------------
def test_two_models_stand_side_by_side(bring, as_editor, carry_out):
    bring(LINES, each="line")
    check, other = Check.objects.get(), Model.objects.get(name=STRICT)
    carry_out()
    for _click in range(2):
        as_editor.post(reverse("moderation:add_model", args=[check.pk]), {"other": str(other.pk)})
    carry_out()
    assert Judging.objects.count() == 2 and Verdict.objects.count() == 10
    whole = words_of(as_editor.get(reverse("moderation:check", args=[check.pk])).content.decode())
    assert "Both models agree on 4 of 5 rows." in whole
    assert page_of(as_editor, "?show=differ").startswith("4 ")
    third = Model.objects.get(name=TEXT_ONLY)
    as_editor.post(reverse("moderation:add_model", args=[check.pk]), {"other": str(third.pk)})
    assert Judging.objects.count() == 2
    heading = csv_of(as_editor)[0]
    assert heading[3].startswith("A ") and any(cell.startswith("B ") for cell in heading)


# --- A table that is brought --------------------------------------------------------------------
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
    assert Run.objects.count() == 1 and flagged_rows() == [2]
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


def test_a_text_that_the_model_cannot_read_is_not_called_harmless(bring, carry_out, as_editor, monkeypatch):
    from apps.moderation import reading

    said = reading.Said(scores={"hate": 0.0, "violence": 0.0}, applied={"hate": [], "violence": []})
    monkeypatch.setattr(taking, "of_dict", lambda kept: said)
    bring("Good morning\nAnd now", each="line")
    carry_out()
    assert page_of(as_editor).count("Not assessed") == 2 and page_of(as_editor, "?show=clear") == ""
    assert csv_of(as_editor)[1][3] == "Not assessed"


def test_a_category_that_only_later_rows_have_is_told(bring, carry_out, as_editor, monkeypatch):
    from apps.moderation import reading

    def of_dict(kept):
        found = reading.of_dict(kept)
        return reading.Said(scores={"spam": 0.8}, flags=["spam"], is_flagged=True) if found.scores.get("harassment") else found

    monkeypatch.setattr(taking, "of_dict", of_dict)
    bring("Good morning\nYou idiot", each="line")
    carry_out()
    assert "spam" in csv_of(as_editor)[0] and "limit-spam" in as_editor.get(reverse("moderation:check", args=[Check.objects.get().pk])).text


def test_a_list_that_begins_with_a_flagged_line_is_not_called_by_it(bring, carry_out):
    bring("You idiot\nGood morning", each="line")
    carry_out()
    assert Check.objects.get().name == "2 lines"


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


# --- Files --------------------------------------------------------------------------------------
def test_the_table_is_taken_away_as_csv_without_formulas(bring, as_editor, carry_out):
    bring("=1+1 idiot\nGood morning", each="line")
    carry_out()
    heading, first, second = csv_of(as_editor)
    assert heading[:7] == ["Row", "Name", "Text", "Verdict", "Flagged for", "Highest", "Score"]
    assert first[:7] == ["1", "", "'=1+1 idiot", "Flagged", "Harassment", "Harassment", "0.91"]
    assert second[3] == "Nothing flagged"
    assert len(csv_of(as_editor, "?show=flagged")) == 2


def test_the_table_is_taken_away_as_json(bring, as_editor, carry_out):
    bring(LINES, each="line")
    carry_out()
    response = as_editor.get(reverse("moderation:export", args=[Check.objects.get().pk, "json"]))
    told = json.loads(b"".join(response.streaming_content))
    assert told[1]["text"] == "You idiot" and told[1]["models"][0]["model"] == OMNI
    assert told[1]["models"][0]["flagged_for"] == ["harassment"] and told[1]["models"][0]["highest"] == "harassment"
    assert as_editor.get(reverse("moderation:export", args=[Check.objects.get().pk, "xls"])).status_code == 404
