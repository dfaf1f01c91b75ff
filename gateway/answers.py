"""Whole answers: read within their bounds, and judged by what they are."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import httpx

from gateway.clock import CallClock
from gateway.errors import GatewayError, Lost
from gateway.failures import TRANSPORT_ERRORS, failure_of
from gateway.json_text import decode_json
from gateway.masking import mask, mask_bytes
from gateway.spilled import MOST_FILES, Spilled, TooManyFiles
from gateway.spilling import Spiller
from gateway.stream_errors import error_of
from gateway.threads import in_thread
from gateway.wording import shorten

LONGEST_ERROR_BODY = 256 * 1024
_WRITE_SIZE = 256 * 1024
_DECODE_SIZE = 128 * 1024
_REQUEST_ID_HEADERS = ("x-request-id", "apim-request-id", "x-litellm-call-id", "request-id")
E = TypeVar("E", bound=GatewayError)
_NOT_TYPED = ("", "text/plain", "application/octet-stream")


class Answer:
    """An answer whose head is here: its body is read under the clock and the size bound."""

    def __init__(self, response: httpx.Response, clock: CallClock, keys: tuple[str, ...]) -> None:
        self._response = response
        self._chunks = response.aiter_bytes()
        self._size = 0
        self.clock = clock
        self.keys = keys
        self.status = response.status_code
        self.headers = {name: mask(value, keys) for name, value in response.headers.items() if name != "set-cookie"}
        self.content_type = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        self.request_id = next((shorten(self.headers[name])[:200] for name in _REQUEST_ID_HEADERS if self.headers.get(name)), "")
        self.first_byte_ms = clock.elapsed_ms

    async def next_chunk(self) -> bytes | None:
        """The next piece of the body, or None at its end."""
        self.clock.check_total()
        try:
            chunk = await self.clock.wait(anext(self._chunks, None))
        except TRANSPORT_ERRORS as error:
            raise self.located(failure_of(error, self.clock, str(self._response.url))) from error
        except GatewayError as error:
            self.located(error)
            raise
        if chunk is not None:
            self.clock.is_answering = True
            self.clock.enter("silence")
            self._count(len(chunk))
        return chunk

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > self.clock.bounds.max_bytes:
            raise self.too_big()

    def too_big(self) -> Lost:
        limit = self.clock.bounds.max_bytes
        sentence = f"The answer is larger than the {limit / 1024 / 1024:.3g} MB that we take."
        return self.located(Lost("answer_too_big", sentence, details={"bytes": limit}))

    def not_api(self, body: bytes) -> Lost:
        """For something at 200 that is not what an API says."""
        start = body.lstrip()[:1]
        if start == b"{":
            return self.located(Lost("cut", "The answer broke off before its end."))
        what = "a web page" if start == b"<" or self.content_type == "text/html" else "something that is not the API's JSON"
        return self.located(Lost("not_api", f"The address answers with {what}. Is it the address of the API (often ending in /v1)?"))

    def located(self, error: E) -> E:
        """The error, with what the head of the answer told."""
        error.status = error.status or self.status
        error.request_id = error.request_id or self.request_id
        return error

    async def chunks(self) -> AsyncIterator[bytes]:
        while (chunk := await self.next_chunk()) is not None:
            yield chunk

    async def read(self) -> bytes:
        """The whole body, made free of our key."""
        return self._without_keys(b"".join([chunk async for chunk in self.chunks()]))

    async def read_error_body(self) -> bytes:
        """As much of an error's body as can be had: the status already tells the most."""
        return await self.read_beginning(LONGEST_ERROR_BODY)

    async def read_beginning(self, size: int) -> bytes:
        """About as much of the body, or less where it breaks off or takes too long. Raises nothing for that."""
        body = b""
        with contextlib.suppress(GatewayError):
            async for chunk in self.chunks():
                body += chunk
                if len(body) > size:
                    break
        return body

    async def save(self, path: Path) -> Any:
        """Stream the body to a file, and give its JSON if it is JSON. The file is gone again if the answer is none.

        Raises OSError when it cannot be written.
        """
        async with self._saved(path):
            is_text = self._says_json or self.content_type == "text/html"
            return self.read_json(await in_thread(path.read_bytes), is_kept=True) if is_text else None

    async def save_file(self, path: Path) -> None:
        """Stream the body to a file, whatever it is but a web page. Raises OSError when it cannot be written."""
        async with self._saved(path):
            if self.content_type == "text/html":
                raise self.not_api(b"<")

    async def save_as_it_is(self, path: Path) -> None:
        """Stream the body to a file, byte for byte: a person's own content. Raises OSError when it cannot be written."""
        async with self._saved(path, is_content=True):
            pass

    @contextlib.asynccontextmanager
    async def _saved(self, path: Path, *, is_content: bool = False) -> AsyncIterator[None]:
        """The body in a file, which is gone again if it does not come whole or is not liked."""
        try:
            with await in_thread(path.open, "wb") as file:
                async for piece in self._pieces(_WRITE_SIZE):
                    await in_thread(file.write, piece if is_content else self._without_keys(piece))
            yield
        except BaseException:
            await in_thread(path.unlink, missing_ok=True)
            raise

    async def spill(self, names: tuple[str, ...]) -> tuple[bytes, Spilled | None]:
        """The body as `read` gives it, but with the base64 strings of these JSON fields decoded into files.

        Raises OSError when one cannot be written. Whatever is raised, no file stays.
        """
        spiller = Spiller(names)
        try:
            async for piece in self._pieces(_DECODE_SIZE):
                await in_thread(spiller.feed, piece)
            body, spilled = await in_thread(spiller.end)
            return self._without_keys(body), spilled
        except BaseException as error:
            await in_thread(spiller.close)
            if isinstance(error, TooManyFiles):
                sentence = f"The answer holds more than the {MOST_FILES} files that we take."
                raise self.located(Lost("answer_too_big", sentence, details={"files": MOST_FILES})) from error
            raise

    async def _pieces(self, least: int) -> AsyncIterator[bytes]:
        """The body in pieces that are worth a hop to a thread. The time that we take for one is no silence of the provider."""
        held: list[bytes] = []
        size = 0
        async for chunk in self.chunks():
            held.append(chunk)
            size += len(chunk)
            if size >= least:
                yield b"".join(held)
                held, size = [], 0
                self.clock.enter("silence")
        yield b"".join(held)

    def _without_keys(self, body: bytes) -> bytes:
        return mask_bytes(body, [key.encode() for key in self.keys])

    def read_json(self, body: bytes, *, is_kept: bool = False) -> Any:
        """The body's JSON; None if it is not meant to be JSON. Raises for an error or a web page in the dress of an answer.

        `is_kept`: the body is a file now, which may be anything.
        """
        if self.content_type == "text/html":
            raise self.not_api(body)
        is_meant = self._says_json or (self.may_be_json and body.lstrip()[:1] == b"{")
        if not body.strip() or not is_meant:
            return None
        try:
            return self.decode(body)
        except ValueError as error:
            if is_kept or not self._says_json:
                return None
            raise self.not_api(body) from error

    def decode(self, body: bytes) -> Any:
        """The body as JSON. Raises the error that it is, or ValueError if it is no JSON."""
        value = decode_json(body)
        if is_error_object(value):
            raise self.located(error_of(value, self.keys))
        return value

    @property
    def may_be_json(self) -> bool:
        return self._says_json or self.content_type in _NOT_TYPED

    @property
    def _says_json(self) -> bool:
        return self.content_type.endswith(("/json", "+json"))

    async def aclose(self) -> None:
        """Let go of the connection: kept if the answer is whole, cut if it is not."""
        await self._response.aclose()


def is_error_object(value: Any) -> bool:
    """An error sent with status 200. Objects of the API (a failed job, a failed response) may tell of an error and are answers."""
    return isinstance(value, Mapping) and bool(value.get("error")) and not value.keys() & {"id", "object"}
