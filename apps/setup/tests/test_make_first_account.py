"""The first account, and the token that guards it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from apps.accounts.models import Membership, Role, User
from apps.accounts.tests.people import PASSWORD, make_member
from apps.providers.models import Provider
from apps.setup import services, token

pytestmark = pytest.mark.django_db
TOKEN = "token-of-this-test"
ANSWERS = {"email": "Kim@Example.org", "name": "Kim", "team": "Kiln", "password": PASSWORD}


@pytest.fixture
def fixed_token(settings: Any) -> str:
    settings.SETUP_TOKEN = TOKEN
    return TOKEN


@pytest.fixture
def token_file(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.SETUP_TOKEN = ""
    settings.SETUP_TOKEN_FILE = tmp_path / "keys" / "setup_token"
    yield settings.SETUP_TOKEN_FILE


@pytest.fixture
def admitted(client: Client, fixed_token: str) -> Client:
    """A browser that opened the printed address."""
    client.get("/setup/", {"token": TOKEN})
    return client


@pytest.mark.parametrize("address", ["/", "/chat/", "/history/", "/settings/", "/settings/providers/", "/sign-in/"])
def test_it_leads_every_page_to_the_first_start(client: Client, fixed_token: str, address: str) -> None:
    response = client.get(address, follow=True)
    assert response.redirect_chain[-1][0] == "/setup/"
    assert response.status_code == 403
    assert "Nobody has an account yet" in response.content.decode()


def test_it_takes_the_token_out_of_the_address(client: Client, fixed_token: str) -> None:
    response = client.get("/setup/", {"token": TOKEN})
    assert response.headers["Location"] == "/setup/"
    page = client.get("/setup/").content.decode()
    assert "Step 1 of 4" in page
    assert TOKEN not in page


@pytest.mark.parametrize("wrong", ["", "x", TOKEN + "x", TOKEN[:-1], "ü", "\ud800"])
def test_it_refuses_a_wrong_token_and_makes_no_account(client: Client, fixed_token: str, wrong: str) -> None:
    assert not token.is_token(wrong)
    response = client.get("/setup/", {"token": wrong.encode("utf-8", "replace").decode()})
    assert response.status_code == 403
    assert client.post("/setup/", ANSWERS).status_code == 403
    assert not User.objects.exists()


def test_it_refuses_everything_while_the_server_has_no_token(client: Client, token_file: Path) -> None:
    assert not token.is_token("")
    assert client.get("/setup/", {"token": ""}).status_code == 403


def test_it_makes_the_owner_of_a_team_with_the_built_in_provider(admitted: Client) -> None:
    response = admitted.post("/setup/", ANSWERS)
    assert response.headers["Location"] == "/setup/provider/"
    member = Membership.objects.get()
    assert (member.user.email, member.user.name, member.team.name, member.role) == ("kim@example.org", "Kim", "Kiln", Role.OWNER)
    assert Provider.objects.get().is_builtin
    assert admitted.get("/settings/profile/").status_code == 200
    assert Client().post("/sign-in/", {"login": "kim@example.org", "password": PASSWORD}).status_code == 302


def test_it_closes_once_somebody_has_an_account(admitted: Client) -> None:
    make_member(email="first@example.org")
    assert admitted.post("/setup/", ANSWERS).headers["Location"] == "/sign-in/"
    assert admitted.get("/setup/", {"token": TOKEN}).headers["Location"] == "/sign-in/"
    assert User.objects.count() == 1


def test_it_leaves_the_slower_of_two_with_the_sign_in_page(admitted: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def overtake(**answers: str) -> Membership:
        monkeypatch.undo()
        make_member(email="first@example.org")
        return services.make_first_account(**answers)

    monkeypatch.setattr("apps.setup.services.make_first_account", overtake)
    assert admitted.post("/setup/", ANSWERS).headers["Location"] == "/sign-in/"
    assert [user.email for user in User.objects.all()] == ["first@example.org"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no address"),
        ("email", ""),
        ("team", ""),
        ("team", "k" * 81),
        ("password", "short"),
        ("password", "password123"),
        ("name", "a\x00b"),
    ],
)
def test_it_says_at_the_field_what_is_wrong_and_keeps_the_rest(admitted: Client, field: str, value: str) -> None:
    response = admitted.post("/setup/", {**ANSWERS, field: value})
    page = response.content.decode()
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert PASSWORD not in page
    if field != "team":
        assert 'value="Kiln"' in page
    assert not User.objects.exists()


def test_it_prints_a_token_that_stays_the_same_and_is_kept_private(token_file: Path, capsys: Any) -> None:
    call_command("setup_token")
    first = capsys.readouterr().out.strip()
    call_command("setup_token")
    assert capsys.readouterr().out.strip() == first
    assert len(first) >= 22
    assert token_file.stat().st_mode & 0o077 == 0
    assert token.is_token(first)


def test_it_makes_a_new_token_when_the_file_is_empty(token_file: Path) -> None:
    token_file.parent.mkdir()
    token_file.touch()
    assert not token.is_token("")
    assert len(token.ensure_token()) >= 22


def test_it_prints_no_token_when_there_is_an_account(token_file: Path) -> None:
    make_member()
    with pytest.raises(CommandError, match="has an account already"):
        call_command("setup_token")


def test_it_sets_up_without_a_browser(monkeypatch: pytest.MonkeyPatch, capsys: Any, settings: Any) -> None:
    settings.ENGINES_URL = "http://127.0.0.1:9/v1"
    monkeypatch.setenv("PLAYGROUND_PASSWORD", PASSWORD)
    call_command("setup", email="kim@example.org", team="Kiln")
    out = capsys.readouterr().out
    assert "kim@example.org owns the team Kiln." in out
    assert PASSWORD not in out
    assert Membership.objects.get().role == Role.OWNER
    assert Client().post("/sign-in/", {"login": "kim@example.org", "password": PASSWORD}).status_code == 302


def test_it_refuses_a_weak_password_on_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_PASSWORD", "short")
    with pytest.raises(CommandError, match=r"password: .*too short"):
        call_command("setup", email="kim@example.org", team="Kiln")
    assert not User.objects.exists()


def test_it_reads_the_token_of_the_settings_first(settings: Any, token_file: Path) -> None:
    settings.SETUP_TOKEN = TOKEN
    assert token.ensure_token() == TOKEN
    assert not token_file.exists()


def test_it_slows_down_whoever_guesses_the_token(client: Client, fixed_token: str) -> None:
    answers = [client.get("/setup/", {"token": f"wrong-{number}"}).status_code for number in range(12)]
    assert answers == [403] * 10 + [429] * 2
    assert client.get("/setup/", {"token": TOKEN}).status_code == 429, "a guesser must not learn that he is right"
    assert client.get("/setup/", {"token": TOKEN}, REMOTE_ADDR="192.0.2.7").status_code == 302
