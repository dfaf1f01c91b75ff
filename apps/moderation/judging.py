"""A judging comes about: its rows are cut into calls, the calls are made, and what they brought becomes verdicts (`taking`).

Done by workers, under a lease.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.templatetags.core import count
from apps.moderation.cutting import Sized, spans
from apps.moderation.models import PARENT, Batch, Judging, Row, Verdict
from apps.moderation.operations import SafetyCheck
from apps.moderation.pictures import JPEG
from apps.moderation.rules import flagging, limits_of
from apps.moderation.services import name_of
from apps.moderation.taking import cut, ended, give_up, take_over
from apps.moderation.verdicts import flags_of
from apps.providers.facts import Facts
from apps.providers.models import Provider
from apps.runs.costs import facts_by_name
from apps.runs.files import NewFile
from apps.runs.followups import FollowUp
from apps.runs.leases import held, is_free
from apps.runs.models import ACTIVE
from apps.runs.services import TooManyRuns, start_run

AT_ONCE: Final = 6  # calls of one judging under way
ROUNDS: Final = 50
IN_BULK: Final = 500
WORKING: Final = Judging.State.WORKING


class JudgingFollowUp(FollowUp):
    kind: ClassVar[str] = PARENT

    def work(self, pk: uuid.UUID) -> None:
        for _round in range(ROUNDS):
            with held(Judging.objects, pk) as is_ours:
                judging = _working(pk) if is_ours else None
                if judging is None:
                    return
                while take_over(judging):
                    pass
                _go_on(judging)
            if not ended(pk).exists():  # what ended meanwhile was told to another worker, who found the lease taken
                return

    def due(self, limit: int) -> Iterable[uuid.UUID]:
        # Also while calls are under way: others of them may have ended unnoticed.
        ended = Batch.objects.filter(~Q(run__status__in=ACTIVE), judging=OuterRef("pk"), is_over=False, run__isnull=False)
        under_way = Batch.objects.filter(judging=OuterRef("pk"), is_over=False, run__status__in=ACTIVE)
        rows = Judging.objects.filter(is_free(), Exists(ended) | ~Exists(under_way), state=WORKING)
        return list(rows.order_by("?").values_list("pk", flat=True)[:limit])


def _working(pk: uuid.UUID) -> Judging | None:
    rows = Judging.objects.select_related("provider", "team", "person", "check_of")
    return rows.filter(pk=pk, state=WORKING).first()


# --- What is asked ------------------------------------------------------------------------------
def _go_on(judging: Judging) -> None:
    if not judging.sentence:
        judging.sentence = _why_not(judging)
        if judging.sentence:
            Judging.objects.filter(pk=judging.pk, sentence="").update(sentence=judging.sentence)
    if not judging.sentence:
        facts = facts_by_name(judging.team_id, judging.provider_id, judging.model)
        _plan(judging, facts)
        _start(judging, facts)
    waiting = Batch.objects.filter(judging=judging, is_over=False)
    under_way = waiting.filter(run__isnull=False)
    if not (under_way if judging.sentence else waiting).exists():
        _finish(judging)


def _why_not(judging: Judging) -> str:
    if judging.check_of.deleted_at is not None:
        return _("The check was deleted.")
    if not Provider.objects.alive().filter(pk=judging.provider_id).exists():
        return _("The provider of this model was deleted, so nothing was sent.")
    return ""


def _plan(judging: Judging, facts: Facts) -> None:
    """The batches, once."""
    if judging.has_plan:
        return
    cut = [Batch(judging=judging, first=first, last=last) for first, last in spans(_sizes(judging), facts)]
    with transaction.atomic():
        if Judging.objects.filter(pk=judging.pk, has_plan=False, lease_token=judging.lease_token).update(has_plan=True):
            Batch.objects.bulk_create(cut, batch_size=IN_BULK)
    judging.has_plan = True


def _sizes(judging: Judging) -> Iterator[Sized]:
    rows = Row.objects.filter(check_of=judging.check_of_id).order_by("position").annotate(characters=Length("text"))
    for position, characters, picture in rows.values_list("position", "characters", "picture").iterator():
        yield Sized(position, characters, bool(picture))


def _start(judging: Judging, facts: Facts) -> None:
    """As many calls as there is room for."""
    waiting = Batch.objects.filter(judging=judging, is_over=False)
    room = AT_ONCE - waiting.filter(run__status__in=ACTIVE).count()
    try:
        while room > 0 and (batch := waiting.filter(run=None).order_by("first").first()) is not None:
            if judging.most and batch.size > judging.most:
                cut(batch, judging.most)
            elif not _start_batch(judging, batch, facts):
                return
            else:
                room -= 1
    except TooManyRuns:  # the sweeper comes by again
        return


def _start_batch(judging: Judging, batch: Batch, facts: Facts) -> bool:
    """The call of one batch, with the batch in one transaction. False for a judging that was stopped meanwhile. Raises TooManyRuns."""
    rows = list(Row.objects.filter(check_of=judging.check_of_id, position__gte=batch.first, position__lte=batch.last).order_by("position"))
    if sentence := _unfit(rows, facts, judging.model_label or judging.model):
        give_up(judging, batch, sentence)
        return True
    texts = [row.text for row in rows]
    files = [NewFile("input", "image-1.jpg", JPEG, row.picture.storage.open(str(row.picture.name), "rb")) for row in rows if row.picture]
    try:
        with transaction.atomic():
            if not Judging.objects.select_for_update().filter(pk=judging.pk, state=WORKING, sentence="").exists():
                return False
            if not Batch.objects.filter(pk=batch.pk, run=None, tries=batch.tries, is_over=False).exists():
                return False
            run = start_run(
                team=judging.team,
                person=judging.person,
                operation=SafetyCheck.name,
                provider=judging.provider,
                model=judging.model,
                model_label=judging.model_label,
                params={"input": texts[0] if len(texts) == 1 else texts},
                files=files,
                key=f"{judging.pk.hex}-{batch.first}-{batch.last}-{batch.tries}{f'-{judging.turn}' if judging.turn else ''}",
                parent=(PARENT, judging.pk),
            )
            Batch.objects.filter(pk=batch.pk).update(run=run)
    finally:
        for file in files:
            file.content.close()
    return True


def _unfit(rows: Sequence[Row], facts: Facts, model: str) -> str:
    """Why a single row is not sent at all: the model would refuse it."""
    if len(rows) != 1:
        return ""
    row, most = rows[0], facts.limits.get("characters")
    if row.picture and not facts.takes("image_url"):
        return _("%(model)s checks no pictures.") % {"model": model}
    if most and len(row.text) > most:
        told = {"row": count(row.number), "have": count(len(row.text)), "model": model, "most": count(most)}
        return _("Row %(row)s has %(have)s characters, and %(model)s takes %(most)s.") % told
    return ""


# --- The end ------------------------------------------------------------------------------------
def _finish(judging: Judging) -> None:
    done = Verdict.objects.filter(judging=judging).count()
    failed = Batch.objects.filter(judging=judging).exclude(sentence="").order_by("first").first()
    sentence = judging.sentence or (failed.sentence if failed else "")
    state = Judging.State.READY if done == judging.check_of.total else Judging.State.PARTIAL if done else Judging.State.FAILED
    if state == Judging.State.READY:
        sentence = ""
    _fold_name(judging)
    Judging.objects.filter(pk=judging.pk, state=WORKING).update(state=state, sentence=sentence[:300], done=done, finished_at=timezone.now())


def _fold_name(judging: Judging) -> None:
    """What is flagged is not called by its own words in lists."""
    check = judging.check_of
    row = check.rows.first()
    verdict = Verdict.objects.filter(judging=judging, row=row).first() if row is not None else None
    if row is None or verdict is None or not row.text or check.name != name_of(row.text):
        return
    if flagging(verdict, flags_of(verdict), limits_of(judging.team)).is_flagged:
        name = _("A flagged text") if check.total == 1 else _("%(n)s lines") % {"n": count(check.total)}
        type(check).objects.filter(pk=check.pk, name=check.name).update(name=name)
