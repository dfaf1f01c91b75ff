"""What a person sets for himself, and the shell around every page."""

import re
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.accounts.tests.people import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim(client: Client) -> Client:
    client.force_login(make_member().user)
    return client


def test_it_saves_a_name_and_says_so(kim: Client) -> None:
    response = kim.post("/settings/", {"name": "Kim Potter"}, follow=True)
    assert User.objects.get().name == "Kim Potter"
    assert re.search(r'class="toast".*Saved', response.content.decode(), re.DOTALL)


def test_it_changes_nothing_but_the_name(kim: Client) -> None:
    kim.post("/settings/", {"name": "Kim", "email": "evil@example.org", "is_superuser": "on"})
    user = User.objects.get()
    assert user.email == "kim@example.org"
    assert not user.is_superuser


def test_it_refuses_a_name_that_is_too_long(kim: Client) -> None:
    response = kim.post("/settings/", {"name": "k" * 121})
    assert response.status_code == 422
    assert b'class="err"' in response.content


def test_it_keeps_the_theme_and_writes_it_into_the_page(kim: Client) -> None:
    assert b"data-theme=" not in kim.get("/settings/").content
    response = kim.post("/settings/look/", {"theme": "dark", "next": "/settings/"})
    assert response.headers["Location"] == "/settings/"
    assert b'data-theme="dark"' in kim.get("/settings/").content
    kim.post("/settings/look/", {"theme": "other"})
    assert b'data-theme="light"' in kim.get("/settings/").content
    kim.post("/settings/look/", {"theme": ""})
    assert b"data-theme=" not in kim.get("/settings/").content


def test_it_writes_no_theme_that_it_does_not_know(kim: Client) -> None:
    kim.cookies["theme"] = '"><script>'
    assert b"<script>" not in kim.get("/settings/").content
    kim.post("/settings/look/", {"theme": "neon"})
    assert b"neon" not in kim.get("/settings/").content


def test_it_never_leads_to_another_site(kim: Client) -> None:
    assert kim.post("/settings/look/", {"theme": "dark", "next": "https://evil.example/"}).headers["Location"] == "/settings/"


def test_it_shows_only_pages_that_exist(kim: Client) -> None:
    page = kim.get("/settings/").content.decode()
    links = set(re.findall(r'<a href="(/[^"#?]*)"', page))
    assert {"/chat/", "/history/", "/settings/", "/settings/providers/"} <= links
    for link in links:
        assert kim.get(link, follow=True).status_code == 200, link


def test_it_marks_the_page_one_is_on(kim: Client) -> None:
    page = kim.get("/settings/providers/").content.decode()
    assert set(re.findall(r'<a href="([^"]+)"[^>]*aria-current="page"', page)) == {"/settings/providers/"}


def test_it_draws_the_shell_without_questions_of_its_own(kim: Client, django_assert_max_num_queries: Any) -> None:
    kim.get("/settings/")
    with django_assert_max_num_queries(3):  # session, person, membership
        kim.get("/settings/")


def test_it_has_nothing_inline_on_the_page(kim: Client) -> None:
    for address in ("/settings/", "/settings/password/", "/sign-out/"):
        page = kim.get(address).content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)", page)
        assert not re.search(r"\s(style|on[a-z]+)=", page)
        assert "http://" not in page.replace("http://testserver", "")
        assert "https://" not in page
