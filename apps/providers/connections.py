"""From a provider's row to the connection that the gateway calls through.

The only place where a stored key becomes readable. A key goes nowhere but to the scheme, host and
port it was typed for, whatever the row says by then.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.providers import keys
from apps.providers.models import Provider
from gateway.addresses import origin_of
from gateway.types import AddressPolicy, Connection

NEEDS_KEY = frozenset({"openai", "azure", "builtin"})
DIALECT_OF_HOST = (
    ("api.openai.com", "openai"),
    ("openai.azure.com", "azure"),
    ("services.ai.azure.com", "azure"),
    ("cognitiveservices.azure.com", "azure"),
)
DIALECT_OF_PORT = {11434: "ollama", 8000: "vllm", 8080: "llamacpp", 4000: "litellm"}


class NotReady(Exception):
    """This provider cannot be called as it is now. `sentence` says why and what to do; it holds no key."""

    kind = "not_ready"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NoKey(NotReady):
    kind = "no_key"


class KeyLost(NotReady):
    kind = "key_lost"


class KeyOfAnotherAddress(NotReady):
    kind = "key_elsewhere"


class ProviderDeleted(NotReady):
    kind = "provider_deleted"


def connection_of(provider: Provider, person: User | None = None) -> Connection:
    """What the gateway needs to call this provider for somebody. Raises a `NotReady` with a sentence for a person."""
    if provider.deleted_at is not None:
        raise ProviderDeleted(_("%(provider)s was deleted in Settings. Choose another provider.") % {"provider": provider.name})
    if provider.is_builtin:
        return _builtin_connection(provider)
    return Connection(
        base_url=provider.base_url,
        key=_stored_key(provider),
        dialect=provider.dialect,
        policy=_policy(provider.private_origin),
        api_version=provider.api_version,
    )


def guess_dialect(base_url: str) -> str:
    """The kind of server that usually has such an address; "other" if the address does not tell."""
    try:
        parts = urlsplit(base_url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return "other"
    for suffix, dialect in DIALECT_OF_HOST:
        if host == suffix or host.endswith(f".{suffix}"):
            return dialect
    return DIALECT_OF_PORT.get(port or 0, "other")


def _builtin_connection(provider: Provider) -> Connection:
    """Address and key come from the settings at each use: both change when the built-in server is set up anew."""
    try:
        key = settings.ENGINES_KEY_FILE.read_text().strip()
    except OSError:
        key = ""
    if not key:
        raise NoKey(_("The built-in models have not been started on this server yet. Start Playground with: make run"))
    return Connection(settings.ENGINES_URL, key, provider.dialect, _policy(origin_of(settings.ENGINES_URL)))


def _stored_key(provider: Provider) -> str:
    if not provider.key:
        if provider.dialect in NEEDS_KEY:
            raise NoKey(_("%(provider)s has no key yet. An admin can enter it in Settings, Providers.") % {"provider": provider.name})
        return ""
    if provider.key_origin != origin_of(provider.base_url):
        raise KeyOfAnotherAddress(_("The address of %(provider)s has changed. Enter its key again.") % {"provider": provider.name})
    try:
        return keys.decrypt(provider.key)
    except keys.KeyLost:
        sentence = _("The stored key of %(provider)s cannot be read any more: this server's secret has changed. Enter the key again.")
        raise KeyLost(sentence % {"provider": provider.name}) from None


def _policy(private_origin: str) -> AddressPolicy:
    return AddressPolicy(frozenset({private_origin} if private_origin else ()))
