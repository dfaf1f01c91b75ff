"""POST /v1/audio/speech."""

import pathlib

from starlette.requests import Request
from starlette.responses import Response

from engines.audio.speaking.answer import HEADERS, SoundAnswer, events_of, pieces_of
from engines.audio.speaking.request import read_ask
from engines.fields import Fields
from engines.folders import new_folder
from engines.studio_model import StudioModel
from engines.wire import EventStream, after_first, read_json


async def create_speech(request: Request) -> Response:
    ask = read_ask(Fields(await read_json(request)))
    model: StudioModel = request.app.state.models.get_for("audio/speech", ask.model)
    with new_folder() as folder:
        path = pathlib.Path(folder.name) / "spoken"
        replies = model.studio.follow({**ask.as_job(), "file": str(path)})
        pieces = await after_first(request.receive, pieces_of(path, replies))
        if not ask.as_events:
            return SoundAnswer(pieces, ask, folder)
        stream = EventStream(events_of(pieces), ending=b"", folder=folder)
        stream.headers.update(HEADERS)
        return stream
