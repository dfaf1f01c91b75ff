"""A second column: blocks of segments go to a chat model, or the sound goes to the translation call. Done by workers, under a lease."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Final

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from apps.accounts.models import Membership
from apps.providers.choices import ModelChoice, choices_of, default_model
from apps.providers.chosen import Chosen, NoModel
from apps.providers.languages import language_word
from apps.providers.models import Provider
from apps.runs.followups import FollowUp, publish_follow_up
from apps.runs.leases import held, is_free
from apps.runs.models import ACTIVE, FINAL
from apps.runs.services import KeyReused, TooManyRuns, start_run
from apps.transcription import services
from apps.transcription.lines import TranslateText, blocks_of, lines_of, messages_of
from apps.transcription.models import TRANSLATING, Block, Segment, Transcript, Translation
from apps.transcription.services import start_transcripts
from apps.transcription.settling import ENDED

AT_ONCE: Final = 4
ENGLISH: Final = "en"
State = Translation.State


def translate(membership: Membership, transcript: Transcript, language: str, key: str) -> Translation:
    """The same key is the same translation. Into English by the call for that, where a model has it. Raises NoModel, KeyReused."""
    by_call = _choice(membership, "translation") if language == ENGLISH else None
    choice = by_call or _choice(membership, "chat")
    if choice is None:
        raise NoModel
    row = Translation(
        transcript=transcript,
        person=membership.user,
        provider=choice.provider,
        model=choice.model.name,
        model_label=choice.label,
        language=language,
        key=key,
    )
    try:
        with transaction.atomic():
            if by_call is not None:
                (row.heard,) = start_transcripts(membership, [transcript.recording], Chosen(by_call, {}), f"{key[:20]}-en", to_english=True)
            row.save(force_insert=True)
            _make_blocks(row)
            publish_follow_up(TRANSLATING, row.pk)
    except IntegrityError:  # a double click, a reload
        row = Translation.objects.get(transcript=transcript, key=key)
        if row.language != language:
            raise KeyReused from None
    return row


def _choice(membership: Membership, endpoint: str) -> ModelChoice | None:
    model = default_model(membership.team, endpoint=endpoint)
    choice = next(iter(choices_of(membership.team, [model] if model else [])), None)
    return choice if choice is not None and choice.is_offered_for(endpoint) else None


def _make_blocks(row: Translation) -> None:
    if row.heard_id is not None:
        return
    segments = [segment for segment in row.transcript.segments.all() if segment.text.strip()]
    blocks = blocks_of([segment.text for segment in segments])
    rows = [[str(segments[at].pk) for at in block] for block in blocks]
    Block.objects.bulk_create([Block(translation=row, number=number, segments=ids) for number, ids in enumerate(rows, 1)])


def try_again(row: Translation) -> bool:
    """What is missing, once more: those lines alone, or those parts of what is heard in English. Clicked twice it is done once."""
    if row.heard is not None:
        return services.try_again(row.heard, 0)
    with transaction.atomic():
        if not Translation.objects.filter(pk=row.pk, state__in=(State.PARTIAL, State.FAILED)).update(state=State.WORKING):
            return False
        for block in row.blocks.all():
            missing = [pk for pk in block.segments if pk not in row.texts]
            if missing:
                block.segments, block.tries, block.run = missing, block.tries + 1, None
                block.save(update_fields=["segments", "tries", "run"])
        publish_follow_up(TRANSLATING, row.pk)
    return True


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
    is_possible = Provider.objects.alive().filter(pk=row.provider_id).exists()
    if waiting and is_possible:
        _start(row, blocks, waiting)
        blocks = list(row.blocks.select_related("run"))
    _take(row, [block for block in blocks if block.run is not None and block.run.status in FINAL])
    if all(not is_possible if block.run is None else block.run.status in FINAL for block in blocks):
        _end(row, blocks)


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
    """In one transaction with its run: a kill between them would ask again, perhaps with other words under the same key."""
    with transaction.atomic():
        run = start_run(
            team=row.transcript.team,
            person=row.person,
            operation=TranslateText.name,
            provider=row.provider,
            model=row.model,
            model_label=row.model_label,
            params={"messages": messages_of(lines, str(language_word(row.language)))},
            key=f"{block.pk.hex}-{block.tries}",
            parent=(TRANSLATING, row.pk),
        )
        Block.objects.filter(pk=block.pk).update(run=run)


def _take(row: Translation, ended: Sequence[Block]) -> None:
    texts: dict[str, str] = {}
    for block in ended:
        if block.run is not None and block.run.text:
            found = lines_of(block.run.text, len(block.segments))
            texts |= {block.segments[number - 1]: line for number, line in found.items()}
    if set(texts) - set(row.texts):
        row.texts = {**row.texts, **texts}
        Translation.objects.filter(pk=row.pk).update(texts=row.texts)


def _end(row: Translation, blocks: Sequence[Block]) -> None:
    wanted = {pk for block in blocks for pk in block.segments}
    missing = wanted - set(row.texts)
    state = State.READY if not missing else State.PARTIAL if row.texts else State.FAILED
    Translation.objects.filter(pk=row.pk, state=State.WORKING).update(state=state)


def _take_heard(row: Translation, heard: Transcript) -> None:
    """What was heard in English, put beside the segment in whose time most of it lies."""
    segments = list(row.transcript.segments.all())
    texts: dict[str, list[str]] = {}
    for spoken in heard.segments.all():
        nearest = max(segments, key=lambda segment: _shared(segment, spoken), default=None)
        if nearest is not None and spoken.text.strip():
            texts.setdefault(str(nearest.pk), []).append(spoken.text.strip())
    row.texts = {pk: " ".join(parts) for pk, parts in texts.items()}
    state: Any = {"ready": State.READY, "partial": State.PARTIAL}.get(heard.state, State.FAILED) if row.texts else State.FAILED
    Translation.objects.filter(pk=row.pk).exclude(state=State.READY).update(state=state, texts=row.texts)


def _shared(one: Segment, other: Segment) -> float:
    """Seconds in which both are spoken; less than nothing for those that are far apart."""
    return min(one.end, other.end) - max(one.start, other.start)
