"""What was asked of the loopback provider: the request, read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

OPTION = re.compile(r"-(delay|rate|tokens|wait|times|bytes|kb|seconds|word)(\d+)")
MARKER = re.compile(r"#t-[\w-]+")


def parse_model(model: str) -> tuple[str, dict[str, int]]:
    """`steady-delay200-rate50` is ("steady", {"delay": 200, "rate": 50}). `html-502` has no options."""
    return OPTION.sub("", model), {key: int(value) for key, value in OPTION.findall(model)}


def last_user_text(messages: Any) -> str:
    """The text of the last message of the user, also if it is a list of parts."""
    for message in reversed(messages if isinstance(messages, list) else []):
        if isinstance(message, dict) and message.get("role") == "user":
            content = message.get("content")
            if isinstance(content, list):
                return " ".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
            return str(content)
    return ""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question. `earlier` says how often the same model was asked the same thing before."""

    model: str
    name: str
    options: Mapping[str, int]
    body: Mapping[str, Any]
    text: str
    key: str
    earlier: int

    @classmethod
    def read(cls, body: Mapping[str, Any], key: str, earlier: int) -> "Ask":
        model = str(body.get("model", ""))
        name, options = parse_model(model)
        return cls(model, name, options, body, last_user_text(body.get("messages")), key, earlier)

    @property
    def said(self) -> str:
        """The last message of the assistant: what the model is told that it said."""
        messages = self.body.get("messages")
        told = [each for each in messages if isinstance(each, dict)] if isinstance(messages, list) else []
        return next((str(each.get("content") or "") for each in reversed(told) if each.get("role") == "assistant"), "")

    @property
    def streams(self) -> bool:
        return bool(self.body.get("stream"))

    @property
    def wants_usage(self) -> bool:
        options = self.body.get("stream_options")
        return not self.streams or (isinstance(options, dict) and bool(options.get("include_usage")))

    @property
    def limit(self) -> int | None:
        value = self.body.get("max_completion_tokens") or self.body.get("max_tokens")
        return value if isinstance(value, int) else None

    @property
    def prompt_tokens(self) -> int:
        messages = self.body.get("messages")
        return sum(len(str(message).split()) for message in messages) if isinstance(messages, list) else 0

    def option(self, name: str, default: int) -> int:
        return self.options.get(name, default)


def marker_in(text: str) -> str:
    found = MARKER.search(text)
    return found.group() if found else ""
