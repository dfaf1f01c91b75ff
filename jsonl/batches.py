"""Requests of a batch: one on each line. Source: OpenAI's specification (BatchRequestInput) and its guide to batches."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from jsonl.messages import judge_messages
from jsonl.talks import REQUEST, Talk
from jsonl.tools import judge_parallel, judge_tools
from jsonl.values import Found, Told, is_text, kind_of, short, unknown_keys

MOST_LINES: Final = 50_000
MOST_INPUTS: Final = 50_000  # texts of all requests for embeddings
MOST_ENTRIES: Final = 2_048  # of one
MOST_PICTURES: Final = 16  # that are edited at once
LONGEST_PROMPT: Final = 32_000  # letters, for a picture
# Where a request may go, and the fields that its body cannot do without.
ENDPOINTS: Final = {
    "/v1/responses": (),
    "/v1/chat/completions": ("messages",),
    "/v1/embeddings": ("input",),
    "/v1/completions": ("prompt",),
    "/v1/moderations": ("input",),
    "/v1/images/generations": ("prompt",),
    "/v1/images/edits": ("prompt", "images"),
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
    if told.url in _BODIES:
        yield from _BODIES[told.url](body, told)
    elif not told.url and "messages" in body:  # its address is wrong, and what it says is looked at all the same
        yield from _judge_chat(body, told)


def _judge_chat(body: Mapping[str, Any], told: Told) -> Iterator[Found]:
    """Which fields a request may have besides is the service's to say."""
    talk = Talk(told, REQUEST)
    yield from judge_parallel(body)
    yield from judge_tools(body.get("tools"), talk)
    if "messages" in body:
        yield from (found for found in judge_messages(body["messages"], talk) if found[0] != "key")


def _judge_response(body: Mapping[str, Any], told: Told) -> Iterator[Found]:
    """Its input is a text or a list of items; what items may be is the service's to say."""
    asked = body.get("input")
    if isinstance(asked, str):
        told.texts.append(asked)
    elif asked is None and "prompt" not in body and "conversation" not in body and "previous_response_id" not in body:
        yield "missing", {"name": "input"}
    elif asked is not None and (not isinstance(asked, list) or not all(isinstance(item, Mapping) for item in asked)):
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


def _judge_embedding(body: Mapping[str, Any], told: Told) -> Iterator[Found]:
    """A text, several, the numbers of one, or of several."""
    asked = body.get("input")
    if not isinstance(asked, list):
        yield from _judge_text_input(body, told)
        return
    if _are_numbers(asked):
        told.inputs += 1
    elif asked and (all(isinstance(each, str) for each in asked) or all(isinstance(each, list) and _are_numbers(each) for each in asked)):
        told.inputs += len(asked)
        yield from _judge_texts(asked, told)
        if len(asked) > MOST_ENTRIES:
            yield "many_entries", {"name": "input", "have": len(asked), "most": MOST_ENTRIES}
    else:
        yield "inputs", {}


def _are_numbers(asked: list[Any]) -> bool:
    return bool(asked) and all(isinstance(each, int) and not isinstance(each, bool) for each in asked)


def _judge_moderation(body: Mapping[str, Any], told: Told) -> Iterator[Found]:
    """A text, several, or the parts of one: texts and pictures."""
    asked = body.get("input")
    if not isinstance(asked, list):
        yield from _judge_text_input(body, told)
    elif asked and all(isinstance(each, str) for each in asked):
        yield from _judge_texts(asked, told)
    elif asked and all(_is_part(each) for each in asked):
        told.texts += [each["text"] for each in asked if each["type"] == "text"]
        told.images += sum(each["type"] == "image_url" for each in asked)
    else:
        yield "inputs", {}


def _is_part(part: Any) -> bool:
    if not isinstance(part, Mapping):
        return False
    if part.get("type") == "text":
        return isinstance(part.get("text"), str)
    image = part.get("image_url")
    return part.get("type") == "image_url" and isinstance(image, Mapping) and is_text(image.get("url"))


def _judge_text_input(body: Mapping[str, Any], told: Told) -> Iterator[Found]:
    asked = body.get("input")
    if isinstance(asked, str):
        told.inputs += 1
        yield from _judge_texts([asked], told)
    elif "input" in body:
        yield "inputs", {}


def _judge_texts(texts: list[Any], told: Told) -> Iterator[Found]:
    told.texts += [each for each in texts if isinstance(each, str)]
    if "" in texts:
        yield "no_text", {"name": "input"}


def _judge_completion(body: Mapping[str, Any], told: Told) -> Iterator[Found]:
    asked = body.get("prompt")
    texts = asked if isinstance(asked, list) else [asked]
    told.texts += [each for each in texts if isinstance(each, str)]
    if "prompt" in body and (not asked or not isinstance(asked, (str, list))):
        yield "no_text", {"name": "prompt"}


def _judge_picture(body: Mapping[str, Any], told: Told) -> Iterator[Found]:
    wish = body.get("prompt")
    if is_text(wish):
        told.texts.append(wish)
        if len(wish) > LONGEST_PROMPT:
            yield "long_text", {"name": "prompt", "have": len(wish), "most": LONGEST_PROMPT}
    elif "prompt" in body:
        yield "no_text", {"name": "prompt"}
    if told.url == "/v1/images/edits" and "images" in body:
        yield from _judge_pictures(body["images"], told)


def _judge_pictures(pictures: Any, told: Told) -> Iterator[Found]:
    """Each has an address, or the id of a file."""
    if not isinstance(pictures, list) or not pictures:
        yield "no_list", {"name": "images"}
        return
    told.images += len(pictures)
    if len(pictures) > MOST_PICTURES:
        yield "many_entries", {"name": "images", "have": len(pictures), "most": MOST_PICTURES}
    for picture in pictures:
        if not isinstance(picture, Mapping) or not (is_text(picture.get("image_url")) or is_text(picture.get("file_id"))):
            yield "picture", {}


_BODIES: Final = {
    "/v1/responses": _judge_response,
    "/v1/chat/completions": _judge_chat,
    "/v1/embeddings": _judge_embedding,
    "/v1/completions": _judge_completion,
    "/v1/moderations": _judge_moderation,
    "/v1/images/generations": _judge_picture,
    "/v1/images/edits": _judge_picture,
}
