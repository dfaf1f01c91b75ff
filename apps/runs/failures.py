"""The words for each way a call can fail: what happened, whether it was charged, one act."""

from typing import Any

from django.utils.translation import gettext as _

from apps.core.templatetags.core import count, duration
from apps.providers.connections import KEY_OF, PERSONS
from apps.runs import registry
from apps.runs.acts import Act, failure_acts, ways_on
from apps.runs.models import CostKind, Run
from apps.runs.operations import Operation

Words = tuple[str, str]  # title, text
TOLD_LAST = frozenset({"policy", "server"})  # their own words explain nothing that has to be known first
CAME_IN_VAIN = frozenset({"bad_answer", "link", "no_room", "not_stored"})  # the answer came whole


def failure_words(run: Run) -> tuple[str, str, tuple[Act, ...]]:
    """Title, text and acts for a failed run."""
    names = {"provider": run.provider_label, "model": run.model_label or run.model}
    details = run.error.get("details", {})
    title, text = _title(run.error_kind, names, details), _advice(run)
    if run.error_kind == "policy":
        title = str((registry.find(run.operation) or Operation).declined)
    if run.error_kind == "auth" and (run.request or {}).get(KEY_OF) == PERSONS:  # then nobody else can mend it
        who = run.person or _("somebody who left")
        title = _("%(provider)s did not accept the own key of %(person)s.") % {**names, "person": who}
    told = str(details.get("message") or "")
    if not title:
        title, told = str(run.error.get("sentence") or _("It did not work.")), ""
    if run.error_kind not in {"bad_request", "policy", "stream_error", "server", "parameter"}:
        told = ""
    parts = (text, _charged(run), told) if run.error_kind in TOLD_LAST else (told, text, _charged(run))
    return title, " ".join(part for part in parts if part), failure_acts(run)


def _title(kind: str, names: dict[str, str], details: dict[str, Any]) -> str:
    """What happened, in one sentence; empty where only the error itself can say it."""
    if kind == "too_long" and details.get("tokens") and details.get("limit"):
        return _("Your text has about %(tokens)s tokens, the model takes %(limit)s.") % {
            "tokens": count(details["tokens"]),
            "limit": count(details["limit"]),
        }
    if kind == "unreachable" and details.get("address"):
        return _("Nobody answers at %(address)s. Is the server running?") % {"address": details["address"]}
    if kind == "timeout_connect" and details.get("seconds"):
        return _("No answer in %(time)s.") % {"time": duration(details["seconds"])}
    if kind == "tls" and details.get("what") == "certificate":
        return _("The server’s certificate is not trusted.")
    sentences = {
        "auth": _("%(provider)s did not accept the key."),
        "forbidden": _("This key may not use %(model)s."),
        "not_found": _("%(provider)s does not know %(model)s. It may have been switched off."),
        "rate_limited": _("%(provider)s is still asking us to slow down."),
        "quota": _("The account at %(provider)s has no credit left."),
        "too_long": _("Your text is longer than %(model)s takes."),
        "tls": _("No secure connection to %(provider)s is possible."),
        "overloaded": _("%(provider)s has too much to do right now."),
        "server": _("%(provider)s has a problem. Your request was fine."),
        "too_large": _("%(provider)s does not take a request as large as this."),
        "bad_request": _("%(provider)s did not accept the request."),
        "incomplete": _("%(provider)s ended the answer before its first word."),
        "stream_error": _("The model failed before its first word."),
        "no_room": _("There is no room for the result on this server."),
        "not_stored": _("This server could not store the result."),
        "never_sent": _("It waited too long and was never sent."),
        "set_aside": _("It was waiting when this server stopped for long, or when a backup was made that is used now."),
    }
    return sentences[kind] % names if kind in sentences else ""


def _advice(run: Run) -> str:
    """What to do, in words: where a button does it, nothing."""
    ways = ways_on(run)
    sentences = {
        "too_long": "" if "shorter" in ways else _("Shorten it, or choose a model with more room."),
        "policy": "" if "wording" in ways else _("Change the wording and try again."),
        "rate_limited": _("Wait a minute and try again."),
        "overloaded": _("Wait a minute and try again."),
        "set_aside": _("Try again if you still want the answer."),
        "no_room": _("Ask who runs it to make some."),
        "not_stored": _("Its log says why."),
    }
    return sentences.get(run.error_kind, "")


def _charged(run: Run) -> str:
    """Whether this cost anything, in words."""
    if run.cost_kind == CostKind.UNKNOWN and run.error_kind in CAME_IN_VAIN:
        return _("It may have been charged.")
    if run.cost_kind != CostKind.NONE:
        return ""
    if run.error_kind == "auth":  # no model has seen it
        return _("Nothing was sent and nothing was charged.")
    if not run.error.get("reached_provider", True):
        return _("Nothing was sent and nothing was charged.")
    return _("Nothing was charged.")
