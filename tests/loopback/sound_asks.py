"""What was asked of an endpoint of sound: the model's family and behaviour, the settings, and the words in it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.loopback.asking import MARKER, parse_model
from tests.loopback.picture_rules import Refusal
from tests.loopback.tones import Word

HEARING = re.compile(r"(whisper|gpt-4o-transcribe-diarize|gpt-4o-transcribe|gpt-4o-mini-transcribe|gpt-transcribe)-tones(?:-(\w+))?")
SPEAKING = re.compile(r"(tts-1|gpt-4o-mini-tts)-tones(?:-(\w+))?")
BEHAVIOURS = (
    *("", "slow", "limited", "fails", "busy", "text", "nothing", "page", "gateway", "key", "quota", "reset", "refuses", "cut", "stall"),
    *("foreign", "odd", "segments", "chunks", "whole", "wrong"),
)


@dataclass(frozen=True, slots=True)
class SoundAsk:
    """One request. `act` is transcriptions, translations or speech; `words` are those in the file, `earlier` counts repetitions."""

    act: str
    model: str
    family: str
    name: str
    options: Mapping[str, int]
    values: dict[str, Any]
    words: Sequence[Word] = ()
    seconds: float = 0.0
    earlier: int = 0

    def option(self, name: str, default: int) -> int:
        return self.options.get(name, default)

    @property
    def is_meant(self) -> bool:
        """Whether the word that a failure waits for is in it."""
        return "word" not in self.options or self.options["word"] in {number for number, _start, _end in self.words}

    @property
    def is_first(self) -> bool:
        """Whether it was asked less often than the option `times` says."""
        return self.earlier < self.option("times", 1)

    @property
    def streams(self) -> bool:
        return bool(self.values.get("stream")) and self.name != "whole"

    @property
    def form(self) -> str:
        """The form of the answer; a model that tells words alone has one of its own."""
        return "json" if self.name == "text" else str(self.values["response_format"])


def read_name(model: str, families: "re.Pattern[str]") -> tuple[str, str, dict[str, int]]:
    """`whisper-tones-slow-delay500#t-4f2a` is ("whisper", "slow", {"delay": 500}). Raises Refusal."""
    if not model:
        raise Refusal("You must provide a model parameter.", "missing_required_parameter", "model")
    name, options = parse_model(MARKER.sub("", model))
    found = families.fullmatch(name)
    if not found or (found[2] or "") not in BEHAVIOURS:
        raise Refusal(f"The model '{model}' does not exist.", "model_not_found", "model", 404)
    return found[1], found[2] or "", options
