"""POST /v1/completions: a text is continued, by the models that chat."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from engines.chat.model import ChatModel
from engines.chat.tokens import COMPLETIONS, Counts, Piece
from engines.completions.answer import Answer
from engines.completions.request import CompletionRequest, read_request
from engines.errors import ApiError
from engines.wire import EventStream, after_first, read_json, while_listening

Pieces = AsyncGenerator[Piece, None]


async def continue_text(request: Request) -> Response:
    ask = read_request(await read_json(request))
    models = request.app.state.models
    model: ChatModel = models.pick(ask.model, models.chat, "/v1/completions")
    # The first piece is awaited before any answer begins, so that a refusal still has its own status.
    pieces = await after_first(request.receive, write_text(model, ask))
    answer = Answer(model.id, model.fingerprint, ask.wants_usage)
    if ask.stream:
        return EventStream(write_chunks(answer, ask, pieces))
    return JSONResponse(await while_listening(request.receive, write_whole(answer, ask, pieces)))


async def write_text(model: ChatModel, ask: CompletionRequest) -> Pieces:
    """The pieces as they come. The engine speaks of messages where a text is too long; here there are none."""
    try:
        async with aclosing(model.source.stream(ask.body, COMPLETIONS)) as pieces:
            async for piece in pieces:
                yield piece
    except ApiError as error:
        if error.code != "context_length_exceeded":
            raise
        message = error.message.replace("The messages are", "The prompt is")
        raise ApiError(error.status, message, code=error.code, param="prompt") from error


async def write_chunks(answer: Answer, ask: CompletionRequest, pieces: Pieces) -> AsyncGenerator[dict[str, Any] | bytes, None]:
    async with aclosing(pieces):
        if ask.echo:
            yield answer.chunk(ask.prompt)
        async for piece in pieces:
            if piece.counts is None:
                yield answer.chunk(piece.text, piece.finish)
            elif answer.wants_usage:
                yield answer.usage_chunk(piece.counts)


async def write_whole(answer: Answer, ask: CompletionRequest, pieces: Pieces) -> dict[str, Any]:
    text, finish, counts = ask.prompt if ask.echo else "", "stop", Counts()
    async with aclosing(pieces):
        async for piece in pieces:
            text += piece.text
            finish = piece.finish or finish
            counts = piece.counts or counts
    return answer.whole(text, finish, counts)
