"""Safety checks, as `apps.core.holdings` asks for them.

A check is content that people read, as a chat is: it stays until somebody deletes it or it is too old, also in a team that keeps numbers
only. With it go its pictures, the file that was brought, and the words of the calls that judged it. Files go from the storage before
their rows do, so that a kill in between leaves a row that is taken again.
"""

import datetime
import time
from collections.abc import Iterator
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.bin import BIN_DAYS
from apps.core.holdings import Counts, Holding, Part, TeamId, as_lines, in_order
from apps.core.ids import first_id_at
from apps.core.storing import content_of, remove_folder
from apps.moderation.models import PARENT, Check, Judging, Row, Rules, Verdict, folder_of
from apps.runs.erasure import FILE_SECONDS, release, remove_files
from apps.runs.holdings import stop_all
from apps.runs.leases import is_free
from apps.runs.models import ACTIVE, Run

CHECKS: Final = _("Safety checks")
AT_ONCE: Final = 5_000  # rows in one transaction
MOST_CALLS: Final = 1_000  # of a check, in one round
UNFINISHED: Final = datetime.timedelta(hours=6)  # whose rows never came


class ModerationHolding(Holding):
    name = "moderation"
    position = 13  # its rows point to runs
    content = (Check, Judging)

    def count(self, team_id: TeamId, since: datetime.datetime | None = None) -> Counts:
        rows = Check.objects.filter(team=team_id)
        return [(CHECKS, (rows.filter(pk__gte=first_id_at(since)) if since else rows).count())]

    def count_old(self, team_id: TeamId, before: datetime.datetime) -> Counts:
        return [(CHECKS, _before(team_id, before).count())]

    def forget(self, team_id: TeamId, before: datetime.datetime, limit: int) -> int:
        return remove_checks(_before(team_id, before), limit)

    def wipe(self, team_id: TeamId, before: datetime.datetime, limit: int) -> int:
        rows = _before(team_id, before)
        judgings = Judging.objects.filter(check_of__in=rows.values("pk"))
        stop_all(Run.objects.filter(parent_kind=PARENT, parent_id__in=judgings.values("pk")), limit)
        return remove_checks(rows, limit)

    def delete(self, team_id: TeamId, limit: int) -> int:
        stop_all(Run.objects.filter(team=team_id), limit)
        Rules.objects.filter(team=team_id).delete()
        return remove_checks(Check.objects.filter(team=team_id), limit)

    def left(self, team_id: TeamId, before: datetime.datetime | None = None) -> int:
        return (_before(team_id, before) if before else Check.objects.filter(team=team_id)).count()

    def tidy(self, limit: int) -> int:
        """Deleted ones can be brought back for a while; one whose rows never came is nothing."""
        gone = Q(deleted_at__lt=timezone.now() - datetime.timedelta(days=BIN_DAYS))
        never = Q(total=0, source="", created_at__lt=timezone.now() - UNFINISHED)
        return remove_checks(Check.objects.filter(gone | never), limit)

    def export(self, team_id: TeamId, since: datetime.datetime | None = None) -> Iterator[Part]:
        rows = Check.objects.filter(team=team_id, **({"pk__gte": first_id_at(since)} if since else {}))
        yield Part(
            "moderation.jsonl", as_lines(_as_told(row) for row in in_order(rows.select_related("person").prefetch_related("judgings")))
        )
        texts = Row.objects.filter(check_of__in=rows.values("pk")).order_by()
        yield Part("moderation_rows.jsonl", as_lines(_row_as_told(row) for row in in_order(texts)))
        verdicts = Verdict.objects.filter(judging__check_of__in=rows.values("pk")).order_by()
        yield Part("moderation_verdicts.jsonl", as_lines(_verdict_as_told(each) for each in in_order(verdicts)))
        yield Part("moderation_rules.jsonl", as_lines(_rules_as_told(each) for each in Rules.objects.filter(team=team_id)))
        for row in in_order(rows.exclude(source="")):
            yield Part(f"moderation/{row.pk}/source", content_of(row.source))
        for picture in in_order(texts.exclude(picture="")):
            yield Part(_place_of(picture), content_of(picture.picture))


def remove_checks(rows: Any, limit: int) -> int:
    """Remove the first of these, at most `limit` rows. One of which a call is under way, or that a worker is at, waits for its end."""
    gone, until = 0, time.monotonic() + FILE_SECONDS
    busy = Judging.objects.filter(Q(batches__run__status__in=ACTIVE) | ~is_free(), check_of=OuterRef("pk"))
    for row in list(rows.exclude(Exists(busy)).order_by("pk")[:limit]):
        gone += _remove(row)
        if time.monotonic() > until:
            break
    return gone


def _remove(row: Check) -> bool:
    runs = Run.objects.filter(team=row.team_id, parent_kind=PARENT, parent_id__in=row.judgings.values("pk"))
    ids = list(runs.values_list("pk", flat=True)[: MOST_CALLS + 1])
    ready = remove_files(ids[:MOST_CALLS])
    remove_folder(folder_of(row))
    _remove_rows(row)
    with transaction.atomic():
        if len(ready) == len(ids):
            row.delete()
        release(ready)
    return len(ready) == len(ids)


def _remove_rows(row: Check) -> None:
    """A slice at a time: others want to write as well. What a kill leaves is taken again with the check."""
    while ids := list(row.rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            Verdict.objects.filter(row__in=row.rows.filter(pk__range=(ids[0], ids[-1]))).delete()
            row.rows.filter(pk__range=(ids[0], ids[-1])).delete()


def _before(team_id: TeamId, before: datetime.datetime) -> Any:
    return Check.objects.filter(team=team_id, pk__lt=first_id_at(before))


def _as_told(row: Check) -> dict[str, Any]:
    names = ("name", "source_name", "wish", "notes", "total", "created_at", "deleted_at")
    told = {"id": row.pk, "person": row.person.email if row.person else None, **{name: getattr(row, name) for name in names}}
    kept = ("id", "model", "position", "state", "sentence", "created_at")
    return told | {"models": [{name: getattr(judging, name) for name in kept} for judging in row.judgings.all()]}


def _row_as_told(row: Row) -> dict[str, Any]:
    told = {"id": row.pk, "check": row.check_of_id, "number": row.number, "name": row.label, "text": row.text}
    return told | {"path": _place_of(row) if row.picture else None}


def _verdict_as_told(verdict: Verdict) -> dict[str, Any]:
    names = ("is_flagged", "flags", "top", "score", "scores", "applied")
    return {"row": verdict.row_id, "judging": verdict.judging_id, **{name: getattr(verdict, name) for name in names}}


def _rules_as_told(rules: Rules) -> dict[str, Any]:
    return {name: getattr(rules, name) for name in ("limits", "chat", "pictures", "otherwise")}


def _place_of(row: Row) -> str:
    return f"moderation/{row.check_of_id}/{row.position}.jpg"
