"""Many rows: in as few calls as the service allows, as a table, against limits of the team, by two models, as files."""

import csv
import io
import json

import pytest
from django.urls import reverse

from apps.moderation import holdings, taking
from apps.moderation import judging as work
from apps.moderation.models import Batch, Check, Judging, Row, Rules, Verdict
from apps.moderation.tests.conftest import words_of
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
