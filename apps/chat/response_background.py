"""Answers of the Responses API in background: created with `store`, looked at by their id, cancelled there. Pure."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from apps.chat.deltas import text_of
from apps.chat.response_requests import YES
from apps.runs.operations import Params
from apps.runs.remote import Remote
from gateway import GatewayError, Lost
from gateway.stream_errors import error_of
from gateway.types import ApiRequest, ApiResponse

PENDING: Final = frozenset({"queued", "in_progress"})


class ResponseInBackground(Remote):
    def is_wanted(self, params: Params) -> bool:
        return params.get("in_background") == YES

    def id_of(self, answer: ApiResponse) -> str:
        return text_of(_object(answer).get("id"))[:200]

    def is_pending(self, answer: ApiResponse) -> bool:
        return _object(answer).get("status") in PENDING

    def failure_of(self, answer: ApiResponse) -> GatewayError | None:
        told = _object(answer)
        if told.get("status") == "failed":
            return error_of({"error": told.get("error") or "The provider could not finish this answer."}, (), has_content=True)
        if told.get("status") == "cancelled":
            return Lost("stream_error", "The provider has ended this answer before it was ready.")
        if told.get("object") != "response" and "output" not in told:
            return Lost("bad_answer", "What the provider sent is no answer.")
        return None

    def look(self, remote_id: str) -> ApiRequest:
        return ApiRequest("GET", _path(remote_id))

    def stop(self, remote_id: str) -> ApiRequest:
        return ApiRequest("POST", f"{_path(remote_id)}/cancel", json={})


def _object(answer: ApiResponse) -> Mapping[str, Any]:
    return answer.json if isinstance(answer.json, Mapping) else {}


def _path(remote_id: str) -> str:
    return f"/responses/{quote(remote_id, safe='')}"
