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
    }
)
PARTIAL_PICTURES = frozenset({"image_generation.partial_image", "image_edit.partial_image"})
WHOLE_PICTURES = frozenset({"image_generation.completed", "image_edit.completed"})


class StreamEnding:
    """Looks at each event. With several answers in one stream (`n`), all that began have to finish.

    Of pictures nothing tells how many begin, so `pictures` says how many were asked for.
    """

    __slots__ = ("_begun", "_finished", "_has_terminal_event", "_is_picture_open", "_pictures", "_pictures_asked", "has_content")

    def __init__(self, pictures: int = 1) -> None:
        self._pictures_asked = pictures
        self._pictures = 0
        self._is_picture_open = False
        self._begun: set[Any] = set()
        self._finished: set[Any] = set()
        self._has_terminal_event = False
        self.has_content = False

    @property
    def is_finished(self) -> bool:
        """All that was asked for is here."""
        if self._has_terminal_event or 0 < self._pictures_asked <= self._pictures:
            return True
        return bool(self._finished) and self._begun <= self._finished

    @property
    def may_end(self) -> bool:
        """Whether the end of the body can be that of the answer: pictures may be fewer than asked, none may be half."""
        return self.is_finished or (self._pictures > 0 and not self._is_picture_open)

    @property
    def may_end_by_mark(self) -> bool:
        """The same for [DONE], by which a server says that it is finished though nothing else did."""
        return self.may_end or (self.has_content and not self._is_picture_open)

    def see(self, data: Mapping[str, Any]) -> None:
        choices = data.get("choices")
        if isinstance(choices, list):
            for choice in choices:
                if isinstance(choice, dict):
                    self._see_choice(choice)
        elif isinstance(kind := data.get("type"), str):
            self.has_content = True
            self._has_terminal_event = self._has_terminal_event or kind in TERMINAL_TYPES
            self._see_picture(kind)

    def _see_picture(self, kind: str) -> None:
        if kind in PARTIAL_PICTURES:
            self._is_picture_open = True
        elif kind in WHOLE_PICTURES:
            self._is_picture_open = False
            self._pictures += 1

    def _see_choice(self, choice: dict[str, Any]) -> None:
        index = choice.get("index")
        index = index if isinstance(index, int) else 0
        self._begun.add(index)
        if choice.get("finish_reason"):
            self._finished.add(index)
        if not self.has_content:
            said = choice.get("delta") or choice.get("message") or choice
            self.has_content = isinstance(said, dict) and any(value for name, value in said.items() if name not in ("role", "index"))
