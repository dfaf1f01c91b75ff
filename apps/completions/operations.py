"""A text is continued: `POST /completions`, streamed.

Parameters are `prompt`, `max_tokens` and those settings of the API that a person changed, under the API's own names.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.providers.completion_settings import USUAL_LENGTH
from apps.runs.costs import tokens_in
from apps.runs.gates import CHAT, Typed
from apps.runs.operations import Estimate, InputFile, Operation, Params, Prices, Result, StreamState
from gateway.types import ApiEvent, ApiRequest, ApiResponse

if TYPE_CHECKING:
    from apps.runs.models import Run

OURS: Final = frozenset({"model", "stream", "stream_options"})
KEPT: Final = ("id", "created", "model", "system_fingerprint")
DISGUISED: Final = "Internal error:"  # LocalAI writes an error as the answer, as if the model had said it


class ContinueText(Operation):
    name: ClassVar[str] = "completions.continue"
    title: ClassVar[Any] = gettext_lazy("Continued text")
    icon: ClassVar[str] = "text-cursor-input"
    endpoint: ClassVar[str] = "completions"
    streams: ClassVar[bool] = True
    is_markdown: ClassVar[bool] = False
    is_verbatim: ClassVar[bool] = True
    page_url: ClassVar[str] = "completions:text"
    declined: ClassVar[Any] = gettext_lazy("The model declined to go on with this text.")
    result_template: ClassVar[str] = "completions/_result.html"
    card_template: ClassVar[str] = "completions/_card.html"
    active_template: ClassVar[str] = "completions/_active.html"

    def page_of(self, run: "Run") -> str:
        return reverse(self.page_url, args=[run.pk])

    def ways_on(self, run: "Run") -> Mapping[str, str]:
        """The form with its words in it, where they are written anew or another model is chosen."""
        page = f"{reverse('completions:new')}?from={run.pk}"
        return {**super().ways_on(run), "model": page, "wording": page}

    def build_request(self, model: str, params: Params, files: Sequence[InputFile]) -> ApiRequest:
        chosen = {name: value for name, value in params.items() if name not in OURS and value is not None}
        body = {"model": model, **chosen, "stream": True, "stream_options": {"include_usage": True}}
        return ApiRequest("POST", "/completions", json=body, stream=True)

    def parse_response(self, response: ApiResponse) -> Result:
        state = StreamState()
        if isinstance(response.json, Mapping):
            self.fold(ApiEvent(response.json), state)
        return self.finish(state)

    def fold(self, event: ApiEvent, state: StreamState) -> None:
        data = event.data
        state.extra.setdefault("head", {}).update({key: data[key] for key in KEPT if data.get(key)})
        usage = read_usage(data.get("usage"))
        if usage:  # cumulative where it comes often: the last one counts
            state.usage = usage
            state.extra["usage"] = data["usage"]
        choices = data.get("choices")
        for choice in choices if isinstance(choices, list) else []:
            if isinstance(choice, Mapping) and not choice.get("index"):
                _fold_choice(choice, state)

    def finish(self, state: StreamState) -> Result:
        choice = {"index": 0, "text": state.text, "logprobs": None, "finish_reason": state.finish_reason or None}
        response = {**state.extra.get("head", {}), "object": "text_completion", "choices": [choice], "usage": state.extra.get("usage")}
        result = Result(state.text, "", state.finish_reason, dict(state.usage), response)
        if state.text.lstrip().startswith(DISGUISED):
            result.notices = [_("This looks like an error of the server, sent as if it were text.")]
        return result

    def estimate(self, params: Params, files: Sequence[InputFile], prices: Prices) -> Estimate:
        asked = tokens_in(str(params.get("prompt", ""))) + tokens_in(str(params.get("suffix", "")))
        most = int(params.get("max_tokens") or USUAL_LENGTH)
        return Estimate(asked, most, prices.cost_of_tokens(asked, most))

    def typed(self, params: Params) -> Typed:
        texts = (str(params.get(name) or "") for name in ("prompt", "suffix"))
        return Typed(CHAT, tuple(text for text in texts if text))

    def summary(self, params: Params) -> str:
        """The end of the text: there it goes on, and what is written on begins alike each time."""
        words = " ".join(str(params.get("prompt", ""))[-400:].split())
        return words if len(words) <= SHOWN else f"…{words[-SHOWN:]}"


SHOWN: Final = 150  # characters


def _fold_choice(choice: Mapping[str, Any], state: StreamState) -> None:
    text = text_of(choice)
    if text:
        state.add_text(text)
    reason = choice.get("finish_reason")
    if isinstance(reason, str) and reason and not state.finish_reason:
        state.finish_reason = reason[:40]


def text_of(choice: Mapping[str, Any]) -> str:
    """The new piece. Some gateways answer in the shape of a chat, whatever was asked."""
    text = choice.get("text")
    if isinstance(text, str):
        return text
    inner = choice.get("delta") or choice.get("message")
    content = inner.get("content") if isinstance(inner, Mapping) else None
    return content if isinstance(content, str) else ""


def read_usage(usage: Any) -> dict[str, int]:
    """Token counts in our names. All zeros is how some servers say that they did not count."""
    if not isinstance(usage, Mapping):
        return {}
    details = usage.get("prompt_tokens_details")
    counts = {
        "input": usage.get("prompt_tokens"),
        "output": usage.get("completion_tokens"),
        "cached": details.get("cached_tokens") if isinstance(details, Mapping) else None,
    }
    told = {name: count for name, count in counts.items() if type(count) is int and 0 <= count < 2**53}
    return told if any(told.values()) else {}
