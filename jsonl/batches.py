"""Requests of a batch: one on each line. Source: OpenAI's specification (BatchRequestInput) and its guide to batches."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from jsonl.messages import judge_messages
from jsonl.talks import REQUEST, Talk
from jsonl.tools import judge_tools
from jsonl.values import Found, Told, is_text, kind_of, short, unknown_keys

MOST_LINES: Final = 50_000
MOST_INPUTS: Final = 50_000  # texts of all requests for embeddings
# Where a request may go, and the fields that its body cannot do without.
ENDPOINTS: Final = {
    "/v1/responses": (),
    "/v1/chat/completions": ("messages",),
    "/v1/embeddings": ("input",),
    "/v1/completions": ("prompt",),
    "/v1/moderations": ("input",),
    "/v1/images/generations": ("prompt",),
    "/v1/images/edits": ("prompt",),
}
WITHOUT_MODEL: Final = frozenset({"/v1/moderations", "/v1/images/generations", "/v1/images/edits"})
KEYS: Final = frozenset({"custom_id", "method", "url", "body"})


def judge_request(value: Mapping[str, Any], told: Told) -> Iterator[Found]:
    yield from unknown_keys(value, KEYS)
    if is_text(value.get("custom_id")):
        told.id = value["custom_id"]
    else:
        yield "id", {}
    if value.get("method") != "POST":
        yield "method", {"found": short(value.get("method"))}
    yield from _judge_url(value.get("url"), told)
    body = value.get("body")
    if not isinstance(body, Mapping):
        yield "no_object", {"name": "body"}
        return
    yield from _judge_body(body, told)


def _judge_url(url: Any, told: Told) -> Iterator[Found]:
    if not isinstance(url, str):
        yield "url", {"found": kind_of(url)}
    elif url in ENDPOINTS:
        told.url = url
    elif (wanted := "/v1/" + url.strip("/").removeprefix("v1/")) in ENDPOINTS:
        yield "url_version", {"found": short(url), "wanted": wanted}
    else:
        yield "url", {"found": short(url)}


def _judge_body(body: Mapping[str, Any], told: Told) -> Iterator[Found]:
    if is_text(body.get("model")):
        told.model = body["model"]
    elif told.url not in WITHOUT_MODEL:
        yield "no_text", {"name": "model"}
    if body.get("stream"):
        yield "stream", {}
    for name in ENDPOINTS.get(told.url, ()):
        if name not in body:
            yield "missing", {"name": name}
    if told.url == "/v1/responses":
        yield from _judge_response(body, told)
    elif "messages" in body:
        talk = Talk(told, REQUEST)
        yield from judge_tools(body.get("tools"), talk)
        yield from (found for found in judge_messages(body["messages"], talk) if found[0] != "key")
    elif "input" in body:
        yield from _judge_input(body["input"], told)
    elif "prompt" in body:
        yield from _judge_prompt(body["prompt"], told)


def _judge_response(body: Mapping[str, Any], told: Told) -> Iterator[Found]:
    """Its input is a text or a list of items; what items may be is the service's to say."""
    asked = body.get("input")
    if isinstance(asked, str):
        told.texts.append(asked)
    elif asked is None and "prompt" not in body and "conversation" not in body and "previous_response_id" not in body:
        yield "missing", {"name": "input"}
    elif asked is not None and not isinstance(asked, list):
        yield "inputs", {}
    for text in (body.get("instructions"), *(_item_texts(asked) if isinstance(asked, list) else ())):
        if isinstance(text, str):
            told.texts.append(text)


def _item_texts(items: list[Any]) -> Iterator[Any]:
    for item in items:
        content = item.get("content") if isinstance(item, Mapping) else None
        if isinstance(content, list):
            yield from (part.get("text") for part in content if isinstance(part, Mapping))
        else:
            yield content


def _judge_input(asked: Any, told: Told) -> Iterator[Found]:
    if isinstance(asked, str):
        told.inputs += 1
        told.texts.append(asked)
        if not asked:
            yield "no_text", {"name": "input"}
    elif isinstance(asked, list) and asked:
        told.inputs += 1 if isinstance(asked[0], int) else len(asked)
        told.texts += [each for each in asked if isinstance(each, str)]
    else:
        yield "inputs", {}


def _judge_prompt(asked: Any, told: Told) -> Iterator[Found]:
    texts = asked if isinstance(asked, list) else [asked]
    told.texts += [each for each in texts if isinstance(each, str)]
    if not asked or not isinstance(asked, (str, list)):
        yield "no_text", {"name": "prompt"}
