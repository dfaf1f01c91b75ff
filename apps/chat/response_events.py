"""Reading what the Responses API sends: the events of a stream, and the whole object at its end.

The text of a stream is shown as it comes; what the end says of it wins. Events that nobody knows, events that come twice and events in
another order do no harm. Nothing here raises on a strange shape.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from apps.chat.deltas import MOST_CALLS, add_content, is_count, note_thinking, pictures_of, release_held, text_of
from apps.chat.likelihoods import add as add_likelihoods
from apps.chat.response_items import Items, beside_of, calls_of, likelihoods_of, texts_of, thoughts_of
from apps.runs.operations import Result, StreamState

REASONS: Final = {"max_output_tokens": "length", "content_filter": "content_filter"}
BETWEEN: Final = "\n\n"  # between two messages, or two parts of one
TEXT_EVENTS: Final = {"response.output_text.delta": "text", "response.refusal.delta": "refusal"}
THOUGHT_EVENTS: Final = {"response.reasoning_summary_text.delta": "summary_index", "response.reasoning_text.delta": "content_index"}
TERMINAL: Final = frozenset({"completed", "failed", "incomplete", "cancelled"})


class Reading:
    """What came so far. One for each answer."""

    def __init__(self) -> None:
        self.items = Items()
        self.response: Mapping[str, Any] = {}
        self.is_ended = False
        self.seen: set[tuple[Any, ...]] = set()
        self.raw: list[str] = []  # of the text, as it came
        self.place: tuple[Any, ...] | None = None
        self.thought_place: tuple[Any, ...] | None = None
        self.thought_kinds: dict[Any, str] = {}
        self.refusal = ""
        self.likelihoods: list[dict[str, Any]] = []


def reading_of(state: StreamState) -> Reading:
    reading: Reading = state.extra.setdefault("reading", Reading())
    return reading


def fold_event(data: Mapping[str, Any], state: StreamState) -> None:
    """Add one event, or a whole answer that came instead of events."""
    reading = reading_of(state)
    kind = str(data.get("type") or "")
    if data.get("object") == "response":
        _take_response(data, reading, is_end=str(data.get("status", "completed")) in TERMINAL)
    elif isinstance(data.get("response"), Mapping):
        _take_response(data["response"], reading, is_end=kind.removeprefix("response.") in TERMINAL)
    elif not _came_before(data, kind, reading):
        _take(kind, data, state, reading)
    if usage := read_usage(reading.response.get("usage")):
        state.usage = usage


def _take(kind: str, data: Mapping[str, Any], state: StreamState, reading: Reading) -> None:
    if kind in TEXT_EVENTS:
        _add_text(kind, data, state, reading)
    elif kind in THOUGHT_EVENTS:
        _add_thought(kind, data, state, reading)
    elif kind.startswith("response.output_item."):
        reading.items.put(data.get("output_index"), data.get("item"), is_done=kind.endswith(".done"))
        if kind.endswith(".done"):
            _take_pictures([data.get("item")], state)
    elif kind in {"response.function_call_arguments.delta", "response.custom_tool_call_input.delta"}:
        reading.items.grow(data.get("output_index"), text_of(data.get("delta")))
    elif kind == "response.output_text.annotation.added":
        reading.items.cite(data.get("annotation"))


def _came_before(data: Mapping[str, Any], kind: str, reading: Reading) -> bool:
    """Whether the very same event was here. A number alone tells nothing: some servers give all events the same."""
    number = data.get("sequence_number")
    if not is_count(number):
        return False
    where = (data.get("output_index"), data.get("content_index"), data.get("summary_index"))
    mark = (number, kind, *map(str, where), text_of(data.get("delta")))
    if mark in reading.seen:
        return True
    reading.seen.add(mark)
    return False


def _add_text(kind: str, data: Mapping[str, Any], state: StreamState, reading: Reading) -> None:
    piece = text_of(data.get("delta"))
    if not piece:
        return
    place = (str(data.get("output_index")), str(data.get("content_index")))
    if reading.place not in {None, place}:
        piece = BETWEEN + piece
    reading.place = place
    if TEXT_EVENTS[kind] == "refusal":
        reading.refusal += piece
    reading.raw.append(piece)
    add_content(state, piece)
    add_likelihoods(reading.likelihoods, {"content": data.get("logprobs")})
    note_thinking(state)


def _add_thought(kind: str, data: Mapping[str, Any], state: StreamState, reading: Reading) -> None:
    """Where a model tells its thoughts and a summary of them, what came first is shown."""
    piece, item = text_of(data.get("delta")), str(data.get("output_index"))
    if not piece or reading.thought_kinds.setdefault(item, kind) != kind:
        return
    place = (item, str(data.get(THOUGHT_EVENTS[kind])))
    state.add_thinking(BETWEEN + piece if reading.thought_place not in {None, place} else piece)
    reading.thought_place = place
    note_thinking(state)


def _take_response(response: Mapping[str, Any], reading: Reading, *, is_end: bool) -> None:
    if is_end or not reading.is_ended:
        reading.response, reading.is_ended = response, is_end


def _take_pictures(items: Iterable[Any], state: StreamState) -> None:
    for item in items:
        if isinstance(item, Mapping) and item.get("type") == "image_generation_call" and isinstance(item.get("result"), str):
            pictures_of(state).add(f"data:image/*;base64,{item['result']}")


def read_usage(usage: Any) -> dict[str, int]:
    """Token counts in our names; what was not told is absent."""
    if not isinstance(usage, Mapping):
        return {}
    asked, answered = usage.get("input_tokens_details"), usage.get("output_tokens_details")
    counts = {
        "input": usage.get("input_tokens"),
        "output": usage.get("output_tokens"),
        "cached": asked.get("cached_tokens") if isinstance(asked, Mapping) else None,
        "thinking": answered.get("reasoning_tokens") if isinstance(answered, Mapping) else None,
    }
    told = {name: int(count) for name, count in counts.items() if count is not None and is_count(count)}
    return told if any(told.values()) else {}


def finish_reading(state: StreamState) -> Result:
    """The answer: what its end says where it came, else what was read up to there."""
    reading = reading_of(state)
    output = reading.response.get("output")
    items = output if reading.is_ended and isinstance(output, list) and output else reading.items.as_list()
    _take_pictures(items, state)
    release_held(state)
    text, thinking = _words(items, state, reading)
    pictures = pictures_of(state)
    calls = calls_of(items)
    told = {"response": _kept(state, items, calls, pictures.as_told), "files": list(pictures.files), "notices": pictures.notices}
    beside = beside_of(items, reading.items.citations) | ({"asked": calls[:MOST_CALLS]} if calls else {})
    reason = _reason(reading, items, bool(calls))
    id = text_of(reading.response.get("id"))[:200]
    return Result(text, thinking, reason, dict(state.usage), beside=beside, remote_id=id, **told)


def _words(items: list[Any], state: StreamState, reading: Reading) -> tuple[str, str]:
    whole = BETWEEN.join(texts_of(items))
    thinking = state.thinking or BETWEEN.join(thoughts_of(items))
    if not reading.is_ended or not whole or whole == "".join(reading.raw):
        return state.text, thinking
    anew = StreamState()
    add_content(anew, whole)
    release_held(anew)
    return anew.text, thinking or anew.thinking


def _reason(reading: Reading, items: list[Any], has_calls: bool) -> str:
    """Why it ended, in the words of chat; "" for one that did not end."""
    status = reading.response.get("status") if reading.is_ended else ""
    if status == "incomplete":
        details = reading.response.get("incomplete_details")
        reason = text_of(details.get("reason")) if isinstance(details, Mapping) else ""
        return REASONS.get(reason, reason or "incomplete")
    if status != "completed":
        return text_of(status)[:40]
    if reading.refusal or any(_refuses(item) for item in items):
        return "refusal"
    return "tool_calls" if has_calls else "stop"


def _refuses(item: Any) -> bool:
    content = item.get("content") if isinstance(item, Mapping) else None
    return isinstance(content, list) and any(isinstance(part, Mapping) and part.get("refusal") for part in content)


def _kept(state: StreamState, items: list[Any], calls: list[dict[str, Any]], pictures: list[dict[str, Any]]) -> dict[str, Any]:
    """The object as received, pictures only named. What is asked and what came with it stand also where the pages of a chat look."""
    reading = reading_of(state)
    kept = {**reading.response, "object": "response", "output": [_without_bytes(item) for item in items]}
    message = {name: value for name, value in {"tool_calls": calls, "images": pictures}.items() if value}
    likely = reading.likelihoods or likelihoods_of(items)
    if message or likely:
        beside = {"logprobs": {"content": likely}} if likely else {}
        kept["choices"] = [{"index": 0, "message": {"role": "assistant", "content": None, **message}, **beside}]
    if thought := state.extra.get("thinking_ms"):
        kept["thinking_ms"] = thought
    return kept


def _without_bytes(item: Any) -> Any:
    is_picture = isinstance(item, Mapping) and item.get("type") == "image_generation_call" and item.get("result")
    return {**item, "result": "…"} if is_picture else item
