"""The check-up of a provider: one call that costs nothing, its models as rows, its outcome in words."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from apps.providers.connections import NotReady, connection_of
from apps.providers.model_list import ListedModel, NotAList, clean_text, read_models, store_models
from apps.providers.models import Provider
from apps.providers.words import check_sentence
from gateway import ApiRequest, Bounds, Connection, Gateway, GatewayError

BOUNDS = Bounds(connect=5, first_byte=15, silence=10, write=10, total=25, max_bytes=16 * 1024 * 1024)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How it went. `error` is "" or the kind of what went wrong, `models` how many were listed."""

    ok: bool
    sentence: str
    models: int = 0
    ms: int = 0
    error: str = ""


def check(provider: Provider) -> CheckResult:
    """List the provider's models and keep them; note the outcome on its row. Never raises for what a server does."""
    started = time.monotonic()
    outcome: dict[str, Any]
    try:
        listed = asyncio.run(_list_models(connection_of(provider)))
        store_models(provider, listed)
        outcome = {"ok": True, "kind": "", "models": len(listed)}
    except NotReady as problem:
        outcome = {"ok": False, "kind": problem.kind, "models": 0, "sentence": problem.sentence}
    except NotAList:
        outcome = {"ok": False, "kind": "not_models", "models": 0}
    except GatewayError as error:
        told = {name: clean_text(getattr(error, name), 300) for name in ("sentence", "code", "request_id")}
        outcome = {"ok": False, "kind": error.kind, "models": 0, "status": error.status, **told}
    outcome["ms"] = round((time.monotonic() - started) * 1000)
    provider.last_check, provider.last_check_at = outcome, timezone.now()
    provider.save(update_fields=["last_check", "last_check_at"])
    return CheckResult(outcome["ok"], check_sentence(provider), outcome["models"], outcome["ms"], outcome["kind"])


async def _list_models(connection: Connection) -> list[ListedModel]:
    """One gateway for one call: it lives on the event loop of this check alone."""
    gateway = Gateway(connection, BOUNDS)
    try:
        response = await gateway.send(ApiRequest("GET", "/models"))
    finally:
        await gateway.aclose()
    return read_models(response.json)
