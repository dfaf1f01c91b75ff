"""What a stream of a transcription brings: words as they come, segments with times, and the end.

Servers differ: OpenAI sends `transcript.text.delta` and `.done`, for speakers also `.segment`; others send pieces of chat
answers, or whole answers one after the other. Words of one kind of event are taken, those of the others only repeat them.
"""

from collections.abc import Mapping
from typing import Any

from apps.runs.operations import StreamState
from apps.transcription.answers import mappings, read_object, segments_of, usage_of

DELTA, SEGMENT, DONE = "transcript.text.delta", "transcript.text.segment", "transcript.text.done"


def fold(data: Mapping[str, Any], state: StreamState) -> None:
    """One event. What is none of them is ignored."""
    kind = data.get("type")
    if kind == DELTA:
        _add(state, "delta", data.get("delta"))
        state.extra.setdefault("logprobs", []).extend(mappings(data.get("logprobs")))
    elif kind == SEGMENT:
        _add_segment(data, state)
    elif kind == DONE:
        state.extra["done"] = dict(data)
        state.finish_reason = "stop"
    elif isinstance(data.get("choices"), list):
        _fold_choices(data, state)
    elif kind is None and ("text" in data or "segments" in data):
        _add_whole(data, state)
    state.usage |= usage_of(data) if kind == DONE or "usage" in data else {}


def put_together(state: StreamState) -> dict[str, Any]:
    """The stream in the shape of an answer that was not streamed."""
    wholes, done = state.extra.get("wholes", []), state.extra.get("done", {})
    answer: dict[str, Any] = dict(wholes[-1]) if wholes else {}
    segments = [*state.extra.get("segments", []), *(segment for whole in wholes for segment in segments_of(whole))]
    answer |= {name: value for name, value in done.items() if name != "type" and value}
    if segments:
        answer["segments"] = segments
    if state.extra.get("logprobs") and not answer.get("logprobs"):
        answer["logprobs"] = state.extra["logprobs"]
    if len(wholes) > 1 or not isinstance(answer.get("text"), str) or not answer["text"].strip():
        answer["text"] = state.text
    return read_object(answer)


def _add(state: StreamState, source: str, piece: Any) -> None:
    """Words for the page. The first kind of event that has any is the one that is read."""
    if not isinstance(piece, str) or not piece or state.extra.setdefault("source", source) != source:
        return
    if state.answer.length and state.extra.pop("is_new_line", False):
        state.add_text("\n" + piece.lstrip())
    else:
        state.add_text(f" {piece}" if source != "delta" and state.answer.length and not piece[:1].isspace() else piece)


def _add_segment(data: Mapping[str, Any], state: StreamState) -> None:
    """Each is a line of its own while it comes; of a stream that tells the words too it ends a line."""
    state.extra.setdefault("segments", []).append({name: value for name, value in data.items() if name != "type"})
    if state.extra.get("source") == "segment":
        state.extra["is_new_line"] = True
    _add(state, "segment", data.get("text"))
    state.extra["is_new_line"] = True


def _add_whole(data: Mapping[str, Any], state: StreamState) -> None:
    """A server that was asked for a stream and answers whole, or with one whole answer for each piece of the sound."""
    whole = read_object(data)
    state.extra.setdefault("wholes", []).append(whole)
    state.finish_reason = "stop"
    _add(state, "whole", whole["text"])


def _fold_choices(data: Mapping[str, Any], state: StreamState) -> None:
    for choice in mappings(data["choices"])[:1]:
        delta = choice.get("delta")
        _add(state, "delta", delta.get("content") if isinstance(delta, Mapping) else choice.get("text"))
        if choice.get("finish_reason"):
            state.finish_reason = "stop"
