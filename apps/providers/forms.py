"""The form of a provider. Those of its models: `model_forms`."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Membership, Team
from apps.core.forms import Form
from apps.providers.choices import providers_of
from apps.providers.connections import NEEDS_KEY, guess_dialect
from apps.providers.key_forms import clean_key, key_field
from apps.providers.models import Provider
from apps.providers.services import create_provider, update_provider
from apps.providers.typed_address import clean_address, is_metadata_host, is_private_host, split_version
from gateway.addresses import origin_of
from gateway.dialects import DIALECTS


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the three ways to begin, and what its form starts with."""

    name: str
    title: Any
    text: Any
    icon: str
    initial: dict[str, Any]
    without: tuple[str, ...]


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "openai",
            gettext_lazy("OpenAI"),
            gettext_lazy("The models of OpenAI, paid by use. You need a key from platform.openai.com."),
            "sparkles",
            {"name": "OpenAI", "base_url": "https://api.openai.com/v1", "dialect": "openai"},
            ("dialect", "allow_private", "api_version"),
        ),
        Kind(
            "own",
            gettext_lazy("Own server"),
            gettext_lazy("A server that you or your organisation run: Ollama, vLLM, llama.cpp, LM Studio, LiteLLM, LocalAI."),
            "server",
            {"allow_private": True},
            ("api_version",),
        ),
        Kind(
            "other",
            gettext_lazy("Other"),
            gettext_lazy("Azure OpenAI, or any other service that speaks the OpenAI API."),
            "cloud",
            {},
            (),
        ),
    )
}
EXAMPLES = (
    ("Ollama", "http://localhost:11434/v1"),
    ("vLLM", "http://localhost:8000/v1"),
    ("llama.cpp", "http://localhost:8080/v1"),
    ("LM Studio", "http://localhost:1234/v1"),
    ("LiteLLM", "http://localhost:4000/v1"),
    ("LocalAI", "http://localhost:8080/v1"),
)


class ProviderForm(Form):
    """Makes a provider of `team`, or changes `provider`. The key goes in and never comes out again."""

    tech = {"base_url": "base_url", "api_version": "api-version"}

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("What your colleagues see."))
    base_url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("Where the API begins. Most addresses end in /v1."),
    )
    dialect = forms.ChoiceField(
        label=gettext_lazy("Kind of server"),
        required=False,
        choices=[("", gettext_lazy("Find out")), *((name, d.title) for name, d in DIALECTS.items() if name != "builtin")],
    )
    key = key_field(
        label=gettext_lazy("Key"),
        required=False,
        help_text=gettext_lazy("Stored encrypted and sent to this address only. It is never shown again."),
    )
    allow_private = forms.BooleanField(
        label=gettext_lazy("This server is on our own network"),
        required=False,
        help_text=gettext_lazy("Allows this one address although it is private. Other private addresses stay closed."),
    )
    api_version = forms.CharField(
        label=gettext_lazy("Version of the API"),
        required=False,
        max_length=40,
        validators=[RegexValidator(r"^[A-Za-z0-9.-]*\Z", gettext_lazy("Letters, digits, dots and hyphens only."))],
        help_text=gettext_lazy("Only for Azure addresses with /openai/deployments, for example 2025-04-01-preview."),
    )

    takes_personal_keys = forms.BooleanField(
        label=gettext_lazy("People may use their own key here"),
        required=False,
        help_text=gettext_lazy("Whoever enters one pays by it. Turned off, own keys stay stored and are not used."),
    )
    offered = forms.BooleanField(
        label=gettext_lazy("Offer to all teams"),
        required=False,
        help_text=gettext_lazy("Every team of this installation may use it, and its key pays. Only you can change it."),
    )

    def __init__(
        self,
        *args: Any,
        team: Team,
        provider: Provider | None = None,
        kind: str = "other",
        by: Membership | None = None,
        is_first_start: bool = False,
        **kwargs: Any,
    ) -> None:
        """`by` is who does it, for the audit page. The first start asks for the least."""
        self.team = team
        self.provider = provider
        self.by = by
        self.kind = KINDS.get(kind, KINDS["other"])
        self.typed_version = ""
        kwargs["initial"] = {**(_initial(provider) if provider else self.kind.initial), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        for name in self._left_out(is_first_start):
            del self.fields[name]
        if provider and provider.key:
            self.fields["key"].help_text = _key_help(provider)
        if provider and provider.dialect_is_guess and provider.last_check.get("server"):
            self.fields["dialect"].help_text = _("Found: %(kind)s.") % {"kind": provider.get_dialect_display()}

    def _left_out(self, is_first_start: bool) -> list[str]:
        names = [] if self.provider else list(self.kind.without)
        if is_first_start:
            return [*names, "takes_personal_keys", "offered"]
        may_offer = self.by is not None and self.by.user.owns_installation
        return names if may_offer else [*names, "offered"]

    def clean_name(self) -> str:
        """No team sees two of one name; among those that are offered it is the same."""
        name: str = self.cleaned_data["name"]
        others = providers_of(self.team).filter(name__iexact=name)
        if self.provider:
            others = others.exclude(pk=self.provider.pk)
        if others.exists():
            raise forms.ValidationError(_("There is a provider of that name already."))
        return name

    def clean_base_url(self) -> str:
        """Azure's pages show dated addresses with the version in them: it is taken from there."""
        address, self.typed_version = split_version(self.cleaned_data["base_url"])
        return clean_address(address)

    def clean_key(self) -> str:
        return clean_key(self.cleaned_data["key"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        url = data.get("base_url")
        if url:
            if "api_version" in self.fields and not data.get("api_version"):
                data["api_version"] = self.typed_version
            self._judge_host(url, bool(data.get("allow_private")))
            self._ask_for_key(url, data)
            self._ask_for_version(url, data)
        if self.errors and data.get("key"):
            self.add_error("key", _("Enter the key again. It is not sent back to the page."))
        return data

    def save(self) -> Provider:
        """The provider as it is now stored. Whether it works is for `checkup.check` to say."""
        data = {name: self.cleaned_data[name] for name in self.fields}
        offered = data.pop("offered", None)
        if self.provider and offered in {None, self.provider.team_id is None}:
            return update_provider(self.provider, **data, by=self.by)
        if self.provider:
            return update_provider(self.provider, **data, team=None if offered else self.team, by=self.by)
        return create_provider(None if offered else self.team, **data, by=self.by)

    def _dialect(self, url: str) -> str:
        return str(self.cleaned_data.get("dialect") or guess_dialect(url))

    def _judge_host(self, url: str, allow_private: bool) -> None:
        """Refuse here what can be seen without asking a name server; the rest is judged at each connect."""
        if is_metadata_host(url):
            self.add_error("base_url", _("This address hands out secrets of the machine itself. It is never called."))
        elif not allow_private and is_private_host(url):
            sentence = _("This address is on a private network. If it is your own server, tick “This server is on our own network”.")
            self.add_error("allow_private" if "allow_private" in self.fields else "base_url", sentence)

    def _ask_for_key(self, url: str, data: dict[str, Any]) -> None:
        if data.get("key") or data.get("takes_personal_keys") or "key" in self.errors or self._dialect(url) not in NEEDS_KEY:
            return
        if self.provider and self.provider.key:
            if origin_of(url) != self.provider.key_origin:
                self.add_error("key", _("The address has changed, so the stored key is not sent there. Enter the key for the new address."))
            return
        self.add_error("key", _("This server needs a key."))

    def _ask_for_version(self, url: str, data: dict[str, Any]) -> None:
        if "api_version" in self.fields and self._dialect(url) == "azure" and "/deployments/" in url and not data.get("api_version"):
            self.add_error("api_version", _("This address needs a version. Azure shows it behind the address, as api-version."))


def _initial(provider: Provider) -> dict[str, Any]:
    names = ("name", "base_url", "dialect", "api_version", "takes_personal_keys")
    switches = {"allow_private": bool(provider.private_origin), "offered": provider.team_id is None}
    chosen = {"dialect": ""} if provider.dialect_is_guess else {}
    return {**{name: getattr(provider, name) for name in names}, **switches, **chosen}


def _key_help(provider: Provider) -> str:
    tail = _("A key is stored that ends in %(tail)s.") % {"tail": provider.key_tail} if provider.key_tail else _("A key is stored.")
    return f"{tail} {_('Leave this empty to keep it. If the server in the address changes, enter it again.')}"
