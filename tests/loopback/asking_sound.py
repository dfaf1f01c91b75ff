"""Short ways to ask the loopback provider for words and for speech, and to listen to what it says."""

import io
import uuid
from typing import Any

import httpx
import numpy as np

from sound.reading import decode
from sound.writing import encode
from tests.loopback import Loopback
from tests.loopback.tones import hear_tones, tone_words

RATE = 16_000
TYPES = {"mp3": "audio/mpeg", "wav": "audio/wav", "flac": "audio/flac", "opus": "audio/ogg"}
File = tuple[str, bytes, str]


def spoken(count: int, kind: str = "mp3", first: int = 1) -> File:
    """A file of tone words under a name of its own."""
    body = b"".join(encode([tone_words(range(first, first + count))], RATE, kind))
    return f"{uuid.uuid4().hex}.{'ogg' if kind == 'opus' else kind}", body, TYPES[kind]


def silence() -> File:
    return "silence.wav", b"".join(encode([np.zeros(RATE, np.float32)], RATE, "wav")), TYPES["wav"]


def words_from(first: int, count: int) -> list[str]:
    return [f"w{number:05d}" for number in range(first, first + count)]


def hear(loopback: Loopback, file: File | None, act: str = "transcriptions", **fields: Any) -> httpx.Response:
    """A list is a field that is repeated; a name that ends in `__` is one in brackets."""
    data = {name.removesuffix("__") + "[]" * name.endswith("__"): value for name, value in fields.items()}
    with httpx.Client(trust_env=False, timeout=5) as client:
        return client.post(f"{loopback.url}/audio/{act}", data=data, files={"file": file} if file else {"no": ("", b"")})


def speak(loopback: Loopback, model: str, text: str = "Good morning", **wish: Any) -> httpx.Response:
    with httpx.Client(trust_env=False, timeout=5) as client:
        return client.post(f"{loopback.url}/audio/speech", json={"model": model, "voice": "alloy", "input": text, **wish})


def refusal(answer: httpx.Response) -> tuple[int, str | None]:
    """The status, and the parameter that is named."""
    return answer.status_code, answer.json()["error"]["param"]


def numbers_in(body: bytes) -> list[int]:
    """The tone words of a file."""
    samples = np.concatenate(list(decode(io.BytesIO(body), RATE)))
    return [word[0] for word in hear_tones(samples, RATE)]
