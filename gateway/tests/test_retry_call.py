"""What may be sent again by itself, and when."""

from datetime import UTC, datetime

import pytest

from gateway import Lost, NotSent, Refused, delay_before_retry
from gateway.waits import retry_after

RETRIED = [
    NotSent("unreachable", ""),
    NotSent("timeout_connect", ""),
    Refused("rate_limited", "", status=429),
    Refused("overloaded", "", status=503),
    Refused("overloaded", "", status=529),
]
NOT_RETRIED = [
    NotSent("blocked_address", ""),
    NotSent("tls", ""),
    NotSent("auth", ""),
    NotSent("timeout_total", ""),
    Refused("quota", "", status=429),
    Refused("too_long", "", status=429),
    Refused("auth", "", status=401),
    Refused("server", "", status=500),
    Refused("server", "", status=502),
    Refused("server", "", status=504),
    Refused("server", "", status=408),
    Refused("conflict", "", status=409),
    Refused("parameter", "", status=400),
    Refused("rate_limited", "", status=429, details={"may_retry": False}),
    Lost("cut", ""),
    Lost("timeout_first_byte", ""),
    Lost("timeout_silence", "", status=200),
    Lost("incomplete", "", status=200),
    Lost("stream_error", "", status=200),
    Lost("rate_limited", "", status=200),
    Lost("overloaded", "", status=200),
]


def middle() -> float:
    return 0.5


@pytest.mark.parametrize("error", RETRIED, ids=lambda error: f"{error.kind}-{error.status}")
def test_it_tries_again_what_cannot_have_been_billed(error):
    assert delay_before_retry(error, 1, random=middle) == 0.5


@pytest.mark.parametrize("error", NOT_RETRIED, ids=lambda error: f"{error.kind}-{error.status}")
def test_it_leaves_everything_else_to_a_person(error):
    assert delay_before_retry(error, 1) is None


def test_it_stops_after_the_last_try():
    error = NotSent("unreachable", "")
    delays = [delay_before_retry(error, done, max_tries=3, random=middle) for done in (1, 2, 3, 4)]
    assert delays == [0.5, 1.0, None, None]


def test_it_waits_longer_each_time_with_jitter_up_to_a_bound():
    error = NotSent("unreachable", "")
    delays = [delay_before_retry(error, done, max_tries=99) for done in range(1, 40)]
    assert all(0.375 <= delay <= 10 for delay in delays)
    assert delays[-1] > 5
    assert len(set(delays[10:])) > 1


@pytest.mark.parametrize("told", [0.0, 0.02, 7.0, 3600.0])
def test_it_never_comes_back_before_the_provider_said(told):
    error = Refused("rate_limited", "", status=429, retry_after=told)
    assert told <= delay_before_retry(error, 1) <= told + 0.25


NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "message", "seconds"),
    [
        ({}, "", None),
        ({"retry-after": "7"}, "", 7),
        ({"retry-after": " 1.5 "}, "", 1.5),
        ({"retry-after": "0"}, "", 0),
        ({"retry-after-ms": "250", "retry-after": "1"}, "", 0.25),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT"}, "", 30),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT"}, "", 0),
        ({"retry-after": "-5"}, "", None),
        ({"retry-after": "nan"}, "", None),
        ({"retry-after": "inf"}, "", None),
        ({"retry-after": "soon"}, "", None),
        ({"retry-after": "9" * 15}, "", 31_536_000),
        ({}, "Rate limit reached. Please try again in 20s. Visit …", 20),
        ({}, "Please try again in 1.5s.", 1.5),
        ({}, "Please try again in 120ms.", 0.12),
        ({}, "Please try again in 6m0s.", 360),
        ({}, "Please retry after 12 seconds.", 12),
        ({"retry-after": "3"}, "Please try again in 20s.", 3),
        ({}, "Please try again in a while.", None),
    ],
)
def test_it_reads_the_wait_in_every_form(headers, message, seconds):
    assert retry_after(headers, message, now=NOW) == (None if seconds is None else pytest.approx(seconds))
