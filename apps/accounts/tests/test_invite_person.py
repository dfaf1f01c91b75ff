"""Making a link, and what it opens for whom."""

import datetime
import logging
import re
import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from apps.accounts import invitations
from apps.accounts.models import AuditEntry, Invitation, Membership, Role, Team, User
from apps.accounts.teams import leave_team
from apps.accounts.tests.people import PASSWORD, make_member, make_person
from apps.core.logs import OneLineFormatter

pytestmark = pytest.mark.django_db
INVITE = "/settings/people/invite/"
NEW = {"email": "New@Example.org", "name": "New", "password": PASSWORD}


@pytest.fixture
def admin() -> Membership:
    cache.clear()
    return make_member(Role.ADMIN, Team.objects.create(name="Kiln"), "admin@example.org")


@pytest.fixture
def as_admin(admin: Membership) -> Client:
    client = Client()
    client.force_login(admin.user)
    return client


def wish(**more: Any) -> dict[str, Any]:
    return {"role": "editor", "days": 7, "email": "", "key": str(uuid.uuid4()), **more}


def link_in(page: str) -> str:
    found = re.search(r'value="http://testserver(/invite/[\w-]+/)"', page)
    assert found, "no link on the page"
    return found.group(1)


@pytest.fixture
def link(as_admin: Client) -> str:
    return link_in(as_admin.post(INVITE, wish()).text)


def make_link(admin: Membership, **more: Any) -> str:
    _row, token = invitations.invite(admin, **{"role": "editor", "days": 7, "key": uuid.uuid4(), **more})
    return f"/invite/{token}/"


# --- Making ------------------------------------------------------------------------------------
def test_it_shows_the_link_once_and_keeps_only_a_hash(as_admin: Client) -> None:
    page = as_admin.post(INVITE, wish(role="viewer", days=30))
    token = link_in(page.text).split("/")[2]
    assert len(token) == 43, "32 bytes"
    row = Invitation.objects.get()
    assert row.role == "viewer" and row.token_hash == invitations.hash_of(token) and token not in str(vars(row))
    assert datetime.timedelta(days=29) < row.expires_at - timezone.now() < datetime.timedelta(days=30)
    again = as_admin.get("/settings/people/").text
    assert token not in again and "Take back" in again
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.details) == ("invitation.made", {"role": "viewer", "days": 30})


def test_it_makes_one_link_for_a_double_click_and_another_for_another_page(as_admin: Client) -> None:
    same = wish()
    links = [link_in(as_admin.post(INVITE, form).text) for form in (same, same, wish())]
    assert links[0] == links[1] != links[2]
    assert Invitation.objects.count() == AuditEntry.objects.count() == 2


def test_it_shows_no_link_for_a_key_that_was_used_for_something_else(as_admin: Client) -> None:
    first = wish()
    as_admin.post(INVITE, first)
    for changed in ({"role": "admin"}, {"email": "kim@example.org"}):
        page = as_admin.post(INVITE, first | changed)
        assert page.status_code == 422 and "out of date" in page.text
    Invitation.objects.update(revoked_at=timezone.now())
    assert as_admin.post(INVITE, first).status_code == 422
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "owner"},
        {"role": ""},
        {"days": 8},
        {"days": "x"},
        {"email": "no address"},
        {"key": ""},
        {"key": "x"},
        {"email": "a\x00b@c.d"},
    ],
)
def test_it_answers_bad_input_with_the_form(as_admin: Client, wrong: dict[str, Any]) -> None:
    page = as_admin.post(INVITE, wish(**wrong))
    assert page.status_code == 422
    assert not Invitation.objects.exists()


def test_it_invites_nobody_who_is_a_member(as_admin: Client, admin: Membership) -> None:
    make_member(Role.VIEWER, admin.team, "kim@example.org")
    page = as_admin.post(INVITE, wish(email="Kim@Example.org"))
    assert page.status_code == 422 and "kim@example.org is in this team already" in page.text


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_it_refuses_those_who_are_no_admin(admin: Membership, role: str, client: Client) -> None:
    client.force_login(make_member(role, admin.team, "kim@example.org").user)
    assert client.post(INVITE, wish()).status_code == 403
    assert not Invitation.objects.exists()


def test_it_takes_a_link_back(as_admin: Client, link: str) -> None:
    row = Invitation.objects.get()
    assert "Taken back" in as_admin.post(f"/settings/people/invitations/{row.pk}/revoke/", follow=True).text
    assert "opens nothing" in Client().get(link, follow=True).text
    assert "not open any more" in as_admin.post(f"/settings/people/invitations/{row.pk}/revoke/", follow=True).text
    assert AuditEntry.objects.filter(act="invitation.revoked").count() == 1


def test_it_takes_back_no_link_of_another_team(link: str, client: Client) -> None:
    client.force_login(make_member(Role.OWNER, None, "stranger@example.org").user)
    assert client.post(f"/settings/people/invitations/{Invitation.objects.get().pk}/revoke/").status_code == 404
    assert Invitation.objects.open().count() == 1


# --- Using it without an account ---------------------------------------------------------------
def test_it_makes_an_account_that_is_a_member_and_signed_in(link: str, client: Client) -> None:
    page = client.get(link, follow=True)
    assert page.redirect_chain == [("/invite/", 302)]
    assert "Join Kiln" in page.text and "admin@example.org invites you, as Editor" in page.text
    answer = client.post("/invite/", NEW)
    assert answer.headers["Location"] == "/"
    member = Membership.objects.get(user__email="new@example.org")
    assert (member.team.name, member.role, member.user.name, member.user.owns_installation) == ("Kiln", "editor", "New", False)
    assert "Kiln" in client.get("/settings/team/").text
    entry = AuditEntry.objects.get(act="invitation.accepted")
    assert (entry.person, entry.details) == (member.user, {"role": "editor", "by": "admin@example.org"})


def test_it_never_changes_the_password_of_an_account_that_is_there(link: str, client: Client) -> None:
    user = make_person("new@example.org")
    client.get(link)
    page = client.post("/invite/", NEW | {"password": "taken over by a link"})
    assert page.status_code == 422 and "Sign in with it" in page.text
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert Invitation.objects.open().count() == 1 and not user.memberships.exists()


def test_it_keeps_the_address_that_the_invitation_names(admin: Membership, client: Client) -> None:
    client.get(make_link(admin, email="kim@example.org"))
    client.post("/invite/", NEW | {"email": "other@example.org"})
    assert Membership.objects.filter(user__email="kim@example.org").exists()
    assert not User.objects.filter(email="other@example.org").exists()


def test_it_asks_the_owner_of_a_named_address_to_sign_in(admin: Membership, client: Client) -> None:
    make_person("kim@example.org")
    page = client.get(make_link(admin, email="kim@example.org"), follow=True)
    assert "Sign in to join" in page.text and "Make account" not in page.text
    assert client.post("/invite/", NEW).status_code == 200
    assert Membership.objects.count() == 1
    signed_in = client.post("/sign-in/", {"login": "kim@example.org", "password": PASSWORD, "next": "/invite/"}, follow=True)
    assert "Join Kiln as Editor" in signed_in.text


@pytest.mark.parametrize("wrong", [{"password": "short"}, {"password": "new@example.org"}, {"email": "x"}, {"name": "x" * 500}])
def test_it_makes_no_account_from_bad_input(link: str, client: Client, wrong: dict[str, str]) -> None:
    client.get(link)
    assert client.post("/invite/", NEW | wrong).status_code == 422
    assert User.objects.count() == 1 and Invitation.objects.open().count() == 1


# --- Using it with an account ------------------------------------------------------------------
def test_it_joins_somebody_who_is_signed_in_and_works_in_that_team(link: str, client: Client) -> None:
    member = make_member(Role.OWNER, None, "kim@example.org")
    member.team.name = "Loom"
    member.team.save()
    client.force_login(member.user)
    assert "Join Kiln as Editor" in client.get(link, follow=True).text
    assert not Membership.objects.filter(user=member.user, team__name="Kiln").exists(), "looking joins nobody"
    client.post("/invite/")
    assert "Kiln" in client.get("/settings/team/").text
    assert client.cookies["team"].value == str(Team.objects.get(name="Kiln").pk)


def test_it_tells_a_member_that_he_is_in_and_keeps_role_and_link(link: str, as_admin: Client) -> None:
    page = as_admin.get(link, follow=True)
    assert [address for address, _status in page.redirect_chain][:2] == ["/invite/", "/"]
    assert Membership.objects.get().role == "admin" and Invitation.objects.open().count() == 1


def test_it_leads_a_second_click_on_join_to_the_team(link: str, client: Client) -> None:
    client.force_login(make_person())
    client.get(link)
    session = dict(client.session.items())
    assert client.post("/invite/").headers["Location"] == "/"
    slower = Client()
    slower.force_login(User.objects.get(email="kim@example.org"))
    stored = slower.session
    stored["invitation_token"] = session["invitation_token"]
    stored.save()
    assert slower.post("/invite/").headers["Location"] == "/"
    assert Membership.objects.filter(user__email="kim@example.org").count() == 1


def test_it_is_not_a_way_back_for_somebody_who_is_locked_out(link: str, admin: Membership, client: Client) -> None:
    member = make_member(Role.EDITOR, admin.team, "kim@example.org")
    Membership.objects.filter(pk=member.pk).update(disabled_at=timezone.now())
    client.force_login(member.user)
    client.get(link)
    page = client.post("/invite/")
    assert page.status_code == 403 and "locked out" in page.text
    assert Invitation.objects.open().count() == 1


def test_it_is_for_the_address_that_it_names(admin: Membership, client: Client) -> None:
    client.force_login(make_person("somebody@example.org"))
    client.get(make_link(admin, email="kim@example.org"))
    page = client.get("/invite/")
    assert "for another address" in page.text and 'action="/invite/"' not in page.text
    page = client.post("/invite/")
    assert page.status_code == 403 and "for another address" in page.text
    assert Membership.objects.count() == 1


def test_it_makes_one_member_of_two_who_open_the_same_link(link: str, admin: Membership) -> None:
    row = Invitation.objects.get()
    invitations.accept(row, make_person("first@example.org"))
    with pytest.raises(invitations.Gone):
        invitations.accept(row, make_person("second@example.org"))
    with pytest.raises(invitations.Gone):
        invitations.accept_as_new(row, email="third@example.org", name="", password=PASSWORD)
    assert set(Membership.objects.values_list("user__email", flat=True)) == {"admin@example.org", "first@example.org"}
    assert not User.objects.filter(email="third@example.org").exists()


# --- What opens nothing ------------------------------------------------------------------------
def spoil(how: str) -> None:
    row = Invitation.objects.get()
    if how == "team":
        Team.objects.update(deleted_at=timezone.now())
    elif how == "expires_at":
        Invitation.objects.update(expires_at=timezone.now())
    else:
        Invitation.objects.filter(pk=row.pk).update(**{how: timezone.now()})


def test_it_answers_wrong_used_expired_and_revoked_links_alike(admin: Membership) -> None:
    addresses = [f"/invite/{'x' * 43}/", "/invite/short/", f"/invite/{'y' * 3000}/", "/invite/%00/"]
    pages = [Client().get(address, follow=True) for address in addresses]
    for how in ("accepted_at", "revoked_at", "expires_at", "team"):
        Invitation.objects.all().delete()
        address = make_link(admin)
        spoil(how)
        pages.append(Client().get(address, follow=True))
    assert {page.status_code for page in pages} == {404}
    assert len({re.sub(r'csrf\S+|value="\w+"', "", page.text) for page in pages}) == 1
    assert "Kiln" not in pages[0].text


def test_it_hears_nobody_who_guessed_too_often(link: str) -> None:
    guesser = Client()
    for number in range(20):
        guesser.get(f"/invite/{number:043d}/")
    assert guesser.get(link, follow=True).status_code == 429
    assert "invitation_token" not in guesser.session


def test_it_keeps_the_token_out_of_pages_logs_and_addresses(link: str, client: Client, caplog: Any) -> None:
    token = link.split("/")[2]
    with caplog.at_level(logging.DEBUG):
        pages = [
            client.get(link),
            client.get("/invite/"),
            client.post("/invite/", NEW | {"password": "x"}),
            client.post(link),
            client.put(link),
        ]
    assert token not in "".join(page.text + str(page.headers) for page in pages)
    assert token not in caplog.text
    line = OneLineFormatter("{message}", style="{").format(
        logging.LogRecord("django", logging.ERROR, "x.py", 1, "Internal Server Error: %s", (link,), None)
    )
    assert line == "Internal Server Error: /invite/[masked]/"


def test_it_lets_nobody_back_in_by_a_link_that_he_made_before_he_left(admin: Membership, client: Client) -> None:
    link = make_link(admin, role="admin")
    leave_team(admin)
    assert client.get(link, follow=True).status_code == 404
    assert not Invitation.objects.open().exists()
