"""Checks as they are when everything went well."""

import datetime
import io
import uuid
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image

from apps.accounts.models import Team
from apps.core.ids import first_id_at
from apps.moderation.models import PARENT, Batch, Check, Judging, Row, Verdict
from apps.providers.models import Provider
from apps.runs.models import Run

MODEL = "omni-moderation-words"


def make_check(
    team: Team, provider: Provider, *, text: str = "About clay pots", moment: datetime.datetime | None = None, **fields: Any
) -> Judging:
    """A text with a picture, one verdict, and the call that gave it."""
    early = {"id": uuid.UUID(int=first_id_at(moment).int + uuid.uuid4().int % 2**60)} if moment else {}
    told = {"name": text, "key": uuid.uuid4().hex, "total": 1, "has_pictures": True, **fields}
    check = Check.objects.create(team=team, **told, **early)
    row = Row(check_of=check, position=1, number=1, text=text, width=4, height=3)
    page = io.BytesIO()
    Image.new("RGB", (4, 3)).save(page, "JPEG")
    row.picture.save("picture", ContentFile(page.getvalue()), save=True)
    judging = Judging.objects.create(team=team, check_of=check, provider=provider, model=MODEL, state="ready", has_plan=True, done=1)
    run = Run.objects.create(
        team=team, operation="moderation.check", provider=provider, model=MODEL, status="completed", key=uuid.uuid4().hex, fingerprint="-",
        queued_at=moment or check.created_at, params={"input": text}, parent_kind=PARENT, parent_id=judging.pk, text="Nothing flagged",
    )  # fmt: skip
    Batch.objects.create(judging=judging, first=1, last=1, run=run, is_over=True)
    scores = {"harassment": 0.1, "violence": 0.2}
    Verdict.objects.create(judging=judging, row=row, is_flagged=False, flags="|", top="violence", score=0.2, scores=scores)
    return judging
