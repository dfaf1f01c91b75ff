"""The shell around every page, and the list of the pages of Settings."""

import re
from typing import Any

import pytest
from django.test import Client

from apps.accounts.tests.people import make_member

pytestmark = pytest.mark.django_db
OWN = ("/settings/profile/", "/settings/look/", "/settings/password/", "/settings/sessions/")


@pytest.fixture
def kim(client: Client) -> Client:
    client.force_login(make_member().user)
    return client


def current(page: bytes) -> set[str]:
    return set(re.findall(r'<a href="([^"]+)"[^>]*aria-current="page"', page.decode()))


def test_it_opens_with_the_profile(kim: Client) -> None:
    assert kim.get("/settings/").headers["Location"] == "/settings/profile/"


def test_it_shows_only_pages_that_exist(kim: Client) -> None:
    page = kim.get("/settings/profile/").content.decode()
    links = set(re.findall(r'<a [^>]*href="(/[^"#?]*)"', page))
    assert {"/chat/", "/history/", "/settings/", "/settings/providers/", *OWN} <= links
    for link in links:
        assert kim.get(link, follow=True).status_code == 200, link


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("/settings/providers/", "/settings/providers/"),
        ("/settings/look/", "/settings/look/"),
        ("/settings/password/", "/settings/profile/"),
        ("/settings/sessions/", "/settings/profile/"),
    ],
)
def test_it_marks_the_page_one_is_on(kim: Client, address: str, line: str) -> None:
    assert current(kim.get(address).content) == {"/settings/", line}


def test_it_draws_the_shell_without_questions_of_its_own(kim: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(3):  # session, person, membership
        kim.get("/settings/look/")


@pytest.mark.parametrize("address", [*OWN, "/sign-out/"])
def test_it_has_nothing_inline_on_the_page(kim: Client, address: str) -> None:
    page = kim.get(address).content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"\s(style|on[a-z]+)=", page)
    assert "http://" not in page.replace("http://testserver", "")
    assert "https://" not in page
