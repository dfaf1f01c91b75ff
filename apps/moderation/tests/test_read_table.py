"""The page of many rows: by which model, how far it is, why something is missing, what nobody looked at."""

import json

import pytest
from django.urls import reverse

from apps.accounts.models import AuditEntry
from apps.moderation.models import Batch, Check, Judging, Row, Verdict
from apps.moderation.starters import STARTERS
from apps.moderation.tests.conftest import picture_file, table_file, words_of
from apps.providers.models import Model, Provider
from apps.runs.models import Run
from tests.loopback.safety_models import FAILING_ALWAYS, FEWER, KEYLESS, OMNI, OWN, STRICT, TEXT_ONLY

LINES = "Good morning\nYou idiot\nThieves, all of them\nBlood oranges\nNaked truth"
HTMX = {"HX-Request": "true"}


def url_of(name="check", *args):
    return reverse(f"moderation:{name}", args=[Check.objects.latest("pk").pk, *args])


def shown(client, query="", **headers):
    return client.get(url_of() + query, headers=headers).content.decode()


@pytest.fixture
def two(bring, as_editor, carry_out):
    bring(LINES, each="line")
    carry_out()
    as_editor.post(url_of("add_model"), {"other": str(Model.objects.get(name=STRICT).pk)})
    carry_out()


# --- Two models ---------------------------------------------------------------------------------
def test_the_table_goes_by_either_model(two, as_editor):
    page = shown(as_editor, "?show=flagged")
    assert "by=1" in page and 'id="side-B"' in page and "sort=score&amp;by=1" in page
    assert words_of(shown(as_editor, "?show=flagged&by=1")).count("Blood oranges") != words_of(page).count("Blood oranges")
    by_b = shown(as_editor, "?sort=score&by=1").partition("<thead>")[2].partition("</thead>")[0]
    assert by_b.index('aria-sort="descending"') > by_b.index("l-b")


def test_two_providers_with_a_model_of_one_name_are_two_in_a_file(two, as_editor, team):
    other = Provider.objects.create(team=team, name="Mirror", base_url="http://127.0.0.1:9/v1")
    Judging.objects.filter(position=1).update(provider=other, model=OMNI)
    told = json.loads(b"".join(as_editor.get(url_of("export", "json")).streaming_content))
    assert [each["model"] for each in told[1]["models"]] == [OMNI, OMNI]
    assert told[1]["models"][1]["provider"] == "Mirror" != told[1]["models"][0]["provider"]
    entry = AuditEntry.objects.filter(act="data.exported").get()
    assert str(Check.objects.get().pk) in str(entry.details)


# --- What nobody looked at ----------------------------------------------------------------------
def test_what_was_not_assessed_is_neither_flagged_nor_clear(bring, as_editor, carry_out):
    bring(LINES, each="line")
    carry_out()
    Verdict.objects.filter(row__number=1).update(score=None, top="", scores={"hate": 0.9}, applied={"hate": []})
    whole = words_of(shown(as_editor))
    assert "Good morning Not assessed" in whole and "1 row was not assessed." in whole
    assert "Good morning" not in shown(as_editor, "?show=clear") and "Good morning" not in shown(as_editor, "?show=flagged")
    only = shown(as_editor, "?show=unassessed").partition("<tbody>")[2]
    assert "Good morning" in only and "Blood" not in only
    heading, first, *_rest = b"".join(as_editor.get(url_of("export", "csv")).streaming_content).decode("utf-8-sig").splitlines()
    assert "Not assessed" in first and "Verdict" in heading
    told = json.loads(b"".join(as_editor.get(url_of("export", "json")).streaming_content))
    as_editor.post("/safety/limits/", {"limit-hate": "0.5"})  # no number counts of what was not looked for
    assert "Good morning" not in shown(as_editor, "?show=clear") and "Good morning" not in shown(as_editor, "?show=flagged")
    assert (told[0]["models"][0]["assessed"], told[1]["models"][0]["assessed"]) == (False, True)


def test_a_category_of_the_server_that_comes_late_is_a_column_and_counts(bring, as_editor, carry_out):
    bring("The weather\nYou win", each="line", model=OWN)
    carry_out()
    judging = Judging.objects.get()
    assert "spam" in judging.categories
    Verdict.objects.filter(row__number=1).update(scores={"hate": 0.1})
    as_editor.post("/safety/limits/", {"limit-violence": "0.9"})
    assert "You win" in shown(as_editor, "?show=flagged")
    heading = b"".join(as_editor.get(url_of("export", "csv")).streaming_content).decode("utf-8-sig").splitlines()[0]
    assert "spam" in heading


def test_a_highest_score_of_nothing_names_no_category(bring, as_editor, carry_out):
    bring(LINES, each="line")
    carry_out()
    Verdict.objects.filter(row__number=1).update(score=0.001, top="sexual")
    first = shown(as_editor).partition("<tbody>")[2].partition("</tr>")[0]
    assert "Sexual" not in first and "–" in first
    assert "Good morning" not in shown(as_editor, "?category=sexual").partition("<tbody>")[2]
    assert "Thieves" in shown(as_editor, "?category=hate")


# --- While it works -----------------------------------------------------------------------------
def test_a_page_that_waits_asks_only_how_far_it_is(bring, as_editor, carry_out):
    bring(LINES, each="line")
    page = shown(as_editor)
    assert 'id="judgings" hx-get' in page and "part=progress" in page and "every 2s" in page
    part = shown(as_editor, "?part=progress&said=-1", **HTMX)
    assert "<table" not in part and 'id="results"' not in part and 'id="stop-' in part
    assert "0 percent checked" in part and "said=0" in part
    assert "percent" not in shown(as_editor, "?part=progress&said=0", **HTMX)
    Judging.objects.update(done=3)
    part = shown(as_editor, "?part=progress&said=0", **HTMX)
    assert "50 percent checked" in part and "said=50" in part
    carry_out()
    response = as_editor.get(url_of() + "?part=progress&said=50&show=flagged", headers=HTMX)
    assert response["HX-Retarget"] == "#results" and "Everything is checked." in response.content.decode()
    assert "<tbody>" in response.content.decode() and "Good morning" not in response.content.decode()


def test_the_sums_of_many_rows_are_counted_once(bring, as_editor, carry_out, monkeypatch, django_assert_max_num_queries):
    from apps.moderation import summing

    monkeypatch.setattr(summing, "WORTH_KEEPING", 2)
    bring(LINES, each="line")
    carry_out()
    counted = []
    whole = summing._summed
    monkeypatch.setattr(summing, "_summed", lambda *given: counted.append(1) or whole(*given))
    for _look in range(3):
        assert "3 of 5 rows are flagged" in words_of(shown(as_editor))
    assert len(counted) == 1
    as_editor.post("/safety/limits/", {"limit-violence": "0.3"})
    assert "4 of 5 rows are flagged" in words_of(shown(as_editor)) and len(counted) == 2


def test_stop_and_again_keep_the_filters(bring, as_editor, carry_out):
    bring(LINES, each="line", model=FAILING_ALWAYS)
    judging = Judging.objects.get()
    assert f"/judgings/{judging.pk}/stop/?show=flagged&amp;sort=score" in shown(as_editor, "?show=flagged&sort=score")
    for act in ("stop", "again"):
        response = as_editor.post(reverse(f"moderation:{act}", args=[judging.pk]) + "?show=flagged&sort=score&page=2")
        assert response.url.endswith("?show=flagged&sort=score&page=2")


# --- What failed --------------------------------------------------------------------------------
def test_a_row_that_was_not_checked_says_why(bring, as_editor, carry_out):
    bring(LINES, each="line")
    carry_out()
    Verdict.objects.filter(row__number=2).delete()
    Batch.objects.create(judging=Judging.objects.get(), first=2, last=2, is_over=True, sentence="The service fell silent.")
    line = shown(as_editor, "?show=missing").partition("<tbody>")[2]
    assert "The service fell silent." in line
    row = Row.objects.get(number=2)
    assert "The service fell silent." in as_editor.get(url_of("row", row.position)).content.decode()


def test_a_key_that_is_not_taken_leads_to_the_key_and_to_other_models(bring, as_editor, carry_out, checking):
    bring("Good morning", model=KEYLESS)
    carry_out()
    page = shown(as_editor)
    told = words_of(page)
    assert "did not accept the key." in told and "charged" in told and "Check the key" in told and "Use this model instead" in told
    judging = Judging.objects.get()
    for _click in range(2):
        as_editor.post(reverse("moderation:replace", args=[judging.pk]), {"other": str(Model.objects.get(name=OMNI).pk)})
    carry_out()
    judging.refresh_from_db()
    assert (judging.model, judging.state) == (OMNI, "ready") and Run.objects.filter(parent_id=judging.pk).count() == 2
    assert "Nothing flagged" in words_of(shown(as_editor))
    as_editor.post(reverse("moderation:replace", args=[judging.pk]), {"other": str(Model.objects.get(name=STRICT).pk)})
    judging.refresh_from_db()
    assert judging.model == OMNI


def test_only_models_that_see_are_offered_for_pictures(bring, as_editor, carry_out):
    bring(files=[picture_file()])
    carry_out()
    seeing, blind = (Model.objects.get(name=name).pk for name in (FEWER, TEXT_ONLY))
    page = shown(as_editor)
    assert f'value="{seeing}"' in page and f'value="{blind}"' not in page


# --- One row ------------------------------------------------------------------------------------
def test_the_rows_beside_one_are_those_of_the_filter(bring, as_editor, carry_out):
    bring(LINES, each="line")
    carry_out()
    page = as_editor.get(url_of("row", 3) + "?show=flagged").content.decode()
    assert f'{url_of("row", 2)}?show=flagged" rel="prev"' in page and f'{url_of("row", 5)}?show=flagged" rel="next"' in page
    assert 'id="limits-form"' in page and "Receipt" in page and Judging.objects.get().provider.name in page
    assert f'{url_of("row", 4)}?" rel="next"' in as_editor.get(url_of("row", 3)).content.decode()


def test_who_may_only_look_is_told(bring, client, viewer, carry_out):
    bring(LINES, each="line")
    carry_out()
    client.force_login(viewer.user)
    for url in (url_of(), url_of("row", 2)):
        assert "You can read this. Ask an admin to edit." in client.get(url).content.decode()


def test_the_request_of_a_check_is_shown(bring, as_editor, carry_out):
    bring(LINES, each="line")
    carry_out()
    assert "show_request" not in shown(as_editor) and "/request/" in shown(as_editor)
    told = as_editor.get(reverse("moderation:show_request", args=[Judging.objects.get().pk])).content.decode()
    assert OMNI in told and "Blood oranges" in told


# --- What it begins with ------------------------------------------------------------------------
def test_many_lines_are_not_called_by_the_first(bring, as_editor):
    bring("You are an idiot\nGood morning", each="line")
    assert Check.objects.get().name == "2 lines"


def test_another_column_of_the_same_file_is_another_check(bring, as_editor, carry_out):
    bring(files=[table_file("text;answer\nOne idiot;Two\nThree;Four\n")])
    as_editor.post(url_of("begin"), {"column": "1"})
    carry_out()
    first = Check.objects.get()
    assert "Check another column" in shown(as_editor)
    for _click in range(2):
        response = as_editor.post(reverse("moderation:another_column", args=[first.pk]), {"key": "again-1"})
    assert Check.objects.count() == 2 and Check.objects.latest("pk").is_draft
    assert response.url == url_of()
    as_editor.post(url_of("begin"), {"column": "2"})
    carry_out()
    assert [row.text for row in Check.objects.latest("pk").rows.all()] == ["Two", "Four"] and first.rows.count() == 2


def test_examples_are_links(as_editor, checking):
    page = as_editor.get("/safety/").content.decode()
    assert len(STARTERS) == 6
    for each in STARTERS:
        assert f"?example={each.name}" in page
    chosen = as_editor.get("/safety/?example=reviews").content.decode()
    assert "The hotel was clean" in chosen.partition("<textarea")[2].partition("</textarea>")[0]
    assert 'value="line" checked' in chosen
    assert as_editor.get("/safety/?example=nothing").status_code == 200


def test_what_the_model_notes_stands_once(as_editor, checking):
    from apps.providers.models import ModelFact

    ModelFact.objects.create(team=checking.team, provider_pattern="*", model_pattern="*", note="Only a test of a note.")
    assert as_editor.get("/safety/").content.decode().count("Only a test of a note.") == 1
