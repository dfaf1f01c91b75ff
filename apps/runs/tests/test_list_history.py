import datetime
import uuid

import pytest
from django.utils import timezone

from apps.accounts.models import Team
from apps.core.ids import first_id_at
from apps.providers.models import Provider
from apps.runs.forms import HistoryFilter
from apps.runs.models import Run

pytestmark = pytest.mark.django_db
ADDRESS = "/history/"


@pytest.fixture
def many(team, editor, provider):
    """Rows as the executor leaves them, without calling anybody."""

    def make(count, **fields):
        rows = [
            Run(
                **{
                    "team": team,
                    "person": editor.user,
                    "operation": "chat.reply",
                    "provider": provider,
                    "model": "steady",
                    "model_label": "steady",
                    "summary": f"Question {n}",
                    "key": f"{fields}{n}"[:80],
                    "fingerprint": "",
                    "queued_at": timezone.now(),
                    "status": "completed",
                    **fields,
                }
            )
            for n in range(count)
        ]
        return Run.objects.bulk_create(rows)

    return make


def test_it_shows_the_newest_first_in_few_queries(as_editor, many, django_assert_max_num_queries):
    many(120)
    with django_assert_max_num_queries(8):
        page = as_editor.get(ADDRESS).content.decode()
    assert page.count("Question ") == 50
    assert page.index("Question 119") < page.index("Question 118")


def test_it_goes_on_after_the_last_row(as_editor, many):
    rows = many(60)
    page = as_editor.get(ADDRESS, {"after": str(rows[10].pk)}).content.decode()
    assert "Question 9<" in page
    assert "Question 11<" not in page


def test_it_keeps_filters_in_the_address(as_editor, many):
    many(2, status="failed", summary="Broken")
    many(2, summary="Whole")
    page = as_editor.get(ADDRESS, {"status": "failed"}).content.decode()
    assert "Broken" in page
    assert "Whole" not in page
    assert '<option value="failed" selected>' in page


@pytest.mark.parametrize("query", [{"q": "whol"}, {"model": "steady"}, {"cost": "unknown"}, {"operation": "chat.reply"}])
def test_it_narrows_by(as_editor, many, query):
    many(1, summary="Whole")
    many(1, summary="Other", model="else", cost_kind="free", operation="gone.away")
    page = as_editor.get(ADDRESS, query).content.decode()
    assert "Whole" in page
    assert "Other" not in page


def test_it_gives_htmx_the_table_alone(as_editor, many):
    many(1)
    part = as_editor.get(ADDRESS, HTTP_HX_REQUEST="true").content.decode()
    assert part.lstrip().startswith('<div id="rows">')
    assert "<html" not in part


@pytest.mark.parametrize("query", [{"after": "x"}, {"person": "x"}, {"status": "x"}, {"cost": "x"}, {"q": "\x00" * 300}])
def test_it_survives_any_address(as_editor, many, query):
    many(1)
    assert as_editor.get(ADDRESS, query).status_code == 200


def test_it_shows_nothing_of_another_team(client, many, other_team, make_member):
    many(1, summary="Secret")
    client.force_login(make_member(other_team).user)
    assert "Secret" not in client.get(ADDRESS).content.decode()


def test_it_says_how_to_begin_when_it_is_empty(as_editor):
    assert "No calls yet" in as_editor.get(ADDRESS).content.decode()


# --- Filters ------------------------------------------------------------------------------------
def test_it_narrows_to_a_group_of_states(as_editor, many):
    for status in ("queued", "streaming", "failed", "interrupted", "unknown", "completed", "cancelled"):
        many(1, status=status, summary=f"It is {status}.")
    shown = as_editor.get(ADDRESS, {"status": "trouble"}).content.decode()
    assert [word for word in ("failed", "interrupted", "unknown") if f"It is {word}." in shown] == ["failed", "interrupted", "unknown"]
    assert "It is completed." not in shown and "It is cancelled." not in shown
    active = as_editor.get(ADDRESS, {"status": "active"}).content.decode()
    assert "It is queued." in active and "It is streaming." in active and "It is failed." not in active


def made_at(moment):
    return uuid.UUID(int=first_id_at(moment).int + uuid.uuid4().int % 2**76)


def test_it_narrows_to_days_with_both_ends_in(as_editor, many):
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    second, day = datetime.timedelta(seconds=1), datetime.timedelta(days=1)
    for number, moment in enumerate((midnight - 3 * day - second, midnight - 3 * day, midnight - day - second, midnight - day)):
        many(1, id=made_at(moment), summary=f"Call {number}.")
    query = {"since": str((midnight - 3 * day).date()), "until": str((midnight - 2 * day).date())}
    page = as_editor.get(ADDRESS, query).content.decode()
    assert [number for number in range(4) if f"Call {number}." in page] == [1, 2]


def test_it_narrows_to_a_period(as_editor, many):
    many(1, id=made_at(timezone.now() - datetime.timedelta(hours=23)), summary="Of today")
    many(1, id=made_at(timezone.now() - datetime.timedelta(days=6)), summary="Of this week")
    many(1, id=made_at(timezone.now() - datetime.timedelta(days=80)), summary="Of this quarter")
    for period, count in (("day", 1), ("week", 2), ("quarter", 3), ("", 3)):
        page = as_editor.get(ADDRESS, {"period": period}).content.decode()
        assert sum(name in page for name in ("Of today", "Of this week", "Of this quarter")) == count, period


def test_it_narrows_to_a_provider_also_a_deleted_one(as_editor, many, team, provider):
    other = Provider.objects.create(team=team, name="Gone", base_url="http://127.0.0.1:9/v1", deleted_at=timezone.now())
    many(1, summary="Here")
    many(1, summary="There", provider=other)
    page = as_editor.get(ADDRESS, {"provider": str(other.pk)}).content.decode()
    assert "There" in page and "Here" not in page


@pytest.mark.parametrize("query", [{"since": "0001-01-01"}, {"until": "9999-12-31"}, {"since": "x", "status": "failed"}, {"provider": "x"}])
def test_it_leaves_out_what_is_no_filter_and_keeps_the_rest(as_editor, many, query):
    many(1, summary="Broken", status="failed")
    many(1, summary="Whole")
    page = as_editor.get(ADDRESS, query).content.decode()
    assert "Broken" in page
    assert ("Whole" in page) == ("status" not in query)


def test_it_exports_what_the_filters_leave(as_editor, many):
    many(60, status="failed")
    page = as_editor.get(ADDRESS, {"status": "failed", "after": "ffffffff-ffff-ffff-ffff-ffffffffffff"}).content.decode()
    assert 'href="/history/export.csv?status=failed"' in page


# --- Acts of a row ------------------------------------------------------------------------------
def test_it_leads_from_a_row_to_its_chat_and_repeats_it(as_editor, many):
    conversation = uuid.uuid4()
    [run] = many(1, parent_kind="chat", parent_id=conversation)
    page = as_editor.get(ADDRESS).content.decode()
    assert f'href="/chat/{conversation}/" title="Open in Chat"' in page
    assert f'action="/history/{run.pk}/again/"' in page


def test_it_offers_no_act_that_cannot_work(as_editor, client, many, viewer):
    many(1, status="streaming", operation="chat.reply")
    many(1, operation="gone.away")
    many(1, erased_at=timezone.now())
    page = as_editor.get(ADDRESS).content.decode()
    assert "/again/" not in page and "Open in" not in page


# --- Words that are not kept --------------------------------------------------------------------
def test_it_says_not_kept_where_the_words_are_gone(as_editor, many):
    [run] = many(1, summary="", erased_at=timezone.now(), text="Only for the chat")
    page = as_editor.get(ADDRESS).content.decode()
    assert "Not kept" in page and "(no text)" not in page
    receipt = as_editor.get(f"{ADDRESS}{run.pk}/").content.decode()
    assert "has been erased. The numbers stay." in receipt
    assert "Only for the chat" not in receipt and "Show the request" not in receipt and "/again/" not in receipt


def test_it_shows_numbers_only_where_the_team_keeps_no_more(as_editor, many, team):
    [run] = many(1, summary="Secret", text="Secret", request={"x": "Secret"}, response={"x": "Secret"}, usage={"input": 4321, "output": 0})
    Team.objects.update(keeps_content=False)
    for address in (ADDRESS, f"{ADDRESS}{run.pk}/", f"{ADDRESS}?q=secret"):
        page = as_editor.get(address).content.decode()
        assert "Secret" not in page and "4,321" in page and "keeps numbers only" in page, address
    assert 'id="id_q"' not in as_editor.get(ADDRESS).content.decode()


def test_it_does_not_send_again_what_is_not_kept(as_editor, many):
    [run] = many(1, erased_at=timezone.now())
    answer = as_editor.post(f"{ADDRESS}{run.pk}/again/", {"key": "k"}, follow=True)
    assert "What was asked is not kept, so it cannot be sent again." in answer.content.decode()
    assert Run.objects.count() == 1


def test_both_ways_of_a_chat_answer_are_one_page_of_the_filter(team):
    titles = [str(title) for _value, title in HistoryFilter({}, team).fields["operation"].choices]
    assert titles.count("Chat answer") == 1
    form = HistoryFilter({"operation": "chat.reply"}, team)
    assert form.is_valid()
    assert "chat.respond" in str(form.narrowed(Run.objects.all()).query)
