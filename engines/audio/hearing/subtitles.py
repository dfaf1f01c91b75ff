"""SRT and WebVTT, one cue for each segment, as OpenAI writes them."""

from typing import Any


def build_srt(segments: list[dict[str, Any]]) -> str:
    cues = (f"{number}\n{times_of(segment, ',')}\n{segment['text'].strip()}\n\n" for number, segment in enumerate(segments, 1))
    return "".join(cues)


def build_vtt(segments: list[dict[str, Any]]) -> str:
    cues = (f"{times_of(segment, '.')}\n{escape(segment['text'].strip())}\n\n" for segment in segments)
    return "WEBVTT\n\n" + "".join(cues)


def times_of(segment: dict[str, Any], mark: str) -> str:
    """A cue needs some time, however short: a player skips one that ends when it begins."""
    start = round(segment["start"] * 1000)
    end = max(start + 1, round(segment["end"] * 1000))
    return f"{stamp(start, mark)} --> {stamp(end, mark)}"


def stamp(milliseconds: int, mark: str) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{mark}{rest:03}"


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
