"""The audit: what is written, how it reads, and what is taken out of it."""

import csv
import io
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from apps.accounts.audit import ACTS, record
from apps.accounts.audit_listing import GROUPS, PAGE, act_words
from apps.accounts.models import AuditEntry, Membership, Role, Team
from apps.accounts.tests.people import PASSWORD, make_member

pytestmark = pytest.mark.django_db
AUDIT = "/settings/audit/"


@pytest.fixture
def admin() -> Membership:
    return make_member(Role.ADMIN, Team.objects.create(name="Kiln"), "admin@example.org")


@pytest.fixture
def as_admin(admin: Membership, client: Client) -> Client:
    client.force_login(admin.user)
    return client


def rows_of(page: str) -> list[str]:
    return page.split("<tbody", 1)[1].split("</tbody>", 1)[0].split("<tr ")[1:] if "<tbody" in page else []


def test_it_reads_newest_first_and_in_words(as_admin: Client, admin: Membership) -> None:
    record(admin, "invitation.made", target="lee@example.org", role="viewer", days=1)
    record(admin, "invitation.made", target="kim@example.org", role="editor", days=7)
    record(admin, "role.changed", target="Kim", before="editor", after="admin")
    rows = rows_of(as_admin.get(AUDIT).text)
    assert "Changed a role: <b>Kim</b>" in rows[0] and "from Editor to Admin" in rows[0]
    assert "Invited: <b>kim@example.org</b>" in rows[1] and "as Editor, valid for 7 days" in rows[1]
    assert "as Viewer, valid for 1 day<" in rows[2]


def test_it_shows_markup_in_names_as_text(as_admin: Client, admin: Membership) -> None:
    record(admin, "provider.added", target="<script>alert(1)</script>", address="<b>x</b>", odd={"a": [1, True, None]})
    page = as_admin.get(AUDIT).text
    assert "&lt;script&gt;" in page and "<script>alert" not in page and "<b>x</b>" not in page


def test_it_has_words_and_a_group_for_every_act() -> None:
    prefixes = {prefix for _title, group in GROUPS.values() for prefix in group}
    assert {act.split(".")[0] for act in ACTS} <= prefixes
    assert all(act_words(AuditEntry(act=act)) != act for act in ACTS)


def test_it_narrows_by_group_and_person(as_admin: Client, admin: Membership) -> None:
    other = make_member(Role.ADMIN, admin.team, "other@example.org")
    record(admin, "role.changed", target="Kim", before="editor", after="admin")
    record(other, "provider.added", target="Server")
    record(admin, "key.changed", target="Server")
    assert len(rows_of(as_admin.get(AUDIT, {"group": "providers"}).text)) == 2
    only = rows_of(as_admin.get(AUDIT, {"group": "providers", "person": str(other.user_id)}).text)
    assert len(only) == 1 and "Added a provider" in only[0]
    for odd in ({"group": "x"}, {"person": "x"}, {"person": "\x00"}, {"before": "x"}):
        assert "Changed a role" not in as_admin.get(AUDIT, odd).text


def test_it_goes_on_where_the_page_ended_though_more_was_written(as_admin: Client, admin: Membership) -> None:
    for number in range(PAGE + 3):
        record(admin, "provider.changed", target=f"number-{number:03d}")
    page = as_admin.get(AUDIT).text
    older = page.split("Show older entries")[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    record(admin, "provider.added", target="later")
    seen = [row.split("<b>")[1].split("</b>")[0] for row in rows_of(page) + rows_of(as_admin.get(older).text)]
    assert seen == [f"number-{number:03d}" for number in reversed(range(PAGE + 3))]


def test_it_asks_few_questions(as_admin: Client, admin: Membership, django_assert_max_num_queries: Any) -> None:
    for number in range(PAGE):
        record(make_member(Role.EDITOR, admin.team, f"p{number}@example.org"), "password.changed")
    with django_assert_max_num_queries(6):
        assert len(rows_of(as_admin.get(AUDIT).text)) == PAGE


def test_it_keeps_the_name_of_somebody_who_is_gone(as_admin: Client, admin: Membership) -> None:
    gone = make_member(Role.ADMIN, admin.team, "gone@example.org")
    record(gone, "provider.added", target="Server")
    gone.user.delete()
    assert "gone@example.org" in rows_of(as_admin.get(AUDIT).text)[0]


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_it_is_closed_to_those_who_are_no_admin(client: Client, admin: Membership, role: str) -> None:
    client.force_login(make_member(role, admin.team, "kim@example.org").user)
    assert client.get(AUDIT).status_code == client.post(f"{AUDIT}export/").status_code == 403


def test_it_shows_nothing_of_another_team(as_admin: Client) -> None:
    record(make_member(Role.ADMIN, None, "stranger@example.org"), "provider.added", target="Theirs")
    assert "Theirs" not in as_admin.get(AUDIT).text
    assert "Theirs" not in as_admin.post(f"{AUDIT}export/").text
    assert "stranger@example.org" not in as_admin.get(AUDIT).text


def test_it_exports_a_table_without_formulas_and_says_so_the_next_time(as_admin: Client, admin: Membership) -> None:
    for name in ("=1+1", "+1", "-1", "@x", "\tx", "\rx", "plain, with a comma"):
        record(admin, "provider.added", target=name)
    answer = as_admin.post(f"{AUDIT}export/")
    assert answer.headers["Content-Type"].startswith("text/csv") and "attachment" in answer.headers["Content-Disposition"]
    table = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"), newline="")))
    assert [row[3] for row in table[1:]] == ["plain, with a comma", "'\rx", "'\tx", "'@x", "'-1", "'+1", "'=1+1"]
    assert table[1][1:3] == ["admin@example.org", "Added a provider"]
    assert AuditEntry.objects.order_by("-pk")[0].act == "data.exported"


def test_it_notes_a_new_password_in_every_team(as_admin: Client, admin: Membership) -> None:
    cache.clear()
    Membership.objects.create(team=Team.objects.create(name="Loom"), user=admin.user, role=Role.VIEWER)
    form = {"oldpassword": PASSWORD, "password1": "glaze made of ash", "password2": "glaze made of ash"}
    as_admin.post("/settings/password/", form)
    assert set(AuditEntry.objects.values_list("act", "team__name")) == {("password.changed", "Kiln"), ("password.changed", "Loom")}
