"""Log lines: one for each record, without control characters and without keys."""

import logging
import re
from typing import Final

KEYS: Final = (
    re.compile(r"\b(?:sk|pk|rk|gsk|hf|xai|ghp|AIza)[-_][A-Za-z0-9_\-]{6,}"),
    re.compile(r"\bAIza[A-Za-z0-9_\-]{20,}"),
    re.compile(r"\beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]*"),
)
NAMED: Final = re.compile(
    r"""(?ix) ((?:authorization|proxy-authorization|cookie|x?-?api[-_]?key|password|passwd|secret|token) ["']? \s* [:=] \s* ["']?)
    ((?:bearer|basic|token)\s+)? [^\s"',;&}]+"""
)
BEARER: Final = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=\-]{8,}")
IN_ADDRESS: Final = re.compile(r"(?i)(\b[a-z][a-z0-9+.\-]*://[^/\s:@]*:)[^@\s/]+@")
LINKS: Final = re.compile(r"(/invite/)[^/\s\"'?]+")  # whoever has the link has the door
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


class OneLineFormatter(logging.Formatter):
    """Joins a record, with its traceback, into one line and masks what looks like a key."""

    def format(self, record: logging.LogRecord) -> str:
        if _is_refusal(record):
            record = logging.makeLogRecord(record.__dict__ | {"exc_info": None, "exc_text": None})
        return one_line(mask(super().format(record)))


def _is_refusal(record: logging.LogRecord) -> bool:
    """Whether somebody asked for what he may not see or what is not there: no fault of ours, so nobody needs the way to it."""
    return record.name == "django.request" and record.levelno < logging.ERROR


def mask(text: str) -> str:
    """The text with everything that looks like a key, a password or a session replaced."""
    text = NAMED.sub(r"\1\2[masked]", text)
    text = BEARER.sub(r"\1 [masked]", text)
    text = LINKS.sub(r"\1[masked]", text)
    text = IN_ADDRESS.sub(r"\1[masked]@", text)
    for pattern in KEYS:
        text = pattern.sub("[masked]", text)
    return text


def one_line(text: str) -> str:
    return CONTROL.sub(lambda found: " | " if "\n" in found.group() else " ", text).strip()
