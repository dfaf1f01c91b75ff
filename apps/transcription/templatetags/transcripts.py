"""How parts of a transcript are written: `{% load transcripts %}`."""

from django import template

from apps.providers.languages import language_word
from apps.transcription.subtitles import Cue

register = template.Library()
register.filter("language_word", language_word)


@register.filter
def cue_time(cue: Cue) -> str:
    """`4:05.1`, `1:02:03.4`: when a subtitle appears."""
    tenths = cue.start // 100
    hours, minutes, seconds = tenths // 36_000, tenths // 600 % 60, tenths % 600 / 10
    return f"{hours}:{minutes:02}:{seconds:04.1f}" if hours else f"{minutes}:{seconds:04.1f}"
