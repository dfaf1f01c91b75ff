"""Static files under ASGI: WhiteNoise, without making the whole chain of middleware synchronous."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware

from apps.core.middleware import GetResponse


class StaticFiles(WhiteNoiseMiddleware):
    """WhiteNoise that awaits what comes after it. Files are small and read whole, in a thread."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        super().__init__(get_response)
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self.answer(request)
        response: HttpResponseBase = super().__call__(request)
        return response

    async def answer(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(self.static_prefix):
            found = await asyncio.to_thread(self.read, request)
            if found is not None:
                return found
        response: HttpResponseBase = await self.get_response(request)
        return response

    def read(self, request: HttpRequest) -> HttpResponse | None:
        file = self.find_file(request.path_info) if self.autorefresh else self.files.get(request.path_info)
        return None if file is None else whole(file.get_response(request.method, request.META))


def whole(found: Any) -> HttpResponse:
    """WhiteNoise's answer with its content instead of an open file."""
    content = b""
    if found.file is not None:
        with found.file as file:
            content = file.read()
    response = HttpResponse(content, status=int(found.status))
    del response["Content-Type"]
    for name, value in found.headers:
        response[name] = value
    return response
