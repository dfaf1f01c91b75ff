"""Spoken texts as they are when everything went well."""

import datetime
import uuid
from typing import Any

from django.core.files.base import ContentFile

from apps.accounts.models import Team
from apps.core.ids import first_id_at
from apps.providers.models import Provider
from apps.runs.models import Run, RunFile
from apps.speech.models import PARENT, Piece, Speech, Take

SOUND = b"ID3 a sound"


def make_speech(team: Team, provider: Provider, *, moment: datetime.datetime | None = None, **fields: Any) -> Take:
    """A text with one take, one piece, and the call that spoke it."""
    early = {"id": uuid.UUID(int=first_id_at(moment).int + uuid.uuid4().int % 2**60)} if moment else {}
    told = {"text": "About clay pots", "name": "About clay pots", "key": uuid.uuid4().hex, **fields}
    speech = Speech.objects.create(team=team, **told, **early)
    take = Take(team=team, speech=speech, provider=provider, model="tts-1-tones", voice="alloy", state="ready", format="mp3", seconds=3.0)
    take.file.save("spoken", ContentFile(SOUND), save=False)
    take.save()
    run = Run.objects.create(
        team=team, operation="speech.speak", provider=provider, model="tts-1-tones", status="completed", key=uuid.uuid4().hex,
        fingerprint="-", queued_at=moment or speech.created_at, params={"input": speech.text}, parent_kind=PARENT, parent_id=take.pk,
    )  # fmt: skip
    row = RunFile(run=run, role="output", name="speech.mp3", content_type="audio/mpeg", size=len(SOUND), details={"format": "mp3"})
    row.file.save("x", ContentFile(SOUND), save=False)
    row.save()
    Piece.objects.create(take=take, number=1, text=speech.text, run=run)
    return take
