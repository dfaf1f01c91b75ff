"""What a log line may not contain."""

import logging
import sys

import pytest

from apps.core.logs import OneLineFormatter


def line(message: str, *values: object) -> str:
    record = logging.LogRecord("apps.test", logging.INFO, "here.py", 1, message, values, None)
    return OneLineFormatter("{levelname} {message}", style="{").format(record)


@pytest.mark.parametrize(
    "text",
    [
        "key sk-proj-abcdefghijklmnop1234 refused",
        "Authorization: Bearer abcdefgh12345678secretpart",
        "{'api-key': 'secretpart1234'}",
        'headers={"Authorization": "Bearer secretpart.1234567"}',
        "GET http://user:secretpart@host/v1",
        "password=secretpart&next=/",
        "Cookie: playground_session=secretpart",
        "gsk_secretpart12345",
        "eyJhbGciOiJIUzI1NiJ9.secretpart12345.secretpart",
    ],
)
def test_it_masks_what_looks_like_a_key(text: str) -> None:
    written = line("%s", text)
    assert "secretpart" not in written
    assert "abcdefghijklmnop1234" not in written
    assert "[masked]" in written


def test_it_leaves_ordinary_words_alone() -> None:
    assert (
        line("1,962 tokens in 3.4 s, task 7 done at http://127.0.0.1:8000/v1")
        == "INFO 1,962 tokens in 3.4 s, task 7 done at http://127.0.0.1:8000/v1"
    )


def test_it_writes_one_line_whatever_a_person_typed() -> None:
    written = line("path %s", "/a\nERROR forged line\r\n\x1b[31mred\x00\u2028end")
    assert "\n" not in written
    assert "\r" not in written
    assert not any(ord(letter) < 32 for letter in written)
    assert "forged line" in written


def test_it_puts_a_traceback_on_the_same_line() -> None:
    try:
        raise ValueError("token=secretpart")
    except ValueError:
        record = logging.LogRecord("apps.test", logging.ERROR, "here.py", 1, "broken", (), sys.exc_info())
    written = OneLineFormatter("{message}", style="{").format(record)
    assert "Traceback" in written
    assert "\n" not in written
    assert "secretpart" not in written


@pytest.mark.parametrize(("level", "is_told"), [(logging.WARNING, False), (logging.ERROR, True)])
def test_it_tells_where_a_fault_is_and_not_where_a_visit_was_refused(level: int, is_told: bool) -> None:
    try:
        raise PermissionError("viewer")
    except PermissionError:
        record = logging.LogRecord("django.request", level, "here.py", 1, "%s: /chat/", ("Forbidden",), sys.exc_info())
    written = OneLineFormatter("{levelname} {message}", style="{").format(record)
    assert "/chat/" in written and ("Traceback" in written) is is_told
    assert record.exc_info, "other handlers still have it"
