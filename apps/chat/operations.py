"""The chat answer: `POST /chat/completions`, streamed.

Parameters are `messages` and, beside it, exactly those settings of the API that a person changed,
under the API's own names.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.chat import acts
from apps.chat.answer_forms import KEPT as KEPT_FORM
from apps.chat.answer_forms import asked_in_words
from apps.chat.answer_parts import seconds_of
from apps.chat.citations import add_annotations, sources_of
from apps.chat.continuing import GO_ON
from apps.chat.deltas import (
    MOST_CALLS,
    add_content,
    add_tool_calls,
    answer_text,
    note_thinking,
    pictures_of,
    read_usage,
    release_held,
    sieve_of,
    text_of,
    thinking_text,
    tool_call_of,
)
from apps.chat.history import BROUGHT
from apps.chat.likelihoods import add as add_likelihoods
from apps.chat.reading_in import filled
from apps.chat.texts import turn_of, whole
from apps.runs import keepers
from apps.runs.costs import tokens_in
from apps.runs.gates import CHAT, Typed
from apps.runs.operations import Estimate, InputFile, Operation, Params, Prices, Result, StreamState
from gateway.types import ApiEvent, ApiRequest, ApiResponse

if TYPE_CHECKING:
    from apps.runs.models import Run

CUT_SHORT = ("length", "content_filter", "refusal")
OURS = frozenset({"model", "messages", "stream", "stream_options", KEPT_FORM})
KEPT = ("id", "created", "model", "system_fingerprint", "service_tier")
MESSAGE_TOKENS = 4  # what a role and its marks cost
FILE_TOKENS = 1000  # of a picture; nobody knows it of sound and of a PDF
TYPICAL_ANSWER = 500


class ChatReply(Operation):
    name: ClassVar[str] = "chat.reply"
    title: ClassVar[Any] = _("Chat answer")
    icon: ClassVar[str] = "message-square"
    endpoint: ClassVar[str] = "chat"
    streams: ClassVar[bool] = True
    page_url: ClassVar[str] = "chat:conversation"
    result_template: ClassVar[str] = "chat/_result.html"

    again_template: ClassVar[str] = "chat/_again.html"

    def again_url(self, run: "Run") -> str:
        return acts.address("again", run) if run.parent_kind == "chat" else super().again_url(run)

    def ways_on(self, run: "Run") -> Mapping[str, str]:
        return {**super().ways_on(run), **acts.ways_on(run)}

    def text_before(self, run: "Run") -> str:
        turn = turn_of(run) if run.parent_kind == "chat" else None
        return str(turn.text) if turn else ""

    def whole_text(self, run: "Run") -> str:
        return whole(self.text_before(run), run.text)

    def build_request(self, model: str, params: Params, files: Sequence[InputFile]) -> ApiRequest:
        chosen = {name: value for name, value in params.items() if name not in OURS and value is not None}
        if isinstance(chosen.get("modalities"), str):  # kept as one word, so that it can be left out where it is refused
            chosen["modalities"] = chosen["modalities"].split(",")
        body = {
            "model": model,
            "messages": self.messages(params, files),
            **chosen,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        return ApiRequest("POST", "/chat/completions", json=body, stream=True)

    def messages(self, params: Params, files: Sequence[InputFile]) -> list[Any]:
        """The messages as they are sent: with the bytes of attachments, and the form of the answer in words where it is no parameter."""
        messages = [
            {name: value for name, value in each.items() if name != BROUGHT} if BROUGHT in each else each for each in params["messages"]
        ]
        return list(filled(asked_in_words(messages, params), files))

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
            if isinstance(choice, Mapping):
                _fold_choice(choice, state)

    def finish(self, state: StreamState) -> Result:
        release_held(state)
        if state.extra.get("tool_calls") and state.finish_reason not in CUT_SHORT:  # some servers say "stop" with calls too
            state.finish_reason = state.finish_reason and "tool_calls"
        pictures = pictures_of(state)
        told = {"response": _response(state), "files": list(pictures.files), "notices": pictures.notices}
        sources = sources_of(state.extra.get("annotations", ()))
        asked = [tool_call_of(call) for call in state.extra.get("tool_calls", ())][:MOST_CALLS]
        beside = {name: value for name, value in {"sources": sources, "asked": asked}.items() if value}
        return Result(state.text, state.thinking, state.finish_reason, dict(state.usage), beside=beside, **told)

    def refine(self, result: Result, params: Params, files: Sequence[InputFile]) -> Result:
        return keepers.looked_at(result, "picture")

    def has_brought(self, run: "Run") -> bool:
        message = _message_of(run.response)
        return super().has_brought(run) or bool(message.get("images") or run.beside.get("asked"))

    def thought_for(self, run: "Run") -> float | None:
        return seconds_of(run)

    def ready(self, run: "Run") -> str:
        pictures = run.files.filter(role="output").count()
        told = ngettext("%(n)s picture is ready.", "%(n)s pictures are ready.", pictures) % {"n": pictures} if pictures else ""
        return " ".join(part for part in (super().ready(run) if run.text or not pictures else "", told) if part)

    def estimate(self, params: Params, files: Sequence[InputFile], prices: Prices) -> Estimate:
        messages = params.get("messages", ())
        content = sum(count_tokens(message.get("content")) for message in messages)
        return estimate_of(content, len(messages), params, prices)

    def typed(self, params: Params) -> Typed:
        """The instructions, all messages of people, and imports: some may have been written before anybody wanted them looked at."""
        told = [each for each in params.get("messages", ()) if each.get("role") != "assistant" or each.get(BROUGHT)]
        written = [text_of(message.get("content")) for message in told]
        return Typed(CHAT, tuple(text for text in written if text != str(GO_ON)))

    def summary(self, params: Params) -> str:
        asked = [text_of(message.get("content")) for message in params.get("messages", ()) if message.get("role") == "user"]
        asked = [text for text in asked if text != str(GO_ON)]
        return " ".join(asked[-1][:400].split())[:200] if asked else ""


def count_tokens(content: Any) -> int:
    """About how many tokens a message's content has."""
    if isinstance(content, list):
        return sum(count_tokens(part.get("text")) if part.get("type") == "text" else FILE_TOKENS for part in content)
    return tokens_in(content) if isinstance(content, str) else 0


def estimate_of(content: int, messages: int, params: Params, prices: Prices) -> Estimate:
    """From the tokens of all contents and the number of messages. An answer without a limit is taken as an ordinary one."""
    asked = 3 + content + MESSAGE_TOKENS * messages
    limit = params.get("max_completion_tokens") or params.get("max_tokens") or TYPICAL_ANSWER
    answered = int(limit) * int(params.get("n") or 1)
    return Estimate(asked, answered, prices.cost_of_tokens(asked, answered))


def _fold_choice(choice: Mapping[str, Any], state: StreamState) -> None:
    index = choice.get("index") or 0
    if index != 0:
        return _fold_other(index, choice, state)
    add_likelihoods(state.extra.setdefault("likelihoods", []), choice.get("logprobs"))
    calls, pictures = state.extra.setdefault("tool_calls", []), pictures_of(state)
    delta = _delta(choice, bool(state.answer.length or state.thoughts.length or calls or pictures.files))
    pictures.read_choice(choice)
    thought, refusal = thinking_text(delta), text_of(delta.get("refusal"))
    add_annotations(state.extra.setdefault("annotations", []), delta.get("annotations"))
    if thought:
        state.add_thinking(thought)
    if refusal:
        state.extra["refusal"] = state.extra.get("refusal", "") + refusal
    add_content(state, answer_text(delta) + refusal)
    note_thinking(state)
    add_tool_calls(calls, delta.get("tool_calls"))
    if isinstance(delta.get("function_call"), dict):  # what tool calls were before
        add_tool_calls(calls, [{"index": 0, "function": delta["function_call"]}])
    reason = choice.get("finish_reason")
    if isinstance(reason, str) and reason and not state.finish_reason:
        state.extra["finish_reason"] = reason
        state.finish_reason = "refusal" if state.extra.get("refusal") else reason[:40]
    return None


def _fold_other(index: Any, choice: Mapping[str, Any], state: StreamState) -> None:
    """With n above 1 the first choice is the answer; the others are kept in the response."""
    others = state.extra.setdefault("others", {})
    other = others.setdefault(str(index), {"text": "", "finish_reason": ""})
    pictures_of(state).read_choice(choice)
    other["text"] += sieve_of(state, str(index)).feed(answer_text(_delta(choice, bool(other["text"]))))
    other["finish_reason"] = other["finish_reason"] or text_of(choice.get("finish_reason"))


def _delta(choice: Mapping[str, Any], has_text: bool) -> dict[str, Any]:
    """The new part of a choice. Some servers send one whole message; after deltas it only repeats them."""
    delta = choice.get("delta")
    if isinstance(delta, dict) and delta:
        return delta
    message = choice.get("message")
    return message if isinstance(message, dict) and not has_text else {}


def _message_of(response: Any) -> dict[str, Any]:
    """The first message of a stored answer; empty where none is kept."""
    choices = response.get("choices") if isinstance(response, dict) else None
    first = choices[0] if isinstance(choices, list) and choices else None
    message = first.get("message") if isinstance(first, dict) else None
    return message if isinstance(message, dict) else {}


def _response(state: StreamState) -> dict[str, Any]:
    """The stream put together in the shape of an answer that was not streamed."""
    message: dict[str, Any] = {"role": "assistant", "content": state.text}
    if state.extra.get("refusal"):
        message |= {"content": None, "refusal": state.extra["refusal"]}
    if state.thinking:
        message["reasoning_content"] = state.thinking
    if images := pictures_of(state).as_told:
        message["images"] = images
    if state.extra.get("tool_calls"):
        message["tool_calls"] = [tool_call_of(call) for call in state.extra["tool_calls"]]
    if state.extra.get("annotations"):
        message["annotations"] = state.extra["annotations"]
    choices: list[dict[str, Any]] = [{"index": 0, "message": message, "finish_reason": state.extra.get("finish_reason")}]
    if state.extra.get("likelihoods"):
        choices[0]["logprobs"] = {"content": state.extra["likelihoods"]}
    for index, other in state.extra.get("others", {}).items():
        other["text"] += sieve_of(state, index).end()
        choices.append(
            {"index": index, "message": {"role": "assistant", "content": other["text"]}, "finish_reason": other["finish_reason"]}
        )
    thought = {"thinking_ms": state.extra["thinking_ms"]} if state.extra.get("thinking_ms") else {}
    return {**state.extra.get("head", {}), **thought, "object": "chat.completion", "choices": choices, "usage": state.extra.get("usage")}
