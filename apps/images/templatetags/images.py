"""Pictures of calls in templates: `{% load images %}`."""

from typing import Any

from django import template

from apps.images.models import Picture
from apps.images.operations import OURS
from apps.providers.image_settings import IMAGE_SETTINGS
from apps.runs.models import Run

register = template.Library()
MOST_PLACES = 10


@register.filter
def pictures_of(run: Run) -> list[Picture]:
    """The pictures of a call that are still in the gallery, in their order. One question, or none where they were fetched with the run."""
    return sorted((picture for picture in run.pictures.all() if picture.deleted_at is None), key=lambda picture: picture.pk)


@register.filter
def places(run: Run) -> range:
    """One for each picture that is being made."""
    asked = run.params.get("n", 1)
    return range(min(asked, MOST_PLACES) if isinstance(asked, int) and asked > 0 else 1)


@register.filter
def asked_from(run: Run) -> str:
    """The id of the picture that a call began with; empty for one made from words alone."""
    return str((run.params.get(OURS) or {}).get("source", ""))


@register.filter
def settings_in_words(picture: Picture) -> list[tuple[str, Any]]:
    """What a picture was made with: label and value, as the panel says them."""
    found = []
    for setting in IMAGE_SETTINGS:
        value = picture.settings.get(setting.name)
        if value not in {None, ""} and setting.name != "partial_images":
            found.append((str(setting.label), dict(setting.choices).get(value) or setting.word_for(value)))
    return found
