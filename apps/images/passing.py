"""Pictures for the other apps, which know nothing of formats (`apps.core.picturing`)."""

from typing import IO

from apps.core.picturing import CleanPicture, NoPicture
from apps.images.pictures.passing_on import pass_on
from apps.images.pictures.unusable import Unusable
from apps.runs.background import in_background


def clean_picture(file: IO[bytes], longest: int) -> CleanPicture:
    """Raises NoPicture."""
    try:
        made = in_background(lambda: pass_on(file, longest))  # one takes up to 400 MB: they wait for each other
    except Unusable as refusal:
        raise NoPicture(refusal.sentence) from refusal
    return CleanPicture(made.body, made.content_type, made.width, made.height, made.thumbnail, made.frames)
