"""Answers that ask for functions, keep to a schema, or tell how likely their words were, as servers were seen to send them."""

import json
import re
from collections.abc import Iterator
from typing import Any

from tests.loopback.asking import Ask
from tests.loopback.frames import chunk, completion, delta, error, frame, usage
from tests.loopback.telling import ending, open_stream
from tests.loopback.wire import Exchange

CHAT_TOOLS = ("tools", "tools-whole", "tools-cut")
CHAT_FORMS = ("fields", "fields-wrong", "refuses-response_format", "likelihoods", "citations", "declines")
HANGUL = re.compile("[\uac00-\ud7a3]")
QUERY = "opening hours of the harbour museum"
KOREAN = "항구 박물관은 다음과 같습니다: "


async def answer_with_tools(exchange: Exchange, ask: Ask) -> None:
    """Asks for `times` (1) of its functions; once a reply is there it answers with the words of it, in the language of the question."""
    messages = ask.body.get("messages") or [{}]
    if messages[-1].get("role") == "tool":
        replies = [message["content"] for message in messages if message.get("role") == "tool"]
        await _tell(
            exchange, ask, [{"content": piece} for piece in ((KOREAN if HANGUL.search(ask.text) else "Found: "), " ".join(replies))]
        )
        return
    tools = ask.body.get("tools") or []
    if not tools or ask.body.get("tool_choice") == "none":
        await _tell(exchange, ask, [{"content": "No function is at hand."}])
        return
    calls = [_call(tools[number % len(tools)]["function"], number) for number in range(ask.option("times", 1))]
    if ask.name == "tools-cut":
        await open_stream(exchange, ask)
        exchange.write(delta(ask.model, tool_calls=[{**calls[0], "function": {"name": "search", "arguments": '{"que'}}]))
        exchange.close()
        return
    if ask.name == "tools-whole":  # neither ids nor text, and the reason is that of words
        await _tell(
            exchange, ask, [{"tool_calls": [{"index": 0, "function": call["function"] | {"arguments": _values(call)}}]} for call in calls]
        )
        return
    await _tell(exchange, ask, list(_pieces(calls)), "tool_calls")


def _call(function: dict[str, Any], number: int) -> dict[str, Any]:
    properties = (function.get("parameters") or {}).get("properties") or {}
    values = {name: sample(told, name) for name, told in properties.items()}
    arguments = json.dumps(values, ensure_ascii=False)
    return {"index": number, "id": f"call_loop{number}", "type": "function", "function": {"name": function["name"], "arguments": arguments}}


def _values(call: dict[str, Any]) -> Any:
    return json.loads(call["function"]["arguments"])


def _pieces(calls: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Names first, then the arguments of all calls in turns, three letters at a time."""
    for call in calls:
        yield {"tool_calls": [{**call, "function": {"name": call["function"]["name"], "arguments": ""}}]}
    longest = max(len(call["function"]["arguments"]) for call in calls)
    for at in range(0, longest, 3):
        yield {
            "tool_calls": [
                {"index": call["index"], "function": {"arguments": call["function"]["arguments"][at : at + 3]}} for call in calls
            ]
        }


def sample(schema: dict[str, Any], name: str = "") -> Any:
    """A value that fits a schema."""
    kind = schema.get("type", "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if schema.get("enum"):
        return schema["enum"][0]
    if kind == "object":
        return {each: sample(told, each) for each, told in (schema.get("properties") or {}).items()}
    if kind == "array":
        return [sample(schema.get("items") or {}, name)] * 2
    return {"integer": 41, "number": 1.5, "boolean": True, "null": None}.get(kind, QUERY if name == "query" else f"some {name}")


async def answer_in_form(exchange: Exchange, ask: Ask) -> None:
    """Keeps to the schema of `response_format`; without one it writes a fenced object that it was asked for in words."""
    form = ask.body.get("response_format")
    if form and ask.name == "refuses-response_format":
        exchange.whole(
            400, error("'response_format' is not supported with this model.", code="unsupported_parameter", param="response_format")
        )
        return
    schema = ((form or {}).get("json_schema") or {}).get("schema")
    value = sample(schema) if schema else {"name": "Ida", "age": 41}
    if ask.name == "fields-wrong":
        value = {"name": 7, "more": "=1+1"}
    text = json.dumps(value, ensure_ascii=False)
    await _tell(exchange, ask, [{"content": text if form else f"Here it is:\n```json\n{text}\n```"}])


async def answer_oddly(exchange: Exchange, ask: Ask) -> None:
    """Words with their likelihoods, with sources, or a refusal."""
    if ask.name == "declines":
        await _tell(exchange, ask, [{"refusal": "I cannot help "}, {"refusal": "with that."}])
        return
    if ask.name == "citations":
        source = {
            "type": "url_citation",
            "url_citation": {"url": "https://example.org/guide", "title": "The guide", "start_index": 0, "end_index": 4},
        }
        bad = {"type": "url_citation", "url_citation": {"url": "javascript:alert(1)", "title": "<b>bad</b>"}}
        await _tell(exchange, ask, [{"content": "Boats float."}, {"content": "", "annotations": [source, bad]}])
        return
    await open_stream(exchange, ask)
    for token, likely in (("Boats", -0.01), (" float", -0.7), (" <often>", -2.5), (".", -0.2)):
        told = {"content": [{"token": token, "logprob": likely, "bytes": [], "top_logprobs": []}]} if ask.body.get("logprobs") else None
        choice = {"index": 0, "delta": {"content": token}, "logprobs": told, "finish_reason": None}
        exchange.write(frame(chunk(ask.model, [choice])))
    exchange.write(b"".join(ending(ask, "stop", usage(ask, 4))))
    exchange.end()


async def _tell(exchange: Exchange, ask: Ask, deltas: list[dict[str, Any]], finish: str = "stop") -> None:
    if not ask.streams:
        exchange.whole(200, completion(ask, "".join(str(each.get("content") or "") for each in deltas), finish))
        return
    await open_stream(exchange, ask)
    for parts in deltas:
        exchange.write(delta(ask.model, **parts))
    exchange.write(b"".join(ending(ask, finish, usage(ask, len(deltas)))))
    exchange.end()
