"""Transcripts in the jump box: by the names of their recordings, among the newest ones."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from apps.accounts.access import visible
from apps.accounts.models import Membership
from apps.core.jump import Hit
from apps.core.templatetags.core import short_date
from apps.transcription.models import Transcript

LOOKED_THROUGH = 5_000  # names have no index; the page of transcripts looks through all


def find_transcripts(membership: Membership, text: str, most: int) -> Iterator[Hit]:
    if not text:
        return
    rows = visible(membership, Transcript.objects.alive().filter(recording__deleted_at=None)).order_by("-pk")
    oldest = rows.values_list("pk", flat=True)[LOOKED_THROUGH - 1 : LOOKED_THROUGH].first()
    named = rows.filter(recording__name__icontains=text, **({"pk__gte": oldest} if oldest else {}))
    for pk, name, created_at in named.values_list("pk", "recording__name", "created_at")[:most]:
        yield Hit(name, reverse("transcription:transcript", args=[pk]), "audio-lines", short_date(timezone.localtime(created_at)))
