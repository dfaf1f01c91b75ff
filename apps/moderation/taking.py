"""What came of a call: answers become verdicts, a refusal is narrowed down to the row that is meant.

A service that takes fewer rows at once than was sent refuses; then each half is asked by itself, down to a single row, which then has a
sentence of its own.
"""

import uuid
from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from apps.core.templatetags.core import count
from apps.moderation.models import PARENT, Batch, Judging, Row, Verdict
from apps.moderation.reading import of_dict
from apps.runs.models import ACTIVE, Run

TAKEN_AT_ONCE: Final = 20  # answers that are turned to verdicts before more is asked
IN_BULK: Final = 500
NOTHING: Final = 0.005  # shown as 0.00
# What a service says to more than it takes at once: nothing of it was looked at, and nothing was billed.
TOO_MUCH: Final = frozenset({"too_large", "too_long", "bad_request", "parameter"})
MOST_REFUSED: Final = 120  # calls of one judging, until that looking ends
MOST_CATEGORIES: Final = 200  # of one model, over all rows
HOPELESS: Final = 6  # single rows that were refused, and none that was not


def ended(pk: uuid.UUID) -> Any:
    """Batches of a judging that goes on, whose calls are over and not looked at."""
    rows = Batch.objects.filter(judging=pk, judging__state=Judging.State.WORKING, is_over=False, run__isnull=False)
    return rows.exclude(run__status__in=ACTIVE)


def take_over(judging: Judging) -> bool:
    """Answers that are there become verdicts. Whether there may be more of them."""
    found = list(ended(judging.pk).select_related("run").order_by("first")[:TAKEN_AT_ONCE])
    for batch in found:
        _take(judging, batch)
    return len(found) == TAKEN_AT_ONCE


def _take(judging: Judging, batch: Batch) -> None:
    run = batch.run
    if run is None:
        return
    if run.status == "completed":
        said = [of_dict(each) for each in (run.response or {}).get("said", ())]
        _keep(judging, batch, said) if len(said) == batch.size else _answer_fell_short(judging, batch, len(said))
    elif _is_narrowed(judging, batch, run):
        _halve(judging, batch)
    else:
        reason = str(run.error.get("sentence") or run.get_status_display())
        give_up(judging, batch, reason)
        _end_if_hopeless(judging, reason)


def _answer_fell_short(judging: Judging, batch: Batch, came: int) -> None:
    """It was delivered and may have been billed, so nobody asks again but a person; then in smaller calls."""
    told = _("The service answered for %(n)s of %(total)s rows.") % {"n": count(came), "total": count(batch.size)}
    give_up(judging, batch, told)
    judging.tried = 1 if came == 1 else max(1, batch.size // 2)
    Judging.objects.filter(pk=judging.pk).update(tried=judging.tried)


def _is_narrowed(judging: Judging, batch: Batch, run: Run) -> bool:
    """Whether the halves are asked: it was refused for something in it, or for its number of rows, and nothing was billed."""
    is_about_rows = run.status == "failed" and run.error_kind in TOO_MUCH
    return is_about_rows and batch.size > 1 and not judging.sentence and _refused(judging).count() <= MOST_REFUSED


def _refused(judging: Judging) -> Any:
    return Run.objects.filter(team=judging.team_id, parent_kind=PARENT, parent_id=judging.pk, status="failed", error_kind__in=TOO_MUCH)


def _end_if_hopeless(judging: Judging, reason: str) -> None:
    """So many single rows were refused, and none was taken: then it is not about a row."""
    alone = Batch.objects.filter(judging=judging, first=F("last"), is_over=True).exclude(sentence="").count()
    if not judging.taken and not judging.sentence and alone >= HOPELESS:
        judging.sentence = reason[:300]
        Judging.objects.filter(pk=judging.pk, sentence="").update(sentence=judging.sentence)


def _keep(judging: Judging, batch: Batch, said: Sequence[Any]) -> None:
    rows = Row.objects.filter(check_of=judging.check_of_id, position__gte=batch.first, position__lte=batch.last)
    ids = list(rows.order_by("position").values_list("pk", flat=True))
    verdicts = [_verdict(judging, row_id, each) for row_id, each in zip(ids, said, strict=True)]
    with transaction.atomic():
        if not Batch.objects.filter(pk=batch.pk, run=batch.run_id, is_over=False).update(is_over=True):
            return
        Verdict.objects.bulk_create(verdicts, batch_size=IN_BULK, ignore_conflicts=True)
        if batch.size > 1:  # what it said of each row stands there; twice would be megabytes
            head = {name: value for name, value in (batch.run.response or {}).items() if name != "said"} if batch.run else {}
            Run.objects.filter(pk=batch.run_id).update(response={**head, "results": len(said)})
        judging.taken = max(judging.taken, batch.size)
        judging.categories = _together(judging.categories, said)
        done = Verdict.objects.filter(judging=judging).count()
        Judging.objects.filter(pk=judging.pk).update(done=done, taken=judging.taken, categories=judging.categories)


def _together(before: Sequence[str], said: Sequence[Any]) -> list[str]:
    """A server may tell of a category only where it found it, so the first row does not name all."""
    return list(dict.fromkeys([*before, *(name for each in said for name in each.scores)]))[:MOST_CATEGORIES]


def _verdict(judging: Judging, row_id: int, said: Any) -> Verdict:
    top = said.top
    return Verdict(
        judging=judging,
        row_id=row_id,
        is_flagged=said.is_flagged,
        flags=f"|{'|'.join(said.flags)}|" if said.flags else "|",
        top=top[0] if top and top[1] >= NOTHING else "",
        score=top[1] if top else None,
        scores=said.scores,
        applied=said.applied,
    )


def _halve(judging: Judging, batch: Batch) -> None:
    """It was refused whole. One row in it may be to blame, or their number."""
    judging.tried = max(1, batch.size // 2)
    with transaction.atomic():
        Judging.objects.filter(pk=judging.pk).update(tried=judging.tried)
        cut(batch, -(-batch.size // 2))


def cut(batch: Batch, size: int) -> bool:
    """Into batches of that many rows; those that are new were asked nothing yet."""
    starts = range(batch.first + size, batch.last + 1, size)
    rest = [Batch(judging_id=batch.judging_id, first=first, last=min(first + size - 1, batch.last)) for first in starts]
    with transaction.atomic():
        mine = Batch.objects.filter(pk=batch.pk, run=batch.run_id, is_over=False)
        if not mine.update(last=batch.first + size - 1, run=None, tries=batch.tries + 1):
            return False
        Batch.objects.bulk_create(rest, batch_size=IN_BULK)
    return True


def give_up(judging: Judging, batch: Batch, sentence: str) -> None:
    """Why, with the numbers of the rows."""
    if judging.check_of.total > 1:
        rows = Row.objects.filter(check_of=judging.check_of_id, position__in=(batch.first, batch.last)).order_by("position")
        numbers = [count(number) for number in rows.values_list("number", flat=True)]
        where = (
            _("Row %(n)s") % {"n": numbers[0]}
            if batch.size == 1
            else _("Rows %(first)s to %(last)s") % {"first": numbers[0], "last": numbers[-1]}
        )
        sentence = sentence if sentence.startswith(where) else f"{where}: {sentence}"
    Batch.objects.filter(pk=batch.pk, run=batch.run_id).update(is_over=True, sentence=sentence[:300])
