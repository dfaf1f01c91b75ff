"""POST /v1/chat/completions."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from engines.chat.answer import Answer, Choice
from engines.chat.model import ChatModel
from engines.chat.request import ChatRequest, read_request
from engines.chat.tokens import Counts, Piece
from engines.chat.turn import Turn, plan_turn, write_answer
from engines.wire import EventStream, read_json, while_listening

Pieces = AsyncGenerator[Piece, None]


async def create_completion(request: Request) -> Response:
    ask = read_request(await read_json(request))
    model: ChatModel = request.app.state.models.get_chat(ask.model)
    turn = await while_listening(request.receive, plan_turn(model.source, ask))
    pieces = write_answer(model.source, turn)
    # The first piece is awaited before any answer begins, so that a refusal still has its own status.
    first = await while_listening(request.receive, anext(pieces))
    answer = begin_answer(model, ask, turn)
    if ask.stream:
        return EventStream(write_chunks(answer, first, pieces, turn.choices))
    return JSONResponse(await while_listening(request.receive, write_whole(answer, first, pieces, turn.choices)))


def begin_answer(model: ChatModel, ask: ChatRequest, turn: Turn) -> Answer:
    tool = turn.tool.name if turn.tool else None
    return Answer(model.id, model.fingerprint, tool, ask.top_logprobs, ask.wants_usage)


async def write_chunks(answer: Answer, first: Piece, pieces: Pieces, choices: int) -> AsyncGenerator[dict[str, Any] | bytes, None]:
    async with aclosing(pieces):
        for index in range(choices):
            yield answer.opening(index)
        for chunk in answer.chunks_of(first):
            yield chunk
        async for piece in pieces:
            for chunk in answer.chunks_of(piece):
                yield chunk
            if piece.counts is not None and answer.wants_usage:
                yield answer.usage_chunk(piece.counts)


async def write_whole(answer: Answer, first: Piece, pieces: Pieces, count: int) -> dict[str, Any]:
    choices = [Choice() for _ in range(count)]
    counts = Counts()
    async with aclosing(pieces):
        answer.add(choices, first)
        async for piece in pieces:
            answer.add(choices, piece)
            counts = piece.counts or counts
    return answer.completion(choices, counts)
