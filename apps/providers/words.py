"""What a check-up found, in words: what happened, what it means, one thing to do."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.providers.models import Provider

SENTENCES = {
    "auth": gettext_lazy("%(provider)s did not accept the key. Nothing was charged. Enter the key again."),
    "forbidden": gettext_lazy("%(provider)s does not let this key see its models. Check what the key may do."),
    "not_found": gettext_lazy("%(address)s has no list of models. Most addresses end in /v1. Or add a model by its name."),
    "not_models": gettext_lazy("%(address)s answered, but not with a list of models. Most addresses end in /v1."),
    "not_api": gettext_lazy("%(address)s answered with a web page, not as an API does. Most addresses end in /v1."),
    "rate_limited": gettext_lazy("%(provider)s asks us to slow down. Test again in a minute."),
    "quota": gettext_lazy("The account at %(provider)s has no credit left."),
    "overloaded": gettext_lazy("%(provider)s is busy or still loading its model. Test again in a minute."),
    "server": gettext_lazy("%(provider)s has a problem of its own. Our request was fine. Test again later."),
    "unreachable": gettext_lazy("Nobody answers at %(address)s. Is the server running?"),
    "tls": gettext_lazy("The certificate of %(address)s is not trusted, so the key was not sent."),
    "blocked_address": gettext_lazy(
        "%(address)s is on a private network, so it was not called. If it is your own server, choose Edit and tick "
        "“This server is on our own network”."
    ),
    "timeout_connect": gettext_lazy("%(address)s did not answer in 5 seconds. Is the server running?"),
    "timeout_first_byte": gettext_lazy("%(provider)s took the request but did not answer in time. It may be loading its model."),
    "timeout_silence": gettext_lazy("%(provider)s stopped in the middle of its list of models. Test again."),
    "timeout_total": gettext_lazy("%(provider)s took too long to list its models. Test again."),
    "cut": gettext_lazy("The connection to %(provider)s broke. Test again."),
    "answer_too_big": gettext_lazy("The list of models is too long to read. Add the models you need by name."),
}


def check_sentence(provider: Provider) -> str:
    """One or two sentences for the last check-up; "" if there was none yet."""
    outcome = provider.last_check
    if not outcome:
        return ""
    if outcome.get("ok"):
        return _found(int(outcome.get("models", 0)))
    known = SENTENCES.get(outcome.get("kind", ""))
    if known is None:
        return str(outcome.get("sentence") or _("The test did not work."))
    return str(known) % {"provider": provider.name, "address": provider.base_url}


def _found(count: int) -> str:
    if count == 0:
        return _("The server answers, but has no models yet.")
    return ngettext("Works. %(count)s model found.", "Works. %(count)s models found.", count) % {"count": f"{count:,}"}
