"""A chat answer that came in one piece, read: for calls that need no words while they are written."""

import re
from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from apps.runs.operations import Result
from gateway import Lost
from gateway.types import ApiResponse

THOUGHT: Final = re.compile(r"^\s*<think>.*?(?:</think>|\Z)", re.DOTALL)
TOKENS: Final = {"input": ("prompt_tokens", "input_tokens"), "output": ("completion_tokens", "output_tokens")}


def read_chat(response: ApiResponse) -> Result:
    """Its words, without what the model thought before them. Raises `Lost` for an answer that is none."""
    answer = response.json if isinstance(response.json, Mapping) else {}
    choices = answer.get("choices")
    first = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], Mapping) else {}
    message = first.get("message")
    if not isinstance(message, Mapping):
        raise Lost("bad_answer", _("The answer has no words in it."), request_id=response.request_id)
    text = words_of(message.get("content"))
    return Result(text, finish_reason=str(first.get("finish_reason") or "stop"), usage=read_tokens(answer.get("usage")), response=answer)


def words_of(content: Any) -> str:
    """A text, or its parts of text."""
    parts = content if isinstance(content, list) else [content]
    texts = [part.get("text") if isinstance(part, Mapping) else part for part in parts]
    return THOUGHT.sub("", "".join(text for text in texts if isinstance(text, str))).strip()


def read_tokens(usage: Any) -> dict[str, int]:
    """What was counted; what was not told is absent."""
    told = usage if isinstance(usage, Mapping) else {}
    found = {ours: next((told[name] for name in theirs if type(told.get(name)) is int), None) for ours, theirs in TOKENS.items()}
    return {name: number for name, number in found.items() if number is not None}
