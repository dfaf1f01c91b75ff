"""Which texts go into which call: as few calls as the service allows. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from apps.providers.facts import Facts

USUAL_INPUTS: Final = 256  # texts in a call where nobody told us
USUAL_TOTAL: Final = 300_000
USUAL_NUMBERS: Final = 2_048  # of a vector, where nobody told us
ANSWER_BYTES: Final = 48 * 1024 * 1024
MOST_NUMBERS: Final = 8_192  # of one vector; no model is known that gives more
MOST_AT_ONCE: Final = 20_000 * 4_096  # of all rows that are compared: 330 MB
AS_TEXT, AS_BASE64 = 24, 6  # bytes of an answer for each number


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of one call: how many texts, how many tokens together; `each`: tokens of one text (0: not known)."""

    texts: int
    tokens: int
    each: int = 0


@dataclass(frozen=True, slots=True)
class Text:
    """A text by its digest, and about how many tokens it has."""

    digest: str
    tokens: int


def settings_of(facts: Facts, chosen: dict[str, Any]) -> dict[str, Any]:
    """What is sent beside the texts: base64 where the model takes it, since that is a fourth of the bytes."""
    packed = {"encoding_format": "base64"} if "base64" in facts.values_of("encoding_format") else {}
    return {**{name: value for name, value in chosen.items() if name == "dimensions"}, **packed}


def bounds_of(facts: Facts, settings: dict[str, Any], numbers: int = 0) -> Bounds:
    """What one call may hold. `numbers`: of a vector, where one came before."""
    size = int(settings.get("dimensions") or facts.parameters.get("dimensions", {}).get("default") or numbers or USUAL_NUMBERS)
    each = AS_BASE64 if "encoding_format" in settings else AS_TEXT
    texts = min(int(facts.limits.get("inputs") or USUAL_INPUTS), max(1, ANSWER_BYTES // (size * each)))
    return Bounds(max(1, texts), int(facts.limits.get("total") or USUAL_TOTAL), int(facts.limits.get("context") or 0))


def calls_of(texts: Iterable[Text], bounds: Bounds) -> list[list[Text]]:
    """Texts that may be too long for the model go into calls of their own, so that they spoil nobody else's."""
    usual: list[Text] = []
    long: list[Text] = []
    for text in texts:
        (long if bounds.each and text.tokens > bounds.each else usual).append(text)
    return [*_filled(usual, bounds), *_filled(long, bounds)]


def _filled(texts: Sequence[Text], bounds: Bounds) -> Iterator[list[Text]]:
    call: list[Text] = []
    tokens = 0
    for text in texts:
        if call and (len(call) == bounds.texts or tokens + text.tokens > bounds.tokens):
            yield call
            call, tokens = [], 0
        call.append(text)
        tokens += text.tokens
    if call:
        yield call
