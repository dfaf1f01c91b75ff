"""What OpenAI refuses in a request that brings or wants sound, in its own words and shapes. Nothing is passed over."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tests.loopback.forms import Part
from tests.loopback.picture_rules import Refusal

MEGABYTE = 1024 * 1024
LARGEST = 25 * MEGABYTE
ENDINGS = ("flac", "mp3", "mp4", "mpeg", "mpga", "m4a", "ogg", "wav", "webm")
LANGUAGE = re.compile(r"[a-z]{2,3}")
COMMON = frozenset({"model", "prompt", "response_format", "language", "temperature", "stream"})
FIELDS = {
    "whisper": COMMON | {"timestamp_granularities[]"},
    "gpt-4o-transcribe": COMMON | {"include[]", "chunking_strategy"},
    "gpt-4o-transcribe-diarize": COMMON - {"prompt"} | {"chunking_strategy", "known_speaker_names[]", "known_speaker_references[]"},
    "gpt-transcribe": COMMON | {"keywords[]", "languages[]"},
}
FORMATS = {
    "whisper": ("json", "text", "srt", "verbose_json", "vtt"),
    "gpt-4o-transcribe": ("json",),
    "gpt-4o-transcribe-diarize": ("json", "text", "diarized_json"),
    "gpt-transcribe": ("json", "text"),
}
OF_TRANSLATION = frozenset({"model", "prompt", "response_format", "temperature"})
REPEATED = ("timestamp_granularities[]", "include[]", "keywords[]", "languages[]", "known_speaker_names[]", "known_speaker_references[]")
LONG_FOR_DIARIZE = 30.0

VOICES = {
    "tts-1": ("alloy", "ash", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer"),
    "gpt-4o-mini-tts": (
        *("alloy", "ash", "ballad", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer", "verse", "marin", "cedar"),
    ),
}
OF_SPEECH = frozenset({"model", "input", "voice", "instructions", "response_format", "speed", "stream_format"})
SPOKEN_FORMATS = ("mp3", "opus", "aac", "flac", "wav", "pcm")
LONGEST_INPUT = 4096


def read_fields(parts: Sequence[Part], family: str, act: str) -> dict[str, Any]:
    """The fields as their own types; those in brackets are lists. Raises Refusal."""
    known = OF_TRANSLATION if act == "translations" else FIELDS[family]
    values: dict[str, Any] = {}
    for part in parts:
        if part.is_file:
            continue
        if part.field not in known:
            raise Refusal(f"Unknown parameter: '{part.field}'.", "unknown_parameter", part.field)
        if part.field in REPEATED:
            values.setdefault(part.field, []).append(part.value)
        elif part.field in values:
            raise Refusal(f"Duplicate parameter: '{part.field}'.", "duplicate_parameter", part.field)
        else:
            values[part.field] = part.value
    _check_fields(values, family, act)
    return values


def _check_fields(values: dict[str, Any], family: str, act: str) -> None:
    wanted = values.setdefault("response_format", "json")
    formats = FORMATS["whisper"] if act == "translations" else FORMATS[family]
    if wanted not in formats:
        raise Refusal(f"response_format '{wanted}' is not compatible with model.", "unsupported_value", "response_format")
    if "language" in values and not LANGUAGE.fullmatch(values["language"]):
        raise Refusal("Language must be in ISO-639-1.", "invalid_language_format", "language")
    if "language" in values and "languages[]" in values:
        raise Refusal("'language' and 'languages' are mutually exclusive.", "invalid_value", "languages")
    _check_temperature(values.get("temperature"))
    granularities = values.get("timestamp_granularities[]", [])
    if any(each not in ("word", "segment") for each in granularities) or (granularities and wanted != "verbose_json"):
        raise Refusal("timestamp_granularities need response_format verbose_json.", "invalid_value", "timestamp_granularities")
    if any(each != "logprobs" for each in values.get("include[]", [])):
        raise Refusal("Invalid value for 'include'.", "invalid_value", "include")
    if any(set(each) & set("<>\r\n") for each in values.get("keywords[]", [])):
        raise Refusal("Keywords must not contain '<', '>' or line breaks.", "invalid_value", "keywords")
    values["stream"] = values.get("stream") in ("true", "True", "1") and family != "whisper"


def _check_temperature(text: str | None) -> None:
    try:
        is_right = text is None or 0 <= float(text) <= 1
    except ValueError:
        is_right = False
    if not is_right:
        raise Refusal("Invalid value for 'temperature': it must be between 0 and 1.", "invalid_value", "temperature")


def check_file(files: Sequence[Part], limit: int) -> Part:
    """The one file. Raises Refusal."""
    if not files:
        raise Refusal("Missing required parameter: 'file'.", "missing_required_parameter", "file")
    if len(files) > 1 or files[0].field != "file":
        raise Refusal(f"Unknown parameter: '{files[-1].field}'.", "unknown_parameter", files[-1].field)
    file = files[0]
    if file.size > limit:
        raise Refusal(f"413: Maximum content size limit ({limit}) exceeded ({file.size} bytes read)", None, None, 413)
    ending = (file.name or "").rpartition(".")[2].lower()
    if ending not in ENDINGS:
        raise Refusal(f"Invalid file format. Supported formats: {list(ENDINGS)}", "invalid_file_format", "file")
    if not file.size:
        raise Refusal("Audio file is too short. Minimum audio length is 0.1 seconds.", "audio_too_short", "file")
    if not _begins_like(ending, file.body):
        raise Refusal("Audio file might be corrupted or unsupported.", "invalid_value", "file")
    return file


def _begins_like(ending: str, body: bytes) -> bool:
    """Whether a file is what its name says: services look at both."""
    beginnings = {"wav": (b"RIFF",), "flac": (b"fLaC",), "ogg": (b"OggS",), "webm": (b"\x1aE\xdf\xa3",)}
    if ending in beginnings:
        return body.startswith(beginnings[ending])
    if ending in ("mp4", "m4a"):
        return body[4:8] == b"ftyp"
    return body.startswith(b"ID3") or (body[:1] == b"\xff" and body[1:2] >= b"\xe0") or ending in ("mpeg", "mpga")


def check_speech(body: Mapping[str, Any], family: str) -> dict[str, Any]:
    """The body of a request for speech. Raises Refusal."""
    for name in body:
        if name not in OF_SPEECH:
            raise Refusal(f"Unknown parameter: '{name}'.", "unknown_parameter", name)
    for name in ("input", "voice"):
        if not isinstance(body.get(name), str) or not body[name]:
            raise Refusal(f"Missing required parameter: '{name}'.", "missing_required_parameter", name)
    if len(body["input"]) > LONGEST_INPUT:
        raise Refusal(f"String too long. Expected at most {LONGEST_INPUT} characters.", "string_above_max_length", "input")
    if body["voice"] not in VOICES[family]:
        raise Refusal(f"Input should be one of {list(VOICES[family])}", "invalid_value", "voice")
    if "instructions" in body and family == "tts-1":
        raise Refusal("'instructions' is not supported with this model.", "unsupported_parameter", "instructions")
    if body.get("response_format", "mp3") not in SPOKEN_FORMATS:
        raise Refusal(f"Input should be one of {list(SPOKEN_FORMATS)}", "invalid_value", "response_format")
    speed = body.get("speed", 1)
    if isinstance(speed, bool) or not isinstance(speed, int | float) or not 0.25 <= speed <= 4:
        raise Refusal("Input should be between 0.25 and 4.", "invalid_value", "speed")
    if body.get("stream_format", "audio") not in (("audio",) if family == "tts-1" else ("audio", "sse")):
        raise Refusal("Invalid value for 'stream_format'.", "invalid_value", "stream_format")
    return dict(body)
