"""What people do with a second column: have one made, bring it up to date, stop. The work itself is done by workers (`translating`)."""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Membership
from apps.providers.choices import ModelChoice, default_model, models_for
from apps.providers.chosen import Chosen, NoModel
from apps.providers.languages import language_word
from apps.runs.followups import publish_follow_up
from apps.runs.models import ACTIVE, FINAL
from apps.runs.services import KeyReused, stop_run
from apps.transcription import services
from apps.transcription.lines import TranslateText, blocks_of, messages_of
from apps.transcription.models import TRANSLATING, Block, Segment, Transcript, Translation
from apps.transcription.operations import cost_of_sound

ENGLISH: Final = "en"
State = Translation.State


class EnglishOnly(Exception):
    """The call for translations knows one language to translate into."""


@dataclass(frozen=True, slots=True)
class Way:
    """One model that may translate, and what all of it would cost. `hears`: by the call that listens to the sound again."""

    choice: ModelChoice
    cost: Decimal | None
    hears: bool


def ways_of(membership: Membership, transcript: Transcript, rows: Sequence[Segment]) -> list[Way]:
    """The models that this member may use, the one first that the team writes with."""
    team = membership.team
    first = default_model(team, endpoint="chat", member=membership)
    chat = sorted(models_for(team, "chat", membership), key=lambda choice: first is None or choice.model.pk != first.pk)
    messages = messages_of([row.text for row in rows], "")
    by_words = [Way(choice, TranslateText().estimate({"messages": messages}, (), choice.facts.prices).cost, hears=False) for choice in chat]
    seconds = float(transcript.recording.seconds or 0.0)
    hearing = [choice for choice in models_for(team, "translation", membership) if choice.is_offered_for("translation")]
    return [*by_words, *(Way(choice, cost_of_sound(seconds, choice.facts.prices), hears=True) for choice in hearing)]


def translate(membership: Membership, transcript: Transcript, language: str, model: str, key: str) -> Translation:
    """By the model with this id, else by the first way there is. The same key is the same translation.

    Raises NoModel, EnglishOnly, KeyReused.
    """
    way = _chosen(ways_of(membership, transcript, ()), model, language)
    row = Translation(
        transcript=transcript,
        person=membership.user,
        provider=way.choice.provider,
        model=way.choice.model.name,
        model_label=way.choice.label,
        language=language,
        key=key,
    )
    try:
        with transaction.atomic():
            if way.hears:
                chosen, name = Chosen(way.choice, {}), f"{key[:20]}-en"
                (row.heard,) = services.start_transcripts(membership, [transcript.recording], chosen, name, to_english=True)
            row.save(force_insert=True)
            if not way.hears:
                _make_blocks(row, transcript.segments.all())
            publish_follow_up(TRANSLATING, row.pk)
    except IntegrityError:  # a double click, a reload
        begun = Translation.objects.get(transcript=transcript, key=key)
        if (begun.language, begun.model, begun.provider_id) != (row.language, row.model, row.provider_id):
            raise KeyReused from None
        return begun
    return row


def _chosen(ways: Sequence[Way], model: str, language: str) -> Way:
    """Where nobody chose: into English by the call for that, where there is one."""
    if not ways:
        raise NoModel
    if not model:
        suited = [way for way in ways if way.hears == (language == ENGLISH)] or [way for way in ways if not way.hears]
        return suited[0] if suited else _chosen((), "", "")
    way = next((way for way in ways if str(way.choice.model.pk) == model), ways[0])
    if way.hears and language != ENGLISH:
        raise EnglishOnly
    return way


def _make_blocks(row: Translation, segments: Iterable[Segment], first: int = 1) -> None:
    spoken = [segment for segment in segments if segment.text.strip()]
    blocks = blocks_of([segment.text for segment in spoken])
    rows = [[str(spoken[at].pk) for at in block] for block in blocks]
    Block.objects.bulk_create([Block(translation=row, number=number, segments=ids) for number, ids in enumerate(rows, first)])


def print_of(text: str) -> int:
    """By which one tells whether a text is still the one that was translated."""
    return zlib.crc32(text.strip().encode())


def missing_in(row: Translation, segments: Iterable[Segment]) -> list[Segment]:
    """Segments without words in the other language, or with other words than were translated."""
    spoken = [segment for segment in segments if segment.text.strip()]
    return [segment for segment in spoken if str(segment.pk) not in row.texts or is_older(row, segment)]


def is_older(row: Translation, segment: Segment) -> bool:
    """Whether the text was changed since it was translated."""
    return row.prints.get(str(segment.pk), print_of(segment.text)) != print_of(segment.text)


def bring_up_to_date(row: Translation) -> bool:
    """What is missing or older, once more and alone. Clicked twice it is done once."""
    if row.heard is not None and row.heard.state != Transcript.State.READY:
        return services.try_again(row.heard, 0)
    with transaction.atomic():
        resting = Translation.objects.filter(pk=row.pk).exclude(state=State.WORKING)
        if not resting.update(state=State.WORKING, sentence=""):
            return False
        row.blocks.filter(run=None).delete()
        if row.heard is None:
            last = row.blocks.order_by("-number").values_list("number", flat=True).first() or 0
            _make_blocks(row, missing_in(row, row.transcript.segments.all()), last + 1)
        publish_follow_up(TRANSLATING, row.pk)
    return True


def stop(row: Translation) -> None:
    """Nothing more is sent, and what is under way is ended. What came stays."""
    if row.heard is not None:
        services.stop(row.heard)
    with transaction.atomic():
        Translation.objects.filter(pk=row.pk, state=State.WORKING).update(sentence=_("Stopped."))
        publish_follow_up(TRANSLATING, row.pk)
    for block in row.blocks.filter(run__status__in=ACTIVE).select_related("run"):
        if block.run is not None:
            stop_run(block.run)


def told_of(row: Translation, rows: Sequence[Segment]) -> dict[str, Any]:
    """How far it is, for its line above the segments: blocks done and all, what is missing, and how many are older."""
    is_working = row.state == State.WORKING
    missing = [] if is_working else missing_in(row, rows)
    older = sum(str(segment.pk) in row.texts for segment in missing)
    under_way = {"done": row.blocks.filter(run__status__in=FINAL).count(), "total": row.blocks.count()} if is_working else {}
    return {"column": row, **under_way, "missing": len(missing) - older, "older": older, "name": language_word(row.language)}
