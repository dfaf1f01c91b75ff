"""A key is shown nowhere: not on pages, not in History, exports, snippets, logs or error pages, nor in the database."""

import asyncio
import io
import json
import logging

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Role
from apps.core.holdings import all_holdings
from apps.core.logs import OneLineFormatter
from apps.providers.checkup import check
from apps.providers.connections import connect
from apps.providers.models import Provider
from apps.providers.own_keys import save_own_key
from tests.keys.acts import KEY, OWN_KEY, enter

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = ("providers:list", "runs:history", "runs:export", "accounts:audit", "accounts:settings", "chat:home")


@pytest.fixture
def owner(team, make_member):
    client = Client(raise_request_exception=False)
    client.force_login(make_member(team, Role.OWNER, "owner@harbour.example").user)
    return client


@pytest.fixture
def told(studio, home, editor, ask, caplog):
    """Runs with the team's key, then with an own one, at a server that repeats the key that it hears wherever it can."""
    caplog.set_level(logging.DEBUG)
    runs = [*repeated(studio, home, ask, KEY)]
    Provider.objects.update(takes_personal_keys=True)
    save_own_key(studio, OWN_KEY, origin=studio.key_origin, by=editor)
    return [*runs, *repeated(studio, home, ask, OWN_KEY)]


def repeated(studio, home, ask, key):
    """One call that goes well, one for each way to refuse, and a check-up of what the team's key sees."""
    home.status, home.body = 200, None
    home.headers = {"x-request-id": f"req-{key}", "x-key": key, "openai-organization": key}
    yield ask(studio)
    for status in (200, 400, 401, 429, 500):
        error = {"message": f"Incorrect key Bearer {key} given", "code": key, "param": key}
        home.status, home.body = status, json.dumps({"error": error, "data": [{"id": key}]}).encode()
        yield ask(studio)
        if key == KEY:
            check(Provider.objects.get())


def shown(text: str) -> list[str]:
    return [key for key in (KEY, OWN_KEY) if key in text]


def test_it_shows_no_key_on_any_page(told, owner, studio):
    addresses = [reverse(name) for name in PAGES]
    addresses += [reverse("runs:receipt", args=[run.pk]) for run in told]
    addresses += [reverse(f"providers:{name}", args=[studio.pk]) for name in ("edit", "own_key", "models", "delete")]
    for address in addresses:
        response = owner.get(address)
        assert response.status_code in {200, 302}, address
        text = asyncio.run(whole(response)) if response.streaming else response.text
        assert shown(text) == [], address


async def whole(response) -> str:
    return b"".join([part async for part in response.streaming_content]).decode()


def test_it_puts_a_name_for_the_key_into_what_can_be_copied(told, owner):
    page = owner.get(reverse("runs:receipt", args=[told[0].pk])).text
    assert "$OPENAI_API_KEY" in page
    assert "curl" in page


def test_it_keeps_no_readable_key_in_the_database(told):
    dump = io.StringIO()
    call_command("dumpdata", stdout=dump)
    assert "What is a pot of?" in dump.getvalue()
    found = [
        (row["model"], name, str(value)[:300])
        for row in json.loads(dump.getvalue())
        for name, value in row["fields"].items()
        if shown(str(value))
    ]
    assert found == []


def test_it_exports_no_key_not_even_encrypted(told, team):
    stored = Provider.objects.get().key
    lines = [str(line) for holding in all_holdings() for part in holding.export(team.pk) for line in part.chunks]
    assert "What is a pot of?" in "".join(lines)
    assert shown("".join(lines)) == []
    assert stored not in "".join(lines)


def test_it_logs_no_key(told, caplog):
    lines = [f"{record.getMessage()} {record.exc_text or ''}" for record in caplog.get_records("setup")]
    assert any("provider" in line for line in lines)
    assert shown("".join(lines)) == []


def test_it_shows_and_logs_no_key_when_it_breaks_while_one_is_saved(owner, home, monkeypatch, caplog):
    def break_down(*args, **data):
        raise RuntimeError(f"no way to save {data}")

    monkeypatch.setattr("apps.providers.forms.create_provider", break_down)
    response = enter(owner, home.url)
    assert response.status_code == 500
    assert shown(response.text) == []
    formatter = OneLineFormatter()
    assert any("no way to save" in record.message or record.exc_info for record in caplog.records)
    assert shown("".join(formatter.format(record) for record in caplog.records)) == []


def test_it_repeats_no_key_when_a_form_is_too_old(team, make_member, home):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_member(team, Role.ADMIN, "late@harbour.example").user)
    response = enter(client, home.url, key=f"{KEY} {OWN_KEY}")
    assert response.status_code == 403
    assert shown(response.text) == []


def test_it_has_no_key_in_what_python_shows_of_things(studio):
    ready = connect(studio)
    assert ready.connection.key == KEY
    assert shown(repr(ready) + repr(studio) + str(vars(studio))) == []
