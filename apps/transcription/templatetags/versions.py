"""What else there is of a recording, for the menus of a transcript: `{% load versions %}`."""

from collections.abc import Sequence
from typing import Any

from django import template

from apps.providers.choices import ModelChoice, models_for
from apps.providers.languages import LANGUAGES
from apps.transcription.models import Transcript, Translation

register = template.Library()


@register.simple_tag
def versions_of(transcript: Transcript) -> list[Transcript]:
    """All that was heard in the recording, in the order in which it was asked for."""
    rows = Transcript.objects.alive().filter(recording=transcript.recording_id, team=transcript.team_id, task=Transcript.Task.TRANSCRIBE)
    return list(rows.order_by("pk"))


@register.simple_tag
def models_that_hear(transcript: Transcript) -> list[ModelChoice]:
    """Others than the one that made this."""
    choices = models_for(transcript.team, "transcription")
    return [each for each in choices if (each.provider.pk, each.model.name) != (transcript.provider_id, transcript.model)]


@register.simple_tag
def all_translations_of(transcript: Transcript) -> list[Translation]:
    """Newest first, also those that failed."""
    return list(transcript.translations.defer("texts").order_by("-pk")[:20])


@register.simple_tag
def languages() -> Sequence[tuple[str, Any]]:
    """By their names in the language of whoever reads."""
    return sorted(LANGUAGES, key=lambda each: str(each[1]))
