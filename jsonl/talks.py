"""What may be said where, and what a conversation has come to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from jsonl.values import Told

IMAGE_KINDS: Final = frozenset({"image/jpeg", "image/jpg", "image/png", "image/webp"})
ANSWERS: Final = frozenset({"text", "refusal"})


@dataclass(frozen=True, slots=True)
class Rules:
    """`parts`: what those who may say more than text may say. `is_request`: it is sent as it is, so that a text may be empty, the last
    call has to be answered, and limits of pictures are those of the model."""

    parts: Mapping[str, frozenset[str]]
    tools: tuple[str, ...] = ("function",)
    image_kinds: frozenset[str] = IMAGE_KINDS
    most_images: int = 10
    most_image_bytes: int = 10 * 1024 * 1024
    is_request: bool = False


# Sound and files teach nothing yet, and pairs are of texts only.
EXAMPLE: Final = Rules({"user": frozenset({"text", "image_url"}), "assistant": ANSWERS})
PAIR: Final = Rules({"user": frozenset({"text"}), "assistant": ANSWERS})
REQUEST: Final = Rules(
    {"user": frozenset({"text", "image_url", "input_audio", "file"}), "assistant": ANSWERS},
    tools=("function", "custom"),
    image_kinds=IMAGE_KINDS | {"image/gif"},
    most_images=1_500,
    most_image_bytes=512 * 1024 * 1024,
    is_request=True,
)


@dataclass(slots=True)
class Talk:
    """What the messages so far mean for the next one."""

    told: Told
    rules: Rules
    tools: set[str] = field(default_factory=set)
    open_calls: dict[str, int] = field(default_factory=dict)
    roles: list[str] = field(default_factory=list)
    weights: list[Any] = field(default_factory=list)  # of the answers
