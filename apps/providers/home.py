"""What the providers of a team have for Home: the first step, and those whose last check-up failed."""

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import Membership
from apps.core.home import Contribution, Notice, Step
from apps.providers.access import with_shown_address
from apps.providers.choices import providers_of
from apps.providers.models import Provider
from apps.providers.words import check_sentence


def contribution(membership: Membership) -> Contribution:
    """One question."""
    providers = list(providers_of(membership.team).order_by("name"))
    is_connected = any(not provider.is_builtin for provider in providers)
    step = Step(
        _("Connect a provider"),
        _("The built-in models show how things work. For good answers connect OpenAI or a server of your own."),
        reverse("providers:new"),
        is_connected,
        10,
        "admin",
    )
    needed = [provider for provider in providers if not (provider.is_builtin and is_connected)]  # then nobody misses the built-in ones
    failing = [with_shown_address(membership, each) for each in needed if each.last_check and not each.last_check.get("ok")]
    return Contribution(notices=[_notice(provider) for provider in failing], steps=[step])


def _notice(provider: Provider) -> Notice:
    title = _("The last test of %(provider)s did not work") % {"provider": provider.name}
    return Notice("bad", title, check_sentence(provider), reverse("providers:list"), _("See providers"))
