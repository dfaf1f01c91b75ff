"""What a broken connection means, told from the exceptions of the transport."""

from urllib.parse import urlsplit

import aiohttp
import httpx

from gateway.clock import CallClock
from gateway.errors import GatewayError, Lost, NotSent

TRANSPORT_ERRORS = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, aiohttp.ClientError, OSError)


def failure_of(error: Exception, clock: CallClock, url: str) -> GatewayError:
    """The transport maps most of aiohttp's errors to a time-out; their cause tells the truth."""
    cause = error.__cause__ if isinstance(error, httpx.HTTPError) and error.__cause__ else error
    if not clock.reached_provider:
        return _not_sent(cause, clock, url)
    if isinstance(cause, aiohttp.ClientResponseError):
        return Lost("not_api", "What answers there does not speak HTTP as an API does.")
    if isinstance(error, httpx.DecodingError):
        return Lost("not_api", "The answer cannot be unpacked.")
    if clock.is_answering:
        return Lost("cut", "The connection broke in the middle of the answer.")
    return Lost("cut", "The connection broke before an answer came. The provider may have done the work all the same.")


def _not_sent(cause: BaseException, clock: CallClock, url: str) -> NotSent:
    parts = urlsplit(url)
    address = parts.netloc
    if clock.blocked_address:
        sentence = f"{address} is not a public address. An administrator can allow it."
        return NotSent("blocked_address", sentence, details={"address": address})
    if isinstance(cause, aiohttp.ClientConnectorCertificateError):
        return NotSent("tls", f"The certificate of {address} is not trusted.", details={"address": address, "what": "certificate"})
    if isinstance(cause, aiohttp.ClientConnectorSSLError):
        return NotSent("tls", f"No secure connection to {address} is possible. Is it https there?", details={"address": address})
    if isinstance(cause, aiohttp.ClientConnectorDNSError):
        return NotSent("unreachable", f"Nobody knows the name {parts.hostname}.", details={"address": address})
    return NotSent("unreachable", f"Nobody answers at {address}. Is the server running?", details={"address": address})
