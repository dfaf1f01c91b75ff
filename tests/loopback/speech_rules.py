"""What OpenAI refuses in a request for speech. Nothing is passed over."""

from collections.abc import Mapping
from typing import Any

from tests.loopback.picture_rules import Refusal

OLD_VOICES = ("alloy", "ash", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer")
VOICES = {"tts-1": OLD_VOICES, "gpt-4o-mini-tts": (*OLD_VOICES, "ballad", "verse", "marin", "cedar")}
OF_SPEECH = frozenset({"model", "input", "voice", "instructions", "response_format", "speed", "stream_format"})
SPOKEN_FORMATS = ("mp3", "opus", "aac", "flac", "wav", "pcm")
LONGEST = 4096


def check_speech(body: Mapping[str, Any], family: str) -> dict[str, Any]:
    """The body as it was sent. Raises Refusal."""
    for name in body:
        if name not in OF_SPEECH:
            raise Refusal(f"Unknown parameter: '{name}'.", "unknown_parameter", name)
    for name in ("input", "voice"):
        if body.get(name) in (None, ""):
            raise Refusal(f"Missing required parameter: '{name}'.", "missing_required_parameter", name)
    for name in ("input", "instructions"):
        _check_text(body, name)
    if "instructions" in body and family == "tts-1":
        raise Refusal("'instructions' is not supported with this model.", "unsupported_parameter", "instructions")
    _check_voice(body["voice"], family)
    _check_one_of(body, "response_format", SPOKEN_FORMATS)
    _check_one_of(body, "stream_format", ("audio",) if family == "tts-1" else ("audio", "sse"))
    speed = body.get("speed", 1)
    if isinstance(speed, bool) or not isinstance(speed, int | float) or not 0.25 <= speed <= 4:
        raise Refusal("Input should be between 0.25 and 4.", "invalid_value", "speed")
    return dict(body)


def _check_text(body: Mapping[str, Any], name: str) -> None:
    if not isinstance(body.get(name, ""), str):
        raise Refusal(f"Invalid type for '{name}': expected a string.", "invalid_type", name)
    if len(body.get(name, "")) > LONGEST:
        raise Refusal(f"String too long. Expected at most {LONGEST} characters.", "string_above_max_length", name)


def _check_voice(voice: Any, family: str) -> None:
    """One of the model's, or an own one by its id."""
    is_own = isinstance(voice, Mapping) and set(voice) == {"id"} and str(voice["id"]).startswith("voice_") and family != "tts-1"
    if not is_own and (not isinstance(voice, str) or voice not in VOICES[family]):
        raise Refusal(f"Input should be one of {list(VOICES[family])}", "invalid_value", "voice")


def _check_one_of(body: Mapping[str, Any], name: str, choices: tuple[str, ...]) -> None:
    if name in body and body[name] not in choices:
        raise Refusal(f"Invalid value: '{body[name]}'. Supported values are: {list(choices)}.", "invalid_value", name)
