"""What travels through Redis. `at` counts characters from the beginning of the answer."""

import uuid
from dataclasses import dataclass

import orjson
from django.conf import settings


def channel_name(run_id: uuid.UUID) -> str:
    """Both the key of the stream and the name of the channel of a run."""
    return f"{settings.REDIS_PREFIX}:live:{run_id}"


@dataclass(frozen=True, slots=True)
class Message:
    """A piece of an answer, or its end. `thinking` counts the characters of thought so far."""

    at: int = 0
    text: str = ""
    thinking: int = 0
    is_end: bool = False

    def encode(self) -> bytes:
        if self.is_end:
            return b'{"e":1}'
        return orjson.dumps({"o": self.at, "t": self.text, "h": self.thinking})

    @classmethod
    def decode(cls, data: bytes) -> "Message":
        fields = orjson.loads(data)
        return cls(fields.get("o", 0), fields.get("t", ""), fields.get("h", 0), "e" in fields)
