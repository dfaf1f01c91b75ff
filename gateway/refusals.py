"""What a provider means by an error, whatever shape it gave it. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from gateway.error_bodies import Said, read_body, without_keys
from gateway.errors import Kind, Refused
from gateway.masking import mask
from gateway.waits import retry_after
from gateway.wording import read_tokens, sentence_of, shorten

_QUOTA_CODES = frozenset(
    {
        *("insufficient_quota", "credit_balance_exhausted", "organization_spend_limit_exceeded", "project_spend_limit_exceeded"),
        *("organization_usage_limit_exceeded", "billing_hard_limit_reached", "billing_not_active", "budget_exceeded", "quota_exceeded"),
    }
)
_POLICY_CODES = frozenset({"moderation_blocked", "content_filter", "content_policy_violation", "responsibleaipolicyviolation"})
_LENGTH_CODES = frozenset({"context_length_exceeded", "exceed_context_size_error"})
_LENGTH_TEXT = re.compile(
    r"maximum (context|model) length|context (window|length|size)|(prompt|input) is too long"
    r"|too many (input )?tokens|request too large for .* tokens",
    re.I,
)
_KEY_TEXT = re.compile(r"(incorrect|invalid|missing) api key|api key (is )?(not valid|invalid|expired|not found)", re.I)
_RANGE = re.compile(r"above_max|below_min|invalid_type|missing_required|must be (between|at (least|most)|less|greater|a |an )", re.I)
_NAMED = (
    re.compile(
        r"(?:unsupported|unknown|unrecognized|unexpected|invalid|extra)\s+(?:\w+\s+){0,3}?(?:parameter|argument|field|value|key)s?\s*(?:supplied)?:?\s*[`'\"]([\w.\[\]]+)[`'\"]",
        re.I,
    ),
    re.compile(
        r"[`'\"]([\w.\[\]]+)[`'\"]\s+(?:parameter\s+)?(?:is|are|does|do)?\s*(?:not|un)\s*-?(?:supported|support|allowed|permitted|recognized)",
        re.I,
    ),
    re.compile(r"(?:not|n't) (?:support|take|accept|allow) (?:the )?(?:parameters?:? )?\[?[`'\"]([\w.\[\]]+)[`'\"]", re.I),
    re.compile(r"unexpected keyword argument [`'\"]([\w.]+)[`'\"]", re.I),
)
_PARTS_OF_A_CALL = frozenset(
    {"model", "messages", "input", "prompt", "file", "files", "image", "images", "mask", "audio", "body", "query", "path"}
)


def refusal(status: int, headers: Mapping[str, str], body: bytes, *, keys: tuple[str, ...] = (), request_id: str = "") -> Refused:
    """The error that an answer with this status is."""
    said = read_body(body)
    if 300 <= status < 400:
        return _redirect(status, headers, keys, request_id)
    return build_refusal(_kind(status, said), said, status, headers, keys=keys, request_id=request_id)


def build_refusal(
    kind: Kind, said: Said, status: int, headers: Mapping[str, str], *, keys: tuple[str, ...] = (), request_id: str = ""
) -> Refused:
    """An error of this kind with everything the provider said in it, masked."""
    said = without_keys(said, keys)
    message = shorten(said.message)
    wait = retry_after(headers, said.message) if status in (429, 503, 529) else None
    details = build_details(kind, said, message) | ({"seconds": wait} if wait is not None else {})
    if headers.get("x-should-retry", "").lower() == "false":
        details["may_retry"] = False
    return Refused(
        kind,
        sentence_of(kind, message, details),
        status=status,
        code=(said.code or said.type)[:100],
        parameter=_parameter(said)[:100],
        request_id=request_id,
        retry_after=wait,
        details=details,
    )


def _redirect(status: int, headers: Mapping[str, str], keys: tuple[str, ...], request_id: str) -> Refused:
    location = shorten(mask(headers.get("location", ""), keys))
    sentence = "The address sends us on to another one, and a key never follows. Enter the final address."
    return Refused("not_api", sentence, status=status, request_id=request_id, details={"location": location} if location else {})


def _kind(status: int, said: Said) -> Kind:
    specific = specific_kind(said)
    if status == 429:
        return specific if specific in ("quota", "too_long") else "rate_limited"
    if status in (503, 529):
        return "overloaded"
    if specific in ("quota", "policy", "too_long") and status != 401:
        return specific
    if status in (400, 422):
        return "auth" if _is_key_trouble(said) else _kind_of_bad_request(said)
    return _KIND_OF_STATUS.get(status) or ("server" if status >= 500 else "bad_request")


_KIND_OF_STATUS: dict[int, Kind] = {
    401: "auth",
    402: "quota",
    403: "forbidden",
    404: "not_found",
    405: "not_found",
    407: "unreachable",
    408: "server",
    409: "conflict",
    410: "not_found",
    413: "too_large",
    501: "not_found",
}


def specific_kind(said: Said) -> Kind | None:
    """The kind that the words alone tell, whatever the status was."""
    words = {said.code, said.type}
    if words & _QUOTA_CODES or re.search(r"exceeded your current quota|insufficient (credit|balance|funds)", said.message, re.I):
        return "quota"
    if words & _POLICY_CODES or said.moderation or re.search(r"content (management )?policy|safety system", said.message, re.I):
        return "policy"
    if words & _LENGTH_CODES or _LENGTH_TEXT.search(said.message):
        return "too_long"
    if words & {"rate_limit_exceeded", "rate_limit_error", "429"}:
        return "rate_limited"
    if words & {"server_is_overloaded", "slow_down", "overloaded_error", "overloaded", "503", "529"}:
        return "overloaded"
    return None


def is_blocked(said: Said) -> bool:
    """A picture that the safety system stopped: that is the reason also where a first sketch of it was shown."""
    return said.code == "moderation_blocked" or bool(said.moderation)


def _is_key_trouble(said: Said) -> bool:
    return said.code == "invalid_api_key" or bool(_KEY_TEXT.search(said.message))


def _kind_of_bad_request(said: Said) -> Kind:
    name = re.split(r"[.\[]", _parameter(said))[0]
    if not name or name in _PARTS_OF_A_CALL or _RANGE.search(f"{said.code} {said.message}"):
        return "bad_request"
    return "parameter"


def _parameter(said: Said) -> str:
    if said.parameter:
        return said.parameter
    for pattern in _NAMED:
        if found := pattern.search(said.message):
            return found[1]
    return ""


def build_details(kind: Kind, said: Said, message: str) -> dict[str, Any]:
    """What words about this error may need: the provider's own, and numbers found in them."""
    details: dict[str, Any] = {"message": message} if message else {}
    if said.moderation:
        details["moderation_details"] = said.moderation
    if kind == "too_long":
        details |= read_tokens(said)
    if kind == "not_found" and (said.code == "model_not_found" or re.search(r"\bmodel\b.*(not found|does not exist)", message, re.I)):
        details["what"] = "model"
    return details
