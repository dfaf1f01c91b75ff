"""Making, renaming, changing, giving away, leaving and deleting teams."""

import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from apps.accounts import teams
from apps.accounts.models import AuditEntry, Membership, Role, Team
from apps.accounts.signals import team_created
from apps.accounts.tests.people import make_member, make_person

pytestmark = pytest.mark.django_db
TEAM = "/settings/team/"


@pytest.fixture
def kiln() -> dict[str, Membership]:
    team = Team.objects.create(name="Kiln")
    return {role: make_member(role, team, f"{role}@example.org") for role in Role.values}


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def as_installation_owner() -> Client:
    member = make_member(Role.OWNER, None, "root@example.org")
    member.user.is_superuser = True
    member.user.save()
    return client_of(member)


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))


# --- Changing to another one -------------------------------------------------------------------
@pytest.fixture
def in_two(kiln: dict[str, Membership]) -> Client:
    """The editor of Kiln, who is also a viewer of Loom."""
    Membership.objects.create(team=Team.objects.create(name="Loom"), user=kiln["editor"].user, role=Role.VIEWER)
    return client_of(kiln["editor"])


def test_it_changes_to_another_team_and_tells_the_other_tabs(in_two: Client) -> None:
    loom = Team.objects.get(name="Loom")
    page = in_two.get(TEAM).text
    assert f'data-team="{Team.objects.get(name="Kiln").pk}"' in page
    answer = in_two.post(reverse("accounts:switch"), {"team": str(loom.pk)})
    assert answer.headers["Location"] == "/"
    cookie = answer.cookies["team"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == (str(loom.pk), "", "Lax")
    page = in_two.get(TEAM).text
    assert f'data-team="{loom.pk}"' in page and "You are in the team Loom now." in page


def test_it_lists_the_teams_of_the_person_without_a_question_more(in_two: Client, kiln: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(4):  # session, person, memberships, owner of the team
        page = in_two.get(TEAM).text
    menu = page.split('id="team-menu"')[1].split("</form>")[0]
    assert menu.count('name="team"') == 2 and menu.count('aria-current="true"') == 1
    assert "Loom<small>Viewer</small>" in menu and "New team" not in page


def test_it_shows_no_menu_where_there_is_nothing_to_choose(kiln: dict[str, Membership]) -> None:
    page = client_of(kiln["viewer"]).get(TEAM).text
    assert 'id="team-menu"' not in page and f'class="team" href="{TEAM}"' in page


@pytest.mark.parametrize("wanted", ["", "x", "foreign", "locked"])
def test_it_changes_to_no_team_that_the_person_is_not_in(kiln: dict[str, Membership], in_two: Client, wanted: str) -> None:
    foreign = make_member(Role.OWNER, None, "stranger@example.org").team
    if wanted == "locked":
        Membership.objects.filter(team__name="Loom").update(disabled_at="2026-01-01T00:00Z")
    ids = {"foreign": str(foreign.pk), "locked": str(Team.objects.get(name="Loom").pk)}
    assert in_two.post(reverse("accounts:switch"), {"team": ids.get(wanted, wanted)}).status_code == 404
    assert "Kiln" in in_two.get(TEAM).text


# --- Making and renaming -----------------------------------------------------------------------
def test_it_makes_a_team_with_an_owner_and_tells_who_listens(as_installation_owner: Client) -> None:
    told: list[Team] = []

    def listen(sender: Any, team: Team, **more: Any) -> None:
        told.append(team)

    team_created.connect(listen)
    page = as_installation_owner.post("/settings/team/new/", {"name": "Loom"}, follow=True)
    assert page.redirect_chain[-1][0] == "/settings/people/"
    team = Team.objects.get(name="Loom")
    assert Membership.objects.get(team=team).role == "owner"
    assert told == [team]
    assert "You own it" in page.text and f'data-team="{team.pk}"' in page.text
    assert acts() == ["team.created"]


def test_it_makes_no_team_for_the_owner_of_a_team_only(kiln: dict[str, Membership]) -> None:
    browser = client_of(kiln["owner"])
    assert browser.get("/settings/team/new/").status_code == 403
    assert browser.post("/settings/team/new/", {"name": "Loom"}).status_code == 403
    assert "New team" not in browser.get(TEAM).text and Team.objects.count() == 1


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\x00b"])
def test_it_takes_no_name_that_is_none(as_installation_owner: Client, name: str) -> None:
    for address in ("/settings/team/new/", TEAM):
        assert as_installation_owner.post(address, {"name": name}).status_code == 422
    assert Team.objects.count() == 1


def test_it_renames_for_admins_and_refuses_others(kiln: dict[str, Membership]) -> None:
    assert "Renamed" in client_of(kiln["admin"]).post(TEAM, {"name": "Oven"}, follow=True).text
    assert AuditEntry.objects.get().details == {"before": "Kiln", "after": "Oven"}
    for role in ("viewer", "editor"):
        browser = client_of(kiln[role])
        assert browser.post(TEAM, {"name": "Mine"}).status_code == 403
        assert 'name="name"' not in browser.get(TEAM).text
    assert Team.objects.get().name == "Oven"


# --- Leaving, giving away, deleting ------------------------------------------------------------
@pytest.mark.parametrize("role", ["viewer", "editor", "admin"])
def test_it_lets_members_leave_after_asking(kiln: dict[str, Membership], role: str) -> None:
    browser = client_of(kiln[role])
    assert "Leave Kiln?" in browser.get("/settings/team/leave/").text
    page = browser.post("/settings/team/leave/", follow=True)
    assert page.status_code == 403 and "You are in no team" in page.text and "You left the team Kiln." in page.text
    assert not Membership.objects.filter(pk=kiln[role].pk).exists() and acts() == ["member.left"]


def test_it_leads_to_the_other_team_of_somebody_who_left(in_two: Client) -> None:
    page = in_two.post("/settings/team/leave/", follow=True)
    assert page.status_code == 200 and "Loom" in page.text


def test_it_lets_no_owner_leave(kiln: dict[str, Membership]) -> None:
    page = client_of(kiln["owner"]).post("/settings/team/leave/", follow=True)
    assert "Give it to somebody" in page.text
    assert Membership.objects.filter(pk=kiln["owner"].pk).exists()


def test_it_gives_the_team_to_somebody(kiln: dict[str, Membership]) -> None:
    wish = {"heir": str(kiln["editor"].pk), "confirmed": " Kiln "}
    assert "editor@example.org owns the team now" in client_of(kiln["owner"]).post("/settings/team/give/", wish, follow=True).text
    roles = {role: Membership.objects.get(pk=member.pk).role for role, member in kiln.items()}
    assert roles == {"viewer": "viewer", "editor": "owner", "admin": "admin", "owner": "admin"}
    assert client_of(kiln["owner"]).post("/settings/team/give/", wish).status_code == 403
    assert acts() == ["team.transferred"]


@pytest.mark.parametrize(
    "wrong", [{"confirmed": "kiln"}, {"confirmed": ""}, {"heir": ""}, {"heir": "x"}, {"heir": "me"}, {"heir": "locked"}, {"heir": "other"}]
)
def test_it_gives_the_team_to_nobody_by_mistake(kiln: dict[str, Membership], wrong: dict[str, str]) -> None:
    Membership.objects.filter(pk=kiln["viewer"].pk).update(disabled_at="2026-01-01T00:00Z")
    stranger = make_member(Role.VIEWER, None, "stranger@example.org")
    ids = {"me": str(kiln["owner"].pk), "locked": str(kiln["viewer"].pk), "other": str(stranger.pk)}
    wish = {"heir": str(kiln["editor"].pk), "confirmed": "Kiln"} | {name: ids.get(value, value) for name, value in wrong.items()}
    assert client_of(kiln["owner"]).post("/settings/team/give/", wish).status_code == 422
    assert Membership.objects.get(team__name="Kiln", role="owner") == kiln["owner"]


def test_it_has_one_owner_at_any_moment(kiln: dict[str, Membership]) -> None:
    teams.transfer_team(kiln["owner"], kiln["admin"].pk)
    with pytest.raises(PermissionDenied):
        teams.transfer_team(kiln["owner"], kiln["editor"].pk)
    with pytest.raises(IntegrityError):
        Membership.objects.filter(pk=kiln["editor"].pk).update(role="owner")


def test_it_deletes_the_team_for_everybody_at_once(kiln: dict[str, Membership]) -> None:
    browser, owner = client_of(kiln["editor"]), client_of(kiln["owner"])
    assert browser.get(TEAM).status_code == 200
    refused = owner.post("/settings/team/delete/", {"confirmed": "Kilm"})
    field = re.search(r'<input[^>]+id="delete_confirmed"[^>]*>', refused.text)
    assert refused.status_code == 422 and field and "autofocus" in field.group()
    assert Team.objects.get().deleted_at is None
    page = owner.post("/settings/team/delete/", {"confirmed": "Kiln"}, follow=True)
    assert page.status_code == 403 and "The team Kiln is deleted." in page.text
    assert browser.get(TEAM).status_code == 403
    assert Team.objects.get().deleted_at is not None and acts() == ["team.deleted"]
    assert owner.post("/settings/team/delete/", {"confirmed": "Kiln"}).status_code == 403


@pytest.mark.parametrize("name", ["give_team", "delete_team"])
def test_it_keeps_the_last_word_for_the_owner(kiln: dict[str, Membership], name: str) -> None:
    for role in ("viewer", "editor", "admin"):
        assert (
            client_of(kiln[role]).post(reverse(f"accounts:{name}"), {"confirmed": "Kiln", "heir": str(kiln["admin"].pk)}).status_code == 403
        )
    assert Membership.objects.get(role="owner") == kiln["owner"] and Team.objects.get().deleted_at is None


# --- Nobody's team -----------------------------------------------------------------------------
@pytest.mark.parametrize("address", ["/", "/chat/", "/history/", TEAM, "/settings/people/"])
def test_it_tells_somebody_without_a_team_where_he_stands(client: Client, address: str) -> None:
    client.force_login(make_person())
    page = client.get(address, follow=True)
    assert page.status_code == 403 and len(page.redirect_chain) <= 1
    assert "You are in no team" in page.text and "Sign out" in page.text and "New team" not in page.text


def test_it_lets_the_owner_of_the_installation_begin_anew(as_installation_owner: Client) -> None:
    as_installation_owner.post("/settings/team/delete/", {"confirmed": "Kiln"})
    assert "New team" in as_installation_owner.get("/").text or "New team" in as_installation_owner.get("/", follow=True).text
    assert "Make team" in as_installation_owner.get("/settings/team/new/").text
    page = as_installation_owner.post("/settings/team/new/", {"name": "Loom"}, follow=True)
    assert page.status_code == 200 and "Loom" in page.text
