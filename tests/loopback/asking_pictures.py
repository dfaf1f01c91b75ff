"""A plain client of the loopback provider's picture endpoints, for its own tests."""

import base64
import io
import json
from collections.abc import Sequence
from typing import Any

import httpx
from PIL import Image

from tests.loopback import Loopback
from tests.loopback.asking_it import events
from tests.loopback.pictures import draw, encode

FilePart = tuple[str, tuple[str, bytes, str]]


def source(size: tuple[int, int] = (256, 160), mode: str = "RGB") -> Image.Image:
    return draw("a source", 0, size).convert(mode)


def file_of(image: Image.Image, field: str = "image", kind: str = "png", name: str = "") -> FilePart:
    return field, (name or f"{field}.{kind}", encode(image, kind), f"image/{kind}")


def mask_of(size: tuple[int, int], clear: tuple[int, int, int, int], mode: str = "RGBA") -> FilePart:
    """A mask that lets the box be changed."""
    mask = Image.new("RGBA", size, (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), clear)
    return file_of(mask.convert(mode), "mask")


def make(loopback: Loopback, model: str, prompt: Any = "a pier at night", **settings: Any) -> httpx.Response:
    return _post(loopback, "generations", json={"model": model, "prompt": prompt, **settings})


def edit(loopback: Loopback, model: str, files: Sequence[FilePart], prompt: str = "a lamp", **settings: Any) -> httpx.Response:
    return send_form(loopback, "edits", {"model": model, "prompt": prompt, **settings}, files)


def vary(loopback: Loopback, model: str, files: Sequence[FilePart], **settings: Any) -> httpx.Response:
    return send_form(loopback, "variations", {"model": model, **settings}, files)


def send_form(loopback: Loopback, act: str, fields: dict[str, Any], files: Sequence[FilePart]) -> httpx.Response:
    texts = [(name, (None, str(value).encode())) for name, value in fields.items()]
    return _post(loopback, act, files=[*texts, *files])


def _post(loopback: Loopback, act: str, **body: Any) -> httpx.Response:
    headers = {"authorization": "Bearer sk-loop"}
    return httpx.post(f"{loopback.url}/images/{act}", headers=headers, timeout=30, trust_env=False, **body)


def pictures_of(answer: httpx.Response) -> list[Image.Image]:
    """The pictures of a whole answer, or those of the last events of a stream."""
    assert answer.status_code == 200, answer.text
    if answer.headers["content-type"].startswith("text/event-stream"):
        entries = [event for event in events(answer.text) if event["type"].endswith(".completed")]
    else:
        entries = answer.json()["data"]
    return [Image.open(io.BytesIO(base64.b64decode(entry["b64_json"]))) for entry in entries]


def refusal(answer: httpx.Response) -> tuple[int, str | None, str | None]:
    """Status, code and parameter of an error."""
    error = json.loads(answer.text)["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["message"]
    return answer.status_code, error["code"], error["param"]
