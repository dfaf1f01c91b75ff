"""What lines are made of, looked at one by one. Whatever is no such thing is told as a code with values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeGuard

Found = tuple[str, Mapping[str, Any]]
SHOWN: Final = 60  # letters of something from the file that are told
KINDS: Final = {dict: "object", list: "list", str: "text", bool: "yes or no", int: "number", float: "number", type(None): "null"}


@dataclass(slots=True)
class Told:
    """What a line brought beside its problems. `texts` are what a model reads, `images` how many pictures."""

    texts: list[str] = field(default_factory=list)
    images: int = 0
    inputs: int = 0
    id: str = ""
    url: str = ""
    model: str = ""


def short(value: Any) -> str:
    """Something from the file, as it may stand in a sentence."""
    text = value if isinstance(value, str) else kind_of(value)
    plain = "".join(letter if letter.isprintable() else " " for letter in text[: SHOWN + 1])
    return plain if len(plain) <= SHOWN else f"{plain[:SHOWN]}…"


def kind_of(value: Any) -> str:
    return KINDS.get(type(value), "value")


def unknown_keys(value: Mapping[str, Any], known: frozenset[str]) -> Iterator[Found]:
    for name in value:
        if name not in known:
            yield "key", {"name": short(name)}


def is_text(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value.strip())
