"""How a call that is over becomes the final state of its run: status, cost, and what to tell the person."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson
from django.db.models.functions import Now

from apps.runs import registry
from apps.runs.costs import COUNTED, cost_of, estimated_cost, estimated_usage
from apps.runs.models import Attempt, CostKind, Run, Status
from apps.runs.operations import Operation, Prices
from apps.runs.storable import clean, clean_counts, clean_text
from apps.runs.wire import Ended
from gateway import GatewayError

NOTHING_CHARGED: dict[str, Any] = {"cost": Decimal(0), "cost_kind": CostKind.NONE}
# The request left and no answer is known: only the provider knows whether it was billed.
NO_WORD_BACK = {"cut", "timeout_first_byte", "timeout_silence", "timeout_total"}
COPIED = "$params"  # stands in a kept request for a value that is in `params` already


@dataclass(frozen=True, slots=True)
class Outcome:
    """A final state with all the fields that go with it."""

    status: str
    fields: dict[str, Any]


def judge(run: Run, ended: Ended, prices: Prices) -> Outcome:
    """The outcome of a call. What came is always kept."""
    status = final_status(ended)
    result = ended.result
    result.usage = clean_counts(result.usage)
    cost, kind, usage = price(run, ended, status, prices)
    fields: dict[str, Any] = {
        "text": clean_text(result.text),
        "thinking": clean_text(result.thinking),
        "finish_reason": clean_text(result.finish_reason)[:40],
        "usage": usage,
        "cost": cost,
        "cost_kind": kind,
        "response": clean(result.response),
        "beside": clean(result.beside),
        "request_id": clean_text(ended.request_id)[:200],
        "total_ms": ended.total_ms,
        "error_kind": "",
        "error": {},
    }
    if ended.first_ms is not None:
        fields["first_ms"] = ended.first_ms
    if result.notices:
        fields["notices"] = [*run.notices, *(clean_text(notice) for notice in result.notices)]
    if ended.error is not None:
        fields |= {"error_kind": ended.error.kind, "error": clean(ended.error.as_dict())}
    elif status in {Status.INTERRUPTED, Status.UNKNOWN}:
        fields["error_kind"] = ended.cancelled
    return Outcome(status, fields)


def final_status(ended: Ended) -> Status:
    """Which end this is. "Interrupted" kept something; "unknown" may have been billed and brought nothing."""
    has_content = bool(ended.result.text or ended.result.thinking or ended.result.files)
    if ended.cancelled == "stop":
        return Status.CANCELLED
    if ended.cancelled:
        return Status.INTERRUPTED if has_content else Status.UNKNOWN
    if ended.error is None:
        return Status.COMPLETED
    if has_content:
        return Status.INTERRUPTED
    return Status.UNKNOWN if ended.error.kind in NO_WORD_BACK else Status.FAILED


def price(run: Run, ended: Ended, status: Status, prices: Prices) -> tuple[Decimal | None, CostKind, dict[str, int]]:
    """Cost and usage: told by the provider, or estimated where the end never came."""
    usage = ended.result.usage
    if "input" in usage or any(usage.get(name) for name in COUNTED):
        return *cost_of(usage, prices), usage
    if not is_billed(run) or (status == Status.FAILED and was_refused(ended.error)):
        return Decimal(0), CostKind.NONE, {}
    if prices.is_free or prices.is_nothing:
        return Decimal(0), CostKind.FREE if prices.is_free else CostKind.NONE, {}
    if status in {Status.UNKNOWN, Status.FAILED}:
        return None, CostKind.UNKNOWN, {}
    return estimated(run, ended.result.text + ended.result.thinking, prices)


def estimated(run: Run, answered: str, prices: Prices) -> tuple[Decimal | None, CostKind, dict[str, int]]:
    """What a call that broke off has probably cost. Words are counted; of anything else it is the most that it can be."""
    operation = registry.find(run.operation)
    if operation is not None and not operation.is_text and not prices.is_free:
        most = operation.estimate(run.params, (), prices).cost
        return most, CostKind.UNKNOWN if most is None else CostKind.ESTIMATED, {}
    asked = asked_text(run)
    return *estimated_cost(asked, answered, prices), {**estimated_usage(asked, answered), "estimated": 1}


def is_billed(run: Run) -> bool:
    """Whether providers ask money for what it does."""
    return (registry.find(run.operation) or Operation).is_billed


def was_refused(error: GatewayError | None) -> bool:
    """Whether the provider said no, or never heard of it: then nothing can have been billed."""
    return error is not None and (not error.reached_provider or (error.status is not None and 400 <= error.status < 500))


def asked_text(run: Run) -> str:
    return orjson.dumps(run.params).decode()


def refusal(error: Exception) -> dict[str, Any]:
    """The fields of a run that was not sent, because it could not be."""
    sentence = getattr(error, "sentence", "") or "Something in Playground itself went wrong. Its log says what."
    told = error.as_dict() if isinstance(error, GatewayError) else {"sentence": sentence, "reached_provider": False}
    return {**NOTHING_CHARGED, "error_kind": getattr(error, "kind", "internal"), "error": clean(told)}


def close_attempt(attempt: Attempt, outcome: str, **fields: Any) -> None:
    """The ledger's last word on one request, by the claim that has it."""
    Attempt.objects.filter(pk=attempt.pk, fence=attempt.fence).update(outcome=outcome[:40], finished_at=Now(), **fields)


def without_copies(request: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    """The request as sent, with a mark where a value stands in the run's own `params` already.

    A long conversation would otherwise be stored twice with every answer.
    """
    body = request.get("json")
    if not isinstance(body, dict):
        return request
    marked = {name: COPIED if isinstance(value, (list, dict)) and params.get(name) == value else value for name, value in body.items()}
    return {**request, "json": marked}


def with_copies(request: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    """The inverse of `without_copies`."""
    body = request.get("json")
    if not isinstance(body, dict):
        return request
    return {**request, "json": {name: params[name] if value == COPIED and name in params else value for name, value in body.items()}}
