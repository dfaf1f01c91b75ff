"""Several people and teams at one provider: whose key each call goes with, and what ends when a key or the provider goes."""

import threading
import time

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Role
from apps.providers import services
from apps.providers.models import PersonalKey, Provider
from apps.providers.own_keys import remove_own_key, save_own_key
from apps.runs.executor import execute
from apps.runs.explanations import explain
from apps.runs.models import Run
from apps.runs.services import start_run
from tests.keys.acts import KEY, OTHER_KEY, OWN_KEY, change, hears

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def open_studio(studio) -> Provider:
    Provider.objects.update(takes_personal_keys=True)
    studio.refresh_from_db()
    return studio


@pytest.fixture
def colleague(team, make_member):
    return make_member(team, Role.EDITOR, "ada@harbour.example")


def own(provider, membership, key):
    return save_own_key(provider, key, origin=provider.key_origin, by=membership)


# --- Whose key ---------------------------------------------------------------------------------
def test_it_sends_each_persons_own_key_and_the_teams_for_the_others(open_studio, home, editor, colleague, make_member, team, ask):
    own(open_studio, editor, OWN_KEY)
    own(open_studio, colleague, OTHER_KEY)
    third = make_member(team, Role.EDITOR, "third@harbour.example")
    for person in (editor, colleague, third):
        assert ask(open_studio, person.user).status == "completed"
    assert [heard.headers["authorization"] for heard in home.chats()] == [f"Bearer {key}" for key in (OWN_KEY, OTHER_KEY, KEY)]


def test_it_never_uses_one_connection_for_two_keys(open_studio, home, editor, colleague, ask):
    """Back and forth, faster than an idle connection is closed."""
    own(open_studio, editor, OWN_KEY)
    own(open_studio, colleague, OTHER_KEY)
    for person in (editor, colleague, editor, colleague):
        ask(open_studio, person.user)
    keys_of_socket: dict[int, set[str]] = {}
    for heard in home.chats():
        keys_of_socket.setdefault(heard.socket, set()).add(heard.headers["authorization"])
    assert len(home.chats()) == 4
    assert all(len(keys) == 1 for keys in keys_of_socket.values())


def test_it_says_on_the_receipt_whose_key_was_used(open_studio, editor, colleague, ask):
    own(open_studio, editor, OWN_KEY)
    mine, theirs = ask(open_studio, editor.user), ask(open_studio, colleague.user)
    assert "your own key" in receipt(mine, editor)
    assert "the team’s key" in receipt(theirs, editor)
    assert f"the own key of {editor.user}" in receipt(mine, colleague)


def test_it_says_whose_key_was_refused(open_studio, home, editor, colleague, ask):
    """An admin would look for the mistake in the key of the team."""
    own(open_studio, editor, OWN_KEY)
    home.status = 401
    mine, theirs = ask(open_studio, editor.user), ask(open_studio, colleague.user)
    assert explain(mine).title.endswith(f"did not accept the own key of {editor.user}.")
    assert explain(theirs).title.endswith("did not accept the key.")


def receipt(run, reader) -> str:
    client = Client()
    client.force_login(reader.user)
    return client.get(reverse("runs:receipt", args=[run.pk])).text


def test_it_sends_nothing_where_neither_has_a_key(open_studio, home, editor, ask):
    Provider.objects.update(dialect="openai", key="", key_origin="")
    run = ask(open_studio)
    assert (run.status, run.error_kind) == ("failed", "no_key")
    assert "You have no key of your own for Studio, and the team has none" in run.error["sentence"]
    assert home.heard == []


def test_it_forgets_own_keys_too_when_the_form_changes_the_address(open_studio, admin, editor, elsewhere, ask):
    own(open_studio, editor, OWN_KEY)
    change(admin, open_studio, base_url=elsewhere.url, takes_personal_keys="on")
    assert ask(open_studio).status == "completed"
    assert elsewhere.chats() and not hears(elsewhere)
    assert not PersonalKey.objects.exists()


def test_it_sends_no_own_key_when_the_row_was_changed_behind_its_back(open_studio, editor, elsewhere, ask):
    own(open_studio, editor, OWN_KEY)
    Provider.objects.update(base_url=elsewhere.url, private_origin=elsewhere.origin, key="", key_origin="")
    assert ask(open_studio).error_kind == "key_elsewhere"
    assert elsewhere.heard == []


def test_it_makes_no_call_for_who_was_locked_out(open_studio, home, editor, ask):
    own(open_studio, editor, OWN_KEY)
    editor.disabled_at = timezone.now()
    editor.save()
    assert ask(open_studio).error_kind == "not_allowed"
    assert home.heard == []


def test_it_calls_nobody_for_a_team_that_the_provider_was_taken_from(studio, home, editor, other_team, make_member, ask):
    Provider.objects.update(team=other_team)
    assert ask(studio).error_kind == "not_offered"
    assert home.heard == []


# --- What ends ---------------------------------------------------------------------------------
@pytest.fixture
def endless(team, editor, loopback, settings):
    """A question whose answer never ends, with the key and the provider that it went with."""
    settings.RUN_LEASE_RENEW = 0.5
    address = {"base_url": loopback.url, "dialect": "other", "allow_private": True}
    provider = services.create_provider(team, name="Endless", key=KEY, takes_personal_keys=True, **address)
    threads = []

    def begin():
        run = start_run(
            team=team, person=editor.user, operation="chat.reply", provider=provider, model="endless-rate50",
            params={"messages": [{"role": "user", "content": "Go on #t-3e7d"}]}, key=f"k-{time.monotonic()}",
        )  # fmt: skip

        def work():
            try:
                execute([run.pk])
            finally:
                connection.close()

        threads.append(threading.Thread(target=work))
        threads[-1].start()
        wait_for(lambda: Run.objects.get(pk=run.pk).text)
        return run

    begin.provider = provider
    yield begin
    Run.objects.update(stop_requested_at="2026-01-01T00:00Z")
    for thread in threads:
        thread.join(timeout=10)


def wait_for(condition, seconds=10.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen")


def is_ended(run) -> bool:
    run.refresh_from_db()
    return run.status == "interrupted" and run.error_kind == "revoked"


def test_it_ends_answers_under_way_when_the_provider_is_deleted_and_says_how_many(endless, admin):
    run = endless()
    url = reverse("providers:delete", args=[endless.provider.pk])
    assert "1 answer is under way" in admin.get(url).text
    assert "1 answer under way is ended." in admin.post(url, follow=True).text
    wait_for(lambda: is_ended(run))


def test_it_ends_answers_under_way_when_their_own_key_is_removed_and_no_others(endless, editor):
    with_teams = endless()
    own(endless.provider, editor, OWN_KEY)
    with_own = endless()
    remove_own_key(endless.provider, editor)
    wait_for(lambda: is_ended(with_own))
    assert not is_ended(with_teams)


def test_it_ends_answers_under_way_when_the_teams_key_is_removed(endless, admin):
    run = endless()
    admin.post(reverse("providers:remove_key", args=[endless.provider.pk]))
    wait_for(lambda: is_ended(run))
