"""POST /v1/images/generations, /v1/images/edits and /v1/images/variations."""

import pathlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from engines.fields import Fields
from engines.folders import Folder, new_folder
from engines.forms import read_form
from engines.images.answer import Picture, PictureAnswer, PictureStream, build_answer
from engines.images.limits import DEFAULT_SIZE, MOST_FORM_BYTES, MOST_SOURCES
from engines.images.painter import Painter
from engines.images.request import EDITS, GENERATIONS, VARIATIONS, Ask, read_ask
from engines.images.sources import Sources, read_json_edit, sources_of_form
from engines.models import Models
from engines.wire import after_first, read_json, while_listening

Pictures = AsyncGenerator[Picture, None]


async def create_generation(request: Request) -> Response:
    ask = read_ask(Fields(await read_json(request)), GENERATIONS, default_size=DEFAULT_SIZE)
    painter = painter_for(request, "images/generations", ask)
    with new_folder() as folder:
        return await answer(request, ask, make(painter, ask, {"kind": "draw", "folder": folder.name}), folder, "image_generation")


async def create_edit(request: Request) -> Response:
    with new_folder() as folder:
        fields, sources = await read_edit(request, pathlib.Path(folder.name))
        ask = read_ask(fields, EDITS, default_size=None)
        painter = painter_for(request, "images/edits", ask)
        return await answer(request, ask, make(painter, ask, job_of("fill", sources, folder)), folder, "image_edit")


async def create_variation(request: Request) -> Response:
    with new_folder() as folder:
        form = await read_form(request, pathlib.Path(folder.name), MOST_FORM_BYTES)
        sources = sources_of_form(form, most=1)
        ask = read_ask(form.fields, VARIATIONS, default_size=None)
        painter = painter_for(request, "images/variations", ask)
        return await answer(request, ask, make(painter, ask, job_of("vary", sources, folder)), folder, "image_variation")


async def read_edit(request: Request, folder: pathlib.Path) -> tuple[Fields, Sources]:
    """An edit comes as a form with files or as JSON with data URLs."""
    if request.headers.get("content-type", "").lower().startswith("application/json"):
        return await read_json_edit(request, folder)
    form = await read_form(request, folder, MOST_FORM_BYTES)
    return form.fields, sources_of_form(form, most=MOST_SOURCES)


def job_of(kind: str, sources: Sources, folder: Folder) -> dict[str, Any]:
    mask = sources.mask.as_pair() if sources.mask else None
    return {"kind": kind, "images": [image.as_pair() for image in sources.images], "mask": mask, "folder": folder.name}


def painter_for(request: Request, endpoint: str, ask: Ask) -> Painter:
    models: Models = request.app.state.models
    return Painter(models.get_for(endpoint, ask.model).studio, lambda: models.get_for("embeddings", None).studio, ask.prompt)


async def make(painter: Painter, ask: Ask, job: dict[str, Any]) -> Pictures:
    """The pictures one after the other, each with its partial ones before it. A slow reader holds up its own next picture only."""
    for index in range(ask.count):
        shown = 0
        async with aclosing(painter.follow({**ask.as_job(index), **job})) as said:
            async for reply in said:
                if "done" in reply:
                    yield picture_of(reply["done"], ask.seed_of(index))
                else:
                    yield picture_of(reply["partial"], ask.seed_of(index), shown)
                    shown += 1


def picture_of(made: dict[str, Any], seed: int, partial: int | None = None) -> Picture:
    told = {name: made[name] for name in ("width", "height", "background", "tokens", "revised") if name in made}
    return Picture(file=pathlib.Path(made["file"]), seed=seed, partial=partial, **told)


async def answer(request: Request, ask: Ask, pictures: Pictures, folder: Folder, kind: str) -> Response:
    if not ask.stream:
        made = await while_listening(request.receive, collect(pictures))
        return PictureAnswer(build_answer(ask, made), folder)
    return PictureStream(await after_first(request.receive, pictures), kind, ask, folder)


async def collect(pictures: Pictures) -> list[Picture]:
    async with aclosing(pictures):
        return [picture async for picture in pictures]
