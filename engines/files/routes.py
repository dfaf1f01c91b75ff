"""/v1/files: storing, listing, showing, sending and deleting files."""

import asyncio
import pathlib

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from engines.errors import ApiError, engine_failed
from engines.files.content import Content, asked_range, is_whole
from engines.files.limits import MOST_AROUND_BYTES, MOST_BYTES
from engines.files.purposes import NEVER_GIVEN_OUT
from engines.files.request import PageAsk, read_new_file, read_page, too_large_file
from engines.files.store import Piece, Store, StoredFile
from engines.folders import new_folder
from engines.forms import read_form


async def create_file(request: Request) -> Response:
    store: Store = request.app.state.store
    if int(request.headers.get("content-length", "0")) > MOST_BYTES + MOST_AROUND_BYTES:
        raise too_large_file("file", MOST_BYTES)
    with new_folder(store.disk.arriving) as folder:
        new, sent = read_new_file(await read_form(request, pathlib.Path(folder.name), MOST_BYTES + MOST_AROUND_BYTES))
        file = await asyncio.to_thread(store.add, new, sent.path, sent.size)
    folder.cleanup()
    return JSONResponse(file.as_json())


async def list_files(request: Request) -> Response:
    store: Store = request.app.state.store
    return Response(await asyncio.to_thread(write_page, store, read_page(request)), media_type="application/json")


def write_page(store: Store, ask: PageAsk) -> bytes:
    """Ten thousand files are megabytes of JSON: written in a thread, too."""
    files, has_more = store.page(ask.after, ask.most, ask.order, ask.purpose)
    first, last = (files[0].id, files[-1].id) if files else (None, None)
    page = {"object": "list", "data": [file.as_json() for file in files], "first_id": first, "last_id": last, "has_more": has_more}
    return orjson.dumps(page)


async def show_file(request: Request) -> Response:
    store: Store = request.app.state.store
    file = await asyncio.to_thread(store.get, request.path_params["file_id"])
    return JSONResponse(file.as_json())


async def delete_file(request: Request) -> Response:
    store: Store = request.app.state.store
    file_id = request.path_params["file_id"]
    await asyncio.to_thread(store.delete, file_id)
    return JSONResponse({"id": file_id, "object": "file", "deleted": True})


async def send_content(request: Request) -> Response:
    store: Store = request.app.state.store
    file, pieces = await asyncio.to_thread(find_content, store, request.path_params["file_id"])
    return Content(file, pieces, asked_range(request, file))


def find_content(store: Store, file_id: str) -> tuple[StoredFile, list[Piece]]:
    file = store.get(file_id)
    if file.purpose in NEVER_GIVEN_OUT:
        raise ApiError(400, f"Not allowed to download files of purpose: {file.purpose}")  # OpenAI's words, which callers compare
    pieces = store.pieces_of(file)
    if not is_whole(pieces):
        store.get(file_id)  # it may have been deleted meanwhile
        raise engine_failed("The bytes of this file are gone from the disk of the built-in provider.")
    return file, pieces
