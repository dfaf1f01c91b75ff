"""What has files in hand at a provider: batches and fine-tuning jobs, as their lists tell."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from apps.files.models import File, Sync, Use
from apps.files.remote_answers import usable_id, words_of
from apps.files.remote_lists import NotListed, Reader

MOST_PAGES: Final = 5  # the newest ones: what is under way is among them
AT_ONCE: Final = 500
BUSY_BATCHES: Final = frozenset({"validating", "in_progress", "finalizing", "cancelling"})
BUSY_JOBS: Final = frozenset({"validating_files", "queued", "running", "paused", "pausing", "cancelling"})
LISTS: Final = ((Use.What.BATCH, "/batches"), (Use.What.TUNING, "/fine_tuning/jobs"))


def read(row: Sync, reader: Reader) -> None:
    """Rows of what uses the files of this team. A provider without such lists has none; one that does not answer leaves what was known."""
    for what, path in LISTS:
        began = timezone.now()
        try:
            for entries in _pages(reader, path):
                _store(row, what, entries)
        except NotListed as error:
            if error.status not in {404, 405, 501}:
                continue
        Use.objects.filter(file__team=row.team_id, file__provider=row.provider_id, what=what, seen_at__lt=began).delete()


def _pages(reader: Reader, path: str) -> Iterator[Iterable[Any]]:
    after = ""
    for _number in range(MOST_PAGES):
        page = reader.page(path, after, **{})
        yield page.entries
        if not page.after or page.after == after:
            return
        after = page.after


def _store(row: Sync, what: Use.What, entries: Iterable[Any]) -> None:
    wanted = [(file_id, use) for entry in entries for file_id, use in _uses_in(what, entry)]
    for at in range(0, len(wanted), AT_ONCE):
        _save(row, wanted[at : at + AT_ONCE])


def _save(row: Sync, wanted: list[tuple[str, Use]]) -> None:
    ids = {file_id for file_id, _use in wanted}
    mine = File.objects.filter(team=row.team_id, provider=row.provider_id, remote_id__in=ids)
    pks = dict(mine.values_list("remote_id", "pk"))
    made: dict[tuple[Any, ...], Use] = {}
    for file_id, use in wanted:
        if file_id in pks:
            use.file_id = pks[file_id]
            made[use.file_id, use.what, use.remote_id] = use
    with transaction.atomic():
        unique, told = ["file", "what", "remote_id"], ["title", "status", "is_active", "seen_at"]
        Use.objects.bulk_create(made.values(), batch_size=100, update_conflicts=True, unique_fields=unique, update_fields=told)


def _uses_in(what: Use.What, entry: Any) -> Iterator[tuple[str, Use]]:
    """Files that one batch or job names, with how it stands. What it made is not needed by it."""
    if not isinstance(entry, Mapping) or not usable_id(entry.get("id")):
        return
    is_batch = what == Use.What.BATCH
    status = words_of(entry.get("status"), 40)
    is_busy = status in (BUSY_BATCHES if is_batch else BUSY_JOBS)
    needed = ("input_file_id",) if is_batch else ("training_file", "validation_file")
    made = ("output_file_id", "error_file_id") if is_batch else ("result_files",)
    title = (
        words_of(entry.get("endpoint"), 200)
        if is_batch
        else words_of(entry.get("fine_tuned_model"), 200) or words_of(entry.get("model"), 200)
    )
    for name in (*needed, *made):
        for told in entry[name] if isinstance(entry.get(name), list) else [entry.get(name)]:
            if usable_id(told):
                fields = {"status": status, "title": title, "is_active": is_busy and name in needed, "seen_at": timezone.now()}
                yield told, Use(what=what, remote_id=entry["id"], **fields)
