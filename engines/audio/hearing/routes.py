"""POST /v1/audio/transcriptions and /v1/audio/translations."""

import asyncio
import pathlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from engines.audio.hearing.answer import Heard, build_answer, build_delta, build_done, build_segment
from engines.audio.hearing.request import Ask, read_ask
from engines.audio.limits import MOST_FORM_BYTES
from engines.errors import invalid
from engines.folders import new_folder
from engines.forms import read_form
from engines.studio import Reply
from engines.studio_model import StudioModel
from engines.wire import EventStream, after_first, encode_named_event, while_listening

# Others may be heard before it is one's turn: a comment now and then tells that the line is alive.
SIGN_SECONDS = 10.0
SIGN = b": waiting\n\n"


async def create_transcription(request: Request) -> Response:
    with new_folder() as folder:
        ask = read_ask(await read_form(request, pathlib.Path(folder.name), MOST_FORM_BYTES))
        model: StudioModel = request.app.state.models.get_for("audio/transcriptions", ask.model)
        replies = model.studio.follow(ask.as_job())
        if ask.stream:
            begun = await after_first(request.receive, with_signs(replies))
            return EventStream(events_of(begun, ask), ending=b"", folder=folder)
        segments, seconds = await while_listening(request.receive, collect(replies))
    folder.cleanup()
    return build_answer(ask, segments, seconds)


async def create_translation(request: Request) -> Response:
    """Every call is refused; it is read first, so that the caller gets to see that."""
    with new_folder() as folder:
        await read_form(request, pathlib.Path(folder.name), MOST_FORM_BYTES)
    folder.cleanup()
    message = (
        "This server does not support translating recordings: its model 'whisper-tiny.en' hears English only. "
        "Use another provider for other languages, or transcribe and have a chat model translate."
    )
    raise invalid(message, "model", "unsupported_value")


async def collect(replies: AsyncGenerator[Reply, None]) -> tuple[list[Heard], float]:
    segments: list[Heard] = []
    seconds = 0.0
    async with aclosing(replies):
        async for reply in replies:
            if "done" in reply:
                seconds = reply["done"]["seconds"]
            else:
                segments.append(reply["partial"])
    return segments, seconds


async def with_signs(replies: AsyncGenerator[Reply, None]) -> AsyncGenerator[Reply | None, None]:
    """The replies; and None whenever there was none for a while."""
    coming = asyncio.ensure_future(anext(replies, None))
    try:
        while True:
            await asyncio.wait({coming}, timeout=SIGN_SECONDS)
            if not coming.done():
                yield None
            elif (reply := coming.result()) is not None:
                yield reply
                coming = asyncio.ensure_future(anext(replies, None))
            else:
                return
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
        await replies.aclose()


async def events_of(replies: AsyncGenerator[Reply | None, None], ask: Ask) -> AsyncGenerator[dict[str, Any] | bytes, None]:
    segments: list[Heard] = []
    async with aclosing(replies):
        async for reply in replies:
            if reply is None:
                yield SIGN
            elif "done" in reply:
                yield encode_named_event(build_done(ask, segments, reply["done"]["seconds"]))
            else:
                yield encode_named_event(build_delta(ask, reply["partial"], not segments))
                yield encode_named_event(build_segment(ask, reply["partial"]))
                segments.append(reply["partial"])
