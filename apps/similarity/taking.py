"""What came of a call: numbers are written for all who have the text, a refusal is narrowed down to the row that is meant."""

import re
from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.runs.erasure import remove_files
from apps.runs.followups import publish_follow_up
from apps.runs.models import Run, RunFile, Status
from apps.similarity.claiming import IN_ONE, claim, keep_size, vectors_of
from apps.similarity.models import PARENT, Batch, Query, Row, Side, Vector, digest_of
from apps.similarity.planning import MOST_AT_ONCE

REFUSED: Final = frozenset({"too_long", "too_large", "bad_request", "parameter"})  # may be about one text; nothing was billed
HOPELESS: Final = 6  # calls that were refused, and none that was not: then it is not about a text
MOST_REFUSED: Final = 120  # calls of one side, until that looking ends too
NAMED: Final = 10  # rows in one sentence
INDEX: Final = re.compile(r"input(?:\[|\.)(\d{1,6})")
LONGEST: Final = 500


def take(side: Side, batch: Batch) -> None:
    """Once for each batch. What fails in between is taken again."""
    run = batch.run
    if run is None:
        return
    if run.status == Status.COMPLETED:
        reason = _write(side, batch, run)
    else:
        reason = str(run.error.get("sentence") or run.get_status_display())
    if reason:
        _give_up(side, batch, run, reason[:LONGEST])
    remove_files([run.pk])  # its numbers are in our rows, and nobody can read the file
    _tell_others(side)


def _write(side: Side, batch: Batch, run: Run) -> str:
    """The numbers into the rows that were claimed for them. A sentence where they do not fit to those that are there."""
    file = run.files.filter(role=RunFile.Role.OUTPUT).first()
    if file is None:
        return _("The numbers that came are not on this server any more.")
    size = int(file.details["numbers"])
    if side.numbers != size and not _has_numbers(side):
        keep_size(side, size)
    with file.file.open("rb") as stored:
        content = stored.read()
    texts = run.params.get("input", [])
    step = 2 * size
    packed = {digest_of(text): content[at * step : (at + 1) * step] for at, text in enumerate(texts)}
    with transaction.atomic():
        claimed = set(batch.claimed.values_list("digest", flat=True))
        common = {"team_id": side.team_id, "provider_id": side.provider_id, "model": side.model, "dimensions": side.dimensions}
        common["numbers"] = size
        ready = [Vector(digest=digest, packed=numbers, **common) for digest, numbers in packed.items() if digest in claimed]
        Vector.objects.bulk_create(ready, batch_size=IN_ONE, ignore_conflicts=True)
        if side.numbers != size:  # paid for, so kept: whoever tries again compares with these
            told = _("The model gave %(now)s numbers for a text, and %(before)s before. Nothing can be compared across that.")
            return told % {"now": f"{size:,}", "before": f"{side.numbers:,}"}
        batch.claimed.all().delete()
        Batch.objects.filter(pk=batch.pk).update(is_taken=True)
    return ""


def _has_numbers(side: Side) -> bool:
    """Whether any of its rows has a vector of the length that it compares."""
    texts = Row.objects.filter(set=side.set_id).values("digest")
    return bool(vectors_of(side).exclude(packed=None).filter(digest__in=texts).exists())


# --- What failed --------------------------------------------------------------------------------
def _give_up(side: Side, batch: Batch, run: Run, reason: str) -> None:
    """What was claimed is free again. A refusal that may be about one text is asked again in parts."""
    with transaction.atomic():
        digests = [digest_of(text) for text in run.params.get("input", [])]
        claimed = set(batch.claimed.values_list("digest", flat=True))
        digests = [digest for digest in digests if digest in claimed]
        batch.claimed.filter(packed=None).delete()
        parts, refused = _parts(side, run, digests)
        Batch.objects.filter(pk=batch.pk).update(is_taken=True, failed=refused, sentence=reason if refused else "")
        if batch.query_id:
            Query.objects.filter(pk=batch.query_id).update(sentence=reason)
            return
        for part in parts:
            claim(side, part)


def _parts(side: Side, run: Run, digests: Sequence[str]) -> tuple[list[list[str]], list[str]]:
    """What is asked again, in calls; and what was refused for good."""
    is_narrowed = run.status == Status.FAILED and run.error_kind in REFUSED and len(digests) > 1 and _is_worth_it(side)
    if not is_narrowed:
        return [], list(digests)
    at = _named(run.error, len(digests))
    if at is not None:
        rest = [*digests[:at], *digests[at + 1 :]]
        return [rest], [digests[at]]
    half = len(digests) // 2
    return [list(digests[:half]), list(digests[half:])], []


def _is_worth_it(side: Side) -> bool:
    states = list(side.batches.exclude(run=None).values_list("run__status", flat=True))
    refused = states.count(Status.FAILED)
    return refused < MOST_REFUSED and (Status.COMPLETED in states or refused < HOPELESS)


def _named(error: dict[str, Any], count: int) -> int | None:
    """Which text of a call the provider means, where it says so."""
    found = INDEX.search(str(error.get("parameter") or ""))
    return int(found[1]) if found and int(found[1]) < count else None


def _tell_others(side: Side) -> None:
    """Those that waited for the same texts go on."""
    same = {"team": side.team_id, "provider": side.provider_id, "model": side.model, "dimensions": side.dimensions}
    for pk in Side.objects.filter(state=Side.State.WORKING, **same).exclude(pk=side.pk).values_list("pk", flat=True):
        publish_follow_up(PARENT, pk)


# --- The end of asking --------------------------------------------------------------------------
def close(side: Side) -> None:
    """All calls have ended: the rows that have numbers are compared, and the others are named."""
    there = vectors_of(side).exclude(packed=None).filter(digest=OuterRef("digest"))
    missing = list(side.set.rows.filter(~Exists(there)).order_by("place").values_list("number", "digest"))
    have = side.set.count - len(missing)
    sentence = too_much(side, have) or (_sentence(side, missing) if missing else "")
    is_empty = not have or bool(too_much(side, have))
    state = Side.State.FAILED if is_empty else Side.State.COMPARING
    changes: dict[str, Any] = {"state": state, "sentence": sentence[:LONGEST]}
    if is_empty:
        changes["finished_at"] = timezone.now()
    Side.objects.filter(pk=side.pk, state=Side.State.WORKING).update(**changes)


def too_much(side: Side, rows: int) -> str:
    """Why so many rows are not compared with vectors of this length; nothing where they are."""
    if rows * side.numbers <= MOST_AT_ONCE:
        return ""
    told = _("%(rows)s rows with %(n)s numbers each are too many: %(most)s can be compared. Choose a smaller size, or bring fewer.")
    return told % {"rows": f"{rows:,}", "n": f"{side.numbers:,}", "most": f"{MOST_AT_ONCE // side.numbers:,}"}


def _sentence(side: Side, missing: Sequence[tuple[int, str]]) -> str:
    """Which rows have no numbers, and why the first of them."""
    if side.sentence:
        return str(side.sentence)
    reasons = {digest: sentence for failed, sentence in side.batches.values_list("failed", "sentence") for digest in failed}
    reason = reasons.get(missing[0][1], "")
    if len(missing) == side.set.count and side.set.count > 1:
        return reason
    numbers = ", ".join(f"{number:,}" for number, _digest in missing[:NAMED])
    more = len(missing) - NAMED
    if more > 0:
        numbers = _("%(rows)s and %(n)s more") % {"rows": numbers, "n": f"{more:,}"}
    told = ngettext("Row %(rows)s could not be read: %(why)s", "Rows %(rows)s could not be read: %(why)s", len(missing))
    return told % {"rows": numbers, "why": reason}
