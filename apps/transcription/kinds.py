"""Kinds of sound files as the API names them: by the ending of the file's name."""

from typing import Final

ENDINGS: Final = {
    "audio/mpeg": "mp3",
    "audio/mp3": "mp3",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/wave": "wav",
    "audio/vnd.wave": "wav",
    "audio/flac": "flac",
    "audio/x-flac": "flac",
    "audio/ogg": "ogg",
    "application/ogg": "ogg",
    "audio/opus": "ogg",
    "audio/mp4": "m4a",
    "audio/x-m4a": "m4a",
    "audio/m4a": "m4a",
    "audio/webm": "webm",
    "video/webm": "webm",
    "video/mp4": "mp4",
    "video/mpeg": "mpeg",
    "audio/aac": "aac",
}
CUT: Final = "audio/mpeg"  # what parts are cut as


def ending_of(content_type: str) -> str:
    """Without a dot; empty for a kind that has none here."""
    return ENDINGS.get(content_type.partition(";")[0].strip().lower(), "")


def name_with_ending(name: str, content_type: str) -> str:
    """A name whose ending says what is in it: servers go by the ending."""
    ending = ending_of(content_type)
    if not ending or name.lower().endswith(f".{ending}"):
        return name or "recording"
    return f"{name or 'recording'}.{ending}"
