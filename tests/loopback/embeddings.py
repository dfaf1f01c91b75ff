"""Vectors of the loopback provider. Each word has a direction of its own, and a text is the sum of its words: so texts that share
words are alike.

`POST /v1/embeddings` takes what OpenAI documents: `input` (a text or a list of them), `dimensions`, `encoding_format`. The model's
name chooses what happens: a behaviour behind `words`, and options behind it: `-delay200` (ms), `-numbers1536` (of a vector),
`-texts16` (at most in a call, else 400).

| behind `words` | what it does |
|---|---|
| (nothing) | 64 numbers for each text (`text-embedding-3-small` has 1,536), as they were asked for |
| `floats` | numbers as text, also where base64 was asked for |
| `shuffled` | the entries in another order, each with its index |
| `short` | leaves the last text out |
| `unnumbered` | no entry has an index |
| `uneven` | the second text has fewer numbers |
| `nan`, `zero`, `text` | the second text has a number without a value, only zeros, words in place of numbers |
| `nothing`, `page` | JSON without data; a web page with 200 |
| `picky` | 400 naming the place of the first text with the word "forbidden" |
| `choosy` | the same without saying which |
| `refuses` | 400 naming `dimensions` when it is sent, else well |
| `fails`, `busy` | 500, or 429 with one second to wait, the first time for each input |
| `slow` | waits 10 s |
| `single` | 400 for more than one text |
| `key` | 401 |

The ledger keeps of the body how many texts there were, `dimensions` and `format`.
"""

import asyncio
import base64
import functools
import hashlib
import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np

from tests.loopback.asking import marker_in
from tests.loopback.frames import error
from tests.loopback.wire import Exchange

NAME = re.compile(r"(?P<family>.*words)(?:-(?P<act>[a-z]+))?$")
OPTIONS = re.compile(r"-(delay|numbers|texts)(\d+)")
USUAL, LARGE = 64, 1536
WORD = re.compile(r"\w+")
FORBIDDEN = "forbidden"


@functools.lru_cache(maxsize=50_000)
def direction(word: str, numbers: int) -> Any:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
    return np.random.default_rng(seed).standard_normal(numbers).astype("<f4")


def vector_of(text: str, numbers: int) -> Any:
    words = WORD.findall(text.lower()) or [text]
    found = sum((direction(word, numbers) for word in words), start=np.zeros(numbers, dtype="<f4"))
    return (found / np.linalg.norm(found)).astype("<f4")


class EmbeddingDesk:
    def __init__(self) -> None:
        self.asked: Counter[tuple[str, str]] = Counter()

    def routes(self) -> dict[tuple[str, str], Callable[[Exchange], Awaitable[None]]]:
        return {("POST", "/v1/embeddings"): self.embed}

    def forget(self) -> None:
        self.asked.clear()

    async def embed(self, exchange: Exchange) -> None:
        body = _read(exchange.body)
        texts = body.get("input")
        texts = [texts] if isinstance(texts, str) else texts
        model = str(body.get("model", ""))
        options = {name: int(value) for name, value in OPTIONS.findall(model)}
        name = NAME.fullmatch(OPTIONS.sub("", model.split("#", maxsplit=1)[0]))
        exchange.record.model = model
        if not isinstance(texts, list) or not texts or not all(isinstance(text, str) and text for text in texts):
            exchange.whole(400, error("'$.input' is invalid.", param="input"))
            return
        exchange.record.token = next((marker for text in texts if (marker := marker_in(text))), "") or marker_in(model)
        exchange.record.body = {"texts": len(texts), "dimensions": body.get("dimensions"), "format": body.get("encoding_format")}
        if name is None:
            exchange.whole(404, error(f"The model `{model}` does not exist.", code="model_not_found", param="model"))
            return
        await asyncio.sleep(options.get("delay", 10_000 if name["act"] == "slow" else 0) / 1000)
        numbers = options.get("numbers") or (LARGE if name["family"].startswith("text-embedding") else USUAL)
        if not self._refuses(exchange, name["act"] or "", body, texts, options):
            _answer(exchange, name["act"] or "", body, texts, int(body.get("dimensions") or numbers))

    def _refuses(self, exchange: Exchange, act: str, body: dict[str, Any], texts: list[str], options: dict[str, int]) -> bool:
        key = (str(body["model"]), texts[0])
        self.asked[key] += 1
        bad = next((at for at, text in enumerate(texts) if FORBIDDEN in text), None)
        if len(texts) > options.get("texts", 1 if act == "single" else 2048):
            exchange.whole(400, error("Too many texts in one call.", param="input"))
        elif act == "picky" and bad is not None:
            exchange.whole(400, error(f"Text {bad + 1} has too many tokens.", param=f"input[{bad}]"))
        elif act == "choosy" and bad is not None:
            exchange.whole(400, error("A text has too many tokens."))
        elif act == "refuses" and "dimensions" in body:
            exchange.whole(400, error("Unsupported parameter: 'dimensions'.", code="unsupported_parameter", param="dimensions"))
        elif act == "fails" and self.asked[key] == 1:
            exchange.whole(500, error("The server had an error.", kind="server_error"))
        elif act == "busy" and self.asked[key] == 1:
            exchange.whole(429, error("Slow down.", code="rate_limit_exceeded"), headers={"retry-after": "1"})
        elif act == "key":
            exchange.whole(401, error("Incorrect API key provided.", code="invalid_api_key"))
        else:
            return False
        return True


def _read(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _answer(exchange: Exchange, act: str, body: dict[str, Any], texts: list[str], numbers: int) -> None:
    if act == "page":
        exchange.whole(200, b"<html>Hello</html>", "text/html")
        return
    as_text = act == "floats" or body.get("encoding_format") != "base64"
    data = [{"object": "embedding", "index": at, "embedding": vector_of(text, numbers)} for at, text in enumerate(texts)]
    data = [{**item, "embedding": _spoilt(act, item["index"], item["embedding"], as_text)} for item in data]
    if act == "shuffled":
        data = data[1::2] + data[::2]
    if act == "short":
        data = data[:-1]
    if act == "unnumbered":
        data = [{name: value for name, value in item.items() if name != "index"} for item in data]
    tokens = sum(-(-len(text) // 4) for text in texts)
    told: dict[str, Any] = {
        "object": "list",
        "data": data,
        "model": body["model"],
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }
    if act == "nothing":
        del told["data"]
    exchange.whole(200, json.dumps(told).encode())


def _spoilt(act: str, at: int, vector: Any, as_text: bool) -> Any:
    if at == 1:
        if act == "uneven":
            vector = vector[:-3]
        if act == "nan":
            vector = np.concatenate([[np.float32("nan")], vector[1:]]).astype("<f4")
        if act == "zero":
            vector = np.zeros_like(vector)
        if act == "text":
            return "not a vector" if not as_text else ["not", "a", "vector"]
    return vector.tolist() if as_text else base64.b64encode(vector.tobytes()).decode()
