"""From the provider to us, stretch by stretch where it gives stretches. Of a file that does not come whole, nothing is kept."""

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _

from apps.files import remote_calls, remote_keys, remote_states
from apps.files.models import Copy, File, Part
from apps.files.operations import FetchFile
from apps.files.remote_calls import End, end_of, is_time, status_of_refusal, why
from apps.files.uploading import MOST_OF_PART, PARTS_AT_ONCE, part_size
from apps.runs.models import Run


def begin(file: File) -> None:
    """The first stretch is planned: what it tells of the whole decides about the others."""
    Part.objects.filter(file=file.pk, way=Part.Way.DOWN).delete()
    Part.objects.create(file=file, way=Part.Way.DOWN, number=1, start=0, size=min(file.size, part_size()))


def advance(file: File) -> bool:
    """The next step. Whether another one can be taken at once."""
    if file.provider is None or file.provider.deleted_at is not None:
        remote_states.not_fetched(file, _("The provider was deleted, so it cannot be fetched any more."))
        return False
    reason = remote_keys.why_not(file)
    if reason:
        remote_states.not_fetched(file, reason)
        return False
    parts = list(Part.objects.filter(file=file.pk, way=Part.Way.DOWN).select_related("run").order_by("number"))
    if not parts:
        return False  # it comes from a browser
    if all(part.is_done for part in parts):
        return _go_on(file, parts)
    return _fetch_parts(file, parts)


def _go_on(file: File, parts: Sequence[Part]) -> bool:
    file.refresh_from_db(fields=["size", "received"])
    if file.received == file.size:
        remote_states.fetched(file)
        return False
    if len(parts) > 1 or parts[0].size != part_size():
        remote_states.not_fetched(file, _("The file changed at the provider while it was fetched. Fetch it again."))
        return False
    starts = range(parts[0].size, file.size, part_size())
    spans = [(start, min(part_size(), file.size - start)) for start in starts]
    made = [Part(file=file, way=Part.Way.DOWN, number=number, start=start, size=size) for number, (start, size) in enumerate(spans, 2)]
    Part.objects.bulk_create(made)
    return True


def _fetch_parts(file: File, parts: Sequence[Part]) -> bool:
    under_way = 0
    waiting = []
    for part in parts:
        if part.is_done:
            continue
        outcome = _look_at(file, part)
        if outcome is End.REFUSED:
            return False
        under_way += outcome is End.WAITING
        if outcome is None:
            waiting.append(part)
    for part in waiting[: max(0, PARTS_AT_ONCE - under_way)]:
        if not _start(file, part):
            break
    return False


def _look_at(file: File, part: Part) -> End | None:
    """None: it is to be started. REFUSED: the file does not come."""
    run = part.run
    if run is None:
        return None
    end = end_of(run)
    if end is End.WAITING or (end is not End.REFUSED and not is_time(run, part.tries)):
        return end if end is End.WAITING else End.LATER
    if end is End.REFUSED or end is End.STOPPED or part.tries + 1 >= MOST_OF_PART:
        remote_states.not_fetched(file, _reason(file, run) if end is not End.STOPPED else "")
        return End.REFUSED
    part.tries, part.run = part.tries + 1, None
    part.save(update_fields=["tries", "run"])
    return None


REFUSES: Final = frozenset({400, 403})


def _reason(file: File, run: Run) -> str:
    if status_of_refusal(run) in REFUSES and run.error_kind != "auth":
        told = str(run.error.get("details", {}).get("message") or "")
        sentence = _("%(provider)s does not give this file back. What is sent for this purpose can only be used there.")
        return f"{sentence % {'provider': file.provider}} {told}".strip()
    if status_of_refusal(run) == 404:
        return _("%(provider)s does not have this file any more.") % {"provider": file.provider}
    return why(run)


def _start(file: File, part: Part) -> bool:
    if not File.objects.filter(pk=file.pk, copy=Copy.COMING).exists():
        return False  # stopped meanwhile
    key = f"fetch-{part.number}-{file.tries}-{part.tries}"
    place = {"file": file.remote_id, "name": file.name, "start": part.start, "size": part.size, "all": file.size}
    run = remote_calls.found(file, key) or remote_calls.begin(file, FetchFile, place, key)
    if run is not None:
        Part.objects.filter(pk=part.pk).update(run=run)
    return run is not None
