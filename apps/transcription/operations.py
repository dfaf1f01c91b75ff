"""From sound to words: `POST /audio/transcriptions` and `/audio/translations`. Words into another language: `lines`.

Params are the settings by their API names, lists as one word where they have one value, and under OURS what is not sent:

    {"seconds": length of what is sent, "part": 2, "parts": 3, "start": 1200.0, "end": 2400.0}   # seconds of the recording
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.core.templatetags.core import clock
from apps.runs.operations import Estimate, InputFile, Operation, Params, Prices, Result, StreamState
from apps.transcription import streams
from apps.transcription.answers import read_body, usage_of
from apps.transcription.kinds import name_with_ending
from apps.transcription.models import PARENT
from gateway.types import ApiEvent, ApiRequest, ApiResponse, FilePart

if TYPE_CHECKING:
    from apps.runs.models import Run

OURS: Final = "ours"
STREAM: Final = "stream"
LISTS: Final = frozenset({"timestamp_granularities", "include", "keywords", "languages"})  # fields that are repeated, also for one value
BOTH_TIMES: Final = ("word", "segment")  # whoever asks for words alone gets no segments
LEAST_PATIENCE: Final = 120.0
BYTES_PER_SECOND: Final = 8_000  # of a part as we cut it; of other files it is an upper bound of their length


class SoundOperation(Operation):
    """What both have in common: a file goes out, words come back."""

    icon: ClassVar[str] = "audio-lines"
    path: ClassVar[str]
    waiting: ClassVar[Any] = gettext_lazy("Listening")
    stopped_early: ClassVar[Any] = gettext_lazy("Stopped before the first word.")
    declined: ClassVar[Any] = gettext_lazy("The model declined to write this down.")
    is_markdown: ClassVar[bool] = False
    is_text: ClassVar[bool] = False  # what it costs is told by the length of the sound
    result_template: ClassVar[str] = "transcription/_part_words.html"
    card_template: ClassVar[str] = "transcription/_part.html"
    active_template: ClassVar[str] = "transcription/_part_live.html"

    def build_request(self, model: str, params: Params, files: Sequence[InputFile]) -> ApiRequest:
        fields = (("model", model), *(pair for name, value in params.items() for pair in _fields(name, value)))
        parts = tuple(FilePart("file", file.path, name_with_ending(file.name, file.content_type), file.content_type) for file in files)
        return ApiRequest("POST", self.path, fields=fields, files=parts, stream=bool(params.get(STREAM)))

    def patience(self, request: ApiRequest) -> float:
        """A whole answer comes when everything was heard: as long as the sound lasts, at the most."""
        size = sum(part.size for part in request.files)
        return LEAST_PATIENCE + size / BYTES_PER_SECOND

    def parse_response(self, response: ApiResponse) -> Result:
        answer = read_body(response)
        return Result(answer["text"], finish_reason="stop", usage=usage_of(answer), response=answer)

    def fold(self, event: ApiEvent, state: StreamState) -> None:
        streams.fold(event.data, state)

    def finish(self, state: StreamState) -> Result:
        answer = streams.put_together(state)
        return Result(answer["text"], "", state.finish_reason, dict(state.usage), response=answer if answer["text"] else None)

    def estimate(self, params: Params, files: Sequence[InputFile], prices: Prices) -> Estimate:
        return Estimate(cost=cost_of_sound(ours_of(params).get("seconds"), prices))

    def summary(self, params: Params) -> str:
        ours = ours_of(params)
        name = str(ours.get("name", ""))
        return " · ".join(part for part in (name, part_words(ours)) if part)[:200]

    def has_brought(self, run: "Run") -> bool:
        return run.status == "completed"  # silence has no words

    def ready(self, run: "Run") -> str:
        words = len(run.text.split())
        told = ngettext("%(n)s word was heard.", "%(n)s words were heard.", words) % {"n": words}
        return " ".join(part for part in (part_words(ours_of(run.params)), told) if part)

    def page_of(self, run: "Run") -> str:
        is_part = run.parent_kind == PARENT and run.parent_id
        return reverse("transcription:transcript", args=[run.parent_id]) if is_part else ""

    def again_url(self, run: "Run") -> str:
        """A part of a transcript is tried again there, so that its words come to their place."""
        number = ours_of(run.params).get("part")
        if run.parent_kind == PARENT and run.parent_id and number:
            return reverse("transcription:part_again", args=[run.parent_id, number])
        return super().again_url(run)


class Transcribe(SoundOperation):
    name: ClassVar[str] = "transcription.transcribe"
    title: ClassVar[Any] = gettext_lazy("Transcript")
    endpoint: ClassVar[str] = "transcription"
    path: ClassVar[str] = "/audio/transcriptions"
    streams: ClassVar[bool] = True


class TranslateSound(SoundOperation):
    """Speech of any language in English words."""

    name: ClassVar[str] = "transcription.translate_sound"
    title: ClassVar[Any] = gettext_lazy("Transcript in English")
    icon: ClassVar[str] = "languages"
    endpoint: ClassVar[str] = "translation"
    path: ClassVar[str] = "/audio/translations"


def ours_of(params: Params) -> Mapping[str, Any]:
    """What a call knows of itself and does not send; empty where it was erased."""
    ours = params.get(OURS)
    return ours if isinstance(ours, Mapping) else {}


def cost_of_sound(seconds: Any, prices: Prices) -> Decimal | None:
    """What so much sound costs; None where nobody told the price of a minute."""
    known = Decimal(str(round(seconds, 3))) if isinstance(seconds, int | float) else None
    return prices.cost_of(known, prices.others.get("minute"), 60)


def part_words(ours: Mapping[str, Any]) -> str:
    """Part 2 of 3, 20:00 to 40:00. Empty where the recording went in one piece."""
    if not isinstance(ours.get("parts"), int) or ours["parts"] < 2:
        return ""
    start, end = (ours.get(name) for name in ("start", "end"))
    if not isinstance(start, int | float) or not isinstance(end, int | float):
        return ""
    span = {"start": clock(start), "end": clock(end)}
    return _("Part %(part)s of %(parts)s, %(start)s to %(end)s.") % {"part": ours.get("part"), "parts": ours["parts"], **span}


def _fields(name: str, value: Any) -> list[tuple[str, str]]:
    """One setting as fields of a form. A stream is asked for by the request itself."""
    if name in {OURS, STREAM} or value is None:
        return []
    if name == "timestamp_granularities" and value == "word":
        value = BOTH_TIMES
    if name in LISTS or isinstance(value, list | tuple):
        values = value if isinstance(value, list | tuple) else [value]
        return [(f"{name}[]", _as_text(each)) for each in values]
    return [(name, _as_text(value))]


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
