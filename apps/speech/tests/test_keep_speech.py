"""What becomes of spoken texts: kept, exported, forgotten, deleted; nothing is left in the storage."""

import datetime
import json

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from apps.runs.models import Run
from apps.speech.holdings import SpeechHolding
from apps.speech.models import Speech, Take
from apps.speech.tests.rows import SOUND, make_speech

HOLDING = SpeechHolding()
LONG_AGO = datetime.timedelta(days=400)


@pytest.fixture
def old(team, provider):
    return make_speech(team, provider, moment=timezone.now() - LONG_AGO, text="An old secret")


@pytest.fixture
def fresh(team, provider):
    return make_speech(team, provider)


def test_what_is_old_is_forgotten_with_its_sound_and_its_words(team, old, fresh):
    run = Run.objects.get(parent_id=old.pk)
    stored = [old.file.name, run.files.get().file.name]
    before = timezone.now() - datetime.timedelta(days=30)
    assert [count for _label, count in HOLDING.count_old(team.pk, before)] == [1]
    assert HOLDING.forget(team.pk, before, 200) == 1
    assert list(Take.objects.all()) == [fresh]
    assert not [name for name in stored if default_storage.exists(name)]
    assert default_storage.exists(fresh.file.name)


def test_everything_goes_with_its_team(team, other_team, provider, old, fresh):
    theirs = make_speech(other_team, provider)
    while HOLDING.delete(team.pk, 1):
        pass
    assert HOLDING.left(team.pk) == 0
    assert list(Take.objects.all()) == [theirs]


def test_one_that_is_being_spoken_waits_for_its_end(team, old):
    Run.objects.filter(parent_id=old.pk).update(status="sending")
    assert HOLDING.forget(team.pk, timezone.now(), 200) == 0
    Run.objects.filter(parent_id=old.pk).update(status="completed")
    assert HOLDING.forget(team.pk, timezone.now(), 200) == 1


def test_what_was_deleted_goes_after_a_while(team, fresh):
    Speech.objects.update(deleted_at=timezone.now() - datetime.timedelta(days=29))
    assert HOLDING.tidy(200) == 0
    Speech.objects.update(deleted_at=timezone.now() - datetime.timedelta(days=31))
    assert HOLDING.tidy(200) == 1


def test_an_export_has_texts_and_sounds(team, other_team, provider, fresh):
    make_speech(other_team, provider, text="Not ours")
    parts = {part.path: b"".join(part.chunks) for part in HOLDING.export(team.pk)}
    (line,) = parts["speech.jsonl"].decode().splitlines()
    told = json.loads(line)
    assert told["text"] == "About clay pots" and told["takes"][0]["voice"] == "alloy"
    assert parts[told["takes"][0]["path"]] == SOUND
