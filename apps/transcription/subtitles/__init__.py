"""Subtitles from what was said and when: cues of at most two lines, written as SRT, VTT, text and JSON. Pure: no Django, no clock.

    Spoken … ── aligning (when is which letter said) ── cues (which words stand together, and how long) ── srt | vtt
                                                                                                         └─ judging (what is hard to read)
    Spoken … ── plain (paragraphs) · told (JSON)

`Spoken` is one stretch of one speaker. Its words are as a model heard them, its text as it is read now; they need not agree.
"""

from apps.transcription.subtitles.cues import Cue, Form, cues_of
from apps.transcription.subtitles.spoken import Spoken

__all__ = ["Cue", "Form", "Spoken", "cues_of"]
