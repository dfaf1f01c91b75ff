"""The bounds of one call, on the monotonic clock of its event loop."""

import asyncio
from collections.abc import Awaitable
from typing import Literal, TypeVar

from gateway.errors import GatewayError, Kind, Lost, NotSent
from gateway.types import Bounds

Phase = Literal["connect", "write", "first_byte", "silence"]
T = TypeVar("T")

_KINDS: dict[Phase, Kind] = {
    "connect": "timeout_connect",
    "write": "timeout_silence",
    "first_byte": "timeout_first_byte",
    "silence": "timeout_silence",
}
_SENTENCES: dict[Phase, str] = {
    "connect": "No connection to the provider within {seconds:g} s.",
    "write": "The provider took nothing more of what we sent for {seconds:g} s.",
    "first_byte": "No answer within {seconds:g} s.",
    "silence": "The provider fell silent for {seconds:g} s in the middle of its answer.",
}


class CallClock:
    """Knows which phase a call is in, until when it may last, and whether anything can have reached the provider."""

    def __init__(self, bounds: Bounds) -> None:
        self._loop = asyncio.get_running_loop()
        self._started = self._loop.time()
        self._last_moment = self._started + bounds.total
        self._timeout: asyncio.Timeout | None = None
        self._phase: Phase = "connect"
        self.bounds = bounds
        self.has_body = True
        self.reached_provider = False
        self.is_answering = False
        self.blocked_address = ""
        self._deadline = 0.0
        self.enter("connect")

    @property
    def elapsed_ms(self) -> int:
        return round((self._loop.time() - self._started) * 1000)

    def enter(self, phase: Phase) -> None:
        """Begin a phase, or begin it anew because something moved."""
        self._phase = phase
        self._deadline = self._loop.time() + getattr(self.bounds, phase)
        if self._timeout is not None and not self._timeout.expired():
            self._timeout.reschedule(min(self._deadline, self._last_moment))

    def shorten(self, seconds: float) -> None:
        """Give the call no longer than this: what is still missing is not needed."""
        self._last_moment = min(self._last_moment, self._loop.time() + seconds)

    def connected(self) -> None:
        self.reached_provider = True
        self.enter("write" if self.has_body else "first_byte")

    async def wait(self, work: Awaitable[T]) -> T:
        """The result of the work, or the error of the bound that was passed meanwhile."""
        try:
            async with asyncio.timeout_at(min(self._deadline, self._last_moment)) as self._timeout:
                return await work
        except TimeoutError as error:
            if self._timeout is None or not self._timeout.expired():
                raise
            raise self.timeout_error() from error
        finally:
            self._timeout = None

    def check_total(self) -> None:
        """Raise when the whole time is over: an answer that never pauses meets no other bound."""
        if self._loop.time() >= self._last_moment:
            raise self.timeout_error()

    def timeout_error(self) -> GatewayError:
        failure = Lost if self.reached_provider else NotSent
        if self._loop.time() >= self._last_moment:
            total = self.bounds.total
            return failure("timeout_total", f"The answer was not finished within {total:g} s.", details={"seconds": total})
        seconds: float = getattr(self.bounds, self._phase)
        return failure(_KINDS[self._phase], _SENTENCES[self._phase].format(seconds=seconds), details={"seconds": seconds})
