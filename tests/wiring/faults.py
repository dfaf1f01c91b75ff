"""Every fault of the loopback provider, and what must come of it."""

from dataclasses import dataclass

from tests.wiring.settings import SILENCE


@dataclass(frozen=True, slots=True)
class Fault:
    """`share` is how much of the story must be kept: "all", "half" or "none"."""

    model: str
    status: str
    kind: str
    share: str
    calls: int = 1


HEAVY = ("tiny-deltas", "endless")


def completed(model: str, calls: int = 1) -> Fault:
    return Fault(model, "completed", "", "all", calls)


def failed(model: str, kind: str, calls: int = 1) -> Fault:
    return Fault(model, "failed", kind, "none", calls)


def interrupted(model: str, kind: str) -> Fault:
    return Fault(model, "interrupted", kind, "half")


def unknown(model: str, kind: str) -> Fault:
    return Fault(model, "unknown", kind, "none")


FAULTS = [
    completed("429-then-ok-times2-rate0", calls=3),
    completed("503-then-ok-rate0", calls=2),
    failed("429-storm", "rate_limited", calls=3),
    failed("503-storm", "overloaded", calls=3),
    failed("401", "auth"),
    failed("403", "forbidden"),
    failed("404", "not_found"),
    failed("500", "server"),
    failed("quota", "quota"),
    failed("too-long", "too_long"),
    failed("policy", "policy"),
    failed("html-502", "server"),
    failed("html-200", "not_api"),
    failed("redirect", "not_api"),
    failed("leaks-key", "auth"),
    unknown("reset-before", "cut"),
    unknown("close-before", "cut"),
    unknown(f"slow-first-delay{SILENCE * 1000 + 4000}", "timeout_first_byte"),
    interrupted("reset-middle-rate200", "cut"),
    interrupted("half-chunk-rate200", "cut"),
    interrupted("stall-rate200", "timeout_silence"),
    interrupted("no-finish-rate200", "incomplete"),
    interrupted("error-in-stream-rate200", "stream_error"),
    interrupted("endless-rate20", "timeout_total"),
    interrupted("endless", "answer_too_big"),
    completed("no-done-rate200"),
    completed("big-delta"),
    completed("tiny-deltas"),
    completed("split-utf8-rate400"),
    completed("crlf-rate200"),
    completed("no-space-rate200"),
    completed("comments-rate200"),
    completed("whole"),
    completed("drip-rate4000"),
    completed("thinking-rate200"),
    completed("length-rate200"),
    completed("no-usage-rate200"),
    completed("markdown-rate400"),
    completed("rtl-rate400"),
    completed("prose-rate400"),
    completed("refuses-temperature-rate200"),
]
