"""What Health tells of the built-in models."""

import asyncio

from django.conf import settings
from django.utils.translation import gettext as _

from apps.core.health import Fact, Report, State, timed
from apps.providers.connections import NotReady, connection_of
from apps.providers.model_list import NotAList, read_models
from apps.providers.models import Provider
from gateway import ApiRequest, Bounds, Connection, Gateway, GatewayError

BOUNDS = Bounds(connect=1, first_byte=1.5, silence=1, write=1, total=1.8, max_bytes=1024 * 1024)


def report_builtin() -> Report:
    """Whether they can be reached, and which there are. They are never needed: their absence is no fault."""
    where = Fact(_("Where"), settings.ENGINES_URL, "ENGINES_URL")
    try:
        names, speed = timed(lambda: asyncio.run(_names(connection_of(Provider(is_builtin=True, dialect="builtin")))))
    except NotReady as problem:
        return Report(State.OFF, problem.sentence, [where])
    except (GatewayError, NotAList) as error:
        sentence = _("They cannot be reached (%(error)s). Other providers work as usual.") % {"error": getattr(error, "kind", "")}
        return Report(State.WARN, sentence, [where])
    return Report(facts=[where, Fact(_("Models"), ", ".join(names) or _("none")), speed])


async def _names(connection: Connection) -> list[str]:
    gateway = Gateway(connection, BOUNDS)
    try:
        response = await gateway.send(ApiRequest("GET", "/models"))
    finally:
        await gateway.aclose()
    return [model.name for model in read_models(response.json)]
