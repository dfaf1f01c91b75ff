"""Theme, density, motion, and how keys and answers behave."""

import json
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.accounts.tests.people import make_member

pytestmark = pytest.mark.django_db
LOOK = "/settings/look/"
ON = {"theme": "", "density": "normal", "motion": "", "sends_with_enter": "on", "uses_keys": "on"}


@pytest.fixture
def kim(client: Client) -> Client:
    client.force_login(make_member().user)
    return client


def page(client: Client) -> str:
    return client.get("/chat/").content.decode()


def test_it_keeps_everything_by_its_button_and_writes_it_into_the_page(kim: Client) -> None:
    response = kim.post(LOOK, {"theme": "dark", "density": "compact", "motion": "reduce", "hears_answers": "on"}, follow=True)
    assert response.redirect_chain == [(LOOK, 302)]
    shown = page(kim)
    assert '<html lang="en" data-theme="dark" data-motion="reduce" data-density="compact">' in shown
    assert 'data-keys="off" data-enter="line"' in shown
    assert 'id="heard"' in shown and "js/hearing" in shown
    kim.post(LOOK, ON)
    shown = page(kim)
    assert '<html lang="en">' in shown
    assert 'data-keys="on" data-enter="sends"' in shown
    assert 'id="heard"' not in shown and "js/hearing" not in shown


def test_it_tells_the_open_page_what_to_change(kim: Client) -> None:
    response = kim.post(LOOK, {**ON, "density": "compact"}, headers={"HX-Request": "true"})
    assert response.status_code == 200
    told = json.loads(response.headers["HX-Trigger"])["look:saved"]
    assert told == {
        "theme": "", "density": "compact", "motion": "", "sends_with_enter": True, "uses_keys": True, "hears_answers": False,
    }  # fmt: skip
    assert 'id="announce"' in response.content.decode()
    assert User.objects.get().density == "compact"


def test_it_says_below_the_composer_which_key_sends(kim: Client) -> None:
    assert "<kbd>Enter</kbd> sends, <kbd>Shift</kbd>" in page(kim)
    User.objects.update(sends_with_enter=False)
    assert "<kbd>Ctrl</kbd> <kbd>Enter</kbd> sends" in page(kim)


@pytest.mark.parametrize("wrong", [{"density": "tiny"}, {"theme": "neon"}, {"motion": "more"}])
def test_it_refuses_what_it_does_not_know(kim: Client, wrong: dict[str, str]) -> None:
    assert kim.post(LOOK, {**ON, **wrong}).status_code == 422
    assert User.objects.get().density == "normal"
    assert not {"neon", "tiny", "more"} & {cookie.value for cookie in kim.cookies.values()}


def test_it_changes_nothing_else_of_the_person(kim: Client) -> None:
    kim.post(LOOK, {**ON, "is_superuser": "on", "email": "evil@example.org"})
    assert (User.objects.get().is_superuser, User.objects.get().email) == (False, "kim@example.org")


def test_it_turns_light_into_dark_by_the_button_of_every_page(kim: Client) -> None:
    response = kim.post("/settings/look/theme/", {"theme": "other", "next": "/chat/"})
    assert response.headers["Location"] == "/chat/"
    assert 'data-theme="dark"' in page(kim)
    kim.post("/settings/look/theme/", {"theme": "other"})
    assert 'data-theme="light"' in page(kim)


def test_it_turns_light_into_dark_for_strangers_too(client: Client) -> None:
    make_member()
    client.post("/settings/look/theme/", {"theme": "other", "next": "/sign-in/"})
    assert 'data-theme="dark"' in client.get("/sign-in/").content.decode()


def test_it_writes_no_look_that_it_does_not_know(kim: Client) -> None:
    kim.cookies["theme"] = kim.cookies["motion"] = '"><script>'
    assert '<html lang="en">' in page(kim)
    kim.post("/settings/look/theme/", {"theme": "neon"})
    assert "neon" not in page(kim)


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_it_never_leads_to_another_site(kim: Client, address: str) -> None:
    assert kim.post("/settings/look/theme/", {"theme": "dark", "next": address}).headers["Location"] == LOOK


def test_it_costs_a_page_no_question(kim: Client, django_assert_max_num_queries: Any) -> None:
    kim.post(LOOK, {"density": "compact", "hears_answers": "on"}, follow=True)
    with django_assert_max_num_queries(3):  # session, person, membership
        kim.get(LOOK)
