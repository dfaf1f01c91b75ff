"""A streamed answer, event by event."""

from collections import deque
from collections.abc import AsyncIterator, Mapping
from typing import Self

from gateway.answers import Answer
from gateway.endings import StreamEnding
from gateway.errors import GatewayError, Incomplete
from gateway.json_text import decode_json
from gateway.masking import mask_bytes
from gateway.sniffing import Shape, shape_of
from gateway.sse import EventTooBig, Frame, SseDecoder
from gateway.stream_errors import error_in_event, failed_event, unreadable_event
from gateway.types import ApiEvent

AFTER_THE_END = 10.0
"""Seconds to wait for usage and [DONE] once the answer itself is finished."""


class ApiStream(AsyncIterator[ApiEvent]):
    """The events of one streamed call. Iterating raises a GatewayError for everything but a finished answer."""

    def __init__(self, answer: Answer, pictures: int = 1) -> None:
        """`pictures` is how many were asked for, where pictures were."""
        self._answer = answer
        self._decoder = SseDecoder(answer.clock.bounds.max_bytes)
        self._ending = StreamEnding(pictures)
        self._ready: deque[ApiEvent] = deque()
        self._failure: GatewayError | None = None
        self._is_over = False
        self._head = b""  # what came before it was known what comes
        self._whole: list[bytes] = []  # the pieces of an answer that is no stream
        self._shape: Shape | None = None
        self._keys = [key.encode() for key in answer.keys]
        self.status = answer.status
        self.headers: Mapping[str, str] = answer.headers
        self.request_id = answer.request_id
        self.first_byte_ms = answer.first_byte_ms

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ApiEvent:
        while not self._ready:
            if self._failure is not None:
                raise self._failure
            if self._is_over:
                raise StopAsyncIteration
            await self._read_more()
        return self._ready.popleft()

    async def _read_more(self) -> None:
        try:
            chunk = await self._answer.next_chunk()
            if chunk is None:
                self._end_of_body()
            elif self._shape is Shape.EVENTS:
                self._take_frames(self._decoder.feed(chunk))
            elif self._shape is Shape.JSON:
                self._whole.append(chunk)
            else:
                self._take_head(chunk)
        except EventTooBig:
            self._fail(self._answer.too_big())
        except GatewayError as error:
            self._break(error)

    def _take_head(self, chunk: bytes) -> None:
        self._head += chunk
        self._shape = shape_of(self._head, self._answer.content_type)
        if self._shape is Shape.EVENTS:
            head, self._head = self._head, b""
            self._take_frames(self._decoder.feed(head))
        elif self._shape is Shape.PAGE:
            self._fail(self._answer.not_api(self._head))
        elif self._shape is Shape.JSON:
            self._whole.append(self._head)

    def _take_frames(self, frames: list[Frame]) -> None:
        for frame in frames:
            if self._is_over or self._failure:
                return
            self._take_frame(frame)

    def _take_frame(self, frame: Frame) -> None:
        data = mask_bytes(frame.data, self._keys) if self._keys else frame.data
        if data.startswith(b"[DONE]"):
            self._done()
            return
        try:
            value = decode_json(data)
        except ValueError:
            self._fail_if(unreadable_event(frame, self._answer.keys))
            return
        if isinstance(value, dict):
            self._take_event(ApiEvent(value, frame.name))
        elif frame.name == "error":
            self._fail_if(unreadable_event(frame, self._answer.keys))

    def _take_event(self, event: ApiEvent) -> None:
        if error := error_in_event(event, self._answer.keys, has_content=self._ending.has_content):
            self._fail(error)
            return
        self._ready.append(event)
        self._ending.see(event.data)
        if self._ending.is_finished:
            self._answer.clock.shorten(AFTER_THE_END)
            self._fail_if(failed_event(event, self._answer.keys))

    def _done(self) -> None:
        if self._ending.may_end_by_mark:
            self._is_over = True
        elif self._ending.has_content:
            self._end_without_mark()
        else:
            self._fail(Incomplete("incomplete", "The provider ended its answer without having said anything."))

    def _end_of_body(self) -> None:
        if self._shape is Shape.EVENTS:
            self._take_frames([frame for frame in self._decoder.end() if _is_whole(frame)])
        elif self._whole or self._head.strip():
            self._take_whole(mask_bytes(b"".join(self._whole), self._keys))
        if not self._is_over and not self._failure:
            self._end_without_mark()

    def _take_whole(self, body: bytes) -> None:
        """The server did not stream: one object, one event."""
        try:
            value = self._answer.decode(body)
        except ValueError:
            value = None
        if isinstance(value, dict):
            self._take_event(ApiEvent(value))
            self._is_over = True
        else:
            self._fail(self._answer.not_api(body or self._head))

    def _end_without_mark(self) -> None:
        if self._ending.may_end:
            self._is_over = True
        else:
            self._fail(Incomplete("incomplete", "The provider's answer ended without being finished."))

    def _break(self, error: GatewayError) -> None:
        """The connection broke or fell silent: no harm when the answer was finished already."""
        if self._ending.is_finished and error.kind in ("cut", "timeout_silence", "timeout_total"):
            self._is_over = True
        else:
            self._fail(error)

    def _fail_if(self, error: GatewayError | None) -> None:
        if error is not None:
            self._fail(error)

    def _fail(self, error: GatewayError) -> None:
        self._failure = self._answer.located(error)


def _is_whole(frame: Frame) -> bool:
    """Whether the last event, which has no blank line behind it, came to its end."""
    if frame.data.startswith(b"[DONE]"):
        return True
    try:
        decode_json(frame.data)
    except ValueError:
        return False
    return True
