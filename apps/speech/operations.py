"""Speaking a text: `POST /audio/speech`. The answer is a file of sound.

Params are the settings by their API names, with `input` and `voice`.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.runs.operations import Estimate, InputFile, Operation, OutputFile, Params, Prices, Result
from apps.speech.models import PARENT
from gateway import Lost
from gateway.types import ApiRequest, ApiResponse
from sound import FORMATS

if TYPE_CHECKING:
    from apps.runs.models import Run

MP3: Final = "mp3"
# What files of sound begin with. AAC and MP3 without a header begin with eleven or twelve set bits.
BEGINNINGS: Final = {b"RIFF": "wav", b"fLaC": "flac", b"OggS": "opus", b"ID3": "mp3"}


class Speak(Operation):
    name: ClassVar[str] = "speech.speak"
    title: ClassVar[Any] = gettext_lazy("Speech")
    icon: ClassVar[str] = "volume-2"
    endpoint: ClassVar[str] = "speech"
    page_url: ClassVar[str] = "speech:take"
    waiting: ClassVar[Any] = gettext_lazy("Being spoken")
    declined: ClassVar[Any] = gettext_lazy("The model declined to speak this.")
    stopped_early: ClassVar[Any] = gettext_lazy("Stopped before there was any sound.")
    first_byte: ClassVar[float] = 300.0
    is_text: ClassVar[bool] = False

    def build_request(self, model: str, params: Params, files: Sequence[InputFile]) -> ApiRequest:
        return ApiRequest("POST", "/audio/speech", json={"model": model, **params})

    def parse_response(self, response: ApiResponse) -> Result:
        """The file, named by what it is. PCM has nothing by which it could be known, so it is believed."""
        told = response.content_type.split(";")[0].strip().lower()
        kind = kind_of(response.body) or ("pcm" if response.body and response.json is None and told.startswith(NAMELESS) else "")
        if not kind:
            raise Lost("bad_answer", _("The answer has no sound in it."), request_id=response.request_id)
        format = FORMATS[kind]
        file = OutputFile(f"speech.{format.ending}", format.content_type, body=response.body, details={"format": kind})
        return Result(finish_reason="stop", files=[file], response={"bytes": len(response.body), "content_type": told})

    def refine(self, result: Result, params: Params, files: Sequence[InputFile]) -> Result:
        """What was spoken is counted in characters: services bill by them and tell nothing."""
        if result.finish_reason:
            result.usage = {**result.usage, "characters": len(str(params.get("input", "")))}
        return result

    def estimate(self, params: Params, files: Sequence[InputFile], prices: Prices) -> Estimate:
        return Estimate(cost=prices.cost_of(len(str(params.get("input", ""))), prices.others.get("million_characters")))

    def summary(self, params: Params) -> str:
        return " ".join(str(params.get("input", "")).split())[:200]

    def ready(self, run: "Run") -> str:
        return _("The sound is ready.")

    def page_of(self, run: "Run") -> str:
        return reverse(self.page_url, args=[run.parent_id]) if run.parent_id and run.parent_kind == PARENT else ""


NAMELESS: Final = ("audio/", "application/octet-stream", "binary/octet-stream")


def kind_of(body: bytes) -> str:
    """The format of a file by its first bytes; empty for what is no sound."""
    for beginning, kind in BEGINNINGS.items():
        if body.startswith(beginning):
            return kind
    if len(body) > 2 and body[0] == 0xFF and body[1] & 0xF6 == 0xF0:
        return "aac"
    return MP3 if len(body) > 2 and body[0] == 0xFF and body[1] & 0xE0 == 0xE0 else ""


def shown_params(text: str, voice: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked for a piece of text."""
    return {"input": text, "voice": voice, **settings}
