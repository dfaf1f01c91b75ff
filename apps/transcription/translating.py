"""A second column comes about: by a chat model in blocks of segments, or by the translation call. Done by workers, under a lease."""

import uuid
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any, ClassVar, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from apps.providers.languages import language_word
from apps.providers.models import Provider
from apps.runs.followups import FollowUp
from apps.runs.leases import held, is_free
from apps.runs.models import ACTIVE, FINAL
from apps.runs.services import TooManyRuns, start_run
from apps.transcription.lines import TranslateText, lines_of, messages_of
from apps.transcription.models import TRANSLATING, Block, Segment, Transcript, Translation
from apps.transcription.settling import ENDED
from apps.transcription.translations import print_of

AT_ONCE: Final = 4
State = Translation.State


class TranslationFollowUp(FollowUp):
    kind: ClassVar[str] = TRANSLATING

    def work(self, pk: uuid.UUID) -> None:
        with held(Translation.objects, pk) as is_ours:
            rows = Translation.objects.select_related("transcript__team", "provider", "person", "heard")
            wanted = Q(state=State.WORKING) | Q(heard__isnull=False)  # what is heard in English may be tried again there
            row = rows.filter(wanted, pk=pk, transcript__deleted_at=None).first() if is_ours else None
            if row is not None:
                _go_on(row)

    def due(self, limit: int) -> Iterable[uuid.UUID]:
        under_way = Block.objects.filter(translation=OuterRef("pk"), run__status__in=ACTIVE)
        rows = Translation.objects.filter(is_free(), ~Exists(under_way), state=State.WORKING, transcript__deleted_at=None)
        waits = rows.filter(heard__isnull=False).exclude(heard__state__in=ENDED)
        return list(rows.exclude(pk__in=waits.values("pk")).order_by("pk").values_list("pk", flat=True)[:limit])


def _go_on(row: Translation) -> None:
    if row.heard is not None:
        if row.heard.state in ENDED:
            _take_heard(row, row.heard)
        return
    blocks = list(row.blocks.select_related("run"))
    waiting = [block for block in blocks if block.run is None]
    row.sentence = row.sentence or (_why_not(row) if waiting else "")
    if waiting and not row.sentence:
        _start(row, blocks, waiting)
        blocks = list(row.blocks.select_related("run"))
    _take(row, [block for block in blocks if block.run is not None and block.run.status in FINAL])
    if all(bool(row.sentence) if block.run is None else block.run.status in FINAL for block in blocks):
        _end(row, blocks)


def _why_not(row: Translation) -> str:
    if not Provider.objects.alive().filter(pk=row.provider_id).exists():
        return _("The provider of this model was deleted, so nothing was sent.")
    return ""


def _start(row: Translation, blocks: Sequence[Block], waiting: Sequence[Block]) -> None:
    """As many as there is room for. The key is made of the block: it is asked for once, whoever does this and however often."""
    room = AT_ONCE - sum(block.run is not None and block.run.is_active for block in blocks)
    texts = {str(pk): text for pk, text in row.transcript.segments.values_list("pk", "text")}
    for block in waiting[: max(0, room)]:
        try:
            _start_block(row, block, [texts.get(pk, "") for pk in block.segments])
        except TooManyRuns:  # the sweeper comes by again
            return


def _start_block(row: Translation, block: Block, lines: Sequence[str]) -> None:
    """In one transaction with its run, and none for a translation that was stopped meanwhile. Raises TooManyRuns."""
    with transaction.atomic():
        if not Translation.objects.select_for_update().filter(pk=row.pk, state=State.WORKING, sentence="").exists():
            return
        run = start_run(
            team=row.transcript.team,
            person=row.person,
            operation=TranslateText.name,
            provider=row.provider,
            model=row.model,
            model_label=row.model_label,
            params={"messages": messages_of(lines, str(language_word(row.language)))},
            key=block.pk.hex,
            parent=(TRANSLATING, row.pk),
        )
        Block.objects.filter(pk=block.pk).update(run=run, prints=[print_of(line) for line in lines])


def _take(row: Translation, ended: Sequence[Block]) -> None:
    """In the order in which they were asked: a later block has what was changed since an earlier one."""
    texts: dict[str, str] = {}
    prints: dict[str, int] = {}
    for block in ended:
        found = lines_of(block.run.text, len(block.segments)) if block.run is not None and block.run.text else {}
        for number, line in found.items():
            pk = block.segments[number - 1]
            texts[pk], prints[pk] = line, block.prints[number - 1]
    if any(row.prints.get(pk) != prints[pk] for pk in texts):
        row.texts, row.prints = {**row.texts, **texts}, {**row.prints, **prints}
        Translation.objects.filter(pk=row.pk).update(texts=row.texts, prints=row.prints)


def _end(row: Translation, blocks: Sequence[Block]) -> None:
    """A line is there when the newest block that has it brought it. Segments that were joined meanwhile are not missed."""
    prints = {pk: sent for block in blocks for pk, sent in zip_longest(block.segments, block.prints)}
    there = {str(pk) for pk in row.transcript.segments.exclude(text="").values_list("pk", flat=True)}
    is_whole = all(row.prints.get(pk, -1) == sent for pk, sent in prints.items() if pk in there)
    state = State.READY if is_whole else State.PARTIAL if row.texts else State.FAILED
    sentence = "" if state == State.READY else row.sentence or _reason(blocks)
    Translation.objects.filter(pk=row.pk, state=State.WORKING).update(state=state, sentence=sentence)


def _reason(blocks: Sequence[Block]) -> str:
    """Why the last call that failed did; of one that only left lines out there is nothing to tell."""
    runs = [block.run for block in blocks if block.run is not None and block.run.status != "completed"]
    return str(runs[-1].error.get("sentence") or runs[-1].get_status_display())[:300] if runs else ""


def _take_heard(row: Translation, heard: Transcript) -> None:
    """What was heard in English, put beside the segment in whose time most of it lies."""
    segments = list(row.transcript.segments.all())
    texts: dict[str, list[str]] = {}
    for spoken in heard.segments.all():
        nearest = max(segments, key=lambda segment: _shared(segment, spoken), default=None)
        if nearest is not None and spoken.text.strip():
            texts.setdefault(str(nearest.pk), []).append(spoken.text.strip())
    row.texts = {pk: " ".join(parts) for pk, parts in texts.items()}
    row.prints = {str(segment.pk): print_of(segment.text) for segment in segments if str(segment.pk) in row.texts}
    state: Any = {"ready": State.READY, "partial": State.PARTIAL}.get(heard.state, State.FAILED) if row.texts else State.FAILED
    sentence = "" if state == State.READY else heard.sentence[:300]
    Translation.objects.filter(pk=row.pk).exclude(state=State.READY).update(
        state=state, texts=row.texts, prints=row.prints, sentence=sentence
    )


def _shared(one: Segment, other: Segment) -> float:
    """Seconds in which both are spoken; less than nothing for those that are far apart."""
    return min(one.end, other.end) - max(one.start, other.start)
