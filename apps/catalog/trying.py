"""Whether a model answers, and what its provider says of it."""

import asyncio
import uuid
from dataclasses import dataclass
from typing import Any, Final

import orjson
from django.utils.translation import gettext as _

from apps.accounts.access import visible
from apps.accounts.models import Membership
from apps.catalog.operations import OF_MODEL, TryModel, params_to_try, path_of_model
from apps.providers.choices import ModelChoice
from apps.providers.connections import NotReady, connection_of
from apps.providers.models import Model
from apps.runs.models import Run
from apps.runs.services import start_run
from gateway import ApiRequest, Bounds, Connection, Gateway, GatewayError

BOUNDS: Final = Bounds(connect=5, first_byte=15, silence=10, write=5, total=20, max_bytes=1024 * 1024)
LONGEST: Final = 20_000  # characters of what is shown


@dataclass(frozen=True, slots=True)
class Told:
    """What the provider said: its JSON as it came, or one sentence on why there is none."""

    json: str = ""
    sentence: str = ""
    is_cut: bool = False


def last_run(member: Membership, kind: str, pk: uuid.UUID) -> Run | None:
    """The newest run of this parent that this member may see. By its id: asked with the team, SQLite goes through all calls of it."""
    newest = max(
        Run.objects.filter(parent_kind=kind, parent_id=pk, team=member.team_id).order_by().values_list("pk", flat=True), default=None
    )
    return visible(member, Run.objects.filter(pk=newest)).first() if newest else None


def start_test(member: Membership, choice: ModelChoice, work: str, key: str) -> Run:
    """A call of one word. Raises as `start_run`."""
    return start_run(
        team=member.team,
        person=member.user,
        operation=TryModel.name,
        provider=choice.provider,
        model=choice.model.name,
        model_label=choice.label,
        params=params_to_try(work),
        key=key,
        parent=(OF_MODEL, choice.model.pk),
    )


def ask_provider(member: Membership, model: Model) -> Told:
    """`GET /models/<name>`, which costs nothing. Never raises for what a server does."""
    try:
        connection = connection_of(model.provider, member.user)
        return _told(asyncio.run(_ask(connection, path_of_model(model.name))))
    except NotReady as problem:
        return Told(sentence=problem.sentence)
    except ValueError:
        return Told(sentence=_("No address can hold this name, so its provider cannot be asked about it."))
    except GatewayError as error:
        return Told(sentence=error.sentence)


async def _ask(connection: Connection, path: str) -> Any:
    gateway = Gateway(connection, BOUNDS)
    try:
        return (await gateway.send(ApiRequest("GET", path))).json
    finally:
        await gateway.aclose()


def _told(body: Any) -> Told:
    text = orjson.dumps(body, option=orjson.OPT_INDENT_2).decode()
    return Told(json=text[:LONGEST], is_cut=len(text) > LONGEST)
