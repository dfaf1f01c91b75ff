"""/v1/responses: writing, showing, following, cancelling and deleting responses."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from engines.chat.model import ChatModel
from engines.chat.tokens import Piece
from engines.chat.turn import Turn, plan_turn, write_answer
from engines.errors import ApiError, invalid, log, mistake
from engines.forms import TextFields
from engines.responses.desk import Desk
from engines.responses.limits import DEFAULT_PER_PAGE, MOST_PER_PAGE
from engines.responses.recall import Recall
from engines.responses.request import ResponseAsk, named_here, read_request
from engines.responses.shelf import Shelf
from engines.responses.writing import Event, Writing, new_response
from engines.wire import EventStream, after_first, encode_named_event, read_json, while_listening

Events = AsyncGenerator[Event, None]


async def create_response(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    values = await read_json(request)
    recall = Recall(desk.shelf)
    ask = await asyncio.to_thread(read_request, values, recall.context_of, recall.find_item)
    model: ChatModel = request.app.state.models.pick(ask.chat.model, request.app.state.models.chat, "/v1/responses")
    response = new_response(ask)
    if ask.background:
        job = await desk.start(model, ask, response)
        return EventStream(encode(job.follow(-1)), b"") if ask.stream else JSONResponse(job.events[0]["response"])
    with named_here():
        turn = await while_listening(request.receive, plan_turn(model.source, ask.chat))
        # The first piece is awaited before any answer begins, so that a refusal still has its own status.
        pieces = await after_first(request.receive, write_answer(model.source, turn))
    if ask.stream:
        return EventStream(encode(write_events(desk.shelf, ask, response, turn, pieces)), b"")
    return JSONResponse(await while_listening(request.receive, write_whole(desk.shelf, ask, response, turn, pieces)))


async def write_events(shelf: Shelf, ask: ResponseAsk, response: dict[str, Any], turn: Turn, pieces: AsyncGenerator[Piece, None]) -> Events:
    """A failure on the way is an event, too. A response whose caller has left is not kept."""
    writing = Writing(response)
    try:
        for event in [*writing.opening(), writing.begin()]:
            yield event
        async with aclosing(pieces):
            async for event in writing.write(turn, pieces):
                if "response" in event:
                    await keep(shelf, ask, response)
                yield event
    except Exception as error:
        if not isinstance(error, ApiError):
            log.exception("A response failed")
        yield writing.fail(error if isinstance(error, ApiError) else mistake())


async def write_whole(
    shelf: Shelf, ask: ResponseAsk, response: dict[str, Any], turn: Turn, pieces: AsyncGenerator[Piece, None]
) -> dict[str, Any]:
    async with aclosing(pieces):
        async for _event in Writing(response).write(turn, pieces):
            pass
    await keep(shelf, ask, response)
    return response


async def keep(shelf: Shelf, ask: ResponseAsk, response: dict[str, Any]) -> None:
    if ask.store:
        await asyncio.to_thread(shelf.add, dict(response), ask.items)


async def encode(events: Events) -> AsyncGenerator[dict[str, Any] | bytes, None]:
    async with aclosing(events):
        async for event in events:
            yield encode_named_event(event)


async def show_response(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    response_id = request.path_params["response_id"]
    fields = TextFields(dict(request.query_params))
    job = desk.jobs.get(response_id)
    response = job.shown if job else await asyncio.to_thread(desk.shelf.settled, response_id)
    if fields.choice("stream", ("true", "false"), "false") == "false":
        return JSONResponse(response)
    after = fields.integer("starting_after", 0, 2**31 - 1)
    if not response["background"]:
        raise invalid("Only a response that was made in the background can be streamed again.", "stream")
    place = -1 if after is None else after
    return EventStream(encode(job.follow(place) if job else replay(desk.shelf, response, place)), b"")


async def replay(shelf: Shelf, response: dict[str, Any], after: int) -> Events:
    events = await asyncio.to_thread(shelf.events_of, response["id"])
    for event in events[after + 1 :]:
        yield event
    if events:
        return
    if after < 0:  # it was interrupted, and only its end is known: clients want a beginning before it
        yield {"type": "response.created", "sequence_number": 0, "response": response | {"status": "queued", "error": None}}
    yield {"type": "response.failed", "sequence_number": max(after + 1, 1), "response": response}


async def delete_response(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    response_id = request.path_params["response_id"]
    await desk.delete(response_id)
    return JSONResponse({"id": response_id, "object": "response", "deleted": True})


async def cancel_response(request: Request) -> Response:
    """One that has ended is shown as it is: to cancel twice is no mistake."""
    desk: Desk = request.app.state.desk
    response_id = request.path_params["response_id"]
    if not (await asyncio.to_thread(desk.shelf.get, response_id))["background"]:
        raise ApiError(400, "Cannot cancel a synchronous response.")
    await desk.cancel(response_id)
    return JSONResponse(await asyncio.to_thread(desk.shelf.settled, response_id))


async def list_input_items(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    fields = TextFields(dict(request.query_params))
    most = fields.integer("limit", 1, MOST_PER_PAGE, DEFAULT_PER_PAGE) or DEFAULT_PER_PAGE
    order, after = fields.choice("order", ("asc", "desc"), "desc"), fields.text("after")
    items = await asyncio.to_thread(desk.shelf.items_of, request.path_params["response_id"])
    items = items[::-1] if order == "desc" else items
    if after is not None:
        place = next((i for i, item in enumerate(items) if item["id"] == after), None)
        if place is None:
            raise invalid(f"There is no item '{after}' in this response.", "after")
        items = items[place + 1 :]
    page = items[:most]
    first, last = (page[0]["id"], page[-1]["id"]) if page else (None, None)
    return JSONResponse({"object": "list", "data": page, "first_id": first, "last_id": last, "has_more": len(items) > most})
