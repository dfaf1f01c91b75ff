"""From our copy to the provider: in one call, or in parts that are put together there. Done by a worker, under a lease of the file.

A call is found again by its key, so a kill changes nothing. Parts may be sent twice: one that nobody names in the end costs nothing. What
makes a file at the provider (one call, or the last one of an upload) is sent again only after the provider's list was looked at.
"""

import datetime
from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.files import remote_calls, remote_states
from apps.files.models import File, Part, Remote
from apps.files.operations import BeginUpload, CancelUpload, CompleteUpload, SendFile, SendPart
from apps.files.remote_answers import file_of, moment_of
from apps.files.remote_calls import MOST_REPEATS, End, end_of, is_past, is_time, status_of_refusal, why
from apps.files.remote_lists import NotListed, TooLong, find
from apps.files.remote_states import NO_UPLOAD, ON_ITS_WAY, change
from apps.providers.models import Provider
from apps.runs.models import Run

PARTS_AT_ONCE: Final = 4
MOST_OF_PART: Final = 9  # tries: with their pauses about four minutes, in which a provider has come back
UPLOAD_SECONDS: Final = 3600  # what an upload in parts lives, where the provider does not say
MARGIN: Final = 30
LOOK_AFTER: Final = 2.0  # seconds in which a provider may still write what it took
LOOK_FOR: Final = 600.0  # as long as that it may be away, until we leave it open
NO_SUCH: Final = frozenset({404, 405, 501})
TOO_LARGE: Final = 413
OVER: Final = frozenset({404, 409, 410})


def advance(file: File) -> bool:
    """The next step. Whether another one can be taken at once."""
    reason = _why_not(file)
    if reason:
        remote_states.failed(file, reason)
        return False
    if not _goes_in_parts(file):
        return _whole(file)
    return change(file, ON_ITS_WAY, remote=Remote.SENDING) and _in_parts(file)


def _why_not(file: File) -> str:
    provider = file.provider
    if file.wisher is None:
        return _("Whoever wanted it there is not here any more, so nothing was sent.")
    if provider is None or provider.deleted_at is not None:
        return _("The provider was deleted, so nothing was sent.")
    return _why_not_there(file, provider)


def _why_not_there(file: File, provider: Provider) -> str:
    if provider.lacks("files"):
        return _("%(provider)s keeps no files.") % {"provider": provider}
    if file.size == 0:
        return _("The file is empty, and no provider takes that.")
    if not file.purpose:
        return _("Say what the file is for, then send it.")
    if file.size > settings.FILE_WHOLE_BYTES and provider.lacks("uploads"):
        return _too_large(file)
    return ""


def _goes_in_parts(file: File) -> bool:
    """What is too large for one call, by the rules or because the provider said so: then nothing of it is there."""
    return file.size > settings.FILE_WHOLE_BYTES or bool(file.upload_id) or _refused_whole(file) is not None


def _refused_whole(file: File) -> Run | None:
    """The call that the provider found too large, where it may take parts."""
    if file.provider is None or file.provider.lacks("uploads"):
        return None
    calls = Run.objects.filter(team=file.team_id, key__startswith=f"{file.pk}-send-{file.tries}-").order_by("-queued_at")
    return next((run for run in calls if end_of(run) is End.REFUSED and status_of_refusal(run) == TOO_LARGE), None)


def _too_large(file: File) -> str:
    names = {"provider": file.provider, "most": filesizeformat(settings.FILE_WHOLE_BYTES), "size": filesizeformat(file.size)}
    return _("%(provider)s takes no uploads in parts, so %(most)s is the most. This file has %(size)s.") % names


def _whole(file: File) -> bool:
    key = f"send-{file.tries}-{file.repeats}"
    run = remote_calls.found(file, key)
    if run is None:
        before = file.remote
        is_wanted = change(file, ON_ITS_WAY, remote=Remote.SENDING)  # before the call is there: whoever stops it then looks for one
        if is_wanted and remote_calls.begin(file, SendFile, {**_wish(file), "start": 0}, key) is None:
            change(file, (Remote.SENDING,), remote=before)
        return False
    return _judge(file, run, run.response)


def _wish(file: File) -> dict[str, Any]:
    wish = {"name": file.name, "purpose": file.purpose, "size": file.size, "type": file.content_type or "application/octet-stream"}
    return {**wish, **({"lifetime": file.lifetime} if file.lifetime else {})}


def _judge(file: File, run: Run, answer: Any) -> bool:
    """What the call that makes the file at the provider came to. `answer`: what it tells of the file."""
    end = end_of(run)
    if end is End.DONE:
        listed = file_of(answer)
        if listed is None:
            return _look(file, run)
        remote_states.arrived(file, listed, run)
    elif end is End.LATER:
        return _again(file, run)
    elif end is End.UNCLEAR:
        return _look(file, run)
    elif end is End.REFUSED:
        if _refused_whole(file) == run:
            return True  # in parts, then
        remote_states.failed(file, why(run))
    elif end is End.STOPPED:
        return _stopped(file)
    return False


def _stopped(file: File) -> bool:
    """Somebody ended its call: `stopping` finds out whether it did its work."""
    return change(file, ON_ITS_WAY, remote=Remote.STOPPING, sentence="")


def _again(file: File, run: Run) -> bool:
    """After a pause, and not for ever."""
    if file.repeats >= MOST_REPEATS:
        remote_states.failed(file, why(run))
        return False
    return is_time(run, file.repeats) and change(file, ON_ITS_WAY, repeats=file.repeats + 1)


def _look(file: File, run: Run) -> bool:
    """Nobody knows whether it arrived: the provider's list tells, and only then it is sent again."""
    if not is_past(run, LOOK_AFTER):
        return False
    try:
        listed = find(file, run.queued_at)
    except NotListed as error:
        _leave_open(file, run, error)
        return False
    if listed is None:
        return _again(file, run)
    remote_states.arrived(file, listed, run)
    return False


def _leave_open(file: File, run: Run, error: NotListed) -> None:
    """The list may be read in a while; one that is too long never is."""
    if isinstance(error, TooLong) or is_past(run, LOOK_FOR):
        remote_states.unclear(file, run)


def _in_parts(file: File) -> bool:
    if not file.upload_id:
        return _begin(file)
    parts = list(Part.objects.filter(file=file.pk, way=Part.Way.UP).select_related("run").order_by("number"))
    if not parts:
        return _plan(file)
    if all(part.is_done for part in parts):
        return _complete(file, parts)
    if file.upload_until is not None and file.upload_until <= timezone.now():
        return _renew(file)
    return _send_parts(file, parts)


def _begin(file: File) -> bool:
    key = f"begin-{file.tries}-{file.repeats}"
    run = remote_calls.found(file, key)
    if run is None:
        remote_calls.begin(file, BeginUpload, _wish(file), key)
        return False
    end = end_of(run)
    if end is End.DONE:
        until = moment_of(run.response.get("expires_at")) or timezone.now() + datetime.timedelta(seconds=UPLOAD_SECONDS)
        return change(file, ON_ITS_WAY, upload_id=run.response["id"], upload_until=until - datetime.timedelta(seconds=MARGIN))
    if end in {End.LATER, End.UNCLEAR}:
        return _again(file, run)  # an upload that nobody goes on with ends by itself
    if end is End.REFUSED:
        remote_states.failed(file, _why_no_upload(file, run))
    elif end is End.STOPPED:
        return _stopped(file)
    return False


def _why_no_upload(file: File, run: Run) -> str:
    if status_of_refusal(run) not in NO_SUCH:
        return why(run)
    whole = _refused_whole(file)
    return why(whole) if whole is not None else _too_large(file)


def _plan(file: File) -> bool:
    size = part_size()
    spans = [(start, min(size, file.size - start)) for start in range(0, file.size, size)]
    parts = [Part(file=file, way=Part.Way.UP, number=number, start=start, size=size) for number, (start, size) in enumerate(spans, 1)]
    Part.objects.bulk_create(parts)
    return True


def part_size() -> int:
    """Bytes of a part: whole pieces of ours."""
    return max(1, settings.FILE_PART_BYTES // settings.FILE_PIECE_BYTES) * settings.FILE_PIECE_BYTES


def _send_parts(file: File, parts: Sequence[Part]) -> bool:
    """Take note of those that have ended, and start as many as there is room for."""
    under_way = 0
    waiting = []
    for part in parts:
        if part.is_done:
            continue
        outcome = _look_at_part(file, part)
        if outcome is End.REFUSED or outcome is End.STOPPED:
            begins_anew = file.upload_id == "" and file.remote == Remote.SENDING
            return bool(begins_anew or file.remote == Remote.STOPPING)
        under_way += outcome is End.WAITING
        if outcome is None:
            waiting.append(part)
    for part in waiting[: max(0, PARTS_AT_ONCE - under_way)]:
        if not _start_part(file, part, len(parts)):
            break
    return all(part.is_done for part in parts)


def _look_at_part(file: File, part: Part) -> End | None:
    """None: it is to be started. REFUSED and STOPPED: the file says what becomes of it."""
    run = part.run
    if run is None:
        return None
    end = end_of(run)
    if end is End.DONE:
        part.is_done, part.remote_id = True, run.response["id"]
        part.save(update_fields=["is_done", "remote_id"])
        change(file, ON_ITS_WAY)
    elif end is End.REFUSED and _is_over(run):
        _renew(file)
    elif end is End.REFUSED or (end in {End.LATER, End.UNCLEAR} and part.tries + 1 >= MOST_OF_PART):
        remote_states.failed(file, why(run))
        return End.REFUSED
    elif end is End.STOPPED:
        _stopped(file)
    elif end in {End.LATER, End.UNCLEAR}:
        return _repeat(part, run)
    return end


def _repeat(part: Part, run: Run) -> End | None:
    if not is_time(run, part.tries):
        return End.LATER
    part.tries, part.run = part.tries + 1, None
    part.save(update_fields=["tries", "run"])
    return None


def _start_part(file: File, part: Part, count: int) -> bool:
    key = f"part-{part.number}-{file.tries}-{file.repeats}-{part.tries}"
    place = {"upload": file.upload_id, "number": part.number, "parts": count, "start": part.start, "size": part.size, "name": file.name}
    if not File.objects.filter(pk=file.pk, remote=Remote.SENDING, tries=file.tries).exists():
        return False  # stopped meanwhile
    run = remote_calls.found(file, key) or remote_calls.begin(file, SendPart, place, key)
    if run is not None:
        Part.objects.filter(pk=part.pk).update(run=run)
    return run is not None


def _is_over(run: Run) -> bool:
    """Whether the provider does not take parts of this upload any more."""
    told = f"{run.error.get('code', '')} {run.error.get('sentence', '')} {run.error.get('details', {}).get('message', '')}".lower()
    return status_of_refusal(run) in OVER or "expired" in told


def _renew(file: File) -> bool:
    """The upload ended at the provider, usually after an hour: it begins anew, a few times."""
    Part.objects.filter(file=file.pk, way=Part.Way.UP).delete()
    if file.repeats >= MOST_REPEATS:
        sentence = _("The upload ended at %(provider)s before all of it was sent. The line may be too slow for a file of this size.")
        change(file, ON_ITS_WAY, **NO_UPLOAD)
        remote_states.failed(file, sentence % {"provider": file.provider})
        return False
    sentence = _("The upload ended at %(provider)s before all of it was sent, so it began anew.") % {"provider": file.provider}
    return change(file, ON_ITS_WAY, repeats=file.repeats + 1, sentence=sentence, **NO_UPLOAD)


def _complete(file: File, parts: Sequence[Part]) -> bool:
    key = f"complete-{file.tries}-{file.repeats}"
    run = remote_calls.found(file, key)
    if run is None:
        params = {
            "upload": file.upload_id,
            "parts": [part.remote_id for part in parts],
            "md5": file.md5,
            "name": file.name,
            "size": file.size,
        }
        remote_calls.begin(file, CompleteUpload, params, key)
        return False
    if end_of(run) is not End.REFUSED:
        answer = run.response.get("file") if isinstance(run.response, dict) else None
        return _judge(file, run, answer)
    return _judge_refused(file, run)


def _judge_refused(file: File, run: Run) -> bool:
    """An upload that was put together by a call whose answer was lost is refused the second time: the list tells."""
    try:
        listed = find(file, run.queued_at) if file.repeats else None
    except NotListed as error:
        _leave_open(file, run, error)
        return False
    if listed is not None:
        remote_states.arrived(file, listed, run)
        return False
    if _is_over(run):
        return _renew(file)
    Part.objects.filter(file=file.pk, way=Part.Way.UP).delete()  # the provider holds other bytes than we do
    change(file, ON_ITS_WAY, **NO_UPLOAD)
    remote_states.failed(file, why(run))
    return False


def give_up(file: File) -> None:
    """Tell the provider that an upload will not be gone on with. Whatever it answers: the upload ends by itself."""
    if remote_calls.begin(file, CancelUpload, {"upload": file.upload_id, "name": file.name}, f"cancel-{file.tries}-{file.repeats}"):
        File.objects.filter(pk=file.pk, upload_id=file.upload_id).update(**NO_UPLOAD)
        Part.objects.filter(file=file.pk, way=Part.Way.UP).delete()
