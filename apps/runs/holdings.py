"""Runs, their attempts and their files, as `apps.core.holdings` asks for them."""

import datetime
import mimetypes
from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.holdings import Counts, Holding, Part, TeamId, as_lines, in_order
from apps.core.ids import first_id_at
from apps.core.storing import content_of
from apps.runs.erasure import READ_HERE, erase, remove_files
from apps.runs.followups import followed_kinds
from apps.runs.models import ACTIVE, FINAL, Run, RunFile
from apps.runs.services import stop_run
from apps.runs.transitions import RunQuerySet, from_now

READ_SECONDS: Final = 3600  # an answer that is shown nowhere else can be read for an hour
HEAVY_PAGE: Final = 20  # runs may hold megabytes each
CALLS: Final = _("Calls with what was asked and answered")
FILES: Final = _("Files")
NUMBERS: Final = (
    "operation", "provider_label", "model", "status", "cost", "cost_kind", "usage", "first_ms", "total_ms",
    "finish_reason", "error_kind", "request_id", "gate",
)  # fmt: skip
TIMES: Final = ("queued_at", "sent_at", "first_byte_at", "finished_at", "erased_at")
OF_ATTEMPT: Final = (
    "number",
    "sent_at",
    "finished_at",
    "outcome",
    "cost",
    "cost_kind",
    "reserved_cost",
    "usage",
    "request_id",
    "remote_id",
)
OF_FILE: Final = ("role", "position", "name", "content_type", "size")
KEPT_ELSEWHERE: Final = Q(is_claimed=True, role=RunFile.Role.INPUT)  # what went in and lies with another app, which exports it
WORDS: Final = ("summary", "params", "request", "response", "text", "thinking", "beside", "notices", "error")


class RunsHolding(Holding):
    name = "runs"
    position = 30
    has_words = True
    content = (Run,)

    def count(self, team_id: TeamId, since: datetime.datetime | None = None) -> Counts:
        files = RunFile.objects.filter(run__team=team_id)
        kept = self._kept(team_id)
        if since is not None:
            files, kept = files.filter(run__gte=first_id_at(since)), kept.filter(pk__gte=first_id_at(since))
        return [(CALLS, kept.count()), (FILES, files.count())]

    def count_old(self, team_id: TeamId, before: datetime.datetime) -> Counts:
        kept = self._kept(team_id, before)
        return [(CALLS, kept.count()), (FILES, RunFile.objects.filter(run__in=kept.filter(parent_kind__in=READ_HERE)).count())]

    def forget(self, team_id: TeamId, before: datetime.datetime, limit: int) -> int:
        return erase(self._kept(team_id, before), limit)

    def strip(self, team_id: TeamId, limit: int) -> int:
        """At once what is read in its chat; after a while what only its receipt shows, and what a follow-up may not have taken over yet."""
        read = Q(finished_at__lt=from_now(-READ_SECONDS)) | ~Q(parent_kind__in=["", *followed_kinds()])
        return erase(self._kept(team_id).filter(read), limit)

    def wipe(self, team_id: TeamId, before: datetime.datetime, limit: int) -> int:
        made = Run.objects.filter(team=team_id, pk__lt=first_id_at(before))
        stop_all(made, limit)
        return erase(made, limit, with_answers=True)

    def delete(self, team_id: TeamId, limit: int) -> int:
        runs = Run.objects.filter(team=team_id)
        stop_all(runs, limit)
        found = list(runs.filter(status__in=FINAL).order_by("pk").values_list("pk", flat=True)[:limit])
        ready = remove_files(found)
        Run.objects.filter(pk__in=ready).only("pk").delete()
        return len(ready)

    def left(self, team_id: TeamId, before: datetime.datetime | None = None) -> int:
        if before is None:
            return Run.objects.filter(team=team_id).count()
        return Run.objects.filter(team=team_id, pk__lt=first_id_at(before), erased_at=None).count()

    def export(self, team_id: TeamId, since: datetime.datetime | None = None) -> Iterator[Part]:
        runs = Run.objects.filter(team=team_id)
        if since is not None:
            runs = runs.filter(pk__gte=first_id_at(since))
        whole = runs.select_related("person").prefetch_related("attempts", "files")
        yield Part("runs.jsonl", as_lines(as_told(run) for run in in_order(whole, HEAVY_PAGE)))
        files = RunFile.objects.filter(run__team=team_id).exclude(KEPT_ELSEWHERE)  # not by their runs: few of many have one
        for file in in_order(files if since is None else files.filter(run__gte=first_id_at(since))):
            yield Part(place_of(file), content_of(file.file))

    def _kept(self, team_id: TeamId, before: datetime.datetime | None = None) -> RunQuerySet:
        kept = Run.objects.filter(team=team_id, erased_at=None)
        return kept if before is None else kept.filter(pk__lt=first_id_at(before), status__in=FINAL)


def stop_all(runs: RunQuerySet, limit: int) -> None:
    """Ask those that are under way to end: their words are not wanted any more."""
    for run in runs.filter(status__in=ACTIVE, stop_requested_at=None).only("pk")[:limit]:
        stop_run(run)


def as_told(run: Run) -> dict[str, Any]:
    told: dict[str, Any] = {"id": run.pk, "person": run.person.email if run.person else None}
    told |= {"belongs_to": {"kind": run.parent_kind, "id": run.parent_id} if run.parent_kind else None}
    told |= {name: getattr(run, name) for name in (*NUMBERS, *TIMES, *WORDS)}
    told["attempts"] = [{name: getattr(attempt, name) for name in OF_ATTEMPT} for attempt in run.attempts.all()]
    told["files"] = [_file_as_told(file) for file in run.files.all()]
    return told


def _file_as_told(file: RunFile) -> dict[str, Any]:
    place = {} if file.is_claimed and file.role == RunFile.Role.INPUT else {"path": place_of(file)}
    return place | {name: getattr(file, name) for name in OF_FILE}


def place_of(file: RunFile) -> str:
    """Where a file stands in an export: ids of ours, and an ending that its type names."""
    return f"files/{file.run_id}/{file.pk}{mimetypes.guess_extension(file.content_type) or '.bin'}"
