"""One cheap call for each part of the API.

None of them can be billed: a POST carries an empty object or a form without its file, which every
server has to refuse before it does any work; a GET asks for the first entry of a list.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from apps.providers.checkup.verdicts import UNCLEAR, Verdict, judge
from gateway import DIALECTS, ApiRequest, ApiResponse, Bounds, Connection, Gateway, GatewayError

PROBE_BOUNDS = Bounds(connect=3, first_byte=5, silence=3, write=3, total=6)
AT_ONCE = 3
GHOST = ApiRequest("POST", "/no-such-part-of-the-api", json={})
_KINDS_OF_SILENCE = frozenset({"timeout_first_byte", "timeout_silence", "timeout_total", "timeout_connect"})


@dataclass(frozen=True, slots=True)
class Probe:
    """How one part of the API is asked. `fields`: a form instead of JSON."""

    endpoint: str
    path: str
    method: str = "POST"
    fields: tuple[tuple[str, str], ...] = ()

    def request(self, deployment: str = "") -> ApiRequest:
        """The call; the name of a deployment only where the address of the call is made of it."""
        if self.method == "GET":
            return ApiRequest("GET", self.path, query=(("limit", "1"),))
        named = (("model", deployment),) if deployment else ()
        if self.fields:
            return ApiRequest("POST", self.path, fields=(*named, *self.fields))
        return ApiRequest("POST", self.path, json=dict(named))


_FORM = (("response_format", "json"),)
PROBES = (
    Probe("chat", "/chat/completions"),
    Probe("responses", "/responses"),
    Probe("completions", "/completions"),
    Probe("embeddings", "/embeddings"),
    Probe("moderation", "/moderations"),
    Probe("transcription", "/audio/transcriptions", fields=_FORM),
    Probe("translation", "/audio/translations", fields=_FORM),
    Probe("speech", "/audio/speech"),
    Probe("images.generate", "/images/generations"),
    Probe("images.edit", "/images/edits", fields=(("n", "1"),)),
    Probe("images.variations", "/images/variations", fields=(("n", "1"),)),
    Probe("files", "/files", "GET"),
    Probe("uploads", "/uploads"),
    Probe("batches", "/batches", "GET"),
    Probe("fine_tuning", "/fine_tuning/jobs", "GET"),
)


async def probe_all(connection: Connection, *, deployment: str = "", seconds: float) -> dict[str, Verdict]:
    """A verdict on every part, within that time. What fails spoils nothing else; what was not reached is unclear."""
    until = time.monotonic() + seconds
    found: dict[str, Verdict] = {}
    gateway = Gateway(connection, PROBE_BOUNDS)
    try:
        async with asyncio.timeout(seconds):
            ghost = await _ghost(gateway)
            slots = asyncio.Semaphore(AT_ONCE)

            async def ask(probe: Probe) -> None:
                async with slots:
                    found[probe.endpoint] = await _verdict(gateway, connection, probe, deployment, ghost, until)

            await asyncio.gather(*(ask(probe) for probe in PROBES))
    except TimeoutError:
        pass  # those that are missing in `found` are named below
    finally:
        await gateway.aclose()
    return {probe.endpoint: found.get(probe.endpoint, Verdict(UNCLEAR, "no_time")) for probe in PROBES}


async def _ghost(gateway: Gateway) -> ApiResponse | None:
    try:
        return await gateway.probe(GHOST)
    except GatewayError:
        return None


async def _verdict(
    gateway: Gateway, connection: Connection, probe: Probe, deployment: str, ghost: ApiResponse | None, until: float
) -> Verdict:
    if time.monotonic() >= until:
        return Verdict(UNCLEAR, "no_time")
    wants_deployment = needs_deployment(connection, probe.path)
    if wants_deployment and not deployment:
        return Verdict(UNCLEAR, "no_deployment")
    try:
        answer = await gateway.probe(probe.request(deployment if wants_deployment else ""))
    except GatewayError as error:
        return Verdict(UNCLEAR, "silent" if error.kind in _KINDS_OF_SILENCE else "cut", error.status)
    return judge(probe.method, answer, ghost)


def needs_deployment(connection: Connection, path: str) -> bool:
    """Whether the call's address holds the name of a deployment that the provider's address does not have."""
    dialect = DIALECTS[connection.dialect]
    root = urlsplit(connection.base_url).path.rstrip("/")
    is_dated = bool(connection.api_version and dialect.dated_root) and not root.endswith("/v1")
    return is_dated and "/deployments/" not in root and path in dialect.deployment_paths


def as_rows(found: Mapping[str, Verdict], at: str) -> dict[str, dict[str, object]]:
    """As it is kept in `Provider.endpoints`."""
    return {
        endpoint: {"state": verdict.state, "reason": verdict.reason, "status": verdict.status, "said": verdict.said, "at": at}
        for endpoint, verdict in found.items()
    }
