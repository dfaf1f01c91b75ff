"""The body of a call for speech, checked and turned into values."""

from dataclasses import dataclass
from typing import Any

from engines.audio.limits import MOST_INPUT, SPEEDS
from engines.errors import invalid
from engines.fields import Fields
from engines.reading.letters import is_latin

VOICE = "heart"
# OpenAI's voices, so that its clients work; all of them are the one voice there is, and each answer says so.
VOICES = (VOICE, "alloy", "ash", "ballad", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer", "verse", "marin", "cedar")
# The same as in `sound`, whose packages the process that listens does without.
FORMATS = {
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "pcm": "audio/pcm",
}
KNOWN = {"model", "input", "voice", "response_format", "speed", "stream_format"}
UNSUPPORTED = {"instructions"}


@dataclass(frozen=True, slots=True)
class Ask:
    model: str
    text: str
    response_format: str
    speed: float
    as_events: bool

    def as_job(self) -> dict[str, Any]:
        return {"text": self.text, "format": self.response_format, "speed": self.speed}


def read_ask(body: Fields) -> Ask:
    text = body.required_text("input")
    body.text("input", longest=MOST_INPUT)
    body.refuse_unknown(KNOWN, unsupported=UNSUPPORTED)
    check_language(text)
    check_voice(body)
    return Ask(
        model=body.required_text("model"),
        text=text,
        response_format=body.choice("response_format", FORMATS, "mp3"),
        speed=body.number("speed", *SPEEDS, 1.0) or 1.0,
        as_events=body.choice("stream_format", ("audio", "sse"), "audio") == "sse",
    )


def check_language(text: str) -> None:
    """The voice leaves out what it cannot read. Single foreign letters may be: a text made of them may not."""
    if not is_latin(text):
        raise invalid("This voice reads English only, and most letters of 'input' are of another writing.", "input", "unsupported_value")


def check_voice(body: Fields) -> None:
    if isinstance(body.require("voice"), dict):
        raise invalid(f"There are no voices of your own here: send '{VOICE}'.", "voice", "unsupported_value")
    body.one_of("voice", VOICES)
