"""The loop's half of an answer in background: create it once, look until it is there, end it at the provider when it is stopped.

Whatever goes wrong with looking, nothing is created again: the next look asks for the same id. When the provider says nothing for
`RUN_TOTAL_TIMEOUT`, or does not know the id any more, the outcome is unknown, and a person decides.
"""

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils.translation import gettext_noop

from apps.runs.bounds import bounds_of
from apps.runs.operations import Result
from apps.runs.remote import Remote
from gateway import Bounds, Gateway, GatewayError
from gateway.errors import Lost
from gateway.types import ApiEvent, ApiRequest, ApiResponse

if TYPE_CHECKING:
    from apps.runs.wire import Call

log = logging.getLogger(__name__)
FIRST_PAUSE: Final = 0.5  # seconds between two looks, growing to
LONGEST_PAUSE: Final = 10.0
LOOK_BOUNDS: Final = Bounds(first_byte=30, silence=30, total=120)
STOP_SECONDS: Final = 10.0
GONE: Final = frozenset({404, 410})
ENDS_AT_PROVIDER: Final = frozenset({"stop", "revoked"})
NOT_CONFIRMED: Final = gettext_noop("The provider did not confirm that it stopped. It may go on with this answer, and charge it.")


async def pursue(gateway: Gateway, call: "Call", started: float) -> Result:
    """The answer. `call.created` is told the id as soon as there is one. Raises GatewayError; CancelledError when it was stopped."""
    remote = call.operation.remote
    assert remote is not None  # who calls this has asked
    try:
        answer = None if call.remote_id else await _create(gateway, call, remote)
        while answer is None or remote.is_pending(answer):
            answer = await _look(gateway, call, remote, started)
    except asyncio.CancelledError:
        if call.cancelled in ENDS_AT_PROVIDER and call.remote_id:
            await _stop(gateway, call, remote)
        raise
    _take(call, answer)
    if failure := remote.failure_of(answer):
        raise failure
    return call.operation.finish(call.state)


def _take(call: "Call", answer: ApiResponse) -> None:
    if isinstance(answer.json, Mapping):
        call.operation.fold(ApiEvent(answer.json), call.state)


async def _create(gateway: Gateway, call: "Call", remote: Remote) -> ApiResponse:
    """Send it. A stop that comes meanwhile waits for the id: without it nobody could end what has begun there."""
    creating = asyncio.ensure_future(gateway.send(call.request, bounds=bounds_of(call.operation, call.request, call.patience)))
    try:
        answer = await asyncio.shield(creating)
    except asyncio.CancelledError:
        if call.cancelled in ENDS_AT_PROVIDER:
            await asyncio.wait({creating}, timeout=STOP_SECONDS)
        if creating.done() and not creating.cancelled() and creating.exception() is None:
            _note(call, remote, creating.result())
        elif call.cancelled in ENDS_AT_PROVIDER and not creating.done():
            call.notices.append(NOT_CONFIRMED)  # it may have begun there, and nobody knows under which id
        creating.cancel()
        raise
    _note(call, remote, answer)
    if remote.is_pending(answer) and not call.remote_id:
        raise Lost("bad_answer", "The provider began an answer and did not say under which id.", request_id=answer.request_id)
    return answer


def _note(call: "Call", remote: Remote, answer: ApiResponse) -> None:
    call.request_id, call.headers = answer.request_id, answer.headers
    call.created(remote.id_of(answer))


async def _look(gateway: Gateway, call: "Call", remote: Remote, started: float) -> ApiResponse:
    """The next answer to a look, after a pause. Trouble with looking is waited out."""
    pause, trouble_since = _pause_at(call.looks), time.monotonic()
    while True:
        await asyncio.sleep(pause)
        call.looks += 1
        if time.monotonic() - started > settings.RUN_BACKGROUND_TIMEOUT:
            await _stop(gateway, call, remote)
            raise Lost("timeout_total", "The answer was not ready in time.", details={"seconds": settings.RUN_BACKGROUND_TIMEOUT})
        try:
            return await gateway.send(remote.look(call.remote_id), bounds=LOOK_BOUNDS)
        except GatewayError as error:
            is_over = error.status in GONE or time.monotonic() - trouble_since > settings.RUN_TOTAL_TIMEOUT
            if is_over:
                raise _lost(error) from error
            pause = min(max(_pause_at(call.looks), error.retry_after or 0), 60.0)


def _pause_at(looks: int) -> float:
    return float(min(FIRST_PAUSE * 1.3**looks, LONGEST_PAUSE))


def _lost(error: GatewayError) -> Lost:
    """It was created and may have been made and charged: no refusal of a look says anything else."""
    if error.status in GONE:
        return Lost("cut", "The provider does not have this answer any more.", request_id=error.request_id)
    return Lost("cut", f"The provider did not tell what became of this answer: {error.sentence}", request_id=error.request_id)


async def _stop(gateway: Gateway, call: "Call", remote: Remote) -> None:
    """End it there. What it says of it is kept: also an answer that was ready just then."""
    answer = await _asked(gateway, remote.stop(call.remote_id))
    if answer is None:
        call.notices.append(NOT_CONFIRMED)
        return
    if not remote.is_pending(answer):
        _take(call, answer)


async def _asked(gateway: Gateway, request: ApiRequest) -> ApiResponse | None:
    """In a task of its own: the one that asks is being cancelled."""
    asking = asyncio.ensure_future(gateway.send(request, bounds=LOOK_BOUNDS))
    await asyncio.wait({asking}, timeout=STOP_SECONDS)
    if not asking.done():
        asking.cancel()
        return None
    if asking.exception() is not None:
        log.warning("An answer in background could not be stopped at the provider: %s", asking.exception())
        return None
    return asking.result()
