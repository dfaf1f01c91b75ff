"""Pictures that an answer names by a link instead of bringing them: they are copied at once, since the link dies within the hour."""

import asyncio
import pathlib
import tempfile
from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import ngettext

from apps.runs.operations import OutputFile, Result
from gateway import Bounds, Gateway, GatewayError

Fetched = OutputFile | GatewayError


async def fetched(gateway: Gateway, result: Result, bounds: Bounds) -> Result:
    """The result with files in place of links. What cannot be had is left out and said.

    Raises the reason when nothing is left of the answer. It is no reason to ask again: the answer was whole and is paid for.
    """
    if not any(file.url for file in result.files):
        return result
    try:
        folder = tempfile.TemporaryDirectory(prefix="playground-links-", ignore_cleanup_errors=True)
        result.leftovers = (*result.leftovers, folder.cleanup)
        found = await _fetch_all(gateway, result.files, pathlib.Path(folder.name), bounds)
    except BaseException:
        result.close()
        raise
    result.files = [file for file in found if isinstance(file, OutputFile)]
    lost = [error for error in found if isinstance(error, GatewayError)]
    if lost and not result.files and not result.text:
        result.close()
        raise lost[0]
    if lost:
        sentence = ngettext("The link of one picture could not be opened.", "The links of %(n)s pictures could not be opened.", len(lost))
        result.notices = (*result.notices, sentence % {"n": len(lost)})
    return result


async def _fetch_all(
    gateway: Gateway, files: Sequence[OutputFile], folder: pathlib.Path, bounds: Bounds
) -> list[OutputFile | GatewayError]:
    """All at once. When one cannot be written, none of the others goes on."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_fetch(gateway, file, folder / str(number), bounds)) for number, file in enumerate(files)]
    except* OSError as errors:
        raise errors.exceptions[0] from None
    return [task.result() for task in tasks]


async def _fetch(gateway: Gateway, file: OutputFile, path: pathlib.Path, bounds: Bounds) -> Fetched:
    if not file.url:
        return file
    try:
        response = await gateway.fetch(file.url, save_to=path, bounds=bounds)
    except GatewayError as error:
        return error
    return replace(file, url="", path=path, content_type=response.content_type or file.content_type)
