"""Making, changing and varying pictures: `POST /images/generations`, `/images/edits`, `/images/variations`.

Params are the settings by their API names, the description as `prompt`, and under OURS what is not sent:

    {"source": id of the picture, "mask": id of the mask, "references": [ids], "keep_outside": bool,
     "by": "edit" for a variation that is asked for as an edit,
     "placement": where the picture lies in what was sent, if it had to be made smaller or padded}

Files go in order: the picture to change first, then those that the model may look at; the mask has a role of its own.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.images import finishing
from apps.runs.gates import PICTURES, Typed
from apps.runs.operations import Estimate, InputFile, Operation, OutputFile, Params, Prices, Result, StreamState
from gateway import Lost
from gateway.types import ApiEvent, ApiRequest, ApiResponse, FilePart

if TYPE_CHECKING:
    from apps.runs.models import Run

OURS: Final = "ours"
SPILLED: Final = "spilled:"
BASE64: Final = "b64_json"
TYPE_OF_FORMAT: Final = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp", "gif": "image/gif"}
PARENT: Final = "images"


class PictureOperation(Operation):
    """What all three have in common: the answer, its pictures, and how they are shown."""

    icon: ClassVar[str] = "image"
    waiting: ClassVar[Any] = gettext_lazy("Being made")
    declined: ClassVar[Any] = gettext_lazy("The safety system stopped this picture.")
    first_byte: ClassVar[float] = 600.0
    max_bytes: ClassVar[int] = 512 * 1024 * 1024
    max_stream_bytes: ClassVar[int] = 160 * 1024 * 1024  # one picture of 4K and three unfinished ones, as base64
    is_text: ClassVar[bool] = False
    stopped_early: ClassVar[Any] = gettext_lazy("Stopped before the first picture.")
    has_previews: ClassVar[bool] = True
    result_template: ClassVar[str] = "images/_tiles.html"
    card_template: ClassVar[str] = "images/_run.html"
    active_template: ClassVar[str] = "images/_making.html"
    preview_template: ClassVar[str] = "images/_preview.html"

    def parse_response(self, response: ApiResponse) -> Result:
        answer = response.json if isinstance(response.json, Mapping) else {}
        entries = [entry for entry in _list(answer.get("data")) if isinstance(entry, Mapping)]
        paths = response.spilled.paths if response.spilled else []
        files = [file for number, entry in enumerate(entries) if (file := _file_of(entry, number, paths, answer)) is not None]
        if not files:
            raise Lost("bad_answer", "The answer has no picture in it.", request_id=response.request_id)
        leftovers = (response.spilled.close,) if response.spilled else ()
        told = {**answer, "data": [_without_bytes(entry) for entry in entries]}
        usage = {**_tokens(answer.get("usage")), "images": len(files)}
        return Result(finish_reason="stop", usage=usage, response=told, files=files, leftovers=leftovers)

    def fold(self, event: ApiEvent, state: StreamState) -> None:
        kind, body = str(event.data.get("type", "")), _decoded(event.data.get(BASE64))
        if not kind and isinstance(event.data.get("data"), list):  # a server that was asked for a stream and answers whole
            state.extra["whole"] = event.data
        elif body and kind.endswith(".partial_image"):
            state.extra["partial"] = body
            state.add_preview(body)
        elif kind.endswith(".completed"):
            state.extra.setdefault("completed", []).append((body, {name: value for name, value in event.data.items() if name != BASE64}))
            state.usage |= _tokens(event.data.get("usage"))
            state.finish_reason = "stop"

    def finish(self, state: StreamState) -> Result:
        if "whole" in state.extra:
            return self._finish_whole(state.extra["whole"])
        files = [_output(body, number, told) for number, (body, told) in enumerate(state.extra.get("completed", ())) if body]
        response = [told for _body, told in state.extra.get("completed", ())]
        if not files and "partial" in state.extra:  # the call broke off: what came last is kept
            files = [_output(state.extra["partial"], 0, {"is_unfinished": True})]
        usage = {**state.usage, **({"images": len(files)} if state.finish_reason else {})}
        return Result(finish_reason=state.finish_reason, usage=usage, response=response or None, files=files)

    def _finish_whole(self, answer: Mapping[str, Any]) -> Result:
        entries = [entry for entry in _list(answer.get("data")) if isinstance(entry, Mapping)]
        files = [file for number, entry in enumerate(entries) if (file := _file_of(entry, number, (), answer)) is not None]
        told = {**answer, "data": [_without_bytes(entry) for entry in entries]}
        return Result(finish_reason="stop", usage={**_tokens(answer.get("usage")), "images": len(files)}, response=told, files=files)

    def refine(self, result: Result, params: Params, files: Sequence[InputFile]) -> Result:
        return finishing.finished(result, params.get(OURS) or {}, files, asked=_asked(params))

    def preview(self, body: bytes) -> OutputFile | None:
        return finishing.preview(body)

    def estimate(self, params: Params, files: Sequence[InputFile], prices: Prices) -> Estimate:
        """By the price of a picture; where tokens are paid nobody knows before how many they will be."""
        return Estimate(cost=prices.cost_of(_asked(params), prices.others.get("image"), 1))

    def summary(self, params: Params) -> str:
        return " ".join(str(params.get("prompt", "")).split())[:200]

    def typed(self, params: Params) -> Typed:
        return Typed(PICTURES, (str(params.get("prompt", "")),))

    def ways_on(self, run: "Run") -> Mapping[str, str]:
        """The form with its words in it, where they are written anew."""
        page = self.page_of(run).partition("#")[0]
        return {**super().ways_on(run), **({"model": page, "wording": f"{page}?wording={run.pk}"} if page else {})}

    def has_brought(self, run: "Run") -> bool:
        return run.status == "completed" or super().has_brought(run)  # without a picture it would have failed

    def ready(self, run: "Run") -> str:
        count = run.files.filter(role="output").count()
        return ngettext("%(n)s picture is ready.", "%(n)s pictures are ready.", count) % {"n": count}


class MakePictures(PictureOperation):
    name: ClassVar[str] = "images.generate"
    title: ClassVar[Any] = gettext_lazy("Pictures")
    endpoint: ClassVar[str] = "images.generate"

    def build_request(self, model: str, params: Params, files: Sequence[InputFile]) -> ApiRequest:
        body = {"model": model, **sent_settings(params)}
        return ApiRequest("POST", "/images/generations", json=body, stream=is_streamed(params), spill=(BASE64,))

    def page_of(self, run: "Run") -> str:
        return f"{reverse('images:new')}#run-{run.pk}"


class EditPicture(PictureOperation):
    name: ClassVar[str] = "images.edit"
    title: ClassVar[Any] = gettext_lazy("Edit of a picture")
    endpoint: ClassVar[str] = "images.edit"
    page_url: ClassVar[str] = "images:edit"

    def build_request(self, model: str, params: Params, files: Sequence[InputFile]) -> ApiRequest:
        return edit_request(model, params, files)


class VaryPicture(PictureOperation):
    """The variation call, or, where a provider has none, an edit that asks for a variation in words."""

    name: ClassVar[str] = "images.vary"
    title: ClassVar[Any] = gettext_lazy("More like this")
    endpoint: ClassVar[str] = "images.variations|images.edit"
    page_url: ClassVar[str] = "images:variations"

    def build_request(self, model: str, params: Params, files: Sequence[InputFile]) -> ApiRequest:
        if (params.get(OURS) or {}).get("by") == "edit":
            return edit_request(model, params, files)
        fields = as_fields(model, {name: value for name, value in sent_settings(params).items() if name != "prompt"})
        return ApiRequest("POST", "/images/variations", fields=fields, files=picture_parts(files), spill=(BASE64,))

    def summary(self, params: Params) -> str:
        return super().summary(params) or _("More like a picture")


def edit_request(model: str, params: Params, files: Sequence[InputFile]) -> ApiRequest:
    fields = as_fields(model, sent_settings(params))
    return ApiRequest("POST", "/images/edits", fields=fields, files=picture_parts(files), stream=is_streamed(params), spill=(BASE64,))


def sent_settings(params: Params) -> dict[str, Any]:
    """What goes out as it is. Previews belong to a stream, and a stream is for one picture."""
    left_out = {OURS} if is_streamed(params) else {OURS, "partial_images"}
    return {name: value for name, value in params.items() if name not in left_out}


def is_streamed(params: Params) -> bool:
    return bool(params.get("partial_images")) and _asked(params) == 1


def as_fields(model: str, settings: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return (("model", model), *((name, str(value)) for name, value in settings.items()))


def picture_parts(files: Sequence[InputFile]) -> tuple[FilePart, ...]:
    """One picture is `image`, several are `image[]`: servers that take one only know the first name."""
    pictures = [file for file in files if file.role == "input"]
    field = "image" if len(pictures) == 1 else "image[]"
    parts = [FilePart(field, file.path, file.name, file.content_type) for file in pictures]
    parts += [FilePart("mask", file.path, file.name, file.content_type) for file in files if file.role == "mask"]
    return tuple(parts)


def _asked(params: Params) -> int:
    """How many pictures were asked for."""
    n = params.get("n", 1)
    return n if isinstance(n, int) and n > 0 else 1


def _file_of(entry: Mapping[str, Any], number: int, paths: Sequence[Any], answer: Mapping[str, Any]) -> OutputFile | None:
    """One picture of an answer: its file, its bytes, or its link."""
    told = {"output_format": answer.get("output_format"), "revised_prompt": entry.get("revised_prompt")}
    value, link = entry.get(BASE64), entry.get("url")
    if isinstance(value, str) and value.startswith(SPILLED):
        place = value.removeprefix(SPILLED)
        if place.isdigit() and int(place) < len(paths):
            return _output(b"", number, told, path=paths[int(place)])
    if body := _decoded(value):
        return _output(body, number, told)
    if isinstance(link, str) and link.startswith("data:"):
        return _output(_decoded(link.partition(",")[2]) or b"", number, told)
    return _output(b"", number, told, url=link) if isinstance(link, str) and link else None


def _output(body: bytes, number: int, told: Mapping[str, Any], **where: Any) -> OutputFile:
    """The name and the type are settled when it has been looked at."""
    details = {name: value for name in ("revised_prompt", "is_unfinished", "size", "quality") if (value := told.get(name))}
    content_type = TYPE_OF_FORMAT.get(str(told.get("output_format")), "image/png")
    return OutputFile(f"picture-{number + 1}", content_type, body=body, details=details, **where)


def _decoded(value: Any) -> bytes:
    if not isinstance(value, str) or not value:
        return b""
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4))
    except (binascii.Error, ValueError):
        return b""


def _without_bytes(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What an answer says of a picture, without the picture."""
    return {name: "…" if name == BASE64 and value else value for name, value in entry.items()}


def _tokens(usage: Any) -> dict[str, int]:
    told = usage if isinstance(usage, Mapping) else {}
    names = {"input": "input_tokens", "output": "output_tokens"}
    return {
        ours: told[theirs] for ours, theirs in names.items() if isinstance(told.get(theirs), int) and not isinstance(told[theirs], bool)
    }


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
