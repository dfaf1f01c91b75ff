"""What a capability brings: how to ask, and how to read the answer. Pure, no database, no network.

class ChatReply(Operation):
    name = "chat.reply"
    ...
    def build_request(self, model, params, files): return ApiRequest("POST", "/chat/completions", json={...})
    def fold(self, event, state): state.add_text(...)
"""

import logging
import pathlib
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from apps.providers.facts import Prices
from apps.runs.bounds import longer_patience
from apps.runs.gates import Typed
from apps.runs.storable import clean_text
from gateway.types import ApiEvent, ApiRequest, ApiResponse, Stretch

if TYPE_CHECKING:
    from apps.runs.models import Run
    from apps.runs.remote import Remote

log = logging.getLogger(__name__)

__all__ = ["Estimate", "Growing", "InputFile", "Operation", "OutputFile", "Params", "Prices", "Result", "StreamState"]

Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that goes into a call. `path` is a file on this machine.

    `role` is "input" or "mask"; "original" and "coverage" are what these were made from, for `Operation.refine`.
    """

    role: str
    path: pathlib.Path
    name: str
    content_type: str
    stretches: tuple[Stretch, ...] = ()  # of what another app keeps in pieces (`apps.runs.supplies`)


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file that came out of a call: its bytes, a path for large ones, or the link where the provider has it for an hour.

    A link is fetched before anybody else sees the file. `details` is what is known of it (width, height …) and is kept
    with it; `thumbnail` is a small picture of it, for the app that files it.
    """

    name: str
    content_type: str
    body: bytes = b""
    path: pathlib.Path | None = None
    url: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    thumbnail: bytes = b""

    def read(self) -> bytes:
        return self.path.read_bytes() if self.path else self.body


class BadAnswer(Exception):
    """An answer that came whole and that nobody can use. Its text is a sentence for the person."""


@dataclass(slots=True)
class Result:
    """What a call brought.

    `usage` counts tokens: input, output, cached, thinking; and `images`, `seconds` of sound, `characters` that were spoken.
    What was not told is absent. `notices` are sentences for the person. `leftovers` remove what the files lie in, once they are stored.
    """

    text: str = ""
    thinking: str = ""
    finish_reason: str = ""
    usage: dict[str, int] = field(default_factory=dict)
    response: Any = None  # what to keep as "received"
    files: Sequence[OutputFile] = ()
    notices: Sequence[str] = ()
    leftovers: Sequence[Callable[[], None]] = ()
    beside: dict[str, Any] = field(default_factory=dict)  # see `Run.beside`
    remote_id: str = ""  # under which the provider knows this answer

    def close(self) -> None:
        leftovers, self.leftovers = self.leftovers, ()
        for remove in leftovers:
            try:
                remove()
            except OSError:  # what it could not remove goes with the folder of this worker
                log.warning("A temporary folder could not be removed", exc_info=True)


class Growing:
    """A text that arrives in pieces: adding one costs the piece, not the whole (100,000 pieces are normal)."""

    __slots__ = ("_fresh", "_pieces", "length")

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._fresh: list[str] = []
        self.length = 0

    def add(self, piece: str) -> None:
        piece = clean_text(piece)
        self._pieces.append(piece)
        self._fresh.append(piece)
        self.length += len(piece)

    def take_fresh(self) -> str:
        """What was added since the last time this was asked."""
        fresh, self._fresh = "".join(self._fresh), []
        return fresh

    def __str__(self) -> str:
        return "".join(self._pieces)


class StreamState:
    """What a stream has brought so far. `fold` changes it; `extra` belongs to the operation."""

    def __init__(self) -> None:
        self.answer = Growing()
        self.thoughts = Growing()
        self.finish_reason = ""
        self.usage: dict[str, int] = {}
        self.extra: dict[str, Any] = {}
        self.previews = 0
        self._preview: deque[bytes] = deque(maxlen=1)  # added by the loop, taken by a thread

    def add_preview(self, body: bytes) -> None:
        """A picture that is not finished yet, as it came. One that nobody took yet goes."""
        self._preview.append(body)
        self.previews += 1

    def take_preview(self) -> bytes | None:
        """The newest one, if nobody took it yet."""
        try:
            return self._preview.pop()
        except IndexError:
            return None

    def add_text(self, piece: str) -> None:
        self.answer.add(piece)

    def add_thinking(self, piece: str) -> None:
        self.thoughts.add(piece)

    @property
    def text(self) -> str:
        return str(self.answer)

    @property
    def thinking(self) -> str:
        return str(self.thoughts)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Before the click: tokens in and out, and the most it can cost. None where it cannot be known."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: Decimal | None = None


class Operation(ABC):
    """One thing that can be asked of a provider."""

    name: ClassVar[str]  # "<app>.<verb>"
    title: ClassVar[Any]  # for people, translatable: "Chat answer"
    icon: ClassVar[str] = "circle"  # a Lucide name
    endpoint: ClassVar[str]  # "chat": what a model must be able to do
    streams: ClassVar[bool] = False
    waiting: ClassVar[Any] = gettext_lazy("Waiting for the first word")  # what it does until something came
    declined: ClassVar[Any] = gettext_lazy("The model declined to answer this.")  # said where a rule of the provider stopped it
    first_byte: ClassVar[float] = 0.0  # seconds to wait for the answer to begin, where the work takes longer than a text does
    max_bytes: ClassVar[int] = 0  # of a whole answer whose files go to the disk while they come
    max_stream_bytes: ClassVar[int] = 0  # of an answer that is held in memory, where it is larger than a text is
    is_markdown: ClassVar[bool] = True  # its words may be marked up; else every sign in them is one
    is_verbatim: ClassVar[bool] = False  # every blank and line break counts: its words go on with a text
    is_text: ClassVar[bool] = True  # it brings words: where it broke off is told in words, and what that cost is estimated from them
    stopped_early: ClassVar[Any] = gettext_lazy("Stopped before the first word.")
    has_previews: ClassVar[bool] = False
    is_billed: ClassVar[bool] = True  # providers ask money for it
    result_template: ClassVar[str] = "runs/_text_result.html"  # gets `run`
    card_template: ClassVar[str] = "runs/_card.html"  # of a run that has ended, gets `run`
    again_template: ClassVar[str] = "runs/_again.html"  # what a card offers to do with its answer, gets `run`
    active_template: ClassVar[str] = "runs/_active.html"  # of a run that goes on
    preview_template: ClassVar[str] = ""  # what is shown of unfinished pictures, gets `run` and `preview`
    asks_model: ClassVar[bool] = True  # else it does something to the model: who may use that does not matter
    may_repeat: ClassVar[bool] = True  # else "Run again" is not offered and refused: what it does is done once
    remote: "ClassVar[Remote | None]" = None  # of an operation whose answers may be made in background
    page_url: ClassVar[str] = ""  # URL name of the page a run belongs to, taking `run.parent_id`

    def page_of(self, run: "Run") -> str:
        """The address of the page a run belongs to; empty for one that is shown in History alone."""
        return reverse(self.page_url, args=[run.parent_id]) if self.page_url and run.parent_id else ""

    def again_url(self, run: "Run") -> str:
        """Where a POST with a fresh `key` repeats a run. A page that owns its runs gives its own address."""
        return reverse("runs:again", args=[run.pk])

    def ways_on(self, run: "Run") -> Mapping[str, str]:
        """Where a POST goes on from an end that was none, by what it does: only what can be done.

        "continue" a text that broke off, "longer" beyond the limit at which it was cut, "shorter" without the oldest turns,
        "patient" with more time to begin. And pages: "more_room" of models that take more, "model" where another one is chosen,
        "wording" where the words are written anew.
        """
        ways = {"patient": f"{reverse('runs:again', args=[run.pk])}?patient"} if self.may_repeat and longer_patience(run) else {}
        page = self.page_of(run) if self.page_url else ""
        return ways | ({"model": page} if page else {})

    def text_before(self, run: "Run") -> str:
        """The text that this call goes on from, where it continues one that broke off."""
        return ""

    def whole_text(self, run: "Run") -> str:
        """Its text as it is read: with what it goes on from."""
        return run.text

    def patience(self, request: ApiRequest) -> float:
        """Seconds to wait for the answer to this request to begin, where the work takes longer than a text does."""
        return self.first_byte

    def longest(self, request: ApiRequest) -> float:
        """Seconds that all of this call may take, where its files need longer than a text does; 0 for as long as any."""
        return 0.0

    @abstractmethod
    def build_request(self, model: str, params: Params, files: Sequence[InputFile]) -> ApiRequest:
        """The call, in OpenAI's own terms. Only what the person set is in it."""

    def setting_of(self, parameter: str) -> str:
        """Our name for the parameter that a refusal names, as far as it is a setting."""
        return parameter.split(".", maxsplit=1)[0].split("[", maxsplit=1)[0]

    def parse_response(self, response: ApiResponse) -> Result:
        """A whole answer, read."""
        raise NotImplementedError(f"{self.name} has only streams")

    def fold(self, event: ApiEvent, state: StreamState) -> None:
        """Add one event of a stream to the state. Unknown events are ignored."""
        raise NotImplementedError(f"{self.name} has no streams")

    def finish(self, state: StreamState) -> Result:
        """The result of a stream that has ended, or of as much of it as came."""
        return Result(state.text, state.thinking, state.finish_reason, dict(state.usage))

    def refine(self, result: Result, params: Params, files: Sequence[InputFile]) -> Result:
        """What to keep of what came: judged, put together, with thumbnails. Runs beside the calls, where it may take its time.

        `files` are the inputs again. Raises BadAnswer when nothing of it can be used.
        """
        return result

    def preview(self, body: bytes) -> OutputFile | None:
        """What a page shows of an unfinished picture; None if it is none."""
        return None

    def has_brought(self, run: "Run") -> bool:
        """Whether a whole answer without text brought something else, even if that was deleted since."""
        return run.files.filter(role="output").exists()

    def thought_for(self, run: "Run") -> float | None:
        """Seconds that the model thought before it answered; None where that is not known."""
        return None

    def ready(self, run: "Run") -> str:
        """What a screen reader is told when the result is there."""
        words = len(run.text.split())
        return ngettext("Answer ready, %(n)s word.", "Answer ready, %(n)s words.", words) % {"n": words}

    def estimate(self, params: Params, files: Sequence[InputFile], prices: Prices) -> Estimate:
        """Tokens and the most it can cost, before anything is sent."""
        return Estimate()

    def summary(self, params: Params) -> str:
        """One line for History."""
        return ""

    def typed(self, params: Params) -> Typed | None:
        """What people wrote for this call, where a team may want it looked at before it is sent; None for calls that never are."""
        return None
