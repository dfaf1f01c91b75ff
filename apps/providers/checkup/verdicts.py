"""What an answer to a probe means: is this part of the API there? Pure.

A probe asks for something that every server refuses before it works: an empty object, a form without
its file. So a refusal of the body is the good news, and what counts is who refused: the part of the
API, or the door in front of it. Servers say that in many ways; `ghost` is the same server's answer to
a path that nobody has, so what looks like it tells nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gateway import ApiResponse, mask
from gateway.error_bodies import Said, read_body
from gateway.refusals import refusal
from gateway.wording import shorten

WORKS, MISSING, REFUSED, UNCLEAR = "works", "missing", "refused", "unclear"
LONGEST_QUOTE = 200

_NO_PATH = re.compile(
    r"^\W*(404\W*)?(page |resource |url )?not found\W*$|unknown (request )?(url|path|endpoint|route)|invalid url|unexpected endpoint"
    r"|unrecognized request url|no (such |matching |static )?(route|endpoint|path|handler|resource)\b|file not found|cannot (get|post) /"
    r"|(route|path|endpoint|url)\b.{0,80}\b(not found|does not exist|not supported|unknown)|there is nothing at|method not allowed",
    re.I | re.S,
)
_NOT_BUILT = re.compile(
    r"not (yet )?implemented|does not support (the )?[\w .-]{1,40} (api|endpoint)"
    r"|(server|endpoint|feature).{0,40}(does not support|not enabled|disabled)",
    re.I | re.S,
)
_MODEL = re.compile(r"\bmodels?\b", re.I)
_DEPLOYMENT = re.compile(r"\bdeployment|operation does not work with the specified model", re.I)
_LACKS_A_FIELD = re.compile(
    r"missing|required|must (be|have)|not found in|key '\w+'|^'\w+'$|cannot (be empty|parse)|invalid (request|json|body)", re.I
)
_NO_KEY = re.compile(r"insufficient permissions|missing scopes", re.I)
_OWN_NAMES = frozenset({"object", "choices", "data", "id", "output", "text", "results", "embedding", "created"})
_BY_STATUS = {
    401: (REFUSED, "key"),
    402: (UNCLEAR, "quota"),
    403: (REFUSED, "key"),
    405: (MISSING, "no_method"),
    408: (UNCLEAR, "rate"),
    425: (UNCLEAR, "rate"),
    429: (UNCLEAR, "rate"),
    501: (MISSING, "not_built"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` is a key of `words.REASONS`; `said` is the server's own sentence, masked, where it helps."""

    state: str
    reason: str
    status: int | None = None
    said: str = ""


def judge(method: str, answer: ApiResponse, ghost: ApiResponse | None = None) -> Verdict:
    """The verdict on one answer. Never raises, whatever a server sends."""
    said = read_body(answer.body)
    state, reason = _judge(method, answer, said, ghost)
    quote = "" if state == WORKS or _is_page(answer) else shorten(mask(said.message))[:LONGEST_QUOTE]
    return Verdict(state, reason, answer.status, quote)


def _judge(method: str, answer: ApiResponse, said: Said, ghost: ApiResponse | None) -> tuple[str, str]:
    status = answer.status
    if _NO_KEY.search(said.message):
        return REFUSED, "key"
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if 300 <= status < 400:
        return UNCLEAR, "redirect"
    if _is_page(answer):
        return (UNCLEAR, "server") if status >= 500 else (MISSING, "web_page")
    if status in {404, 410}:
        return _judge_not_found(answer, said, ghost)
    return _judge_words(method, answer, said, ghost)


def _judge_words(method: str, answer: ApiResponse, said: Said, ghost: ApiResponse | None) -> tuple[str, str]:
    if answer.status >= 500:
        return _judge_trouble(answer.status, said)
    if 200 <= answer.status < 300 and not _is_error(answer):
        return _judge_answer(method, answer, ghost)
    return _judge_refusal(answer, said, ghost)


def _judge_not_found(answer: ApiResponse, said: Said, ghost: ApiResponse | None) -> tuple[str, str]:
    """The path may be unknown, or the model that was not named."""
    if _is_unknown_path(said):
        return MISSING, "no_path"
    if said.code == "deploymentnotfound" or _DEPLOYMENT.search(said.message):
        return UNCLEAR, "deployment"
    if said.code == "model_not_found" or _MODEL.search(said.message):
        return WORKS, "there"
    if ghost is None or _is_like(answer, ghost):
        return MISSING, "no_path"
    return UNCLEAR, "odd"


def _judge_trouble(status: int, said: Said) -> tuple[str, str]:
    """Small servers stumble over an empty body: what they miss in it tells that they looked."""
    if _NOT_BUILT.search(said.message):
        return MISSING, "not_built"
    if status in {503, 529}:
        return UNCLEAR, "busy"
    return (WORKS, "there") if _LACKS_A_FIELD.search(said.message) else (UNCLEAR, "server")


def _judge_refusal(answer: ApiResponse, said: Said, ghost: ApiResponse | None) -> tuple[str, str]:
    """A refusal of what was sent: it is there, unless the words say that it is not, or every path is refused alike."""
    if said.code == "operationnotsupported" or _DEPLOYMENT.search(said.message):
        return UNCLEAR, "deployment"
    if _is_unknown_path(said):
        return MISSING, "no_path"
    if _NOT_BUILT.search(said.message):
        return MISSING, "not_built"
    if refusal(max(answer.status, 400), answer.headers, answer.body).kind == "auth":
        return REFUSED, "key"
    if ghost is not None and _is_like(answer, ghost):
        return UNCLEAR, "catch_all"
    return WORKS, "there"


def _judge_answer(method: str, answer: ApiResponse, ghost: ApiResponse | None) -> tuple[str, str]:
    """It answered with something. Some servers do work on an empty body, some say OK to everything."""
    if ghost is not None and _is_like(answer, ghost):
        return UNCLEAR, "catch_all"
    if isinstance(answer.json, list) or (isinstance(answer.json, Mapping) and answer.json.keys() & _OWN_NAMES):
        return WORKS, "answers"
    is_begun_list = method == "GET" and answer.body.lstrip()[:1] in {b"{", b"["} and answer.json is None
    is_content = answer.content_type.startswith(("audio/", "image/")) or answer.content_type in {"text/event-stream", "text/plain"}
    if is_begun_list or (method == "POST" and is_content and answer.body.strip()):
        return WORKS, "answers"
    return UNCLEAR, "odd"


def _is_unknown_path(said: Said) -> bool:
    return said.code in {"unknown_url", "unknown_endpoint", "method_not_allowed"} or bool(_NO_PATH.search(said.message))


def _is_error(answer: ApiResponse) -> bool:
    return isinstance(answer.json, Mapping) and bool(answer.json.get("error")) and not answer.json.keys() & {"id", "object"}


def _is_page(answer: ApiResponse) -> bool:
    return answer.content_type == "text/html" or answer.body.lstrip()[:1] == b"<"


def _is_like(answer: ApiResponse, ghost: ApiResponse) -> bool:
    """The same words under the same status, but for the path and numbers in them."""
    return answer.status == ghost.status and _outline(answer.body) == _outline(ghost.body)


def _outline(body: bytes) -> str:
    text = body[:2000].decode("utf-8", "replace")
    return re.sub(r"/[\w./-]*|\b(?=\w*\d)[\w-]{6,}\b|\d+", "", text)
