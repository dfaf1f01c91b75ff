"""The body of a chat call, checked and turned into values. Nothing behind this file sees raw JSON."""

from dataclasses import dataclass, field
from typing import Any

from engines.chat.formats import Format, read_format
from engines.chat.messages import Message, read_messages
from engines.chat.tools import ToolUse, read_tools
from engines.errors import ApiError, invalid
from engines.fields import Fields

MAX_CHOICES = 8
MAX_SEED = 2**63 - 1
# Without a limit of the caller's own, an answer that has lost its way would go on until the context is full.
DEFAULT_LONGEST = 2048
# What this weak model needs to stay on its feet when the caller set nothing.
WEAK_MODEL_DEFAULTS = {"temperature": 0.2, "top_p": 0.9, "repeat_penalty": 1.1}

# Known to OpenAI; harmless here, so they are taken and have no effect.
WITHOUT_EFFECT = {
    "user", "metadata", "safety_identifier", "service_tier", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention",
    "parallel_tool_calls", "stream_options", "response_format", "tools", "tool_choice", "messages", "model", "store", "modalities",
}  # fmt: skip
# Known to OpenAI; taking them in silence would promise something that does not happen.
UNSUPPORTED = {"reasoning_effort", "verbosity", "audio", "prediction", "web_search_options", "moderation", "functions", "function_call"}
SAMPLING = {
    "temperature", "top_p", "n", "stop", "seed", "max_tokens", "max_completion_tokens", "presence_penalty", "frequency_penalty",
    "logit_bias", "logprobs", "top_logprobs", "stream", "top_k", "min_p", "repeat_penalty",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChatRequest:
    model: str
    messages: list[Message]
    choices: int
    stream: bool
    wants_usage: bool
    top_logprobs: int | None
    format: Format
    tool_use: ToolUse
    sampling: dict[str, Any] = field(default_factory=dict)


def read_request(values: dict[str, Any]) -> ChatRequest:
    body = Fields(values)
    model = body.required_text("model")
    messages = read_messages(body)
    refuse_unknown(body)
    stream = body.flag("stream")
    request_format = read_format(body)
    return ChatRequest(
        model=model,
        messages=messages,
        choices=body.integer("n", 1, MAX_CHOICES, 1) or 1,
        stream=stream,
        wants_usage=read_stream_options(body, stream),
        top_logprobs=read_logprobs(body),
        format=request_format,
        tool_use=read_tools(body),
        sampling=read_sampling(body),
    )


def refuse_unknown(body: Fields) -> None:
    for name in body.values:
        if name in UNSUPPORTED and body.has(name):
            raise unsupported(name)
        if name not in UNSUPPORTED | WITHOUT_EFFECT | SAMPLING:
            raise invalid(f"There is no parameter '{name}'.", name, "unknown_parameter")
    if body.flag("store"):
        raise unsupported("store")
    if "audio" in (body.array("modalities", 2) or []):
        raise invalid("This model answers in text only.", "modalities", "unsupported_value")


def unsupported(name: str) -> ApiError:
    return invalid(f"This model does not take '{name}'.", name, "unsupported_parameter")


def read_stream_options(body: Fields, stream: bool) -> bool:
    options = body.object("stream_options")
    if options is None:
        return False
    if not stream:
        raise invalid("'stream_options' goes only with 'stream': true.", "stream_options")
    options.flag("include_obfuscation")
    return options.flag("include_usage")


def read_logprobs(body: Fields) -> int | None:
    """How many alternatives each token gets; None when no probabilities are wanted."""
    wanted = body.flag("logprobs")
    top = body.integer("top_logprobs", 0, 20)
    if top is not None and not wanted:
        raise invalid("'top_logprobs' needs 'logprobs': true.", "top_logprobs")
    return (top or 0) if wanted else None


def read_sampling(body: Fields) -> dict[str, Any]:
    given = {
        "temperature": body.number("temperature", 0, 2),
        "top_p": body.number("top_p", 0, 1),
        "presence_penalty": body.number("presence_penalty", -2, 2),
        "frequency_penalty": body.number("frequency_penalty", -2, 2),
        "repeat_penalty": body.number("repeat_penalty", 0.1, 2),
        "top_k": body.integer("top_k", 0, 1000),
        "min_p": body.number("min_p", 0, 1),
        "seed": read_seed(body),
        "stop": read_stop(body),
        "logit_bias": read_logit_bias(body),
    }
    longest = read_longest(body)
    return {**WEAK_MODEL_DEFAULTS, **{name: value for name, value in given.items() if value is not None}, "max_tokens": longest}


def read_longest(body: Fields) -> int:
    new = body.integer("max_completion_tokens", 1, 2**31 - 1)
    old = body.integer("max_tokens", 1, 2**31 - 1)
    if new is not None and old is not None and new != old:
        raise invalid("'max_tokens' and 'max_completion_tokens' contradict each other; send one.", "max_tokens")
    return new or old or DEFAULT_LONGEST


def read_seed(body: Fields) -> int | None:
    """The engine knows seeds of 32 bits, and the largest means "random" to it."""
    seed = body.integer("seed", -MAX_SEED - 1, MAX_SEED)
    return None if seed is None else seed % (2**32 - 1)


def read_stop(body: Fields) -> list[str] | None:
    value = body.get("stop")
    if value is None:
        return None
    texts = [value] if isinstance(value, str) else body.array("stop", 4) or []
    if not all(isinstance(text, str) and text for text in texts):
        raise invalid("'stop' must be a text or up to four texts, none of them empty.", "stop")
    return texts


def read_logit_bias(body: Fields) -> dict[str, float] | None:
    bias = body.object("logit_bias")
    if bias is None:
        return None
    for token in bias.values:
        if not token.isdigit():
            raise invalid(f"'logit_bias' has the key '{token}'; keys must be token numbers.", "logit_bias")
        bias.number(token, -100, 100)
    return {token: value for token, value in bias.values.items() if value is not None}
