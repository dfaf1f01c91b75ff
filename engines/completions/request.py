"""The body of a call that has a text continued, checked and turned into values."""

from dataclasses import dataclass
from typing import Any, Final

from engines.chat.request import read_sampling, read_stream_options
from engines.errors import ApiError, invalid
from engines.fields import Fields

DEFAULT_LONGEST: Final = 16  # as at OpenAI
MAX_TOKENS: Final = 2**31 - 1
KNOWN: Final = {
    "model", "prompt", "max_tokens", "temperature", "top_p", "n", "best_of", "echo", "stop", "seed", "presence_penalty",
    "frequency_penalty", "logit_bias", "stream", "stream_options", "top_k", "min_p", "repeat_penalty",
}  # fmt: skip
WITHOUT_EFFECT: Final = {"user"}
UNSUPPORTED: Final = {"suffix", "logprobs"}


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """`body` is what the engine is asked."""

    model: str
    prompt: str
    echo: bool
    stream: bool
    wants_usage: bool
    body: dict[str, Any]


def read_request(values: dict[str, Any]) -> CompletionRequest:
    body = Fields(values)
    model = body.required_text("model")
    prompt = read_prompt(body)
    body.refuse_unknown(KNOWN, WITHOUT_EFFECT, UNSUPPORTED)
    refuse_several(body)
    stream = body.flag("stream")
    longest = body.integer("max_tokens", 1, MAX_TOKENS, DEFAULT_LONGEST)
    return CompletionRequest(
        model=model,
        prompt=prompt,
        echo=body.flag("echo"),
        stream=stream,
        wants_usage=read_stream_options(body, stream),
        body={**read_sampling(body), "max_tokens": longest, "prompt": prompt},
    )


def read_prompt(body: Fields) -> str:
    """One text, alone or as the only one of a list: that is how some clients send it."""
    prompt = body.require("prompt")
    if isinstance(prompt, list):
        if len(prompt) != 1:
            raise wrong_prompt("This model continues one text in a call: 'prompt' must be one string.")
        prompt = prompt[0]
        if not isinstance(prompt, str):
            raise wrong_prompt("This model takes text, no numbers of tokens: 'prompt' must be a string.")
        return Fields({"prompt": prompt}).required_text("prompt")
    return body.required_text("prompt")


def wrong_prompt(message: str) -> ApiError:
    return invalid(message, "prompt", "unsupported_value")


def refuse_several(body: Fields) -> None:
    for name in ("n", "best_of"):
        if body.integer(name, 1, 128, 1) != 1:
            raise invalid(f"This model writes one continuation in a call: '{name}' must be 1.", name, "unsupported_value")
