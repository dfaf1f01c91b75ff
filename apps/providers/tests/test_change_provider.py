import logging

import pytest

from apps.accounts.models import Team
from apps.providers.connections import KeyOfAnotherAddress, NoKey, ProviderDeleted, connection_of, guess_dialect
from apps.providers.models import DefaultModel, Provider
from apps.providers.services import create_provider, delete_provider, ensure_builtin, set_default, update_provider
from apps.providers.tests.conftest import KEY

ADDRESS = "https://api.openai.com/v1"


def change(provider: Provider, **changes: object) -> Provider:
    return update_provider(provider, **{"name": provider.name, "base_url": provider.base_url, "dialect": provider.dialect, **changes})


def test_it_connects_with_the_key_of_this_address(provider):
    connection = connection_of(provider)
    assert (connection.base_url, connection.key, connection.dialect) == (ADDRESS, KEY, "openai")


@pytest.mark.parametrize(
    "address",
    ["https://api.openai.com.evil.example/v1", "http://api.openai.com/v1", "https://api.openai.com:8443/v1", "https://evil.example/v1"],
)
def test_it_wipes_the_key_when_scheme_host_or_port_change(provider, address):
    provider = change(provider, base_url=address, dialect="other")
    provider.refresh_from_db()
    assert (provider.key, provider.key_origin, provider.key_tail) == ("", "", "")
    assert connection_of(provider).key == ""


@pytest.mark.parametrize("address", ["https://api.openai.com/v2", "https://API.openai.com:443/v1", "https://api.openai.com/v1/"])
def test_it_keeps_the_key_when_the_same_server_is_written_differently(provider, address):
    assert connection_of(change(provider, base_url=address)).key == KEY


def test_it_takes_a_new_key_with_a_new_address(provider):
    changed = change(provider, base_url="https://else.example/v1", key="another-key-9876543210")
    connection = connection_of(changed)
    assert (connection.base_url, connection.key) == ("https://else.example/v1", "another-key-9876543210")
    assert changed.key_tail == "3210"


def test_it_sends_no_key_to_an_address_that_was_changed_behind_its_back(provider):
    Provider.objects.filter(pk=provider.pk).update(base_url="https://evil.example/v1")
    provider.refresh_from_db()
    with pytest.raises(KeyOfAnotherAddress):
        connection_of(provider)


def test_it_binds_the_permission_for_a_private_address_to_that_one_origin(team: Team):
    provider = create_provider(team, name="Ours", base_url="http://10.0.0.5:8000/v1", allow_private=True)
    assert connection_of(provider).policy.private_origins == {"http://10.0.0.5:8000"}
    moved = change(provider, base_url="http://10.0.0.6:8000/v1", allow_private=False)
    assert connection_of(moved).policy.private_origins == frozenset()


def test_it_asks_for_a_key_where_one_is_needed(team: Team):
    with pytest.raises(NoKey):
        connection_of(create_provider(team, name="OpenAI", base_url=ADDRESS))
    assert connection_of(create_provider(team, name="Ollama", base_url="http://localhost:11434/v1", allow_private=True)).key == ""


def test_it_shows_no_tail_of_a_short_key(team: Team):
    assert create_provider(team, name="Short", base_url=ADDRESS, key="abcdef").key_tail == ""


def test_it_keeps_the_row_but_not_the_key_of_a_deleted_provider(provider, make_model):
    set_default(provider.team, "writing", make_model("one"))
    delete_provider(provider)
    provider.refresh_from_db()
    assert provider.deleted_at
    assert provider.key == provider.key_tail == provider.key_origin == ""
    assert not DefaultModel.objects.exists()
    with pytest.raises(ProviderDeleted):
        connection_of(provider)


def test_it_never_writes_a_key_to_the_log_or_into_a_repr(team: Team, caplog):
    with caplog.at_level(logging.DEBUG):
        provider = change(create_provider(team, name="OpenAI", base_url=ADDRESS, key=KEY), key=KEY)
        connection = connection_of(provider)
    assert KEY not in caplog.text
    assert KEY not in repr(connection) + repr(provider) + str(provider.__dict__)


def test_it_makes_one_builtin_provider_for_a_team(team: Team):
    assert ensure_builtin(team).pk == ensure_builtin(team).pk
    assert Provider.objects.filter(is_builtin=True).count() == 1


def test_it_reads_the_builtin_key_from_its_file_at_each_use(team: Team, settings, tmp_path):
    settings.ENGINES_KEY_FILE = tmp_path / "engines_key"
    settings.ENGINES_URL = "http://127.0.0.1:8010/v1"
    provider = ensure_builtin(team)
    with pytest.raises(NoKey):
        connection_of(provider)
    settings.ENGINES_KEY_FILE.write_text("secret-of-the-engines\n")
    settings.ENGINES_URL = "http://127.0.0.1:9010/v1"
    connection = connection_of(provider)
    assert (connection.key, connection.base_url) == ("secret-of-the-engines", "http://127.0.0.1:9010/v1")
    assert connection.policy.private_origins == {"http://127.0.0.1:9010"}
    provider.refresh_from_db()
    assert provider.key == ""


@pytest.mark.parametrize(
    ("address", "dialect"),
    [
        ("https://api.openai.com/v1", "openai"),
        ("https://eu.api.openai.com/v1", "openai"),
        ("https://api.openai.com.evil.example/v1", "other"),
        ("https://pots.openai.azure.com/openai/v1", "azure"),
        ("https://pots.services.ai.azure.com/openai/v1", "azure"),
        ("http://localhost:11434/v1", "ollama"),
        ("http://gpu.example:8000/v1", "vllm"),
        ("http://localhost:8080/v1", "llamacpp"),
        ("http://localhost:4000", "litellm"),
        ("http://localhost:99999/v1", "other"),
        ("https://unknown.example/v1", "other"),
    ],
)
def test_it_guesses_the_kind_of_server_from_the_address(address, dialect):
    assert guess_dialect(address) == dialect
