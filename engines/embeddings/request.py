"""The body of a call for vectors, checked and turned into values."""

from dataclasses import dataclass
from typing import Any

from engines.embeddings.limits import MOST_TEXTS, MOST_TOKENS_TOGETHER
from engines.errors import ApiError, invalid
from engines.fields import Fields
from engines.reading.limits import DIMENSIONS, LONGEST_WHOLE, MOST_TOKENS

KNOWN = {"model", "input", "encoding_format", "dimensions"}
# Known to OpenAI; harmless here, so they are taken and have no effect.
WITHOUT_EFFECT = {"user"}


@dataclass(frozen=True, slots=True)
class Ask:
    """`is_list`: several texts came, so that an error names which."""

    model: str
    texts: list[str]
    is_list: bool
    dimensions: int
    as_base64: bool

    def param_of(self, index: int) -> str:
        return f"input[{index}]" if self.is_list else "input"

    def name_of(self, index: int) -> str:
        return f"Text {index + 1} of 'input'" if self.is_list else "'input'"


def read_ask(body: Fields) -> Ask:
    texts = read_texts(body)
    body.refuse_unknown(KNOWN, WITHOUT_EFFECT)
    return Ask(
        model=body.required_text("model"),
        texts=texts,
        is_list=isinstance(body.get("input"), list),
        dimensions=body.integer("dimensions", 1, DIMENSIONS, DIMENSIONS) or DIMENSIONS,
        as_base64=body.choice("encoding_format", ("float", "base64"), "float") == "base64",
    )


def read_texts(body: Fields) -> list[str]:
    given = body.require("input")
    if isinstance(given, str):
        return [body.required_text("input")]
    if not isinstance(given, list):
        raise body.wrong_type("input", "a text or an array of texts", given)
    for index, each in enumerate(body.full_array("input", MOST_TEXTS)):
        check_text(body, index, each)
    return given


def check_text(body: Fields, index: int, value: Any) -> None:
    if is_token(value) or (isinstance(value, list) and all(map(is_token, value))):
        message = "Tokens are not taken here: this model has other tokens than OpenAI's. Send the text itself."
        raise invalid(message, "input", "unsupported_value")
    if not isinstance(value, str):
        raise body.wrong_type(f"input[{index}]", "a text", value)
    if not value:
        raise invalid(f"Text {index + 1} of 'input' is empty.", f"input[{index}]", "empty_string")


def is_token(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def check_tokens(ask: Ask, counts: list[int]) -> None:
    """Nothing is cut in silence. `counts` may stop before the end of the texts."""
    for index, count in enumerate(counts):
        if count > MOST_TOKENS:
            raise too_long(ask, index, count)
    if sum(counts) > MOST_TOKENS_TOGETHER:
        message = f"The texts have more than {MOST_TOKENS_TOGETHER} tokens together; send them in several calls."
        raise invalid(message, "input", "max_tokens_per_request")


def too_long(ask: Ask, index: int, count: int) -> ApiError:
    told = f"more than {count}" if len(ask.texts[index]) > LONGEST_WHOLE else str(count)
    message = f"{ask.name_of(index)} has {told} tokens, and this model reads {MOST_TOKENS}. Send it in shorter parts."
    return invalid(message, ask.param_of(index), "context_length_exceeded")
