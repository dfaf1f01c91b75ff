"""Asks the child for tokens and reads its stream. Only this file knows llama.cpp's HTTP."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from engines.chat.grammars import MARK, with_mark
from engines.chat.process import ModelProcess
from engines.errors import ApiError, engine_failed, invalid, log

# The model may think for long over a long prompt before the first word; between words it is never this quiet.
TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=600)
MAX_REMEMBERED = 256
CHAT, COMPLETIONS = "/v1/chat/completions", "/v1/completions"


@dataclass(frozen=True, slots=True)
class Counts:
    """Tokens of one call, as usage reports them."""

    prompt: int = 0
    cached: int = 0
    completion: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        """Choices of one request share their prompt, so it counts once, as it was when first read."""
        first = self if self.prompt else other
        return Counts(first.prompt, first.cached, self.completion + other.completion)


@dataclass(frozen=True, slots=True)
class Piece:
    """What came: some text of choice `index`, or its end, or the counts."""

    index: int = 0
    text: str = ""
    logprobs: tuple[dict[str, Any], ...] = ()
    finish: str | None = None
    counts: Counts | None = None


class TokenSource:
    """One model that can be asked."""

    def __init__(self, process: ModelProcess, session: aiohttp.ClientSession) -> None:
        self.process = process
        self.session = session
        self.followed: dict[str, bool] = {}

    async def stream(self, body: dict[str, Any], path: str = CHAT) -> AsyncGenerator[Piece, None]:
        """The pieces of one call, to CHAT with messages or to COMPLETIONS with a prompt. Closing this generator frees the slot at once."""
        wanted = {**body, "stream": True, "stream_options": {"include_usage": True}}
        async with self.open(path, wanted) as response:
            finished: set[int] = set()
            try:
                async for event in read_events(response):
                    for piece in read_pieces(event):
                        if piece.finish:
                            finished.add(piece.index)
                        yield piece
            except aiohttp.ClientError as error:
                log.warning("The stream of model %s broke: %r", self.process.model, error)
                raise engine_failed("The model's process ended in the middle of the answer. It is being started again.") from error
            if len(finished) < body.get("n", 1):
                raise engine_failed("The model's process ended in the middle of the answer. It is being started again.")

    async def ask(self, body: dict[str, Any]) -> tuple[str, Counts]:
        """The whole text of a call with one choice."""
        text, counts = "", Counts()
        async with aclosing(self.stream(body)) as pieces:
            async for piece in pieces:
                text += piece.text
                counts = piece.counts or counts
        return text, counts

    async def can_follow(self, grammar: str) -> bool:
        """Whether the engine understands a grammar; it would ignore one that it does not. Asked once for each."""
        if grammar not in self.followed:
            body = {"prompt": "a", "n_predict": 2, "grammar": with_mark(grammar), "cache_prompt": False}
            async with self.open("/completion", body) as response:
                answer = await response.json(loads=orjson.loads)
            if len(self.followed) >= MAX_REMEMBERED:
                self.followed.pop(next(iter(self.followed)))
            self.followed[grammar] = answer["content"].startswith(MARK)
        return self.followed[grammar]

    @asynccontextmanager
    async def open(self, path: str, body: dict[str, Any]) -> AsyncIterator[aiohttp.ClientResponse]:
        response = await self.post(path, body)
        try:
            if response.status != 200:
                raise translate_error(response.status, await response.read())
            yield response
        finally:
            response.close()

    async def post(self, path: str, body: dict[str, Any]) -> aiohttp.ClientResponse:
        """Sends the call; once more if the child had just died, for then nothing was answered yet."""
        for attempt in (1, 2):
            address = await self.process.get_address()
            try:
                return await self.session.post(
                    f"{address.url}{path}",
                    data=orjson.dumps(body),
                    headers={"authorization": f"Bearer {address.key}", "content-type": "application/json"},
                    timeout=TIMEOUT,
                )
            except (aiohttp.ClientError, TimeoutError) as error:
                log.warning("Model %s did not answer (attempt %d): %r", self.process.model, attempt, error)
                await self.process.lost(address)
        raise engine_failed("The model's process does not answer. It is being started again.")


async def read_events(response: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    rest = b""
    async for block in response.content.iter_any():
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            if line.startswith(b"data: {"):
                yield orjson.loads(line[6:])


def read_pieces(event: dict[str, Any]) -> list[Piece]:
    if "error" in event:
        raise translate_error(500, orjson.dumps(event))
    pieces = []
    for choice in event.get("choices", []):
        delta = choice.get("delta", {})
        logprobs = tuple((choice.get("logprobs") or {}).get("content") or ())
        text = delta.get("content") or choice.get("text") or ""
        if text or logprobs or choice.get("finish_reason"):
            pieces.append(Piece(choice.get("index", 0), text, logprobs, choice.get("finish_reason")))
    if usage := event.get("usage"):
        cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens", 0)
        pieces.append(Piece(counts=Counts(usage["prompt_tokens"], cached, usage["completion_tokens"])))
    return pieces


def translate_error(status: int, body: bytes) -> ApiError:
    """llama.cpp's error as OpenAI would tell it."""
    try:
        error = orjson.loads(body)["error"]
        message = str(error["message"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return engine_failed(f"The model's process answered with status {status} and no reason.")
    if error.get("type") == "exceed_context_size_error":
        return too_long(error.get("n_prompt_tokens", 0), error.get("n_ctx", 0))
    if 400 <= status < 500 and status not in (401, 403):
        return invalid(f"The model cannot take this request: {message}", None)
    log.error("The model's process answered %s: %s", status, message)
    return engine_failed(f"The model failed: {message}")


def too_long(tokens: int, context: int) -> ApiError:
    message = f"What was sent is {tokens} tokens long; this model reads at most {context} tokens, its answer included."
    return invalid(message, "messages", "context_length_exceeded")
