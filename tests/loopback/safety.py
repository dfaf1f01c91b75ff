"""Safety checks of the loopback provider: `POST /v1/moderations`, checked as OpenAI documents it; the model's name chooses what happens.

The words of a text decide: `SCORES` says which word is worth what, and nothing else is flagged. A picture is judged by its colour: one
that is mostly red is violent. A text that has the word `unreadable` is refused whole.

| behind `moderation-words` | what it does |
|---|---|
| (nothing) | judges |
| `slow` | not one byte for 10 s (option `delay`, ms), then judges |
| `busy` | 429 the first time (option `times`) for each input, `wait` (1) seconds in Retry-After |
| `fails` | 500 the first time (option `times`) for each input |
| `key` | 401, always |
| `limited` | takes 32 texts in a call (option `tokens`), else 400 |
| `single` | takes a text alone, else 400 |
| `sour` | 400 for a call in which one text has the word `sour` |
| `fewer` | one verdict less than texts, where there are several |
| `nothing` | an object without verdicts |
| `page` | a web page with 200 |
| `own` | categories of its own, without telling where they were looked for |
| `odd` | scores that cannot be, verdicts that are no verdicts |
| `unnamed` | says that something is flagged, and not for what |
| `backwards` | the verdicts from the last to the first, with their index |
| `strict` | flags everything from 0.05 on |
| `stall` | silent in the middle of its answer |
"""

import asyncio
import base64
import io
import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from PIL import Image

from tests.loopback.asking import MARKER, marker_in, parse_model
from tests.loopback.frames import error
from tests.loopback.picture_rules import Refusal
from tests.loopback.wire import Exchange

KEPT_BODY = 65_536
NAME = re.compile(r"(omni|text)-moderation-words(?:-(\w+))?")
PICTURED = ("self-harm", "self-harm/intent", "self-harm/instructions", "sexual", "violence", "violence/graphic")
CATEGORIES = (
    *("harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent"),
    *(*PICTURED[:4], "sexual/minors", *PICTURED[4:]),
)
SCORES = {
    "idiot": ("harassment", 0.91),
    "sorry": ("harassment/threatening", 0.72),
    "thieves": ("hate", 0.83),
    "blood": ("violence", 0.31),
    "strike": ("violence", 0.64),
    "naked": ("sexual", 0.88),
}
OWN = {"spam": ("win", 0.9), "off topic": ("weather", 0.4), "harassment": ("idiot", 0.91)}
FOUND_FROM = {"strict": 0.05}
PAGE = b"<!doctype html><title>Sign in</title><h1>Sign in</h1>"


class SafetyDesk:
    """The endpoint."""

    def __init__(self) -> None:
        self.asked: Counter[tuple[str, str]] = Counter()

    def routes(self) -> dict[tuple[str, str], Callable[[Exchange], Awaitable[None]]]:
        return {("POST", "/v1/moderations"): self._guarded}

    def forget(self) -> None:
        self.asked.clear()

    async def _guarded(self, exchange: Exchange) -> None:
        try:
            await self._answer(exchange)
        except Refusal as refusal:
            exchange.whole(refusal.status, refusal.body)

    async def _answer(self, exchange: Exchange) -> None:
        body = _object_of(exchange)
        model, given = str(body.get("model") or "omni-moderation-words"), body.get("input")
        record = exchange.record
        record.model, record.token = model, marker_in(f"{_all_text(given)} {model}")
        record.body = body if len(exchange.body) <= KEPT_BODY else None
        found = NAME.fullmatch(parse_model(MARKER.sub("", model))[0])
        if not found:
            raise Refusal(f"The model '{model}' does not exist.", "model_not_found", "model", 404)
        if unknown := next((name for name in body if name not in {"model", "input"}), None):
            raise Refusal(f"Unknown parameter: '{unknown}'.", "unknown_parameter", unknown)
        name, options = found[2] or "", parse_model(model)[1]
        inputs = _inputs(given, is_omni=found[1] == "omni")
        _refuse_texts(name, options, given, inputs)
        self.asked[model, str(given)] += 1
        if await _goes_wrong(exchange, name, options, self.asked[model, str(given)]):
            return
        await _tell(exchange, name, model, inputs)


def _object_of(exchange: Exchange) -> dict[str, Any]:
    try:
        body = json.loads(exchange.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refusal("We could not parse the JSON body of your request.", "invalid_json")
    return body


def _all_text(given: Any) -> str:
    if isinstance(given, list):
        return " ".join(_all_text(each) for each in given)
    return str(given.get("text", "")) if isinstance(given, dict) else str(given or "")


def _inputs(given: Any, *, is_omni: bool) -> list[dict[str, Any]]:
    """Each thing that gets a verdict, as {"text", "image"}. Raises Refusal."""
    if given in (None, "", []):
        raise Refusal("Missing required parameter: 'input'.", "missing_required_parameter", "input")
    if isinstance(given, str):
        return [{"text": given}]
    if isinstance(given, list) and all(isinstance(each, str) for each in given):
        return [{"text": each} for each in given]
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise Refusal("Invalid type for 'input'.", "invalid_type", "input")
    return [_of_parts(given, is_omni)]


def _of_parts(parts: list[dict[str, Any]], is_omni: bool) -> dict[str, Any]:
    pictures = [part for part in parts if part.get("type") == "image_url"]
    if pictures and not is_omni:
        raise Refusal("Invalid value: 'image_url' is not supported with this model.", "invalid_value", "input")
    if len(pictures) > 1:
        raise Refusal(f"Number of images ({len(pictures)}) exceeds maximum of 1", "too_many_images", "input")
    texts = [str(part["text"]) for part in parts if part.get("type") == "text"]
    made: dict[str, Any] = {"text": " ".join(texts)} if texts else {}
    return made | ({"image": _picture(pictures[0])} if pictures else {})


def _picture(part: dict[str, Any]) -> Image.Image:
    url = str(part.get("image_url", {}).get("url", ""))
    try:
        return Image.open(io.BytesIO(base64.b64decode(url.partition(";base64,")[2], validate=True))).convert("RGB")
    except (OSError, ValueError) as fault:
        raise Refusal("Invalid image.", "invalid_image", "input") from fault


def _refuse_texts(name: str, options: dict[str, int], given: Any, inputs: Sequence[dict[str, Any]]) -> None:
    if name == "limited" and len(inputs) > options.get("tokens", 32):
        raise Refusal(f"Array too long. Expected at most {options.get('tokens', 32)} items.", "array_above_max_length", "input")
    if name == "single" and not isinstance(given, str):
        raise Refusal("Input should be a valid string", "invalid_type", "input")
    if name == "sour" and any("sour" in str(each.get("text")) for each in inputs):
        raise Refusal("Something in your input cannot be read.", "invalid_value", "input")


async def _goes_wrong(exchange: Exchange, name: str, options: dict[str, int], times: int) -> bool:
    """The behaviours that come to no answer."""
    if name == "slow":
        await asyncio.sleep(options.get("delay", 10_000) / 1000)
    is_first = times <= options.get("times", 1)
    if name == "busy" and is_first:
        body = error("Rate limit reached. Please try again later.", "requests", "rate_limit_exceeded")
        exchange.whole(429, body, headers={"retry-after": str(options.get("wait", 1))})
    elif name == "fails" and is_first:
        exchange.whole(500, error("The server had an error while processing your request.", "server_error"))
    elif name == "key":
        exchange.whole(401, error("Incorrect API key provided.", code="invalid_api_key"))
    elif name == "page":
        exchange.whole(200, PAGE, "text/html")
    elif name == "nothing":
        exchange.whole(200, b'{"id": "modr-loop", "results": []}')
    else:
        return False
    return True


async def _tell(exchange: Exchange, name: str, model: str, inputs: Sequence[dict[str, Any]]) -> None:
    results = [_result(each, name) for each in inputs]
    if name == "fewer" and len(results) > 1:
        results.pop()
    if name == "backwards":
        results = [{"index": place, **each} for place, each in enumerate(results)][::-1]
    body = json.dumps({"id": f"modr-{exchange.record.id}", "model": model, "results": results}).encode()
    if name == "stall":
        exchange.head(200, {"content-type": "application/json"}, len(body))
        exchange.write(body[: len(body) // 2])
        await asyncio.Event().wait()
    exchange.whole(200, body)


def _result(given: dict[str, Any], name: str) -> dict[str, Any]:
    if name == "odd":
        return {
            "flagged": "yes",
            "categories": {"violence": None, "hate": True},
            "category_scores": {"violence": "high", "hate": 7, "sexual": -1},
        }
    if name == "unnamed":
        return {"flagged": "idiot" in given.get("text", "")}
    if name == "own":
        scores = {category: score if word in given.get("text", "") else 0.01 for category, (word, score) in OWN.items()}
        flags = {category: score > 0.5 for category, score in scores.items()}
        return {"flagged": any(flags.values()), "categories": flags, "category_scores": scores}
    scores = dict.fromkeys(CATEGORIES, 0.001)
    for word in set(re.findall(r"\w+", given.get("text", "").lower())) & set(SCORES):
        category, score = SCORES[word]
        scores[category] = max(scores[category], score)
    if "image" in given and _is_red(given["image"]):
        scores["violence"] = max(scores["violence"], 0.93)
    kinds = {
        category: [kind for kind in ("text", "image") if kind in given and (kind == "text" or category in PICTURED)]
        for category in CATEGORIES
    }
    scores = {category: score if kinds[category] else 0.0 for category, score in scores.items()}
    flags = {category: score >= FOUND_FROM.get(name, 0.5) for category, score in scores.items()}
    told = {"flagged": any(flags.values()), "categories": flags, "category_scores": scores}
    return {**told, "category_applied_input_types": kinds}


def _is_red(picture: Image.Image) -> bool:
    red, green, blue = picture.resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]  # it is RGB
    return bool(red > 2 * max(green, blue, 1))
