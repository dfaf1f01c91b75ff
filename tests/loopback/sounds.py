"""Sound of the loopback provider: it checks each request as OpenAI documents it, and the model's name chooses what happens.

`POST /v1/audio/transcriptions` and `/v1/audio/translations` take forms, `/v1/audio/speech` takes JSON. What is not as documented is
refused with OpenAI's error object (`sound_rules`, `speech_rules`). What is heard are tones (`tones`): the answer names every whole word
of the file with its times; silence is an empty text. What is spoken are tones too: word n for the n-th word of the text, 15 characters
a second at ordinary speed, but never faster than a word in 0.55 s.

The names are in `sound_models`. A family says which rules hold (`whisper`, `gpt-4o-transcribe`, `gpt-4o-mini-transcribe`,
`gpt-4o-transcribe-diarize`, `gpt-transcribe`; `tts-1`, `gpt-4o-mini-tts`), and a behaviour behind `tones` what happens:

| behind the family | what it does |
|---|---|
| (nothing) | hears or speaks; whisper does not stream, the others do where it was asked for |
| `slow` | not one byte for 10 s (option `delay`, ms), then well |
| `limited` | takes files of 200 KB at most (option `kb`), else 413; with option `seconds` also no longer ones, else 400 |
| `fails` | 500 the first time (option `times`) for each file or text; with option `word` only where that word is in the file |
| `busy` | 429 the first time (option `times`), `wait` (1) seconds in Retry-After |
| `key`, `quota` | 401, or 429 with the code `insufficient_quota`, always |
| `refuses` | 400 naming the first of language, prompt, temperature, instructions and speed that was sent, else well |
| `text` | words without any times, whatever was asked; of a text to speak a JSON answer |
| `nothing` | an empty text; of a text to speak no bytes |
| `page`, `gateway` | a web page in place of an answer, with 200 or 502 |
| `reset` | the connection is reset after the request was read |
| `cut` | closed in the middle of the stream or the body |
| `stall` | silent there, the connection stays open |
| `foreign` | says that it heard German |
| `odd` | segments whose times cannot be: none, backwards, before the beginning, behind the end |
| `segments` | a stream with a segment and its words behind their deltas, as the built-in models tell them |
| `chunks` | a stream of chat chunks, as vLLM sends them |
| `whole` | one JSON object though a stream was asked for |
| `wrong` | speaks WAV and calls it what was asked for |

In the ledger a form is `parts`, as for pictures. The marker stands in `prompt`, in the name of the file or in the text to speak; where
a page chooses all of these, behind the name of the model: `gpt-4o-transcribe-diarize-tones#t-4f2a`.
"""

import asyncio
import io
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np

from sound.errors import Unusable
from sound.reading import decode
from tests.loopback.asking import marker_in
from tests.loopback.forms import NotAForm, Part, read_form
from tests.loopback.picture_rules import Refusal
from tests.loopback.sound_asks import HEARING, SPEAKING, SoundAsk, read_name
from tests.loopback.sound_rules import LARGEST, RATE, check_file, check_length, read_fields
from tests.loopback.sound_telling import goes_wrong, say, tell
from tests.loopback.speech_rules import check_speech
from tests.loopback.tones import Samples, hear_tones
from tests.loopback.uploads import Uploads
from tests.loopback.wire import Exchange

KEPT_BODY = 65_536
KILOBYTE = 1024
A_DAY = 86_400


class SoundDesk:
    """The endpoints of sound."""

    def __init__(self, uploads: Uploads) -> None:
        self.asked: Counter[tuple[str, str]] = Counter()
        self.uploads = uploads

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

    async def _hear(self, exchange: Exchange, act: str) -> None:
        parts = await asyncio.to_thread(_parts_of, exchange)
        model, file_parts = self._note(exchange, parts)
        family, name, options = read_name(model, HEARING)
        if act == "translations" and family != "whisper":
            raise Refusal("Invalid value: the model must be 'whisper-1'.", "invalid_value", "model")
        values = read_fields(parts, family, act)
        file = check_file(file_parts, options.get("kb", 200) * KILOBYTE if name == "limited" else LARGEST)
        samples = await asyncio.to_thread(_samples_of, file)
        seconds = len(samples) / RATE
        check_length(seconds, values, family, options.get("seconds", A_DAY))
        words = [] if name == "nothing" else await asyncio.to_thread(hear_tones, samples, RATE)
        ask = SoundAsk(act, model, family, name, options, values, words, seconds, self._repeated(model, file.sha256))
        if not await goes_wrong(exchange, ask):
            await tell(exchange, ask)

    def _note(self, exchange: Exchange, parts: list[Part]) -> tuple[str, list[Part]]:
        """Into the ledger, whatever comes of it. The name of the model, and the files."""
        fields = {part.field: part.value for part in parts if not part.is_file}
        files = [part for part in parts if part.is_file]
        for file in files:
            self.uploads.add(file.body)
        model = fields.get("model", "")
        record = exchange.record
        record.model, record.parts = model, [part.as_dict() for part in parts]
        record.token = marker_in(" ".join((fields.get("prompt", ""), *(file.name or "" for file in files), model)))
        return model, files

    async def _speak(self, exchange: Exchange, act: str) -> None:
        body = _object_of(exchange)
        record, model, text = exchange.record, str(body.get("model") or ""), str(body.get("input") or "")
        record.model, record.token = model, marker_in(f"{text} {model}")
        record.body = body if len(exchange.body) <= KEPT_BODY else None
        family, name, options = read_name(model, SPEAKING)
        ask = SoundAsk(act, model, family, name, options, check_speech(body, family), earlier=self._repeated(model, text))
        if not await goes_wrong(exchange, ask):
            await say(exchange, ask)


def _object_of(exchange: Exchange) -> dict[str, Any]:
    try:
        body = json.loads(exchange.body)
    except ValueError:
        body = None
    if not isinstance(body, dict) or not exchange.headers.get("content-type", "").startswith("application/json"):
        raise Refusal("We could not parse the JSON body of your request.", "invalid_json")
    return body


def _parts_of(exchange: Exchange) -> list[Part]:
    try:
        return read_form(exchange.headers.get("content-type", ""), exchange.body)
    except (NotAForm, UnicodeDecodeError) as fault:
        raise Refusal(f"We could not parse the form of your request: {fault}.", "invalid_form") from fault


def _samples_of(file: Part) -> Samples:
    """The sound of a file. Raises Refusal."""
    try:
        return np.concatenate([*decode(io.BytesIO(file.body), RATE), np.zeros(0, np.float32)])
    except Unusable as unusable:
        raise Refusal("Audio file might be corrupted or unsupported.", "invalid_value", "file") from unusable
