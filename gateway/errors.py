"""Everything that can go wrong with a call, as one small tree.

    GatewayError
    ├── NotSent     nothing reached the provider: address, key, connection
    ├── Refused     the provider answered with an error, and said so before any content
    └── Lost        the call reached the provider and its answer is missing, broken or only begun
        └── Incomplete   a stream that ended without saying that it was finished

`kind` names the cause in one word and is what code decides by; `sentence` is for a person. Neither
ever holds a key: texts of a provider are masked before they come here.
"""

from collections.abc import Mapping
from typing import Any, Literal

Kind = Literal[
    "auth",
    "forbidden",
    "not_found",
    "rate_limited",
    "quota",
    "too_long",
    "parameter",
    "policy",
    "bad_request",
    "too_large",
    "conflict",
    "overloaded",
    "server",
    "unreachable",
    "tls",
    "blocked_address",
    "timeout_connect",
    "timeout_first_byte",
    "timeout_silence",
    "timeout_total",
    "cut",
    "incomplete",
    "not_api",
    "answer_too_big",
    "stream_error",
    "link",
    "bad_answer",  # whole, and of no use: no picture where one was promised
]


class GatewayError(Exception):
    """A call that brought no whole answer.

    `retry_after` is the wait in seconds that the provider asked for. `details` holds what words may
    need: `seconds`, `bytes`, `files`, `tokens`, `limit`, `address`, `location`, `moderation_details`, and
    `message`, the provider's own words. Those of the kind "link" are told in `links.link_error`.
    """

    reached_provider = True

    def __init__(
        self,
        kind: Kind,
        sentence: str,
        *,
        status: int | None = None,
        code: str = "",
        parameter: str = "",
        request_id: str = "",
        retry_after: float | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.sentence = sentence
        self.status = status
        self.code = code
        self.parameter = parameter
        self.request_id = request_id
        self.retry_after = retry_after
        self.details = dict(details or {})

    def as_dict(self) -> dict[str, Any]:
        """Everything about it, ready for JSON."""
        return {
            "kind": self.kind,
            "sentence": self.sentence,
            "status": self.status,
            "code": self.code,
            "parameter": self.parameter,
            "request_id": self.request_id,
            "reached_provider": self.reached_provider,
            "retry_after": self.retry_after,
            "details": self.details,
        }


class NotSent(GatewayError):
    """Not one byte of the request can have reached the provider."""

    reached_provider = False


class Refused(GatewayError):
    """The provider answered with an error status."""


class Lost(GatewayError):
    """The request left, and there is no whole answer. It may have been billed."""


class Incomplete(Lost):
    """A stream that ended without a finish reason and without its end mark."""
