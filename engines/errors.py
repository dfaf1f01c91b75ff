"""Errors in OpenAI's shape. Everything that goes wrong reaches the caller as one of these."""

import errno
import logging
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

log = logging.getLogger("engines")

INVALID = "invalid_request_error"
# EFBIG: some file systems, those of memory cards for example, end at 4 GB.
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class ApiError(Exception):
    """An answer that is an error. `param` is the path of the field at fault (`messages[1].content`)."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str = INVALID,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param
        self.kind = kind
        self.headers = headers or {}

    def as_json(self) -> dict[str, Any]:
        return {"error": {"message": self.message, "type": self.kind, "param": self.param, "code": self.code}}

    def as_response(self) -> JSONResponse:
        return JSONResponse(self.as_json(), status_code=self.status, headers=self.headers)


def invalid(message: str, param: str | None, code: str = "invalid_value") -> ApiError:
    """The caller's request is at fault (400)."""
    return ApiError(400, message, code=code, param=param)


def model_not_found(model: str) -> ApiError:
    return ApiError(404, f"There is no model {model!r} here. GET /v1/models lists what there is.", code="model_not_found", param="model")


def wrong_model(model: str, path: str, able: list[str]) -> ApiError:
    """The model exists and does something else."""
    listed = ", ".join(repr(each) for each in able) or "no model"
    return invalid(f"The model {model!r} cannot do this: {path} takes {listed}.", "model")


def too_large(what: str, limit: int) -> ApiError:
    return ApiError(413, f"{what} is larger than {limit} bytes.", code="request_too_large")


def engine_missing(what: str, command: str) -> ApiError:
    """Nothing is broken, but the packages or the weights were never installed."""
    message = f"{what} is not installed on this machine. To install it, run: {command}"
    return ApiError(503, message, code="engine_missing", kind="server_error")


def not_ready(message: str, seconds: int) -> ApiError:
    """The engine is starting, or starting again; the caller may come back after `seconds`."""
    return ApiError(503, message, code="engine_loading", kind="server_error", headers={"retry-after": str(seconds)})


def cannot_load(model: str) -> ApiError:
    """The engine is installed, but ends before it has loaded its model. It is tried again later."""
    message = f"The model {model!r} cannot be loaded: not a model that this engine knows, or not enough memory. The log may say more."
    return ApiError(503, message, code="engine_failed", kind="server_error", headers={"retry-after": "30"})


def engine_failed(message: str) -> ApiError:
    """The engine died or answered nonsense; not the caller's fault."""
    return ApiError(500, message, code="engine_failed", kind="server_error")


def disk_full() -> ApiError:
    """Trying again at once, as clients do after a 5xx, would only fill the disk anew."""
    message = "There is no room left on the disk of the built-in provider. Nothing of this call was kept."
    return ApiError(507, message, code="disk_full", kind="server_error", headers={"x-should-retry": "false"})


def mistake() -> ApiError:
    """A mistake of ours: it is logged with its traceback and told without it."""
    return ApiError(500, "The built-in provider made a mistake; its log has the details.", kind="server_error")


async def answer_api_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error.as_response()


async def answer_os_error(request: Request, error: Exception) -> Response:
    """A disk that takes no more is told as such, wherever it happened; everything else is a mistake of ours."""
    assert isinstance(error, OSError)
    if error.errno not in NO_ROOM:
        raise error
    log.error("%s %s: %s", request.method, request.url.path, error.strerror)
    return disk_full().as_response()


async def answer_http_error(request: Request, error: Exception) -> Response:
    """Unknown address (404) and wrong method (405), as the router finds them."""
    assert isinstance(error, HTTPException)
    told = {
        404: (f"There is nothing at {request.method} {request.url.path}.", "unknown_url"),
        405: (f"{request.url.path} does not take {request.method}.", "method_not_allowed"),
    }
    message, code = told.get(error.status_code, (str(error.detail), None))
    return ApiError(error.status_code, message, code=code, headers=dict(error.headers or {})).as_response()
