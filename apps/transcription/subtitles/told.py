"""A transcript as JSON, for other programs:

    {"name": "Interview", "model": "whisper-1", "language": "en", "seconds": 1122.4, "are_times_estimated": false,
     "speakers": [{"name": "Anna", "seconds": 304.2}],
     "segments": [{"start": 0.0, "end": 4.2, "speaker": "Anna", "text": "…",
                   "words": [{"word": "…", "start": 0.0, "end": 0.3, "likelihood": 0.98}]}]}

Seconds from the beginning, to a thousandth. What is not known is left out: `speaker`, `words` and `likelihood` of most models.
The words are as the model heard them; `text` is as people corrected it. With a translation `translation` stands beside `text`,
and its language above.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from apps.transcription.subtitles.spoken import Spoken


def write_json(about: Mapping[str, Any], stretches: Sequence[Spoken], translated: Sequence[str] | None = None) -> str:
    """`about`: what is known of the whole. `translated`: the same stretches in the other language."""
    segments = [_segment(spoken, translated[index] if translated else "") for index, spoken in enumerate(stretches)]
    told = {name: value for name, value in about.items() if value not in (None, "", [])}
    return json.dumps({**told, "segments": segments}, ensure_ascii=False, indent=2) + "\n"


def _segment(spoken: Spoken, translation: str) -> dict[str, Any]:
    told: dict[str, Any] = {"start": round(spoken.start, 3), "end": round(spoken.end, 3)}
    if spoken.speaker:
        told["speaker"] = spoken.speaker
    told["text"] = spoken.text
    if translation:
        told["translation"] = translation
    if spoken.words:
        told["words"] = [_word(*word[:4]) for word in spoken.words if len(word) > 2]
    return told


def _word(word: str, start: float, end: float, likelihood: float | None = None) -> dict[str, Any]:
    told: dict[str, Any] = {"word": word, "start": start, "end": end}
    return told if likelihood is None else {**told, "likelihood": likelihood}
