"""/v1/uploads: files that come in parts."""

import asyncio
import pathlib

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from engines.files.request import only_file, too_large_file
from engines.folders import new_folder
from engines.forms import read_form
from engines.uploads.desk import UploadDesk
from engines.uploads.limits import MOST_AROUND_BYTES, MOST_PART_BYTES
from engines.uploads.request import read_completion, read_new_upload
from engines.wire import read_json


async def create_upload(request: Request) -> Response:
    desk: UploadDesk = request.app.state.uploads
    new, size = read_new_upload(await read_json(request))
    return JSONResponse((await asyncio.to_thread(desk.open, new, size)).as_json())


async def add_part(request: Request) -> Response:
    desk: UploadDesk = request.app.state.uploads
    upload_id = request.path_params["upload_id"]
    await asyncio.to_thread(desk.require_pending, upload_id)
    if int(request.headers.get("content-length", "0")) > MOST_PART_BYTES + MOST_AROUND_BYTES:
        raise too_large_file("data", MOST_PART_BYTES)
    with new_folder(desk.disk.arriving) as folder:
        form = await read_form(request, pathlib.Path(folder.name), MOST_PART_BYTES + MOST_AROUND_BYTES)
        form.fields.refuse_unknown({"data"})
        sent = only_file(form, "data", MOST_PART_BYTES)
        part = await asyncio.to_thread(desk.add_part, upload_id, sent.path, sent.size)
    folder.cleanup()
    return JSONResponse(part.as_json())


async def complete_upload(request: Request) -> Response:
    desk: UploadDesk = request.app.state.uploads
    part_ids, md5 = read_completion(await read_json(request))
    upload, file = await asyncio.to_thread(desk.complete, request.path_params["upload_id"], part_ids, md5)
    return JSONResponse(upload.as_json(file))


async def cancel_upload(request: Request) -> Response:
    desk: UploadDesk = request.app.state.uploads
    return JSONResponse((await asyncio.to_thread(desk.cancel, request.path_params["upload_id"])).as_json())
