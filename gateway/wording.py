"""Errors in words for a person, and the numbers those words need. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from gateway.error_bodies import Said
from gateway.errors import Kind

LONGEST_MESSAGE = 600


def shorten(text: str) -> str:
    """One printable line of a bounded length."""
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text[: 4 * LONGEST_MESSAGE]).split())
    return text if len(text) <= LONGEST_MESSAGE else text[:LONGEST_MESSAGE] + "…"


_SENTENCES: dict[Kind, str] = {
    "auth": "The provider did not accept the key.",
    "forbidden": "This key may not do that.",
    "not_found": "The provider does not know this model or this part of the API.",
    "rate_limited": "The provider asks us to slow down.",
    "quota": "The account at the provider has no credit left.",
    "too_long": "The text is longer than the model takes.",
    "parameter": "The model does not take a setting that was sent.",
    "policy": "The provider's safety system declined this.",
    "bad_request": "The provider refused the request.",
    "too_large": "What was sent is larger than the provider takes.",
    "conflict": "It was changed at the provider by someone else at the same time.",
    "overloaded": "The provider is overloaded or not ready yet.",
    "server": "The provider has a problem. The request was fine.",
    "unreachable": "A proxy in front of the provider did not let the call through.",
    "stream_error": "The provider reported an error in the middle of its answer.",
}


def sentence_of(kind: Kind, message: str, details: Mapping[str, Any]) -> str:
    """One sentence of ours; where only the provider knows more, its words behind a colon."""
    if kind == "too_long" and {"tokens", "limit"} <= details.keys():
        return f"The text has about {details['tokens']:,} tokens, the model takes {details['limit']:,}."
    sentence = _SENTENCES[kind]
    if message and kind in ("bad_request", "parameter", "server", "overloaded", "forbidden", "stream_error", "too_large", "conflict"):
        return f"{sentence.rstrip('.')}: {message}"
    return sentence


_TOKENS = (
    re.compile(r"(?:resulted in|requested|passed|has|length|too long:?|of) \(?(?P<tokens>\d[\d,]{1,14})", re.I),
    re.compile(r"(?P<tokens>\d[\d,]{1,14}) (?:input |prompt )?tokens", re.I),
)
_LIMITS = (
    re.compile(
        r"(?:maximum (?:context |model )?(?:length )?(?:is|of)(?: only)?|context length is(?: only)?|limit:?|context size \(?)"
        r"\s*(?P<limit>\d[\d,]{1,14})",
        re.I,
    ),
    re.compile(r"> (?P<limit>\d[\d,]{1,14})", re.I),
)


def read_tokens(said: Said) -> dict[str, int]:
    """How many tokens were asked for and how many the model takes, as far as the words tell."""
    found: dict[str, int] = {}
    for name, keys in (("tokens", ("n_prompt_tokens",)), ("limit", ("n_ctx",))):
        for key in keys:
            if isinstance(said.extra.get(key), int) and 0 <= said.extra[key] < 10**15:
                found[name] = said.extra[key]
    for name, patterns in (("limit", _LIMITS), ("tokens", _TOKENS)):
        numbers = [int(match[name].replace(",", "")) for pattern in patterns for match in pattern.finditer(said.message)]
        numbers = [number for number in numbers if name != "tokens" or number != found.get("limit")]
        if numbers:
            found.setdefault(name, numbers[0])
    return found
