"""Changing and resetting a password."""

import re
import sys

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client, override_settings

from apps.accounts.tests.people import PASSWORD, make_member

pytestmark = pytest.mark.django_db
NEW = "glaze made of ash"


@pytest.fixture
def browsers() -> tuple[Client, Client]:
    """One person, signed in twice."""
    cache.clear()
    user = make_member().user
    here, elsewhere = Client(), Client()
    here.force_login(user)
    elsewhere.force_login(user)
    return here, elsewhere


def change(client: Client, old: str = PASSWORD, new: str = NEW, again: str = NEW) -> "object":
    return client.post("/settings/password/", {"oldpassword": old, "password1": new, "password2": again})


def test_it_changes_the_password_and_ends_other_sessions(browsers: tuple[Client, Client]) -> None:
    here, elsewhere = browsers
    response = here.post("/settings/password/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert response.headers["Location"] == "/settings/profile/"
    assert here.get("/settings/profile/").status_code == 200
    assert elsewhere.get("/settings/profile/").status_code == 302
    assert Client().post("/sign-in/", {"login": "kim@example.org", "password": NEW}).status_code == 302


def test_it_needs_the_old_password(browsers: tuple[Client, Client]) -> None:
    here, elsewhere = browsers
    response = here.post("/settings/password/", {"oldpassword": "wrong", "password1": NEW, "password2": NEW})
    assert b'class="err"' in response.content
    assert elsewhere.get("/settings/profile/").status_code == 200


@pytest.mark.parametrize("weak", ["short", "1234567890123", "password123", "kim@example.org"])
def test_it_refuses_a_weak_password(browsers: tuple[Client, Client], weak: str) -> None:
    here, _ = browsers
    response = here.post("/settings/password/", {"oldpassword": PASSWORD, "password1": weak, "password2": weak})
    assert b'class="err"' in response.content


def test_it_is_throttled(browsers: tuple[Client, Client]) -> None:
    here, _ = browsers
    answers = [here.post("/settings/password/", {"oldpassword": "a guess", "password1": NEW, "password2": NEW}) for _ in range(6)]
    assert answers[-1].status_code == 429


def test_it_says_how_to_reset_on_the_server_when_there_is_no_mail() -> None:
    make_member()
    page = Client().get("/password/reset/").content.decode()
    assert "manage.py changepassword" in page
    python = page.partition("<pre")[2].partition(">")[2].split()[0]
    assert python == "python" or (settings.BASE_DIR / python).samefile(sys.executable), "what is shown is what can be typed here"
    assert "<form" not in page
    assert mail.outbox == []


@override_settings(EMAIL_HOST="mail.example.org")
def test_it_mails_a_link_that_works_once() -> None:
    cache.clear()
    make_member()
    client = Client()
    assert client.post("/password/reset/", {"email": "kim@example.org"}).headers["Location"] == "/password/reset/sent/"
    assert len(mail.outbox) == 1
    link = re.search(r"http://testserver(/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert link is not None
    form = client.get(link.group(1), follow=True)
    address = form.redirect_chain[-1][0]
    assert client.post(address, {"password1": NEW, "password2": NEW}).status_code == 302
    assert Client().post("/sign-in/", {"login": "kim@example.org", "password": NEW}).status_code == 302
    assert "used up" in Client().get(link.group(1), follow=True).content.decode()


@override_settings(EMAIL_HOST="mail.example.org")
def test_it_answers_the_same_for_an_address_that_nobody_has() -> None:
    cache.clear()
    make_member()
    response = Client().post("/password/reset/", {"email": "nobody@example.org"})
    assert response.headers["Location"] == "/password/reset/sent/"
    assert not any("/password/reset/key/" in str(message.body) for message in mail.outbox)
