import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from apps.accounts.models import Team
from apps.providers import keys
from apps.providers.connections import KeyLost, connection_of
from apps.providers.models import Provider
from apps.providers.services import create_provider
from apps.providers.tests.conftest import KEY


def test_it_gives_back_what_it_was_given(settings):
    settings.PROVIDER_KEY_SECRETS = ["any text will do, ü too"]
    token = keys.encrypt(KEY)
    assert KEY not in token
    assert keys.decrypt(token) == KEY


def test_it_makes_another_token_each_time():
    assert keys.encrypt(KEY) != keys.encrypt(KEY)


def test_it_leaves_no_key_as_no_key():
    assert keys.encrypt("") == ""
    assert keys.decrypt("") == ""


def test_it_reads_keys_of_an_older_secret(settings):
    settings.PROVIDER_KEY_SECRETS = ["old"]
    token = keys.encrypt(KEY)
    settings.PROVIDER_KEY_SECRETS = ["new", "old"]
    assert keys.decrypt(token) == KEY


SOMEBODY_ELSES = b"c29tZWJvZHkgZWxzZSdzIGtleSBvZiAzMiBieXRlcy4="


@pytest.mark.parametrize(
    "token", ["damaged", "gAAAAA", "ü", Fernet(SOMEBODY_ELSES).encrypt(b"x").decode()], ids=["damaged", "short", "strange", "foreign"]
)
def test_it_says_that_a_key_is_lost_instead_of_crashing(token):
    with pytest.raises(keys.KeyLost):
        keys.decrypt(token)


def test_it_explains_a_lost_key_and_shows_no_key(team: Team, settings):
    settings.PROVIDER_KEY_SECRETS = ["old"]
    provider = create_provider(team, name="OpenAI", base_url="https://api.openai.com/v1", key=KEY)
    settings.PROVIDER_KEY_SECRETS = ["another"]
    with pytest.raises(KeyLost) as caught:
        connection_of(provider)
    assert "Enter the key again" in caught.value.sentence
    assert KEY not in repr(caught.value)


def test_it_rotates_all_keys_to_the_newest_secret(team: Team, settings):
    settings.PROVIDER_KEY_SECRETS = ["old"]
    provider = create_provider(team, name="OpenAI", base_url="https://api.openai.com/v1", key=KEY)
    settings.PROVIDER_KEY_SECRETS = ["new", "old"]
    call_command("rotate_provider_keys")
    settings.PROVIDER_KEY_SECRETS = ["new"]
    provider.refresh_from_db()
    assert connection_of(provider).key == KEY


def test_it_rotates_the_others_when_one_key_is_lost(team: Team, settings):
    settings.PROVIDER_KEY_SECRETS = ["forgotten"]
    lost = create_provider(team, name="Lost", base_url="https://one.example/v1", key=KEY)
    settings.PROVIDER_KEY_SECRETS = ["old"]
    kept = create_provider(team, name="Kept", base_url="https://two.example/v1", key=KEY)
    settings.PROVIDER_KEY_SECRETS = ["new", "old"]
    with pytest.raises(CommandError, match=f"Lost .{lost.pk}."):
        call_command("rotate_provider_keys")
    settings.PROVIDER_KEY_SECRETS = ["new"]
    assert connection_of(Provider.objects.get(pk=kept.pk)).key == KEY
