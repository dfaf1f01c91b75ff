"""What OpenAI refuses in a request that brings sound, in its own words and shapes. Nothing is passed over."""

import base64
import binascii
import io
import json
import re
from collections.abc import Sequence
from typing import Any

from sound.errors import Unusable
from sound.reading import decode
from tests.loopback.forms import Part
from tests.loopback.picture_rules import Refusal

LARGEST = 25 * 1024 * 1024
LEAST_SECONDS, MOST_SECONDS, LONG_FOR_DIARIZE = 0.1, 1400.0, 30.0
ENDINGS = ("flac", "mp3", "mp4", "mpeg", "mpga", "m4a", "ogg", "wav", "webm")
KINDS = re.compile(r"(audio|video)/[\w.+-]+|application/(octet-stream|ogg)")
BEGINNINGS = {"wav": (b"RIFF",), "flac": (b"fLaC",), "ogg": (b"OggS",), "webm": (b"\x1aE\xdf\xa3",)}
LANGUAGE = re.compile(r"[a-z]{2,3}")
DATA_URL = re.compile(r"data:(audio|video)/[\w.+-]+;base64,(.+)", re.S)
RATE, MOST_SPEAKERS, SHORTEST_SAMPLE, LONGEST_SAMPLE = 16_000, 4, 2.0, 10.0

COMMON = frozenset({"model", "prompt", "response_format", "language", "temperature", "stream"})
CUTTING = frozenset({"chunking_strategy"})
FOUR_O = COMMON | CUTTING | {"include[]"}
FIELDS = {
    "whisper": COMMON | {"timestamp_granularities[]"},
    "gpt-4o-transcribe": FOUR_O,
    "gpt-4o-mini-transcribe": FOUR_O,
    "gpt-4o-transcribe-diarize": COMMON - {"prompt"} | CUTTING | {"known_speaker_names[]", "known_speaker_references[]"},
    "gpt-transcribe": COMMON | {"keywords[]", "languages[]"},
}
FORMATS = {
    "whisper": ("json", "text", "srt", "verbose_json", "vtt"),
    "gpt-4o-transcribe": ("json",),
    "gpt-4o-mini-transcribe": ("json",),
    "gpt-4o-transcribe-diarize": ("json", "text", "diarized_json"),
    "gpt-transcribe": ("json", "text"),
}
OF_TRANSLATION = frozenset({"model", "prompt", "response_format", "temperature"})
VAD = re.compile(r"chunking_strategy\[(type|prefix_padding_ms|silence_duration_ms|threshold)\]")


def read_fields(parts: Sequence[Part], family: str, act: str) -> dict[str, Any]:
    """The fields as their own types; those in brackets are lists. Raises Refusal."""
    known = OF_TRANSLATION if act == "translations" else FIELDS[family]
    values: dict[str, Any] = {}
    for part in parts:
        if not part.is_file:
            _read_field(part, known, values)
    _check_format(values, family if act == "transcriptions" else "whisper")
    _check_languages(values)
    _check_temperature(values.get("temperature"))
    _check_lists(values)
    _check_speakers(values)
    if values.get("stream", "false") not in ("true", "false"):
        raise Refusal("Invalid type for 'stream': expected a boolean.", "invalid_type", "stream")
    values["stream"] = values.get("stream") == "true" and family != "whisper"  # which ignores it
    return values


def _read_field(part: Part, known: frozenset[str], values: dict[str, Any]) -> None:
    name = part.field
    if VAD.fullmatch(name) and known >= CUTTING:
        values.setdefault("chunking_strategy", {})[name.partition("[")[2][:-1]] = part.value
    elif name not in known:
        raise Refusal(f"Unknown parameter: '{name}'.", "unknown_parameter", name)
    elif name.endswith("[]"):
        values.setdefault(name, []).append(part.value)
    elif name in values:
        raise Refusal(f"Duplicate parameter: '{name}'.", "duplicate_parameter", name)
    else:
        values[name] = part.value


def _check_format(values: dict[str, Any], family: str) -> None:
    wanted = values.setdefault("response_format", "json")
    if wanted not in FORMATS[family]:
        message = f"response_format '{wanted}' is not compatible with this model. Use one of {list(FORMATS[family])}."
        raise Refusal(message, "unsupported_value", "response_format")
    granularities = values.get("timestamp_granularities[]", [])
    if any(each not in ("word", "segment") for each in granularities) or (granularities and wanted != "verbose_json"):
        raise Refusal("timestamp_granularities need response_format verbose_json.", "invalid_value", "timestamp_granularities")
    if "include[]" in values and (set(values["include[]"]) != {"logprobs"} or wanted != "json"):
        raise Refusal("Invalid value for 'include': 'logprobs', with response_format json.", "invalid_value", "include")


def _check_languages(values: dict[str, Any]) -> None:
    if "language" in values and "languages[]" in values:
        raise Refusal("'language' and 'languages' are mutually exclusive.", "invalid_value", "languages")
    for name in ("language", "languages[]"):
        given = values.get(name, [])
        if not all(LANGUAGE.fullmatch(each) for each in (given if isinstance(given, list) else [given])):
            message = f"Invalid language {given!r}. Language parameter must be specified in ISO-639-1."
            raise Refusal(message, "invalid_language_format", name.removesuffix("[]"))


def _check_temperature(text: str | None) -> None:
    try:
        is_right = text is None or 0 <= float(text) <= 1
    except ValueError:
        is_right = False
    if not is_right:
        raise Refusal("Invalid value for 'temperature': it must be between 0 and 1.", "invalid_value", "temperature")


def _check_lists(values: dict[str, Any]) -> None:
    if any(not each.strip() or set(each) & set("<>\r\n") for each in values.get("keywords[]", [])):
        raise Refusal("Keywords must not be empty, nor contain '<', '>' or line breaks.", "invalid_value", "keywords")
    cutting = values.get("chunking_strategy", "auto")
    if isinstance(cutting, str) and cutting != "auto":
        cutting = _object(cutting)
    if cutting != "auto" and cutting.get("type") != "server_vad":
        raise Refusal("Invalid value for 'chunking_strategy'.", "invalid_value", "chunking_strategy")


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _check_speakers(values: dict[str, Any]) -> None:
    names, samples = values.get("known_speaker_names[]", []), values.get("known_speaker_references[]", [])
    if len(names) != len(samples) or len(names) > MOST_SPEAKERS:
        message = f"Expected as many known_speaker_references as known_speaker_names, and at most {MOST_SPEAKERS}."
        raise Refusal(message, "invalid_value", "known_speaker_names")
    for sample in samples:
        if not SHORTEST_SAMPLE <= _seconds_of(sample) <= LONGEST_SAMPLE:
            raise Refusal("Each sample must be a data URL of 2 to 10 seconds.", "invalid_value", "known_speaker_references")


def _seconds_of(data_url: str) -> float:
    """How long a sample is; nothing for what is no sound."""
    found = DATA_URL.fullmatch(data_url)
    try:
        body = base64.b64decode(found[2] if found else "", validate=True)
        return sum(len(block) for block in decode(io.BytesIO(body), RATE)) / RATE
    except (binascii.Error, Unusable):
        return 0.0


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
    if ending not in ENDINGS or not KINDS.fullmatch(file.content_type):
        raise Refusal(f"Invalid file format. Supported formats: {list(ENDINGS)}", "invalid_file_format", "file")
    if not file.size:
        raise _too_short()
    if not _begins_like(ending, file.body):
        raise Refusal("Audio file might be corrupted or unsupported.", "invalid_value", "file")
    return file


def check_length(seconds: float, values: dict[str, Any], family: str, most: float) -> None:
    """How long the sound may be. Raises Refusal."""
    if seconds < LEAST_SECONDS:
        raise _too_short()
    most = min(most, MOST_SECONDS if family.startswith("gpt-4o") else most)
    if seconds > most:
        message = f"audio duration {seconds:.3f} seconds is longer than {most:g} seconds which is the maximum for this model"
        raise Refusal(message, "invalid_value")
    if family.endswith("diarize") and seconds > LONG_FOR_DIARIZE and "chunking_strategy" not in values:
        raise Refusal("chunking_strategy is required for diarization models.", "missing_required_parameter", "chunking_strategy")


def _too_short() -> Refusal:
    return Refusal("Audio file is too short. Minimum audio length is 0.1 seconds.", "audio_too_short", "file")


def _begins_like(ending: str, body: bytes) -> bool:
    """Whether a file is what its name says: services look at both."""
    if ending in BEGINNINGS:
        return body.startswith(BEGINNINGS[ending])
    if ending in ("mp4", "m4a"):
        return body[4:8] == b"ftyp"
    is_mpeg = body.startswith(b"ID3") or (body[:1] == b"\xff" and body[1:2] >= b"\xe0")
    return is_mpeg or (ending == "mpeg" and body.startswith(b"\0\0\1"))
