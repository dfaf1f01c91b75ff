import pytest

from apps.runs.models import Run

pytestmark = pytest.mark.django_db
ADDRESS = "/history/"


@pytest.fixture
def many(team, editor, provider):
    """Rows as the executor leaves them, without calling anybody."""

    def make(count, **fields):
        from django.utils import timezone

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
    with django_assert_max_num_queries(7):
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
