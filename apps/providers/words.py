"""What a check-up found, in words: what happened, what it means, one thing to do."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.core.templatetags.core import duration
from apps.providers.choices import EITHER
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
    "tls": gettext_lazy(
        "The certificate of %(address)s is not trusted, so the key was not sent. If your organisation signs its own certificates, "
        "start Playground with SSL_CERT_FILE set to the file of that authority."
    ),
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
AT_ONCE_MS = 50
BUILTIN_IS_OFF = gettext_lazy("The built-in models are not running. Start them on this server with: make run")
PARTS = {
    "chat": gettext_lazy("Chat"),
    "responses": gettext_lazy("Responses API"),
    "completions": gettext_lazy("Continue a text"),
    "embeddings": gettext_lazy("Similarity"),
    "moderation": gettext_lazy("Safety check"),
    "transcription": gettext_lazy("Transcribe"),
    "translation": gettext_lazy("Translate speech"),
    "speech": gettext_lazy("Speech"),
    "images.generate": gettext_lazy("Make images"),
    "images.edit": gettext_lazy("Edit images"),
    "images.variations": gettext_lazy("Vary images"),
    "files": gettext_lazy("Files"),
    "uploads": gettext_lazy("Large uploads"),
    "batches": gettext_lazy("Batches"),
    "fine_tuning": gettext_lazy("Fine-tuning"),
}
STATES = {
    "works": gettext_lazy("works"),
    "missing": gettext_lazy("not there"),
    "refused": gettext_lazy("key may not"),
    "unclear": gettext_lazy("not clear"),
}
REASONS = {
    "there": gettext_lazy("It is there: it refused an empty request, as it should. Nothing was charged."),
    "answers": gettext_lazy("It answered."),
    "no_path": gettext_lazy("The server does not know this address."),
    "no_method": gettext_lazy("The server does not take this kind of request there."),
    "not_built": gettext_lazy("The server does not offer this, or it is switched off there."),
    "web_page": gettext_lazy("A web page stands there, not a part of the API."),
    "key": gettext_lazy("The key may not use this."),
    "quota": gettext_lazy("The account has no credit left, so it could not be told."),
    "rate": gettext_lazy("The server asked us to slow down, so it could not be told."),
    "server": gettext_lazy("The server had a problem of its own."),
    "busy": gettext_lazy("The server was busy or still loading."),
    "silent": gettext_lazy("No answer came in time."),
    "cut": gettext_lazy("The connection broke."),
    "redirect": gettext_lazy("The server sends us on to another address, and a key never follows."),
    "odd": gettext_lazy("The answer is not what an API says."),
    "catch_all": gettext_lazy("The server says the same to every address, so it could not be told."),
    "no_time": gettext_lazy("The test took too long, so this was not tried."),
    "no_deployment": gettext_lazy("Add the name of a deployment under Models, then test again."),
    "deployment": gettext_lazy("The deployment that was tried is not for this."),
}
STATE_ICONS = {"works": "check", "missing": "minus", "refused": "lock", "unclear": "circle-question-mark"}


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the check list: a part of the API, whether it works, and why not."""

    name: str
    title: Any
    state: str
    word: Any
    reason: Any
    said: str
    status: int | None

    @property
    def icon(self) -> str:
        return STATE_ICONS[self.state]


def parts_of(provider: Provider) -> list[Part]:
    """The check list of a provider, in its usual order; empty while nothing was tried."""
    return [_part(name, found) for name in PARTS if isinstance(found := provider.endpoints.get(name), dict)]


def _part(name: str, found: dict[str, Any]) -> Part:
    state = found.get("state") if found.get("state") in STATES else "unclear"
    reason = REASONS.get(found.get("reason", ""), "")
    return Part(name, PARTS[name], str(state), STATES[str(state)], reason, str(found.get("said") or ""), found.get("status"))


def lacks_sentence(provider: Provider, endpoint: str) -> str:
    """Why a page offers no model of this provider; "" if that part of its API is not known to be missing."""
    part, *others = endpoint.split(EITHER)
    if not provider.lacks(part) or any(provider.has(other) for other in others):
        return ""
    return _("%(provider)s has no “%(part)s”.") % {"provider": provider.name, "part": PARTS.get(part, part)}


def server_name(provider: Provider) -> str:
    """What the server said it is, with its version; "" if it did not tell."""
    server = provider.last_check.get("server") or {}
    return " ".join(str(server[name]) for name in ("name", "version") if server.get(name))


def word_sentence(provider: Provider) -> str:
    """How the one word came that the last test asked for; "" if it asked for none."""
    word = provider.last_check.get("word") or {}
    if word.get("ms", AT_ONCE_MS) < AT_ONCE_MS:
        return _("First word at once (%(model)s)") % {"model": word["model"]}
    if "ms" in word:
        return _("First word after %(time)s (%(model)s)") % {"time": duration(word["ms"] / 1000), "model": word["model"]}
    if word:
        return _("%(model)s did not answer: %(reason)s") % {"model": word.get("model"), "reason": word.get("sentence")}
    return ""


def check_sentence(provider: Provider) -> str:
    """One or two sentences for the last check-up; "" if there was none yet."""
    outcome = provider.last_check
    if not outcome:
        return ""
    if outcome.get("ok"):
        return _found(int(outcome.get("models", 0)))
    if provider.is_builtin and outcome.get("kind") in {"unreachable", "timeout_connect"}:
        return str(BUILTIN_IS_OFF)
    known = SENTENCES.get(outcome.get("kind", ""))
    if known is None:
        return str(outcome.get("sentence") or _("The test did not work."))
    return str(known) % {"provider": provider.name, "address": provider.base_url}


def _found(count: int) -> str:
    if count == 0:
        return _("The server answers, but has no models yet.")
    return ngettext("Works. %(count)s model found.", "Works. %(count)s models found.", count) % {"count": f"{count:,}"}
