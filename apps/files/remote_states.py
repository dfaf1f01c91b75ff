"""How it stands with a file at its provider: the changes that the follow-up makes, each with a condition that only one can meet."""

import datetime
import uuid
from collections.abc import Collection
from typing import Any, Final

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.core.storing import remove
from apps.files.models import LOOKING, PARENT, Copy, File, Part, Piece, Remote, Sync
from apps.files.remote_answers import Listed
from apps.files.remote_calls import LONGEST_SENTENCE
from apps.files.remote_keys import sent_by
from apps.runs.followups import publish_follow_up
from apps.runs.models import Run

ON_ITS_WAY: Final = (Remote.WAITING, Remote.SENDING)
NO_UPLOAD: Final[dict[str, Any]] = {"upload_id": "", "upload_until": None}


def change(file: File, states: Collection[str], **fields: Any) -> bool:
    """Whether the file was in one of these states, and for the same wish. `file` is told of it."""
    if "sentence" in fields:
        fields["sentence"] = str(fields["sentence"])[:LONGEST_SENTENCE]
    rows = File.objects.filter(pk=file.pk, remote__in=states, tries=file.tries)
    if not rows.update(**fields, touched_at=Now()):
        return False
    for name, value in fields.items():
        setattr(file, name, value)
    return True


def failed(file: File, sentence: str) -> None:
    """It is not there, and this is why. What was sent of it in parts stays, for another try."""
    change(file, ON_ITS_WAY, remote=Remote.FAILED, sentence=sentence)


def unclear(file: File, run: Run) -> None:
    names = {"provider": file.provider}
    sentence = _("%(provider)s gave no answer, so nobody knows whether it arrived. Sync the list to see.") % names
    change(file, ON_ITS_WAY, remote=Remote.UNCLEAR, sentence=sentence, **sent_by(run))


def not_known_stopped(file: File, run: Run) -> None:
    """What was deleted here meanwhile is in the list again: only its row tells that something may lie there."""
    names = {"provider": file.provider}
    sentence = _("It was stopped, and nobody knows whether it is at %(provider)s. Sync the list to see.") % names
    change(file, (Remote.STOPPING,), remote=Remote.UNCLEAR, sentence=sentence, deleted_at=None, **sent_by(run))


def arrived(file: File, listed: Listed, run: Run | None, *, is_wanted: bool = True) -> None:
    """The provider has it, by this call, or as the team's key sees it; if nobody wants it there any more, it is deleted there.

    A row that a sync made for it meanwhile was of the same file.
    """
    states = (*ON_ITS_WAY, Remote.UNCLEAR, Remote.STOPPING)
    fields = {"remote_id": listed.id, "remote_status": listed.status, "expires_at": listed.expires_at, "repeats": 0}
    fields["sentence"] = _stays(file) if file.lifetime and listed.expires_at is None and is_wanted else ""
    fields |= sent_by(run) if run is not None else {"has_own_key": False}
    with transaction.atomic():
        others = File.objects.filter(team=file.team_id, provider=file.provider_id, remote_id=listed.id).exclude(pk=file.pk)
        fields["seen_at"] = _seen_by(file, others)
        others.filter(copy=Copy.NONE).delete()
        others.update(remote_id="", remote=Remote.NONE, provider=None)
        change(file, states, remote=Remote.THERE, **fields, **NO_UPLOAD)
        Part.objects.filter(file=file.pk, way=Part.Way.UP).delete()
        if not is_wanted or File.objects.filter(pk=file.pk, deleted_at__isnull=False).exists():
            change(file, (Remote.THERE,), remote=Remote.DELETING, tries=file.tries + 1)
            publish_follow_up(PARENT, file.pk)


def _stays(file: File) -> str:
    names = {"provider": file.provider}
    return _("%(provider)s names no day on which it deletes this file. It stays there until somebody deletes it.") % names


def _seen_by(file: File, listed: Any) -> datetime.datetime | None:
    """As which reading of the list has it, or has no word on it: one that began before it arrived says nothing by leaving it out."""
    seen: datetime.datetime | None = listed.exclude(seen_at=None).order_by("-seen_at").values_list("seen_at", flat=True).first()
    reading = Sync.objects.filter(team=file.team_id, provider=file.provider_id, state__in=Sync.OPEN)
    return seen or reading.values_list("started_at", flat=True).first()


def left(file: File, sentence: str) -> None:
    """It is not at the provider any more. With a copy of ours it is a file that lies here."""
    if file.copy == Copy.NONE:
        change(file, (Remote.DELETING,), remote=Remote.GONE, sentence=sentence, expires_at=None)
        return
    nowhere = {"provider": None, "remote_id": "", "remote_status": "", "expires_at": None, "has_own_key": False}
    change(file, (Remote.DELETING,), remote=Remote.NONE, sentence=sentence, **nowhere)


def stayed(file: File, sentence: str) -> None:
    """The provider did not delete it: who has put it away finds it again."""
    change(file, (Remote.DELETING,), remote=Remote.THERE, sentence=sentence, deleted_at=None)


def fetched(file: File) -> None:
    """All of it is here: now somebody looks at it."""
    with transaction.atomic():
        if File.objects.filter(pk=file.pk, copy=Copy.COMING).update(copy=Copy.LOOKING, sentence="", touched_at=Now()):
            Part.objects.filter(file=file.pk, way=Part.Way.DOWN).delete()
            publish_follow_up(LOOKING, file.pk)


def not_fetched(file: File, sentence: str) -> None:
    """Nothing is kept of what came so far, and this is why."""
    File.objects.filter(pk=file.pk, copy=Copy.COMING).update(copy=Copy.NONE, sentence=sentence[:LONGEST_SENTENCE], touched_at=Now())
    drop_pieces(file.pk)


def drop_pieces(pk: uuid.UUID) -> None:
    """What is left of a copy that did not become one. A kill in between leaves the rest to the next round."""
    if not File.objects.filter(pk=pk, copy=Copy.NONE).exists():
        return
    Part.objects.filter(file=pk, way=Part.Way.DOWN).delete()
    for piece in Piece.objects.filter(file=pk):
        remove(piece.content)
        piece.delete()
    File.objects.filter(pk=pk, copy=Copy.NONE).update(pieces=0, received=0)
