"""The whole check-up, and the one place that writes what it found.

First all that costs nothing: the list of models, what server it is, a probe of each part of the API.
Then, only when a person asked for it, one word from a model. No transaction is open meanwhile, and
each half is written at once: whoever goes away in the middle leaves rows that agree with each other.
"""

import asyncio
import datetime
import time
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.providers.checkup.detect import UNKNOWN, Server, find_server
from apps.providers.checkup.probes import as_rows, probe_all
from apps.providers.checkup.verdicts import REFUSED, WORKS, Verdict
from apps.providers.checkup.word import ask_word, chat_models
from apps.providers.connections import NotReady, connection_of
from apps.providers.model_list import ListedModel, NotAList, clean_text, read_models, store_models
from apps.providers.models import Model, Provider
from apps.providers.words import check_sentence
from gateway import ApiRequest, ApiResponse, Bounds, Connection, Gateway, GatewayError

TOTAL = 25.0
LIST_BOUNDS = Bounds(connect=5, first_byte=15, silence=10, write=10, total=TOTAL, max_bytes=16 * 1024 * 1024)
# After these failures there may be an API all the same: a server without a list, or a key that may not read it.
GOES_ON_AFTER = frozenset({"", "not_found", "not_models", "forbidden"})
ORDINARY = datetime.timedelta(hours=24)
FIRST_WAIT = datetime.timedelta(minutes=10)
WAITS_FOR_A_PERSON = frozenset({"auth", "forbidden", "quota", "blocked_address", "no_key", "key_lost", "key_elsewhere"})
CLAIM = datetime.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How it went. `error` is "" or the kind of what went wrong, `models` how many were listed."""

    ok: bool
    sentence: str
    models: int = 0
    ms: int = 0
    error: str = ""


@dataclass(slots=True)
class Findings:
    """What the network told. `models` is None where no list came."""

    outcome: dict[str, Any]
    models: list[ListedModel] | None = None
    server: Server = UNKNOWN
    endpoints: dict[str, Verdict] = field(default_factory=dict)


def check(provider: Provider, *, word_for: Team | None = None, person: User | None = None) -> CheckResult:
    """Look at the provider and keep what was found. Never raises for what a server does.

    With `word_for` a chat model is asked for one word, which may cost something. `person`: whose own key is used, if any.
    """
    started = time.monotonic()
    hold(provider)
    findings = _look(provider, person)
    findings.outcome["ms"] = round((time.monotonic() - started) * 1000)
    is_kept = _keep(provider, findings)
    if is_kept and word_for is not None and findings.outcome["ok"]:
        _ask_for_word(provider, word_for, person)
    outcome = provider.last_check
    return CheckResult(outcome["ok"], check_sentence(provider), outcome["models"], outcome["ms"], outcome["kind"])


def hold(provider: Provider) -> None:
    """While this check-up lasts, the quiet repetition leaves the provider alone."""
    Provider.objects.filter(pk=provider.pk).update(recheck_at=timezone.now() + CLAIM)


def _look(provider: Provider, person: User | None) -> Findings:
    try:
        connection = connection_of(provider, person)
    except NotReady as problem:
        return Findings({"ok": False, "kind": problem.kind, "models": 0, "sentence": problem.sentence})
    typed = Model.objects.filter(provider=provider, is_typed=True).values_list("name", flat=True).first()
    return asyncio.run(_ask_everything(connection, typed or ""))


async def _ask_everything(connection: Connection, deployment: str) -> Findings:
    started = time.monotonic()
    findings, listing = await _list_models(connection)
    if findings.outcome["kind"] in GOES_ON_AFTER:
        findings.server = await find_server(connection, listing)
        left = TOTAL - (time.monotonic() - started)
        findings.endpoints = await probe_all(connection, deployment=deployment, seconds=max(left, 1.0))
    if findings.outcome["ok"] and refuses_key(findings.endpoints):
        findings.outcome |= {"ok": False, "kind": "auth", "status": 401}
    return findings


def refuses_key(found: dict[str, Verdict]) -> bool:
    """Some servers show their list to everybody, and refuse the key where it counts."""
    chat = found.get("chat")
    is_refused = chat is not None and chat.state == REFUSED and chat.status == 401
    return is_refused and not any(verdict.state == WORKS for verdict in found.values())


async def _list_models(connection: Connection) -> tuple[Findings, ApiResponse | None]:
    """One gateway for one call: it lives on the event loop of this check-up alone."""
    gateway = Gateway(connection, LIST_BOUNDS)
    listing = None
    try:
        listing = await gateway.send(ApiRequest("GET", "/models"))
        models = read_models(listing.json)
        return Findings({"ok": True, "kind": "", "models": len(models)}, models), listing
    except NotAList:
        return Findings({"ok": False, "kind": "not_models", "models": 0}), listing
    except GatewayError as error:
        told = {name: clean_text(getattr(error, name), 300) for name in ("sentence", "code", "request_id")}
        return Findings({"ok": False, "kind": error.kind, "models": 0, "status": error.status, **told}), None
    finally:
        await gateway.aclose()


def _keep(provider: Provider, findings: Findings) -> bool:
    """Write it all, unless the provider was changed or deleted meanwhile: then this is news of another server."""
    changes = _changes(provider, findings)
    same = Provider.objects.alive().filter(pk=provider.pk, base_url=provider.base_url, key=provider.key, api_version=provider.api_version)
    with transaction.atomic():
        is_kept = bool(same.update(**changes))
        if is_kept and findings.models is not None:
            store_models(provider, findings.models)
    for name, value in changes.items():
        setattr(provider, name, value)
    return is_kept


def _changes(provider: Provider, findings: Findings) -> dict[str, Any]:
    now, before, outcome = timezone.now(), provider.last_check, findings.outcome
    is_same_address = before.get("address", provider.base_url) == provider.base_url
    outcome["address"] = provider.base_url
    outcome["server"] = findings.server.as_dict() or (before.get("server", {}) if is_same_address else {})
    outcome["failures"] = 0 if outcome["ok"] else (before.get("failures", 0) + 1 if is_same_address else 1)
    changes: dict[str, Any] = {"last_check": outcome, "last_check_at": now, "recheck_at": now + wait_until_next(outcome)}
    if findings.endpoints or not is_same_address:
        changes["endpoints"] = as_rows(findings.endpoints, now.isoformat(timespec="seconds"))
    if provider.dialect_is_guess and findings.server.dialect:
        changes["dialect"] = findings.server.dialect
    return changes


def wait_until_next(outcome: dict[str, Any]) -> datetime.timedelta:
    """A day after one that went well, and where only a person can help; else ten minutes, doubling up to a day."""
    if outcome["ok"] or outcome["kind"] in WAITS_FOR_A_PERSON:
        return ORDINARY
    doublings = min(max(int(outcome["failures"]) - 1, 0), 8)
    return min(FIRST_WAIT * (1 << doublings), ORDINARY)


def _ask_for_word(provider: Provider, team: Team, person: User | None) -> None:
    names = [] if provider.lacks("chat") else chat_models(provider, team)
    if not names:
        return
    word = asyncio.run(ask_word(connection_of(provider, person), names))
    word["sentence"] = clean_text(str(word.get("sentence", "")), 300)
    provider.last_check = {**provider.last_check, "word": word}
    Provider.objects.filter(pk=provider.pk, last_check_at=provider.last_check_at).update(last_check=provider.last_check)
