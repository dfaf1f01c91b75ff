"""A call of a function is filled by its address: one POST of the arguments, by a worker, bounded, and never made twice.

    waiting ──▶ sending ──▶ done | failed | unknown        stopped from either of the first two

Whoever claims a row sends; a row that is found in `sending` belonged to a worker that died, and what became of it is not known.
"""

import asyncio
import contextlib
import uuid
from collections.abc import Iterable
from typing import Any, ClassVar, Final
from urllib.parse import quote, urlsplit

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.accounts.access import may
from apps.accounts.models import Membership, Role
from apps.chat.models import FunctionCall
from apps.runs.followups import FollowUp
from apps.runs.leases import held, is_free
from apps.runs.storable import clean_text
from gateway import AddressPolicy, ApiRequest, ApiResponse, Bounds, Connection, Gateway, GatewayError
from gateway.calls import SAFE_IN_PATHS

MOST_BYTES: Final = 64 * 1024
BOUNDS: Final = Bounds(connect=10, first_byte=30, silence=30, write=30, total=60, max_bytes=2 * MOST_BYTES)
LOOK: Final = 0.5  # seconds between two looks at whether somebody stopped it
State = FunctionCall.State
ACTIVE: Final = (State.WAITING, State.SENDING)


class Filling(FollowUp):
    kind: ClassVar[str] = "function"

    def work(self, pk: uuid.UUID) -> None:
        rows = FunctionCall.objects
        with held(rows, pk) as is_ours:
            if not is_ours or _ended_after_a_kill(pk):
                return
            if rows.filter(pk=pk, state=State.WAITING).update(state=State.SENDING, sent_at=Now()):
                call = rows.select_related("function", "team", "answer__conversation").get(pk=pk)
                state, told = _asked(call)
                rows.filter(pk=pk, state=State.SENDING, lease_token=call.lease_token).update(state=state, finished_at=Now(), **told)

    def due(self, limit: int) -> Iterable[uuid.UUID]:
        rows = FunctionCall.objects.filter(is_free(), state__in=ACTIVE).order_by("?")
        return list(rows.values_list("pk", flat=True)[:limit])


def stop(call: FunctionCall) -> None:
    """End it: what was not sent is not sent, what is under way is closed within a second."""
    rows = FunctionCall.objects.filter(pk=call.pk)
    for state, sentence in (
        (State.WAITING, _("Stopped before it was sent.")),
        (State.SENDING, _("Stopped. Whether it was done is not known.")),
    ):
        if rows.filter(state=state).update(state=State.STOPPED, sentence=sentence, finished_at=Now()):
            return


def _ended_after_a_kill(pk: uuid.UUID) -> bool:
    sentence = _("This server stopped before the reply was kept. Whether it was done is not known.")
    lost = FunctionCall.objects.filter(pk=pk, state=State.SENDING)
    return bool(lost.update(state=State.UNKNOWN, sentence=sentence, finished_at=Now()))


def _asked(call: FunctionCall) -> tuple[State, dict[str, Any]]:
    """How it ended, with the reply or a sentence."""
    function = call.function
    if not _may_be_sent(call):
        return State.FAILED, {
            "sentence": _("Whoever asked for this may not write here any more, or the chat was deleted. Nothing was sent.")
        }
    if function is None or function.address != call.address or call.team.deleted_at is not None:
        return State.FAILED, {"sentence": _("The address of this function was changed or taken away, so nothing was sent.")}
    policy = AddressPolicy(frozenset({function.private_origin} if function.private_origin else ()))
    try:
        response = asyncio.run(_post(call, policy))
    except GatewayError as error:
        state = State.UNKNOWN if error.reached_provider else State.FAILED
        return state, {"sentence": clean_text(_sentence_of(error, call))[:300]}
    if response is None:
        return State.STOPPED, {"sentence": _("Stopped. Whether it was done is not known.")}
    return _read(response, call)


def _may_be_sent(call: FunctionCall) -> bool:
    people = Membership.objects.alive().filter(team=call.team_id, user=call.person_id)
    return call.answer.conversation.deleted_at is None and any(may(each, Role.EDITOR) for each in people.select_related("user", "team"))


def _sentence_of(error: GatewayError, call: FunctionCall) -> str:
    names = {"host": host_of(call.address), "why": error.sentence}
    if error.reached_provider:
        return _("%(host)s gave no whole reply. Whether it was done is not known. %(why)s") % names
    return _("Nothing reached %(host)s. %(why)s") % names


def _read(response: ApiResponse, call: FunctionCall) -> tuple[State, dict[str, Any]]:
    names = {"host": host_of(call.address), "status": response.status}
    if 300 <= response.status < 400:
        return State.FAILED, {"sentence": _("%(host)s sends elsewhere (%(status)s). That is not followed.") % names}
    if not 200 <= response.status < 300:
        return State.FAILED, {"sentence": _("%(host)s answered with the error %(status)s.") % names}
    if len(response.body) > MOST_BYTES:
        return State.FAILED, {"sentence": _("The reply of %(host)s is larger than 64 kB.") % names}
    return State.DONE, {"text": clean_text(response.body.decode("utf-8", "replace")).strip(), "sentence": ""}


async def _post(call: FunctionCall, policy: AddressPolicy) -> ApiResponse | None:
    """The answer, whatever it is; None if somebody stopped it. Raises GatewayError."""
    base_url, path = split(call.address)
    gateway = Gateway(Connection(base_url, policy=policy), BOUNDS)
    sending = asyncio.create_task(gateway.probe(ApiRequest("POST", path, json=call.arguments)))
    try:
        while not sending.done():
            await asyncio.wait([sending], timeout=LOOK)
            if not sending.done() and await sync_to_async(_is_stopped)(call.pk):
                return None
        return sending.result()
    finally:
        sending.cancel()
        with contextlib.suppress(asyncio.CancelledError, GatewayError):
            await sending
        await gateway.aclose()


def _is_stopped(pk: uuid.UUID) -> bool:
    close_old_connections()
    going_on = FunctionCall.objects.filter(pk=pk, state=State.SENDING, answer__conversation__deleted_at=None)
    return not going_on.exists()


def split(address: str) -> tuple[str, str]:
    """An address as the gateway takes it: what stands before the last slash, with the query; and the rest."""
    parts = urlsplit(address)
    folder, _slash, name = parts.path.rpartition("/")
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}{folder}{query}", "/" + quote(name, safe=SAFE_IN_PATHS)


def host_of(address: str) -> str:
    return urlsplit(address).hostname or address[:60]
