"""What was on its way and is not wanted any more: its calls end, and what they made at a provider all the same is deleted there.

A call that is asked to stop may have done its work. So each one that could have made a file is looked at when it has ended, and where it
does not know itself, the provider's list tells.
"""

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.files import remote_states, uploading
from apps.files.models import PARENT, Copy, File, Remote
from apps.files.operations import BeginUpload, CompleteUpload, FetchFile, SendFile, SendPart
from apps.files.remote_answers import Listed, file_of
from apps.files.remote_calls import End, end_of, is_past
from apps.files.remote_lists import NotListed, TooLong, find
from apps.files.remote_states import change
from apps.runs.followups import publish_follow_up
from apps.runs.models import ACTIVE, Attempt, Run
from apps.runs.services import stop_run

MOVING: Final = tuple(each.name for each in (SendFile, BeginUpload, SendPart, CompleteUpload, FetchFile))
OPEN: Final = frozenset({End.DONE, End.UNCLEAR, End.STOPPED})  # a call that ended so may have made a file


def ask(files: Sequence[File]) -> None:
    """They go, and come, no further. Of what was coming nothing is kept; a worker looks what lies at the provider by then."""
    mine = File.objects.filter(pk__in=[file.pk for file in files])
    mine.filter(remote=Remote.WAITING).update(remote=Remote.NONE, sentence=_only_here(), tries=F("tries") + 1, touched_at=Now())
    mine.filter(remote=Remote.SENDING).update(remote=Remote.STOPPING, sentence="", touched_at=Now())
    fetched = Q(copy=Copy.COMING) & ~Q(remote_id="")
    mine.filter(fetched).update(copy=Copy.NONE, pieces=F("pieces") + 1, touched_at=Now())  # so that what came of it is looked for
    for file in files:
        _end_calls(file)
        publish_follow_up(PARENT, file.pk)


def _only_here() -> str:
    return _("It was stopped, so it is only here.")


def _end_calls(file: File) -> bool:
    """Whether one has still to end."""
    active = Run.objects.filter(team=file.team_id, parent_kind=PARENT, parent_id=file.pk, operation__in=MOVING, status__in=ACTIVE)
    for run in active:
        stop_run(run)
    return active.all().exists()


def advance(file: File) -> bool:
    """The next step of one that is being stopped. Whether another one can be taken at once."""
    if _end_calls(file):
        return False
    calls = _calls(file)
    for run in calls:
        made = _made_by(run)
        if made is not None:
            remote_states.arrived(file, made, run, is_wanted=False)
            return True
    in_doubt = [run for run in calls if end_of(run) in OPEN]
    return _look(file, in_doubt) if in_doubt else _nothing_there(file)


def _calls(file: File) -> list[Run]:
    """Those that left this machine to make a file at the provider, for the wish that was stopped."""
    ours = Q()
    for act in ("send", "complete"):
        ours |= Q(key__startswith=f"{file.pk}-{act}-{file.tries}-")
    sent = Exists(Attempt.objects.filter(run=OuterRef("pk")))
    return list(Run.objects.filter(ours, sent, team=file.team_id).order_by("-queued_at"))


def _made_by(run: Run) -> Listed | None:
    if end_of(run) is not End.DONE:
        return None
    answer: Any = run.response
    return file_of(answer.get("file") if run.operation == CompleteUpload.name and isinstance(answer, dict) else answer)


def _look(file: File, calls: Sequence[Run]) -> bool:
    if not all(is_past(run, uploading.LOOK_AFTER) for run in calls):
        return False
    try:
        listed = find(file, min(run.queued_at for run in calls))
    except NotListed as error:
        if isinstance(error, TooLong) or all(is_past(run, uploading.LOOK_FOR) for run in calls):
            remote_states.not_known_stopped(file, calls[0])
        return False
    if listed is None:
        return _nothing_there(file)
    remote_states.arrived(file, listed, calls[0], is_wanted=False)
    return True


def _nothing_there(file: File) -> bool:
    return change(file, (Remote.STOPPING,), remote=Remote.NONE, sentence=_only_here())


def look_once(file: File) -> None:
    """A file that was deleted here while nobody knew whether it had arrived: what the list has of it goes there too."""
    calls = _calls(file)
    try:
        listed = find(file, min(run.queued_at for run in calls)) if calls else None
    except NotListed:
        return  # a sync that reads the list later tells
    if listed is not None:
        remote_states.arrived(file, listed, calls[0])
