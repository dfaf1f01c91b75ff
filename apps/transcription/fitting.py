"""What is said of recordings that are larger than the model takes: nobody has to do anything about it."""

import math
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.templatetags.core import count
from apps.providers.choices import ModelChoice
from apps.transcription.models import Recording
from apps.transcription.parting import MARGIN

MEGABYTE = 1024 * 1024


def too_large(recordings: Sequence[Recording], choice: ModelChoice | None) -> str:
    """A sentence about those that cannot go as they are, by the limit that is known of the model; else empty."""
    most = choice.facts.limits.get("bytes") if choice else None
    large = [row.size for row in recordings if most and row.size > most - MARGIN]
    if choice is None or not most or not large:
        return ""
    told = {"model": choice.label, "most": in_megabytes(most), "n": len(large), "size": in_megabytes(large[0])}
    if len(recordings) == 1:
        return _("This file has %(size)s MB. %(model)s takes %(most)s MB.") % told
    return (
        ngettext("%(n)s file is larger. %(model)s takes %(most)s MB.", "%(n)s files are larger. %(model)s takes %(most)s MB.", len(large))
        % told
    )


def in_megabytes(size: float) -> str:
    """A size up to the next whole number, so that what is larger also reads as larger."""
    return count(math.ceil(size / MEGABYTE))
