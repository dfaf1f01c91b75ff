"""Signing in, and what keeps guessers out."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from apps.accounts.tests.people import PASSWORD, make_member

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def person() -> None:
    cache.clear()
    make_member(email="kim@example.org")


def sign_in(client: Client, email: str = "kim@example.org", password: str = PASSWORD, **more: str) -> "object":
    return client.post("/sign-in/", {"login": email, "password": password, **more})


def messages_of(page: bytes) -> list[str]:
    return re.findall(r'role="alert".*?<p>(.*?)</p>', page.decode(), re.DOTALL)


def test_it_opens_the_door_to_the_right_password(client: Client) -> None:
    response = client.post("/sign-in/", {"login": "kim@example.org", "password": PASSWORD})
    assert response.status_code == 302
    assert response.headers["Location"] == "/"
    assert client.get("/settings/profile/").status_code == 200


def test_it_takes_an_address_however_it_is_typed(client: Client) -> None:
    assert client.post("/sign-in/", {"login": " KIM@Example.ORG ", "password": PASSWORD}).status_code == 302


def test_it_says_the_same_for_known_and_unknown_addresses(client: Client) -> None:
    known = client.post("/sign-in/", {"login": "kim@example.org", "password": "not this one"})
    unknown = client.post("/sign-in/", {"login": "sam@example.org", "password": "not this one"})
    assert known.status_code == unknown.status_code
    assert messages_of(known.content) == messages_of(unknown.content) != []


def test_it_lets_nobody_guess_for_long(client: Client) -> None:
    for _ in range(5):
        client.post("/sign-in/", {"login": "kim@example.org", "password": "a wrong guess"})
    response = client.post("/sign-in/", {"login": "kim@example.org", "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    assert "Too many failed" in response.content.decode()


def test_it_counts_guesses_from_one_address_over_all_accounts(client: Client) -> None:
    answers = [client.post("/sign-in/", {"login": f"p{n}@example.org", "password": "a wrong guess"}) for n in range(35)]
    assert answers[-1].status_code == 429
    assert "Too many tries" in answers[-1].content.decode()


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "https:evil.example", "/\\evil.example"]
)
def test_it_never_leads_to_another_site(client: Client, address: str) -> None:
    response = client.post("/sign-in/", {"login": "kim@example.org", "password": PASSWORD, "next": address})
    assert response.status_code == 302
    assert response.headers["Location"] == "/"


def test_it_leads_back_to_the_page_that_asked(client: Client) -> None:
    refused = client.get("/settings/")
    assert refused.headers["Location"] == "/sign-in/?next=/settings/"
    response = client.post("/sign-in/", {"login": "kim@example.org", "password": PASSWORD, "next": "/settings/"})
    assert response.headers["Location"] == "/settings/"


def test_it_sends_a_page_whose_session_ended_to_sign_in_as_an_error(client: Client) -> None:
    response = client.get("/sign-in/", headers={**HTMX, "HX-Current-URL": "http://testserver/chat/7/?a=1"})
    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == "/sign-in/?next=%2Fchat%2F7%2F%3Fa%3D1"
    odd = client.get("/sign-in/", headers={**HTMX, "HX-Current-URL": "http://[::1"})
    assert (odd.status_code, odd.headers["HX-Redirect"]) == (401, "/sign-in/?next=%2F")


@pytest.mark.parametrize("address", ["/accounts/signup/", "/sign-up/", "/signup/"])
def test_it_has_no_page_to_sign_up(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404
    assert "sign up" not in client.get("/sign-in/").content.decode().lower()


def test_it_signs_out_only_by_post(client: Client) -> None:
    client.post("/sign-in/", {"login": "kim@example.org", "password": PASSWORD})
    assert client.get("/sign-out/").status_code == 200
    assert "_auth_user_id" in client.session
    assert client.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert "_auth_user_id" not in client.session


def test_it_turns_away_an_account_that_is_switched_off(client: Client) -> None:
    make_member(email="off@example.org").user.__class__.objects.filter(email="off@example.org").update(is_active=False)
    client.post("/sign-in/", {"login": "off@example.org", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_it_ends_the_session_of_an_account_that_is_switched_off(client: Client) -> None:
    member = make_member(email="off@example.org")
    client.force_login(member.user)
    assert client.get("/settings/profile/").status_code == 200
    type(member.user).objects.filter(pk=member.user_id).update(is_active=False)
    assert client.get("/settings/profile/").status_code == 302


@pytest.mark.parametrize("login", ["", "a\x00b@example.org", "x" * 5000 + "@example.org", "\ud800@example.org"])
def test_it_answers_odd_addresses_with_words(client: Client, login: str) -> None:
    body = f"login={login}&password=x".encode("utf-8", "surrogatepass")
    response = client.post("/sign-in/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 200
    assert b'class="err"' in response.content


def test_it_keeps_the_session_cookie_from_scripts(client: Client) -> None:
    client.post("/sign-in/", {"login": "kim@example.org", "password": PASSWORD})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize("cookie", ['"\\000\\000aaaaaaaaaa"', '"\\303\\274aaaaaaaaaa"', "a" * 5000, "../../../etc/passwd"])
def test_it_asks_the_database_for_no_session_that_cannot_be_one(client: Client, django_assert_max_num_queries: Any, cookie: str) -> None:
    with django_assert_max_num_queries(20) as asked:
        response = client.get("/settings/", HTTP_COOKIE=f"playground_session={cookie}")
    assert (response.status_code, response.headers["Location"]) == (302, "/sign-in/?next=/settings/")
    assert [query["sql"] for query in asked.captured_queries if "django_session" in query["sql"]] == []


@pytest.mark.parametrize("address", ["//[", "https://[::1", "http://[x]/"])
@pytest.mark.parametrize("page", ["/sign-in/", "/sign-out/", "/password/reset/key/1-x-y/", "/password/reset/done/"])
def test_it_goes_nowhere_by_an_address_that_cannot_be_read(client: Client, page: str, address: str) -> None:
    for answer in (client.get(page, {"next": address}), client.post(page, {"next": address})):
        assert answer.status_code < 500 and address not in answer.headers.get("Location", "")
