"""Subtitles as files. WebVTT as https://www.w3.org/TR/webvtt1/ has it, SRT as players read it: numbers, commas, empty lines between."""

from collections.abc import Iterable
from typing import Final

from apps.transcription.subtitles.cues import Cue

HEAD: Final = "WEBVTT"
ARROW: Final = " --> "


def write_vtt(cues: Iterable[Cue]) -> str:
    return "\n".join([f"{HEAD}\n", *(f"{vtt_cue(cue)}\n" for cue in cues)])


def write_srt(cues: Iterable[Cue], first: int = 1) -> str:
    return "\n".join(f"{srt_cue(number, cue)}\n" for number, cue in enumerate(cues, first))


def vtt_cue(cue: Cue) -> str:
    voice = f"<v {escaped(cue.speaker)}>" if cue.speaker else ""
    return f"{clock(cue.start, '.')}{ARROW}{clock(cue.end, '.')}\n{voice}" + "\n".join(map(escaped, cue.lines))


def srt_cue(number: int, cue: Cue) -> str:
    """There is no way to escape an arrow, so it is written as a letter: a line of times inside a text would be read as one."""
    lines = "\n".join(line.replace("-->", "→") for line in cue.lines)
    return f"{number}\n{clock(cue.start, ',')}{ARROW}{clock(cue.end, ',')}\n{lines}"


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clock(milliseconds: int, point: str) -> str:
    """`00:04:05.120`; a hundred hours have three figures."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{rest:03}"
