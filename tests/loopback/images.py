"""Pictures of the loopback provider: it checks each request as OpenAI documents it, and the model's name chooses what happens.

`POST /v1/images/generations` takes JSON, `/v1/images/edits` and `/v1/images/variations` take multipart forms. What is not as documented is
refused with OpenAI's error object (`picture_rules`). Picture n for some words in some size is always the same:
`pictures.draw(words, n, size)`; an edit is `pictures.change(...)`, a variation `pictures.vary(...)`.

The names are in `picture_models`. They are families (`gpt-image`, `gpt-image-2` with any size, `gpt-image-1.5` with `input_fidelity`,
`dall-e-2` with its old rules) with a behaviour behind them. Every behaviour takes `delay` (ms before the answer, or before the first event
of a stream). A stream just ends behind its last picture.

| model | what it does |
|---|---|
| `gpt-image-plain` | n pictures in the asked size, revised description, settings, usage; in a stream sketches, then each picture |
| `gpt-image-2-plain` | the same in any size that GPT Image 2 takes |
| `dall-e-2` | squares by the old rules; links, or `b64_json` when it was asked for; the only one with variations |
| `gpt-image-exact` | edits leave every pixel outside the mask; all others shift the light there a little, as real models do |
| `gpt-image-link` | a link on this server in place of base64; it works once |
| `gpt-image-link-gone` | a link to nothing (404) |
| `gpt-image-link-foreign` | a link to `localhost`, another origin than 127.0.0.1 |
| `gpt-image-link-page` | a link to a web page |
| `gpt-image-blocked` | 400 with `moderation_blocked` at the input |
| `gpt-image-blocked-late` | the same at the output; in a stream after one sketch |
| `gpt-image-refuses-quality` | 400 naming `quality` when it is sent, else plain |
| `gpt-image-slow` | not one byte for 10 s (option `delay`), then plain |
| `gpt-image-cut` | closed in the middle of the last picture's base64 |
| `gpt-image-stall` | silent there, the connection stays open |
| `gpt-image-reset-before` | the connection is reset after the request was read |
| `gpt-image-broken-base64` | letters in the base64 that are none |
| `gpt-image-text` | base64 of a text |
| `gpt-image-svg` | base64 of an SVG with a script |
| `gpt-image-bomb` | a small PNG of 400 million pixels |
| `gpt-image-one-broken` | the first picture is a text, the others are pictures |
| `gpt-image-wrong-size` | half as wide and high as asked |
| `gpt-image-wrong-format` | JPEG that is called PNG |
| `gpt-image-fewer` | one picture less than asked, at least one |
| `gpt-image-none` | no picture at all |
| `gpt-image-huge` | pictures of 10 MB each (option `bytes`) |
| `gpt-image-429-then-ok` | 429 `times` (1) times for each description, `wait` (1) seconds in Retry-After; then plain |
| `gpt-image-401`, `gpt-image-quota`, `gpt-image-500` | that error |
| `gpt-image-ignores-stream` | one JSON object though a stream was asked for |
| `gpt-image-half-stream` | the sketches, then the stream ends in order without a picture |
| `gpt-image-done` | `[DONE]` behind the last picture |

In the ledger (`Loopback.requests`) a form is `parts`: in their order, with field, text, file name, content type, size, SHA-256, and of a
picture format, mode, pixels and where its alpha is 0. `Loopback.upload(sha256)` gives the bytes of the last 64 files.
"""

import asyncio
import json
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from tests.loopback.asking import marker_in
from tests.loopback.forms import NotAForm, Part, read_form
from tests.loopback.frames import error
from tests.loopback.picture_asks import PictureAsk, read_name
from tests.loopback.picture_behaviours import PICTURE_BEHAVIOURS
from tests.loopback.picture_rules import Refusal, check_pictures, read_values
from tests.loopback.uploads import Uploads
from tests.loopback.wire import Exchange

KEPT_BODY = 65_536
PICTURE_FIELDS = ("image", "image[]")


class PictureDesk:
    """The picture endpoints, the links they gave, and the files they were sent."""

    def __init__(self, uploads: Uploads) -> None:
        self.asked: Counter[tuple[str, str]] = Counter()
        self.shelf: dict[str, tuple[bytes, str]] = {}
        self.uploads = uploads

    def routes(self) -> dict[tuple[str, str], Callable[[Exchange], Awaitable[None]]]:
        return {("POST", f"/v1/images/{act}"): self._answering(act) for act in ("generations", "edits", "variations")}

    def forget(self) -> None:
        self.asked.clear()
        self.shelf.clear()
        self.uploads.clear()

    def put(self, exchange: Exchange, body: bytes, content_type: str, *, host: str = "") -> str:
        """A link to it, good for one GET."""
        ours = exchange.headers.get("host", "")
        path = f"/pictures/{secrets.token_hex(8)}"
        self.shelf[path] = (body, content_type)
        return f"http://{host + ':' + ours.rpartition(':')[2] if host else ours}{path}"

    async def show(self, exchange: Exchange, path: str) -> None:
        """What lies behind a link, the first time; or a file that was uploaded."""
        if path.startswith("/_uploads/"):
            body, kind = self.uploads.get(path.rpartition("/")[2]), "application/octet-stream"
        else:
            body, kind = self.shelf.pop(path, (None, ""))
        if body is None:
            exchange.whole(404, error("Not found.", code="not_found"))
        else:
            exchange.whole(200, body, kind)

    def _answering(self, act: str) -> Callable[[Exchange], Awaitable[None]]:
        async def answer(exchange: Exchange) -> None:
            try:
                ask = await self._read(exchange, act)
            except Refusal as refusal:
                exchange.whole(refusal.status, refusal.body)
                return
            await PICTURE_BEHAVIOURS[ask.name](exchange, ask, self)

        return answer

    async def _read(self, exchange: Exchange, act: str) -> PictureAsk:
        """The request, noted in the ledger and judged. Raises Refusal."""
        is_form = act != "generations"
        parts = await asyncio.to_thread(self._read_parts, exchange) if is_form else []
        given = _fields_of(parts) if is_form else _json_of(exchange)
        model, words = str(given.get("model") or ""), str(given.get("prompt") or "")
        self._note(exchange, model, words, parts, None if is_form else given)
        family, name, options = read_name(model)
        if not model:
            raise Refusal("You must provide a model parameter.", "missing_required_parameter", "model")
        if not family or name not in PICTURE_BEHAVIOURS:
            raise Refusal(f"The model '{model}' does not exist.", "model_not_found", "model", 404)
        values = read_values(given, family, act, is_form=is_form)
        images, mask = _files_of(parts, act)
        if is_form:
            check_pictures(images, mask, family)
        key = (model, words or (images[0].sha256 if images else ""))
        self.asked[key] += 1
        return PictureAsk(act, model, family, name, options, values, images, mask, self.asked[key] - 1)

    def _read_parts(self, exchange: Exchange) -> list[Part]:
        try:
            parts = read_form(exchange.headers.get("content-type", ""), exchange.body)
        except (NotAForm, UnicodeDecodeError) as fault:
            raise Refusal(f"We could not parse the form of your request: {fault}.", "invalid_form") from fault
        for part in parts:
            if part.is_file:
                self.uploads.add(part.body)
        return parts

    def _note(self, exchange: Exchange, model: str, words: str, parts: list[Part], body: Any) -> None:
        record = exchange.record
        record.model, record.token = model, marker_in(words)
        record.parts = [part.as_dict() for part in parts]
        record.body = body if len(exchange.body) <= KEPT_BODY else None


def _json_of(exchange: Exchange) -> dict[str, Any]:
    try:
        body = json.loads(exchange.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refusal("We could not parse the JSON body of your request.", "invalid_json")
    return body


def _fields_of(parts: list[Part]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for part in parts:
        if part.is_file:
            continue
        if part.field in fields:
            raise Refusal(f"Duplicate parameter: '{part.field}'.", "duplicate_parameter", part.field)
        fields[part.field] = part.value
    return fields


def _files_of(parts: list[Part], act: str) -> tuple[list[Part], Part | None]:
    """The pictures in their order, and the mask. Raises Refusal for any other file, and for a second mask."""
    files = [part for part in parts if part.is_file]
    known = PICTURE_FIELDS if act == "variations" else (*PICTURE_FIELDS, "mask")
    for part in files:
        if part.field not in known:
            raise Refusal(f"Unknown parameter: '{part.field}'.", "unknown_parameter", part.field)
    masks = [part for part in files if part.field == "mask"]
    if len(masks) > 1:
        raise Refusal("Duplicate parameter: 'mask'.", "duplicate_parameter", "mask")
    return [part for part in files if part.field in PICTURE_FIELDS], masks[0] if masks else None
