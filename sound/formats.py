"""The kinds of files that are written, by the names that the API has for them, and those that browsers play."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Format:
    """How a kind of file is written. `bit_rate` in bits a second, None where nothing is left out of the sound."""

    name: str
    container: str
    codec: str
    rate: int
    sample_format: str
    bit_rate: int | None
    content_type: str
    ending: str
    is_quick: bool = False  # a third less time for an MP3, and nobody hears it in speech


PCM_RATE: Final = 24_000  # of the API's headerless sound: 16-bit, little-endian, one channel
FORMATS: Final = {
    each.name: each
    for each in (
        Format("mp3", "mp3", "libmp3lame", 24_000, "s16p", 64_000, "audio/mpeg", "mp3"),
        Format("opus", "ogg", "libopus", 48_000, "s16", 48_000, "audio/ogg", "ogg"),
        Format("aac", "adts", "aac", 24_000, "fltp", 64_000, "audio/aac", "aac"),
        Format("flac", "flac", "flac", 24_000, "s16", None, "audio/flac", "flac"),
        Format("wav", "wav", "pcm_s16le", 24_000, "s16", None, "audio/wav", "wav"),
        Format("pcm", "s16le", "pcm_s16le", PCM_RATE, "s16", None, "audio/pcm", "pcm"),
    )
}
# For services that listen: small, exact, and taken by all of them.
TO_SEND: Final = Format("mp3", "mp3", "libmp3lame", 16_000, "s16p", 64_000, "audio/mpeg", "mp3", is_quick=True)
# For browsers: somebody waits until hours of it are there.
TO_LISTEN: Final = Format("mp3", "mp3", "libmp3lame", 24_000, "s16p", 64_000, "audio/mpeg", "mp3", is_quick=True)

# Container and codec as FFmpeg names them -> what a browser is told. Chromium, Firefox and Safari all play these, and
# know how long they are: of AAC without a container they guess.
PLAYABLE: Final = {
    ("mp3", "mp3"): "audio/mpeg",
    ("wav", "pcm_s16le"): "audio/wav",
    ("flac", "flac"): "audio/flac",
    ("mov", "aac"): "audio/mp4",
}
