"""From a provider's row to the connection that the gateway calls through.

The only place where a stored key becomes readable. A key goes nowhere but to the scheme, host and
port it was typed for, whatever the row says by then.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from apps.accounts.models import Team, User
from apps.providers import keys
from apps.providers.models import PersonalKey, Provider
from gateway.addresses import BadAddress, origin_of
from gateway.types import AddressPolicy, Connection

NEEDS_KEY = frozenset({"openai", "azure", "builtin"})
DIALECT_OF_HOST = (
    ("api.openai.com", "openai"),
    ("openai.azure.com", "azure"),
    ("services.ai.azure.com", "azure"),
    ("cognitiveservices.azure.com", "azure"),
)
DIALECT_OF_PORT = {11434: "ollama", 8000: "vllm", 8080: "llamacpp", 4000: "litellm"}
# Whose key a call goes with. Kept with the request of a run, and shown on its receipt.
PERSONS, TEAMS, INSTALLATIONS, NOBODYS = "person", "team", "installation", ""
KEY_OF: Final = "key_of"


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


class NotOffered(NotReady):
    kind = "not_offered"


@dataclass(frozen=True, slots=True)
class Ready:
    """A connection, and whose key it carries: PERSONS, TEAMS, INSTALLATIONS or NOBODYS."""

    connection: Connection
    key_of: str


def connection_of(provider: Provider, person: User | None = None) -> Connection:
    """What the gateway needs to call this provider for somebody. Raises a `NotReady` with a sentence for a person."""
    return connect(provider, person).connection


def connect(provider: Provider, person: User | None = None, team: Team | None = None) -> Ready:
    """The connection for this person, who works in this team. Raises a `NotReady` with a sentence for a person.

    Somebody's own key goes before the team's where the provider allows it. One that cannot be used
    any more is said, never replaced by the team's: that would be paid by others without a word.
    """
    if provider.deleted_at is not None:
        raise ProviderDeleted(_("%(provider)s was deleted in Settings. Choose another provider.") % {"provider": provider.name})
    if team is not None and provider.team_id not in {None, team.pk}:
        raise NotOffered(_("%(provider)s is not offered to your team any more. Choose another provider.") % {"provider": provider.name})
    if provider.is_builtin:
        return Ready(_builtin_connection(provider), NOBODYS)
    key, key_of = _chosen_key(provider, person)
    connection = Connection(
        base_url=provider.base_url,
        key=key,
        dialect=provider.dialect,
        policy=_policy(provider.private_origin),
        api_version=provider.api_version,
    )
    return Ready(connection, key_of)


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


def _chosen_key(provider: Provider, person: User | None) -> tuple[str, str]:
    """The key that this person's calls go with, and whose it is."""
    if provider.takes_personal_keys and person is not None:
        own = PersonalKey.objects.filter(provider=provider, user=person).first()
        if own is not None:
            return _opened(own, provider), PERSONS
    if provider.key:
        return _opened(provider, provider), INSTALLATIONS if provider.team_id is None else TEAMS
    if provider.dialect in NEEDS_KEY:
        raise NoKey(_nobody_has_a_key(provider))
    return "", NOBODYS


def _nobody_has_a_key(provider: Provider) -> str:
    names = {"provider": provider.name}
    if provider.takes_personal_keys:
        sentence = _("You have no key of your own for %(provider)s, and the team has none. Enter yours in Settings, Providers.")
    elif provider.team_id is None:
        sentence = _("%(provider)s has no key yet. The owner of this installation can enter it in Settings, Providers.")
    else:
        sentence = _("%(provider)s has no key yet. An admin can enter it in Settings, Providers.")
    return sentence % names


def _opened(row: Provider | PersonalKey, provider: Provider) -> str:
    """The key of this row, for the address that the provider has now and no other."""
    is_own, names = isinstance(row, PersonalKey), {"provider": provider.name}
    if row.key_origin != _origin(provider):
        sentence = (
            _("The address of %(provider)s has changed. Enter your own key again.")
            if is_own
            else _("The address of %(provider)s has changed. Enter its key again.")
        )
        raise KeyOfAnotherAddress(sentence % names)
    try:
        return keys.decrypt(row.key)
    except keys.KeyLost:
        sentence = (
            _("Your own key for %(provider)s cannot be read any more: this server's secret has changed. Enter it again.")
            if is_own
            else _("The stored key of %(provider)s cannot be read any more: this server's secret has changed. Enter the key again.")
        )
        raise KeyLost(sentence % names) from None


def _origin(provider: Provider) -> str | None:
    try:
        return origin_of(provider.base_url)
    except BadAddress:  # nobody could have typed it: no key was entered for it
        return None


def _policy(private_origin: str) -> AddressPolicy:
    return AddressPolicy(frozenset({private_origin} if private_origin else ()))
