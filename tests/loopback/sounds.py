"""Sound of the loopback provider: it checks each request as OpenAI documents it, and the model's name chooses what happens.

`POST /v1/audio/transcriptions` and `/v1/audio/translations` take forms, `/v1/audio/speech` takes JSON. What is not as documented is
refused with OpenAI's error object (`sound_rules`). What is heard are tones (`tones`): the answer names every whole word of the file
with its times. What is spoken are tones too: word n for the n-th word of the text, one every 0.7 s at ordinary speed.

The names are in `sound_models`. A family says which rules hold (`whisper`, `gpt-4o-transcribe`, `gpt-4o-transcribe-diarize`,
`gpt-transcribe`; `tts-1`, `gpt-4o-mini-tts`), and a behaviour behind `tones` what happens:

| behind the family | what it does |
|---|---|
| (nothing) | hears or speaks; whisper does not stream, the others do where it was asked for |
| `slow` | not one byte for 10 s (option `delay`, ms), then well |
| `limited` | takes files of 200 KB at most (option `kb`), else 413 |
| `fails` | 500 the first time (option `times`) for each file or text; with option `word` only where that word is in it |
| `busy` | 429 the first time (option `times`), `wait` (1) seconds in Retry-After |
| `text` | words without any times, whatever was asked; of a text to speak a JSON answer |
| `nothing` | an empty text; of a text to speak no bytes |
| `page` | a web page in place of an answer |
| `cut` | closed in the middle: of a stream after some words, else in the body |

In the ledger a form is `parts`, as for pictures. The marker stands in `prompt`, in the name of the file, or in the text to speak.
"""

import asyncio
import io
import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sound.errors import Unusable
from sound.formats import FORMATS
from sound.reading import decode
from sound.writing import encode
from tests.loopback.asking import marker_in, parse_model
from tests.loopback.forms import NotAForm, Part, read_form
from tests.loopback.frames import STREAM_HEADERS, error
from tests.loopback.picture_rules import Refusal
from tests.loopback.sound_answers import events, whole
from tests.loopback.sound_rules import LARGEST, LONG_FOR_DIARIZE, check_file, check_speech, read_fields
from tests.loopback.tones import Word, hear_tones, tone_words
from tests.loopback.wire import Exchange

HEARING = re.compile(r"(whisper|gpt-4o-transcribe-diarize|gpt-4o-transcribe|gpt-transcribe)-tones(?:-(\w+))?")
SPEAKING = re.compile(r"(tts-1|gpt-4o-mini-tts)-tones(?:-(\w+))?")
BEHAVIOURS = ("", "slow", "limited", "fails", "busy", "text", "nothing", "page", "cut")
RATE = 16_000
WORD_SECONDS = 0.7
KEPT_BODY = 65_536
PAGE = b"<!doctype html><title>502</title><h1>Bad gateway</h1>"


@dataclass(frozen=True, slots=True)
class SoundAsk:
    """One request. `numbers` are the words in it, `earlier` counts repetitions of the same."""

    family: str
    name: str
    options: Mapping[str, int]
    values: dict[str, Any]
    numbers: frozenset[int] = frozenset()
    earlier: int = 0

    def option(self, name: str, default: int) -> int:
        return self.options.get(name, default)

    @property
    def fails(self) -> bool:
        is_meant = "word" not in self.options or self.options["word"] in self.numbers
        return self.name == "fails" and is_meant and self.earlier < self.option("times", 1)


class SoundDesk:
    """The endpoints of sound."""

    def __init__(self) -> None:
        self.asked: Counter[tuple[str, str]] = Counter()

    def routes(self) -> dict[tuple[str, str], Callable[[Exchange], Awaitable[None]]]:
        heard = {("POST", f"/v1/audio/{act}"): self._guarded(self._hear, act) for act in ("transcriptions", "translations")}
        return {**heard, ("POST", "/v1/audio/speech"): self._guarded(self._speak, "speech")}

    def forget(self) -> None:
        self.asked.clear()

    def _guarded(self, answer: Callable[[Exchange, str], Awaitable[None]], act: str) -> Callable[[Exchange], Awaitable[None]]:
        async def guarded(exchange: Exchange) -> None:
            try:
                await answer(exchange, act)
            except Refusal as refusal:
                exchange.whole(refusal.status, refusal.body)

        return guarded

    def _repeated(self, model: str, what: str) -> int:
        self.asked[model, what] += 1
        return self.asked[model, what] - 1

    # --- Hearing ---------------------------------------------------------------------------------
    async def _hear(self, exchange: Exchange, act: str) -> None:
        parts = await asyncio.to_thread(_parts_of, exchange)
        fields = {part.field: part.value for part in parts if not part.is_file}
        files = [part for part in parts if part.is_file]
        model = fields.get("model", "")
        record = exchange.record
        record.model, record.parts = model, [part.as_dict() for part in parts]
        record.token = marker_in(fields.get("prompt", "")) or marker_in(" ".join(file.name or "" for file in files))
        family, name, options = _read_name(model, HEARING)
        if act == "translations" and family != "whisper":
            raise Refusal("Invalid value: the model must be 'whisper-1'.", "invalid_value", "model")
        values = read_fields(parts, family, act)
        file = check_file(files, options.get("kb", 200) * 1024 if name == "limited" else LARGEST)
        words, seconds = await asyncio.to_thread(_heard, file)
        if "diarize" in family and seconds > LONG_FOR_DIARIZE and "chunking_strategy" not in values:
            raise Refusal("chunking_strategy is required for diarization models.", "missing_required_parameter", "chunking_strategy")
        numbers = frozenset(word[0] for word in words)
        ask = SoundAsk(family, name, options, values, numbers, self._repeated(model, file.sha256))
        if await _goes_wrong(exchange, ask):
            return
        await _tell(exchange, ask, [] if name == "nothing" else words, seconds, act)

    # --- Speaking --------------------------------------------------------------------------------
    async def _speak(self, exchange: Exchange, act: str) -> None:
        try:
            body = json.loads(exchange.body)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise Refusal("We could not parse the JSON body of your request.", "invalid_json")
        record, model, text = exchange.record, str(body.get("model") or ""), str(body.get("input") or "")
        record.model, record.token = model, marker_in(text)
        record.body = body if len(exchange.body) <= KEPT_BODY else None
        family, name, options = _read_name(model, SPEAKING)
        values = check_speech(body, family)
        ask = SoundAsk(family, name, options, values, earlier=self._repeated(model, text))
        if await _goes_wrong(exchange, ask):
            return
        form = FORMATS[values.get("response_format", "mp3")]
        if name == "nothing":
            exchange.whole(200, b"", form.content_type)
        elif name == "text":
            exchange.whole(200, json.dumps({"detail": "I would rather write."}).encode())
        else:
            await _say(exchange, values, form.content_type)


def _read_name(model: str, families: "re.Pattern[str]") -> tuple[str, str, dict[str, int]]:
    if not model:
        raise Refusal("You must provide a model parameter.", "missing_required_parameter", "model")
    name, options = parse_model(model)
    found = families.fullmatch(name)
    if not found or (found[2] or "") not in BEHAVIOURS:
        raise Refusal(f"The model '{model}' does not exist.", "model_not_found", "model", 404)
    return found[1], found[2] or "", options


def _parts_of(exchange: Exchange) -> list[Part]:
    try:
        return read_form(exchange.headers.get("content-type", ""), exchange.body)
    except (NotAForm, UnicodeDecodeError) as fault:
        raise Refusal(f"We could not parse the form of your request: {fault}.", "invalid_form") from fault


def _heard(file: Part) -> tuple[list[Word], float]:
    """The words of a file, and how long it is. Raises Refusal."""
    try:
        samples = np.concatenate(list(decode(io.BytesIO(file.body), RATE)))
    except Unusable as unusable:
        raise Refusal("Audio file might be corrupted or unsupported.", "invalid_value", "file") from unusable
    return hear_tones(samples, RATE), len(samples) / RATE


async def _goes_wrong(exchange: Exchange, ask: SoundAsk) -> bool:
    """The behaviours that come to no answer."""
    if ask.name == "slow":
        await asyncio.sleep(ask.option("delay", 10_000) / 1000)
    if ask.fails:
        exchange.whole(500, error("The server had an error while processing your request.", "server_error"))
    elif ask.name == "busy" and ask.earlier < ask.option("times", 1):
        body = error("Rate limit reached. Please try again later.", "requests", "rate_limit_exceeded")
        exchange.whole(429, body, headers={"retry-after": str(ask.option("wait", 1))})
    elif ask.name == "page":
        exchange.whole(200, PAGE, "text/html")
    else:
        return False
    return True


async def _tell(exchange: Exchange, ask: SoundAsk, words: list[Word], seconds: float, act: str) -> None:
    if ask.name == "text":
        ask.values["response_format"] = "json"
        ask.values.pop("include[]", None)
    if ask.values["stream"]:
        exchange.head(200, STREAM_HEADERS)
        frames = list(events(words, seconds, ask.values))
        for frame in frames[: len(frames) // 2] if ask.name == "cut" else frames:
            exchange.write(frame)
            await exchange.drain()
        exchange.close() if ask.name == "cut" else exchange.end()
        return
    body, kind = whole(words, seconds, ask.values, task="translate" if act == "translations" else "transcribe")
    if ask.name == "cut":
        exchange.head(200, {"content-type": kind}, len(body))
        exchange.write(body[: len(body) // 2])
        await exchange.drain()
        exchange.close()
    else:
        exchange.whole(200, body, kind)


async def _say(exchange: Exchange, values: dict[str, Any], content_type: str) -> None:
    """The words of the text as tones, in pieces as they are ready."""
    count = len(values["input"].split())
    samples = tone_words(range(1, count + 1), every=WORD_SECONDS, rate=RATE)
    exchange.head(200, {"content-type": content_type})
    for piece in encode(np.array_split(samples, max(1, len(samples) // RATE)), RATE, values.get("response_format", "mp3")):
        exchange.write(piece)
        await exchange.drain()
    exchange.end()
