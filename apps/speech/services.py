"""What people do: have a text spoken, try again what failed, stop. The work itself is done by workers (`taking`)."""

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Membership
from apps.providers.choices import ModelChoice
from apps.providers.chosen import Chosen, NoModel
from apps.runs.followups import publish_follow_up
from apps.runs.models import ACTIVE, Run
from apps.runs.services import KeyReused, stop_run
from apps.speech.choosing import most_characters, voices_of
from apps.speech.cutting import pieces_of
from apps.speech.models import PARENT, Piece, Speech, Take

WORKING: Final = Take.State.WORKING
WHOLE: Final = ("flac", "wav", "pcm")  # formats that leave nothing out, the smallest first
SAMPLE: Final = "The harbour was quiet when the first boats came in. By nine, everybody had heard the news."


def speak(membership: Membership, text: str, voices: Sequence[str], chosen: Chosen, key: str, *, is_sample: bool = False) -> Speech:
    """The text, with a take for each voice. The same key is the same speech, however often it is posted. Raises NoModel, KeyReused."""
    if chosen.choice is None:
        raise NoModel
    common = {"team": membership.team, "person": membership.user}
    row = Speech(**common, text=text, name=name_of(text), key=key, is_sample=is_sample)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            for position, voice in enumerate(voices):
                add_take(membership, row, voice, chosen.choice, chosen.parameters, position)
    except IntegrityError:  # a double click, a reload
        row = Speech.objects.get(team=membership.team, key=key)
        if not _is_the_same(row, text, voices, chosen.choice, chosen.parameters):
            raise KeyReused from None
    return row


def _is_the_same(row: Speech, text: str, voices: Sequence[str], choice: ModelChoice, settings: dict[str, Any]) -> bool:
    """Whether this was asked for, and not something else by a page that heard of no answer."""
    asked = [(choice.provider.pk, choice.model.name, voice, settings) for voice in voices]
    first = [(take.provider_id, take.model, take.voice, take.settings) for take in row.takes.all()[: len(voices)]]
    return row.deleted_at is None and row.text == text and first == asked


def add_take(
    membership: Membership, speech: Speech, voice: str, choice: ModelChoice, settings: dict[str, Any], position: int | None = None
) -> Take:
    """The same text in one more voice."""
    take = Take.objects.create(
        team=membership.team,
        person=membership.user,
        speech=speech,
        provider=choice.provider,
        model=choice.model.name,
        model_label=choice.label,
        voice=voice,
        settings=settings,
        position=speech.takes.count() if position is None else position,
    )
    texts = pieces_of(speech.text, most_characters(choice.facts))
    Piece.objects.bulk_create([Piece(take=take, number=number, text=text) for number, text in enumerate(texts, 1)])
    publish_follow_up(PARENT, take.pk)
    return take


def add_take_once(
    membership: Membership, speech: Speech, voice: str, choice: ModelChoice, settings: dict[str, Any], count: str
) -> Take | None:
    """One more take, if there are as many now as the page showed: clicked twice it is asked for once."""
    with transaction.atomic():
        row = Speech.objects.select_for_update().get(pk=speech.pk)
        if count and count != str(row.takes.count()):
            return None
        return add_take(membership, row, voice, choice, settings)


def sample_of(membership: Membership, voice: str, chosen: Chosen) -> Take:
    """A sentence in a voice, made once for a team. Raises NoModel."""
    if chosen.choice is None:
        raise NoModel
    choice = chosen.choice
    digest = hashlib.sha256(f"{choice.provider.pk}\0{choice.model.name}\0{voice}".encode()).hexdigest()[:40]
    settings = {name: value for name, value in chosen.parameters.items() if name == "response_format" and value != "pcm"}
    plain = Chosen(choice, settings)
    speech = speak(membership, SAMPLE, [voice], plain, f"sample-{digest}", is_sample=True)
    take = speech.takes.get()
    if take.state == Take.State.FAILED:
        try_again(take)
        take.refresh_from_db()
    return take


def has_voice(choice: ModelChoice, voice: str) -> bool:
    known = voices_of(choice.facts)
    return bool(voice) and (not known or voice in known)


def try_again(take: Take) -> bool:
    """Speak those pieces once more that have no sound. Clicked twice it is done once."""
    with transaction.atomic():
        changed = Take.objects.filter(pk=take.pk, state__in=(Take.State.PARTIAL, Take.State.FAILED)).update(
            state=WORKING, sentence="", finished_at=None
        )
        if not changed:
            return False
        for piece in take.pieces.exclude(run__status="completed"):
            piece.tries += 1
            piece.run = None
            piece.save(update_fields=["tries", "run"])
        publish_follow_up(PARENT, take.pk)
    return True


def stop(take: Take) -> None:
    """Nothing more is sent, and what is under way is ended. What was spoken is kept."""
    with transaction.atomic():
        Take.objects.filter(pk=take.pk, state=WORKING).update(sentence=_("Stopped."))
        publish_follow_up(PARENT, take.pk)
    for run in Run.objects.filter(parent_kind=PARENT, parent_id=take.pk, status__in=ACTIVE):
        stop_run(run)


def name_of(text: str) -> str:
    return " ".join(text.split())[:60].strip()
