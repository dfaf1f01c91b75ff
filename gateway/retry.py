"""When a call may be sent again by itself, and after how long. Pure.

Only what cannot have been billed: nothing reached the provider, or it refused the request before any
content (429 for the rate, 503 and 529 for load). Never after a lost answer, a cut or another 5xx.
"""

import random as _random
from collections.abc import Callable

from gateway.errors import GatewayError, NotSent

FIRST_DELAY = 0.5
LONGEST_DELAY = 8.0
MOST_JITTER = 0.25

_BEFORE_SENDING = {"unreachable", "timeout_connect"}
_REFUSED = {"rate_limited": {429}, "overloaded": {503, 529}}


def delay_before_retry(
    error: GatewayError, tries_done: int, *, max_tries: int = 3, random: Callable[[], float] = _random.random
) -> float | None:
    """Seconds to wait before the next try, or None: do not try again.

    `tries_done` counts the tries that have failed, this one included. The provider's own wait is kept
    even when it is long; whether to sit it out is the caller's decision.
    """
    if tries_done >= max_tries or not _is_safe(error):
        return None
    if error.retry_after is not None:
        return error.retry_after + MOST_JITTER * random()
    delay = min(FIRST_DELAY * 2.0 ** (tries_done - 1), LONGEST_DELAY)
    return delay * (1 - MOST_JITTER + 2 * MOST_JITTER * random())


def _is_safe(error: GatewayError) -> bool:
    if isinstance(error, NotSent):
        return error.kind in _BEFORE_SENDING
    if error.details.get("may_retry") is False:
        return False
    return error.status in _REFUSED.get(error.kind, ())
