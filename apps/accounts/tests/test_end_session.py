"""Where a person is signed in, and signing out from afar."""

import re
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import UpdateError
from django.core.cache import cache
from django.test import Client

from apps.accounts import browsers
from apps.accounts.tests.people import PASSWORD, make_member

pytestmark = pytest.mark.django_db
SESSIONS = "/settings/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1"


def sign_in(user_agent: str, address: str, email: str = "kim@example.org") -> Client:
    client = Client(HTTP_USER_AGENT=user_agent, REMOTE_ADDR=address)
    assert client.post("/sign-in/", {"login": email, "password": PASSWORD}).status_code == 302
    return client


@pytest.fixture
def desk() -> Client:
    cache.clear()
    make_member()
    return sign_in(FIREFOX, "192.0.2.7")


@pytest.fixture
def phone(desk: Client) -> Client:
    return sign_in(IPHONE, "2001:db8::7")


def rows(client: Client) -> list[str]:
    found = re.findall(r'<li class="browser">(.*?)</li>', client.get(SESSIONS).content.decode(), re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in found]


def is_signed_in(client: Client) -> bool:
    return bool(client.get("/settings/profile/").status_code == 200)


def key_of(client: Client) -> Any:
    return UserSession.objects.get(session_key=client.session.session_key)


def test_it_lists_browsers_in_words_and_this_one_first(desk: Client, phone: Client) -> None:
    here, there = rows(desk)
    assert here.startswith("Firefox on Linux This one 192.0.2.7 Last seen: Today") and "Sign out" not in here
    assert there.startswith("Safari on iPhone 2001:db8::7 Last seen: Today") and there.endswith("Sign out Safari on iPhone")
    assert rows(phone)[0].startswith("Safari on iPhone This one")


def test_it_shows_no_key_of_a_session(desk: Client, phone: Client) -> None:
    page = desk.get(SESSIONS).content.decode()
    assert desk.session.session_key not in page and phone.session.session_key not in page


def test_it_signs_one_out_from_afar(desk: Client, phone: Client) -> None:
    third = sign_in("curl/8.5", "192.0.2.9")
    response = desk.post(f"{SESSIONS}{key_of(phone).pk}/end/", follow=True)
    assert "Safari on iPhone is signed out" in response.content.decode()
    assert (is_signed_in(desk), is_signed_in(phone), is_signed_in(third)) == (True, False, True)
    assert len(rows(desk)) == 2


def test_it_signs_all_others_out(desk: Client, phone: Client) -> None:
    third = sign_in("curl/8.5", "192.0.2.9")
    response = desk.post(f"{SESSIONS}others/end/", follow=True)
    assert "2 other browsers are signed out" in response.content.decode()
    assert (is_signed_in(desk), is_signed_in(phone), is_signed_in(third)) == (True, False, False)
    assert "Sign out all others" not in desk.get(SESSIONS).content.decode()


def test_it_signs_out_itself_as_the_door_does(desk: Client) -> None:
    assert desk.post(f"{SESSIONS}{key_of(desk).pk}/end/").headers["Location"] == "/sign-in/"
    assert not is_signed_in(desk)


def test_it_ends_nothing_of_somebody_else(desk: Client) -> None:
    make_member(email="sam@example.org")
    sam = sign_in(FIREFOX, "192.0.2.8", "sam@example.org")
    assert desk.post(f"{SESSIONS}{key_of(sam).pk}/end/").status_code == 404
    desk.post(f"{SESSIONS}others/end/")
    assert is_signed_in(sam)
    assert "192.0.2.8" not in desk.get(SESSIONS).content.decode()


@pytest.mark.parametrize("pk", ["0", "99999999999999999999999999", "x"])
def test_it_answers_404_to_a_session_that_is_not_there(desk: Client, pk: str) -> None:
    assert desk.post(f"{SESSIONS}{pk}/end/").status_code == 404


def test_it_takes_a_second_click_for_done(desk: Client, phone: Client) -> None:
    address = f"{SESSIONS}{key_of(phone).pk}/end/"
    assert desk.post(address).status_code == 302
    assert desk.post(address).status_code == 404
    assert is_signed_in(desk)


def test_it_lists_no_session_that_a_new_password_has_ended(desk: Client, phone: Client) -> None:
    new = "glaze made of ash"
    desk.post("/settings/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert len(rows(desk)) == 1
    assert rows(desk)[0].startswith("Firefox on Linux This one")
    assert not is_signed_in(phone)


def test_it_writes_where_a_session_was_seen_once_in_five_minutes(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = key_of(desk).last_seen_at
    desk.get("/settings/profile/", REMOTE_ADDR="192.0.2.99")
    assert (key_of(desk).last_seen_at, key_of(desk).ip) == (begun, "192.0.2.7")
    later = browsers.time.time() + 301
    monkeypatch.setattr(browsers.time, "time", lambda: later)
    desk.get("/settings/profile/", REMOTE_ADDR="192.0.2.99")
    assert key_of(desk).last_seen_at > begun
    assert key_of(desk).ip == "192.0.2.99"


def test_it_costs_a_page_no_question(desk: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(3):  # session, person, membership
        desk.get("/settings/look/")


def test_it_asks_nothing_of_strangers(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        client.get("/healthz")
    assert not UserSession.objects.exists()


def test_it_notes_a_session_that_nobody_has_noted(desk: Client) -> None:
    key_of(desk).delete()
    session = desk.session
    del session[browsers.NOTED]
    session.save()
    assert len(rows(desk)) == 0  # the note follows the page
    assert rows(desk)[0].startswith("Firefox on Linux This one 192.0.2.7")


def test_it_lists_a_session_without_an_address_or_a_name() -> None:
    client = Client()
    client.force_login(make_member().user)
    assert rows(client)[0].startswith("Unknown browser This one Last seen")


def test_it_keeps_a_session_ended_that_was_busy(desk: Client, phone: Client) -> None:
    busy = phone.session
    busy["draft"] = "words"  # loaded, and to be saved at the end of a request that is on its way
    desk.post(f"{SESSIONS}{key_of(phone).pk}/end/")
    with pytest.raises(UpdateError):
        busy.save()
    assert not is_signed_in(phone)
