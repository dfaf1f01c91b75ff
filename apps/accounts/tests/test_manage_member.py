"""Roles, locking out and removing: what the page offers, and what the rules allow whatever is posted."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import reverse

from apps.accounts import members
from apps.accounts.invitations import invite
from apps.accounts.models import AuditEntry, Invitation, Membership, Role, Team
from apps.accounts.teams import Refused
from apps.accounts.tests.people import make_member

pytestmark = pytest.mark.django_db
PEOPLE = "/settings/people/"


@pytest.fixture
def kiln() -> dict[str, Membership]:
    """A team with one of each role, and a second admin."""
    team = Team.objects.create(name="Kiln")
    people = {role: make_member(role, team, f"{role}@example.org") for role in Role.values}
    return people | {"other": make_member(Role.ADMIN, team, "other@example.org")}


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def post(actor: Membership, name: str, member: Membership, **data: str) -> Any:
    return client_of(actor).post(reverse(f"accounts:{name}", args=[member.pk]), data, follow=True)


def role_of(member: Membership) -> str:
    return Membership.objects.get(pk=member.pk).role


def test_it_changes_a_role_and_writes_it_down(kiln: dict[str, Membership]) -> None:
    page = post(kiln["admin"], "change_role", kiln["editor"], role="admin")
    assert "editor@example.org: Admin" in page.text
    assert role_of(kiln["editor"]) == "admin"
    entry = AuditEntry.objects.get(act="role.changed")
    assert (entry.person, entry.target, entry.details) == (kiln["admin"].user, "editor@example.org", {"before": "editor", "after": "admin"})


def test_it_writes_nothing_down_when_the_role_stays(kiln: dict[str, Membership]) -> None:
    post(kiln["admin"], "change_role", kiln["editor"], role="editor")
    assert not AuditEntry.objects.filter(act="role.changed").exists()


@pytest.mark.parametrize("role", ["owner", "", "king", "ADMIN", "x" * 5000])
def test_it_gives_no_role_that_cannot_be_given(kiln: dict[str, Membership], role: str) -> None:
    assert "cannot be given" in post(kiln["owner"], "change_role", kiln["editor"], role=role).text
    assert role_of(kiln["editor"]) == "editor"


@pytest.mark.parametrize("actor", ["admin", "owner"])
@pytest.mark.parametrize("name", ["change_role", "lock_out", "remove_member"])
def test_it_lets_nobody_change_himself(kiln: dict[str, Membership], actor: str, name: str) -> None:
    post(kiln[actor], name, kiln[actor], role="viewer")
    member = Membership.objects.get(pk=kiln[actor].pk)
    assert (member.role, member.disabled_at) == (actor, None)


@pytest.mark.parametrize("name", ["change_role", "lock_out", "remove_member"])
def test_it_leaves_the_owner_to_the_owner(kiln: dict[str, Membership], name: str) -> None:
    assert "owns the team" in post(kiln["admin"], name, kiln["owner"], role="viewer").text
    member = Membership.objects.get(pk=kiln["owner"].pk)
    assert (member.role, member.disabled_at) == ("owner", None)


@pytest.mark.parametrize("actor", ["viewer", "editor"])
@pytest.mark.parametrize("name", ["change_role", "lock_out", "let_in", "remove_member"])
def test_it_refuses_those_who_are_no_admin(kiln: dict[str, Membership], actor: str, name: str) -> None:
    assert post(kiln[actor], name, kiln["other"], role="viewer").status_code == 403
    assert role_of(kiln["other"]) == "admin"


@pytest.mark.parametrize("name", ["change_role", "lock_out", "let_in", "remove_member"])
def test_it_knows_no_member_of_another_team(kiln: dict[str, Membership], name: str) -> None:
    stranger = make_member(Role.EDITOR, None, "stranger@example.org")
    assert post(kiln["owner"], name, stranger, role="viewer").status_code == 404
    assert role_of(stranger) == "editor"


def test_it_locks_out_at_once_and_lets_in_again(kiln: dict[str, Membership]) -> None:
    browser = client_of(kiln["editor"])
    assert browser.get(PEOPLE).status_code == 200
    assert "is locked out" in post(kiln["admin"], "lock_out", kiln["editor"]).text
    refused = browser.get(PEOPLE)
    assert refused.status_code == 403
    assert "You are in no team" in refused.text
    assert "is let in again, as Editor" in post(kiln["admin"], "let_in", kiln["editor"]).text
    assert browser.get(PEOPLE).status_code == 200
    assert set(AuditEntry.objects.values_list("act", flat=True)) == {"member.disabled", "member.enabled"}


def test_it_keeps_other_teams_of_somebody_who_is_locked_out(kiln: dict[str, Membership]) -> None:
    elsewhere = Membership.objects.create(team=Team.objects.create(name="Loom"), user=kiln["editor"].user, role=Role.VIEWER)
    browser = client_of(kiln["editor"])
    assert "Kiln" in browser.get("/settings/team/").text
    post(kiln["admin"], "lock_out", kiln["editor"])
    page = browser.get("/settings/team/").text
    assert "Loom" in page and "Kiln" not in page
    assert role_of(elsewhere) == "viewer"


def test_it_never_sends_what_a_page_of_a_lost_team_posts_to_another_team(kiln: dict[str, Membership]) -> None:
    loom = make_member(Role.OWNER, None, "loom@example.org")
    Membership.objects.create(team=loom.team, user=kiln["admin"].user, role=Role.ADMIN)
    browser = client_of(kiln["admin"])
    post(kiln["owner"], "lock_out", kiln["admin"])
    headers = {"HX-Request": "true", "X-Team": str(kiln["admin"].team_id)}
    refused = browser.post("/settings/team/", {"name": "Renamed"}, headers=headers)
    assert refused.status_code == 403
    assert "not in the team of this page any more" in refused.text
    assert Team.objects.filter(name="Renamed").count() == 0


def test_it_asks_before_it_removes_and_says_what_stays(kiln: dict[str, Membership]) -> None:
    page = client_of(kiln["admin"]).get(reverse("accounts:remove_member", args=[kiln["editor"].pk]))
    assert "Remove editor@example.org?" in page.text and "stay in the team" in page.text
    assert role_of(kiln["editor"]) == "editor"
    assert "is not in this team any more" in post(kiln["admin"], "remove_member", kiln["editor"]).text
    assert not Membership.objects.filter(pk=kiln["editor"].pk).exists()
    assert client_of(kiln["editor"]).get(PEOPLE).status_code == 403
    assert AuditEntry.objects.get().act == "member.removed"


def test_it_answers_a_second_click_on_remove_with_a_page_that_is_not_there(kiln: dict[str, Membership]) -> None:
    post(kiln["admin"], "remove_member", kiln["editor"])
    assert post(kiln["admin"], "remove_member", kiln["editor"]).status_code == 404
    assert AuditEntry.objects.count() == 1


def test_it_counts_what_the_actor_is_now_and_not_what_his_page_said(kiln: dict[str, Membership]) -> None:
    members.change_role(kiln["owner"], kiln["admin"].pk, "viewer")
    with pytest.raises(PermissionDenied):
        members.lock_out(kiln["admin"], kiln["editor"].pk)
    members.remove(kiln["owner"], kiln["other"].pk)
    with pytest.raises(PermissionDenied):
        members.change_role(kiln["other"], kiln["editor"].pk, "viewer")


def test_it_lets_two_admins_change_the_same_person_one_after_the_other(kiln: dict[str, Membership]) -> None:
    members.change_role(kiln["admin"], kiln["editor"].pk, "viewer")
    members.change_role(kiln["other"], kiln["editor"].pk, "admin")
    assert role_of(kiln["editor"]) == "admin"
    with pytest.raises(Refused):
        members.change_role(kiln["admin"], kiln["admin"].pk, "viewer")


@pytest.mark.parametrize("end", ["lock_out", "remove_member", "change_role"])
def test_it_takes_back_the_links_of_somebody_who_may_not_invite_any_more(kiln: dict[str, Membership], end: str) -> None:
    invite(kiln["other"], role="admin", days=7, key=uuid.uuid4())
    kept, _token = invite(kiln["admin"], role="viewer", days=7, key=uuid.uuid4())
    post(kiln["owner"], end, kiln["other"], role="editor")
    assert list(Invitation.objects.open()) == [kept]


def test_it_shows_addresses_and_acts_to_admins_only(kiln: dict[str, Membership]) -> None:
    kiln["editor"].user.name = "Kim"
    kiln["editor"].user.save()
    for_admin, for_viewer = client_of(kiln["admin"]).get(PEOPLE).text, client_of(kiln["viewer"]).get(PEOPLE).text
    assert "editor@example.org" in for_admin and "Lock out" in for_admin and "Invite somebody" in for_admin
    assert "Kim" in for_viewer and "editor@example.org" not in for_viewer
    assert "Lock out" not in for_viewer and "Invite somebody" not in for_viewer


def test_it_asks_few_questions_however_many_people_there_are(kiln: dict[str, Membership], django_assert_max_num_queries: Any) -> None:
    for number in range(40):
        member = make_member(Role.VIEWER, kiln["admin"].team, f"p{number}@example.org")
        Invitation.objects.create(
            team=member.team, token_hash=str(number), invited_by=kiln["admin"].user, accepted_by=member.user, expires_at=member.created_at
        )
        invite(kiln["admin"], role="viewer", days=1, key=uuid.uuid4(), email=f"q{number}@example.org")
    browser = client_of(kiln["admin"])
    with django_assert_max_num_queries(8):
        page = browser.get(PEOPLE)
    assert "45 people in this team" in page.text and "40 that are not open any more" in page.text


@pytest.mark.django_db(transaction=True)
def test_it_takes_two_admins_at_once_and_keeps_one_state() -> None:
    team = Team.objects.create(name="Kiln")
    admins = [make_member(Role.ADMIN, team, f"admin{number}@example.org") for number in range(2)]
    person = make_member(Role.EDITOR, team, "kim@example.org")
    acts = [
        ("change_role", "viewer"),
        ("change_role", "admin"),
        ("lock_out", ""),
        ("let_in", ""),
        ("remove_member", ""),
        ("remove_member", ""),
    ]
    browsers = [client_of(admin) for admin in admins]
    start = threading.Barrier(len(acts))

    def do(number: int) -> int:
        name, role = acts[number]
        start.wait()
        try:
            return browsers[number % 2].post(reverse(f"accounts:{name}", args=[person.pk]), {"role": role}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        answers = list(pool.map(do, range(len(acts))))
    assert set(answers) <= {302, 404}
    assert not Membership.objects.filter(pk=person.pk).exists()
    assert AuditEntry.objects.filter(act="member.removed").count() == 1
