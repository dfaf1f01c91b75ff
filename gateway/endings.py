"""Whether a stream has said that its answer is finished, and whether it has said anything at all."""

from collections.abc import Mapping
from typing import Any

TERMINAL_TYPES = frozenset(
    {
        "response.completed",
        "response.incomplete",
        "response.failed",
        "response.cancelled",
        "transcript.text.done",
        "speech.audio.done",
        "image_generation.completed",
        "image_edit.completed",
    }
)


class StreamEnding:
    """Looks at each event. With several answers in one stream (`n`), all that began have to finish."""

    __slots__ = ("_begun", "_finished", "_has_terminal_event", "has_content")

    def __init__(self) -> None:
        self._begun: set[Any] = set()
        self._finished: set[Any] = set()
        self._has_terminal_event = False
        self.has_content = False

    @property
    def is_finished(self) -> bool:
        return self._has_terminal_event or (bool(self._finished) and self._begun <= self._finished)

    def see(self, data: Mapping[str, Any]) -> None:
        choices = data.get("choices")
        if isinstance(choices, list):
            for choice in choices:
                if isinstance(choice, dict):
                    self._see_choice(choice)
        elif isinstance(kind := data.get("type"), str):
            self.has_content = True
            self._has_terminal_event = self._has_terminal_event or kind in TERMINAL_TYPES

    def _see_choice(self, choice: dict[str, Any]) -> None:
        index = choice.get("index")
        index = index if isinstance(index, int) else 0
        self._begun.add(index)
        if choice.get("finish_reason"):
            self._finished.add(index)
        if not self.has_content:
            said = choice.get("delta") or choice.get("message") or choice
            self.has_content = isinstance(said, dict) and any(value for name, value in said.items() if name not in ("role", "index"))
