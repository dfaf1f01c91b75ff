"""What the providers of a team have for Home: the first step, and those whose last check-up failed."""

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import Membership
from apps.core.home import Contribution, Notice, Step
from apps.providers.access import with_shown_address
from apps.providers.choices import providers_of
from apps.providers.models import Provider
from apps.providers.words import check_sentence


def _answers(provider: Provider) -> bool:
    """Whether a check-up has found something there. One that was only typed in is no step done."""
    return bool(provider.last_check.get("ok")) or any(row.get("state") == "works" for row in provider.endpoints.values())


def contribution(membership: Membership) -> Contribution:
    """One question."""
    providers = list(providers_of(membership.team).order_by("name"))
    others = [provider for provider in providers if not provider.is_builtin]
    step = Step(
        _("Connect a provider"),
        _("The built-in models show how things work. For good answers connect OpenAI or a server of your own."),
        reverse("providers:new"),
        any(map(_answers, others)),
        10,
        "admin",
    )
    needed = [provider for provider in providers if not (provider.is_builtin and others)]  # then nobody misses the built-in ones
    failing = [with_shown_address(membership, each) for each in needed if each.last_check and not each.last_check.get("ok")]
    return Contribution(notices=[_notice(provider) for provider in failing], steps=[step])


def _notice(provider: Provider) -> Notice:
    title = _("The last test of %(provider)s did not work") % {"provider": provider.name}
    return Notice("bad", title, check_sentence(provider), reverse("providers:list"), _("See providers"))
