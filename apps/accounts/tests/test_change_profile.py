"""Name, time zone and address."""

import datetime
import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db import IntegrityError
from django.test import Client, override_settings
from django.utils import timezone

from apps.accounts.models import AuditEntry, Membership, Team, User
from apps.accounts.tests.people import PASSWORD, make_member

pytestmark = pytest.mark.django_db
ADDRESS = "/settings/profile/address/"


@pytest.fixture
def kim(client: Client) -> Client:
    cache.clear()
    client.force_login(make_member().user)
    return client


def errors_of(page: bytes) -> list[str]:
    return re.findall(r'<p class="err">.*?</svg>\s*(.*?)</p>', page.decode(), re.DOTALL)


def move(client: Client, email: str, password: str = PASSWORD) -> Any:
    return client.post(ADDRESS, {"email": email, "password": password})


def test_it_saves_a_name_and_says_so(kim: Client) -> None:
    response = kim.post("/settings/profile/", {"name": "Kim Potter", "time_zone": ""}, follow=True)
    assert User.objects.get().name == "Kim Potter"
    assert re.search(r'class="toast".*Saved', response.content.decode(), re.DOTALL)


def test_it_changes_nothing_but_what_it_asks_for(kim: Client) -> None:
    kim.post("/settings/profile/", {"name": "Kim", "email": "evil@example.org", "is_superuser": "on", "password": "x"})
    user = User.objects.get()
    assert (user.email, user.is_superuser, user.check_password(PASSWORD)) == ("kim@example.org", False, True)


@pytest.mark.parametrize("wrong", [{"name": "k" * 121}, {"time_zone": "Mars/Olympus"}, {"time_zone": "../etc/passwd"}])
def test_it_refuses_what_cannot_be(kim: Client, wrong: dict[str, str]) -> None:
    response = kim.post("/settings/profile/", wrong)
    assert response.status_code == 422
    assert errors_of(response.content)
    assert (User.objects.get().name, User.objects.get().time_zone) == ("", "")


@override_settings(TIME_ZONE="America/Lima")
def test_it_offers_places_by_region_and_the_installations_own_time(kim: Client) -> None:
    page = kim.get("/settings/profile/").content.decode()
    assert '<option value="" selected>As this installation (America/Lima)</option>' in page
    assert '<optgroup label="Europe">' in page
    assert '<option value="America/Argentina/Buenos_Aires">Buenos Aires (Argentina)</option>' in page


def test_it_shows_times_in_the_zone_of_the_person(kim: Client) -> None:
    begun = datetime.datetime(2020, 7, 1, 23, 30, tzinfo=datetime.UTC)
    User.objects.get().usersession_set.update(created_at=begun)
    assert "1 July 2020, 23:30" in kim.get("/settings/sessions/").content.decode()
    kim.post("/settings/profile/", {"name": "", "time_zone": "Asia/Tokyo"})
    assert "2 July 2020, 08:30" in kim.get("/settings/sessions/").content.decode()
    User.objects.update(time_zone="Gone/Place")
    assert "1 July 2020, 23:30" in kim.get("/settings/sessions/").content.decode()


def test_it_forgets_the_zone_of_one_person_before_the_next(kim: Client) -> None:
    User.objects.update(time_zone="Asia/Tokyo")
    kim.get("/settings/profile/")
    assert timezone.localtime().utcoffset() == datetime.timedelta(hours=9)
    Client().get("/sign-in/")
    assert timezone.localtime().utcoffset() == datetime.timedelta(0)


def test_it_changes_the_address_and_ends_other_sessions(kim: Client) -> None:
    elsewhere = Client()
    elsewhere.force_login(User.objects.get())
    unnoted = Client()
    unnoted.force_login(User.objects.get())
    User.objects.get().usersession_set.filter(session_key=unnoted.session.session_key).delete()
    EmailAddress.objects.create(user=User.objects.get(), email="kim@example.org", primary=True)
    assert move(kim, " New@Example.ORG ").headers["Location"] == "/settings/profile/"
    assert User.objects.get().email == "new@example.org"
    assert kim.get("/settings/profile/").status_code == 200
    assert elsewhere.get("/settings/profile/").status_code == unnoted.get("/settings/profile/").status_code == 302
    assert User.objects.get().usersession_set.count() == 1
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.details) == ("email.changed", {"before": "kim@example.org", "after": "new@example.org"})


def test_it_signs_in_with_the_new_address_only(kim: Client) -> None:
    EmailAddress.objects.create(user=User.objects.get(), email="kim@example.org", primary=True)
    move(kim, "new@example.org")
    old, new = Client(), Client()
    old.post("/sign-in/", {"login": "kim@example.org", "password": PASSWORD})
    new.post("/sign-in/", {"login": "new@example.org", "password": PASSWORD})
    assert "_auth_user_id" not in old.session
    assert "_auth_user_id" in new.session


def test_it_needs_the_password_and_tells_nothing_without_it(kim: Client) -> None:
    make_member(email="sam@example.org")
    answers = [move(kim, email, "a guess") for email in ("sam@example.org", "nobody@example.org", "no address")]
    assert {answer.status_code for answer in answers} == {422}
    assert {tuple(errors_of(answer.content)) for answer in answers} == {("This is not your password.",)}
    assert not User.objects.filter(email="nobody@example.org").exists()


@pytest.mark.parametrize("email", ["sam@example.org", "SAM@EXAMPLE.ORG", "no address", "x@", "a\x00b@example.org", "é" * 300])
def test_it_refuses_every_address_in_the_same_words(kim: Client, email: str) -> None:
    make_member(email="sam@example.org")
    response = move(kim, email)
    assert response.status_code == 422
    assert len(errors_of(response.content)) == 1
    assert User.objects.filter(email="kim@example.org").exists()
    if len(email) < 255 and "\x00" not in email:
        assert errors_of(response.content) == ["This address cannot be used here."]


def test_it_says_the_same_when_somebody_was_faster(kim: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(self: User, **kwargs: Any) -> None:
        raise IntegrityError

    monkeypatch.setattr(User, "save", taken)
    response = move(kim, "new@example.org")
    assert response.status_code == 422
    assert errors_of(response.content) == ["This address cannot be used here."]
    assert "new@example.org</small>" not in response.content.decode()
    assert User.objects.get().email == "kim@example.org"


def test_it_lets_nobody_guess_for_long(kim: Client) -> None:
    answers = [move(kim, "new@example.org", f"guess {number}") for number in range(11)]
    assert answers[-1].status_code == 429
    assert move(kim, "new@example.org").status_code == 429


def test_it_notes_a_new_address_in_the_book_of_each_team(kim: Client) -> None:
    Membership.objects.create(user=User.objects.get(), team=Team.objects.create(name="Loom"))
    move(kim, "new@example.org")
    assert [entry.team.name for entry in AuditEntry.objects.order_by("team__name")] == ["Kiln", "Loom"]
