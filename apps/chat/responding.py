"""The chat answer by the Responses API: `POST /responses`, streamed. The same conversation, card and receipt as `chat.reply`.

Parameters are those of chat completions (`response_requests` tells them anew), and what only this way has: `store`, `in_background`,
`reasoning_summary` and the provider's own tools.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from apps.chat.operations import ChatReply
from apps.chat.response_background import ResponseInBackground
from apps.chat.response_events import finish_reading, fold_event
from apps.chat.response_requests import OURS_FOR, body_of
from apps.runs.operations import InputFile, Params, Result, StreamState
from gateway.types import ApiEvent, ApiRequest, ApiResponse


class ChatRespond(ChatReply):
    name: ClassVar[str] = "chat.respond"
    title: ClassVar[Any] = _("Chat answer")
    endpoint: ClassVar[str] = "responses"
    remote = ResponseInBackground()

    def build_request(self, model: str, params: Params, files: Sequence[InputFile]) -> ApiRequest:
        body = body_of(model, params, self.messages(params, files))
        if self.remote.is_wanted(params):
            return ApiRequest("POST", "/responses", json={**body, "background": True})
        return ApiRequest("POST", "/responses", json={**body, "stream": True}, stream=True)

    def setting_of(self, parameter: str) -> str:
        return OURS_FOR.get(parameter) or OURS_FOR.get(super().setting_of(parameter)) or super().setting_of(parameter)

    def parse_response(self, response: ApiResponse) -> Result:
        state = StreamState()
        if isinstance(response.json, Mapping):
            self.fold(ApiEvent(response.json), state)
        return self.finish(state)

    def fold(self, event: ApiEvent, state: StreamState) -> None:
        fold_event(event.data, state)

    def finish(self, state: StreamState) -> Result:
        return finish_reading(state)
