"""What providers are asked to do with files. None of it is billed; what could make a second copy is not repeated by itself.

The bytes of a file are not in the params, and not copied: they come from our pieces, and go there (`supplying`).

    {"name", "purpose", "lifetime": seconds or absent, "size": bytes, "type"}                  files.send, files.begin_upload
    {"upload": id, "number": of the part from 1, "parts": how many, "start", "size", "name"}   files.send_part
    {"upload": id, "parts": [ids], "md5", "name", "size"}                                      files.complete_upload
    {"upload": id, "name"}                                                                     files.cancel_upload
    {"file": id, "name"}                                                                       files.delete
    {"file": id, "name", "start", "size", "all": bytes of the whole}                           files.fetch
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import quote

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.files.models import PARENT
from apps.files.remote_answers import range_of, usable_id
from apps.runs.operations import BadAnswer, InputFile, Operation, OutputFile, Params, Result
from gateway import Lost
from gateway.types import ApiRequest, ApiResponse, FilePart

if TYPE_CHECKING:
    from apps.runs.models import Run

SLOWEST: Final = 128 * 1024  # bytes a second of a line that is worth waiting for
ANCHOR: Final = "created_at"


class FileOperation(Operation):
    """What they have in common."""

    endpoint: ClassVar[str] = "files"
    is_markdown: ClassVar[bool] = False
    is_text: ClassVar[bool] = False
    is_billed: ClassVar[bool] = False
    may_repeat: ClassVar[bool] = False  # repeated from its file, which knows what is there already
    waiting: ClassVar[Any] = gettext_lazy("Waiting for the provider")
    stopped_early: ClassVar[Any] = gettext_lazy("Stopped before its end.")
    result_template: ClassVar[str] = "files/_call.html"

    def parse_response(self, response: ApiResponse) -> Result:
        return Result(finish_reason="stop", response=_object(response))

    def has_brought(self, run: "Run") -> bool:
        return run.status == "completed"

    def ready(self, run: "Run") -> str:
        return _("%(name)s: done.") % {"name": self.title}

    def summary(self, params: Params) -> str:
        return str(params.get("name", ""))[:200]

    def page_of(self, run: "Run") -> str:
        is_ours = run.parent_kind == PARENT and run.parent_id
        return f"{reverse('files:list')}{run.parent_id}/" if is_ours else ""

    def longest(self, request: ApiRequest) -> float:
        return sum(part.size for part in request.files) / SLOWEST

    def patience(self, request: ApiRequest) -> float:
        return 300.0 if request.files else 0.0  # what came whole is stored before it is answered


class SendFile(FileOperation):
    name: ClassVar[str] = "files.send"
    title: ClassVar[Any] = gettext_lazy("File sent")
    icon: ClassVar[str] = "upload"

    def build_request(self, model: str, params: Params, files: Sequence[InputFile]) -> ApiRequest:
        lifetime = params.get("lifetime")
        expiry = (("expires_after[anchor]", ANCHOR), ("expires_after[seconds]", str(lifetime))) if lifetime else ()
        fields = (("purpose", str(params.get("purpose", ""))), *expiry)
        return ApiRequest("POST", "/files", fields=fields, files=tuple(_part("file", file, params) for file in files))

    def parse_response(self, response: ApiResponse) -> Result:
        return Result(finish_reason="stop", response=_with_id(response))


class BeginUpload(FileOperation):
    name: ClassVar[str] = "files.begin_upload"
    title: ClassVar[Any] = gettext_lazy("Upload in parts, begun")
    icon: ClassVar[str] = "upload"
    endpoint: ClassVar[str] = "uploads"

    def build_request(self, model: str, params: Params, files: Sequence[InputFile]) -> ApiRequest:
        body: dict[str, Any] = {"filename": params.get("name"), "purpose": params.get("purpose"), "bytes": params.get("size")}
        body["mime_type"] = params.get("type")
        if params.get("lifetime"):
            body["expires_after"] = {"anchor": ANCHOR, "seconds": params["lifetime"]}
        return ApiRequest("POST", "/uploads", json=body)

    def parse_response(self, response: ApiResponse) -> Result:
        return Result(finish_reason="stop", response=_with_id(response))


class SendPart(FileOperation):
    name: ClassVar[str] = "files.send_part"
    title: ClassVar[Any] = gettext_lazy("Part of a file sent")
    icon: ClassVar[str] = "upload"
    endpoint: ClassVar[str] = "uploads"

    def build_request(self, model: str, params: Params, files: Sequence[InputFile]) -> ApiRequest:
        path = f"/uploads/{_in_path(params.get('upload'))}/parts"
        return ApiRequest("POST", path, files=tuple(_part("data", file, params) for file in files))

    def parse_response(self, response: ApiResponse) -> Result:
        return Result(finish_reason="stop", response=_with_id(response))

    def summary(self, params: Params) -> str:
        names = {"name": params.get("name", ""), "n": params.get("number"), "all": params.get("parts")}
        return (_("%(name)s, part %(n)s of %(all)s") % names)[:200]


class CompleteUpload(FileOperation):
    name: ClassVar[str] = "files.complete_upload"
    title: ClassVar[Any] = gettext_lazy("Upload in parts, put together")
    icon: ClassVar[str] = "upload"
    endpoint: ClassVar[str] = "uploads"

    def build_request(self, model: str, params: Params, files: Sequence[InputFile]) -> ApiRequest:
        body: dict[str, Any] = {"part_ids": list(params.get("parts", []))}
        if params.get("md5"):
            body["md5"] = params["md5"]
        return ApiRequest("POST", f"/uploads/{_in_path(params.get('upload'))}/complete", json=body)

    def parse_response(self, response: ApiResponse) -> Result:
        answer = _object(response)
        if not isinstance(answer.get("file"), Mapping) or not usable_id(answer["file"].get("id")):
            raise _without_id(response)
        return Result(finish_reason="stop", response=answer)

    def patience(self, request: ApiRequest) -> float:
        return 300.0


class CancelUpload(FileOperation):
    name: ClassVar[str] = "files.cancel_upload"
    title: ClassVar[Any] = gettext_lazy("Upload in parts, given up")
    icon: ClassVar[str] = "circle-slash"
    endpoint: ClassVar[str] = "uploads"

    def build_request(self, model: str, params: Params, files: Sequence[InputFile]) -> ApiRequest:
        return ApiRequest("POST", f"/uploads/{_in_path(params.get('upload'))}/cancel", json={})


class DeleteFile(FileOperation):
    name: ClassVar[str] = "files.delete"
    title: ClassVar[Any] = gettext_lazy("File deleted at its provider")
    icon: ClassVar[str] = "trash-2"

    def build_request(self, model: str, params: Params, files: Sequence[InputFile]) -> ApiRequest:
        return ApiRequest("DELETE", f"/files/{_in_path(params.get('file'))}")

    def parse_response(self, response: ApiResponse) -> Result:
        answer = _object(response, may_be_empty=True)
        if answer.get("deleted") is False:
            raise Lost("bad_answer", _("The provider did not delete it."), request_id=response.request_id)
        return Result(finish_reason="stop", response=answer)


class FetchFile(FileOperation):
    """A stretch of a file; all of it where the provider gives no stretches."""

    name: ClassVar[str] = "files.fetch"
    title: ClassVar[Any] = gettext_lazy("File fetched")
    icon: ClassVar[str] = "download"
    max_bytes: ClassVar[int] = settings.MAX_FILE_BYTES

    def build_request(self, model: str, params: Params, files: Sequence[InputFile]) -> ApiRequest:
        start, size = int(params.get("start", 0)), int(params.get("size", 0))
        wanted = (start, start + size - 1) if size > 0 else None
        return ApiRequest("GET", f"/files/{_in_path(params.get('file'))}/content", byte_range=wanted, is_file=True)

    def longest(self, request: ApiRequest) -> float:
        return settings.FILE_WHOLE_BYTES / SLOWEST

    def parse_response(self, response: ApiResponse) -> Result:
        assert response.saved is not None
        size = response.saved.stat().st_size
        told = range_of(response.status, response.headers, size)
        if told is None:
            raise Lost("bad_answer", _("The provider sent another stretch of the file than it says."), request_id=response.request_id)
        answer = {"start": told[0], "size": size, "all": told[1], "type": response.content_type[:100], "status": response.status}
        output = OutputFile("content", response.content_type, path=response.saved, details=answer)
        return Result(finish_reason="stop", response=answer, files=[output])

    def refine(self, result: Result, params: Params, files: Sequence[InputFile]) -> Result:
        """Nothing but what was asked for is kept: another stretch, a page of a proxy, or less than there should be is not."""
        for output in result.files:
            _judge_stretch(output.details, params)
        return result

    def summary(self, params: Params) -> str:
        name, start, size, whole = params.get("name", ""), params.get("start", 0), params.get("size", 0), params.get("all", 0)
        if not whole or size >= whole:
            return str(name)[:200]
        words = {"name": name, "start": filesizeformat(start), "end": filesizeformat(start + size), "all": filesizeformat(whole)}
        return (_("%(name)s, %(start)s to %(end)s of %(all)s") % words)[:200]


OPERATIONS: Final = (SendFile, BeginUpload, SendPart, CompleteUpload, CancelUpload, DeleteFile, FetchFile)


def _judge_stretch(came: Mapping[str, Any], params: Params) -> None:
    """Raises BadAnswer."""
    if came["type"] == "text/html" and not str(params.get("name", "")).lower().endswith((".html", ".htm")):
        raise BadAnswer(_("A web page came instead of the file."))
    if came["status"] == 206:
        ends = came["start"] + came["size"]
        if came["all"] > settings.MAX_FILE_BYTES:
            raise BadAnswer(_("The provider says that the file is larger than this server takes."))
        if came["start"] != params.get("start") or (came["size"] != params.get("size") and ends != came["all"]):
            raise BadAnswer(_("The provider sent another stretch of the file than the one that was asked for."))
    elif came["size"] < params.get("all", 0):
        raise BadAnswer(_("The file broke off before its end."))


def _part(field: str, file: InputFile, params: Params) -> FilePart:
    kind = file.content_type or "application/octet-stream"
    return FilePart(field, file.path, str(params.get("name") or file.name), kind, file.stretches)


def _in_path(identifier: Any) -> str:
    """An id as a part of an address: whatever a provider called it, it leads nowhere else."""
    return quote(str(identifier or "-"), safe="")


def _object(response: ApiResponse, *, may_be_empty: bool = False) -> dict[str, Any]:
    if isinstance(response.json, Mapping):
        return dict(response.json)
    if may_be_empty and not response.body.strip():
        return {}
    raise Lost("bad_answer", _("The provider answered with something that is not about a file."), request_id=response.request_id)


def _with_id(response: ApiResponse) -> dict[str, Any]:
    answer = _object(response)
    if not usable_id(answer.get("id")):
        raise _without_id(response)
    return answer


def _without_id(response: ApiResponse) -> Lost:
    return Lost("bad_answer", _("The provider answered without the id of the file."), request_id=response.request_id)
