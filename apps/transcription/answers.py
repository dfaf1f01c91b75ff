"""What servers answer to sound, brought into one shape. Nothing here raises on a strange answer.

The shape is that of `verbose_json`, as far as a server tells it: {"text", "language", "duration", "segments": [{"start", "end",
"text", "speaker", "words", …}], "words": [{"word", "start", "end"}], "logprobs": [{"token", "logprob"}]}.
"""

import html
import math
import re
from collections.abc import Mapping
from typing import Any, Final

from gateway.types import ApiResponse

_STAMP: Final = r"(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}"
TIMING: Final = re.compile(rf"^[ \t]*({_STAMP})[ \t]*-->[ \t]*({_STAMP})[^\n]*(?:\n|\Z)", re.MULTILINE)
# Neither may look past the next "<": a server that sends a million of them would be read for hours.
VOICE: Final = re.compile(r"<v(?:\.[^ \t<>]*+)?+[ \t]++([^<>]++)>")
TAG: Final = re.compile(r"<[^<>]*+>")


def read_body(response: ApiResponse) -> dict[str, Any]:
    """A whole answer: JSON, subtitles, or plain words."""
    if isinstance(response.json, Mapping):
        return read_object(response.json)
    if isinstance(response.json, str):
        return {"text": response.json.strip()}
    body = response.body.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    cues = read_cues(body)
    return {"text": text_of_segments(cues), "segments": cues} if cues else {"text": body.strip()}


def read_object(answer: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON answer with its words as text, wherever they stand in it."""
    text = answer.get("text")
    if isinstance(text, str) and TIMING.search(text):  # subtitles as the text of a JSON answer
        return {**answer, **_of_cues(text)}
    if not isinstance(text, str) or not text.strip():
        text = text_of_segments(segments_of(answer))
    return {**answer, "text": text.strip()}


def _of_cues(text: str) -> dict[str, Any]:
    cues = read_cues(text)
    return {"text": text_of_segments(cues), "segments": cues}


def read_cues(body: str) -> list[dict[str, Any]]:
    """The cues of SRT or WebVTT as segments; none where it is neither."""
    pieces = TIMING.split(body)
    cues = zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True)
    return [cue for start, end, rest in cues if (cue := _cue(start, end, rest))["text"]]


def _cue(start: str, end: str, rest: str) -> dict[str, Any]:
    said = rest.split("\n\n", 1)[0]
    voice = VOICE.search(said)
    cue = {"start": _seconds(start), "end": _seconds(end), "text": " ".join(html.unescape(TAG.sub("", said)).split())}
    return {**cue, "speaker": voice[1].strip()} if voice else cue


def _seconds(stamp: str) -> float:
    total = 0.0
    for part in stamp.replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return total


def segments_of(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The segments that an answer tells; those without words are left out."""
    return [entry for entry in mappings(answer.get("segments")) if isinstance(entry.get("text"), str) and entry["text"].strip()]


def text_of_segments(segments: list[Any]) -> str:
    return " ".join(segment["text"].strip() for segment in segments)


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list, whatever else is in it or it is."""
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []


def number(value: Any) -> float | None:
    """A finite number, also one that is written as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def usage_of(answer: Mapping[str, Any]) -> dict[str, int]:
    """Tokens, or seconds of sound: {"input", "output"} or {"seconds"}. What was not told is absent."""
    told = answer.get("usage")
    usage = told if isinstance(told, Mapping) else {}
    names = {"input": ("input_tokens", "prompt_tokens"), "output": ("output_tokens", "completion_tokens")}
    tokens = {ours: count for ours, theirs in names.items() if (count := _count(usage, theirs)) is not None}
    if tokens:
        return tokens
    seconds = number(usage.get("seconds"))
    seconds = number(answer.get("duration")) if seconds is None else seconds
    return {"seconds": math.ceil(seconds)} if seconds is not None and seconds > 0 else {}


def _count(usage: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    found = next((value for name in names if (value := number(usage.get(name))) is not None), None)
    return int(found) if found is not None and found >= 0 else None
