"""What becomes of checks: kept, exported, forgotten, deleted; nothing is left in the storage."""

import datetime
import json

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from apps.moderation.holdings import ModerationHolding
from apps.moderation.models import Check, Row, Rules
from apps.moderation.tests.rows import make_check
from apps.runs.models import Run

HOLDING = ModerationHolding()
LONG_AGO = datetime.timedelta(days=400)
pytestmark = pytest.mark.django_db


@pytest.fixture
def old(team, provider):
    return make_check(team, provider, moment=timezone.now() - LONG_AGO, text="An old secret")


@pytest.fixture
def fresh(team, provider):
    return make_check(team, provider)


def test_what_is_old_is_forgotten_with_its_pictures_and_its_words(team, old, fresh):
    stored = Row.objects.get(check_of=old.check_of).picture.name
    before = timezone.now() - datetime.timedelta(days=30)
    assert [count for _label, count in HOLDING.count_old(team.pk, before)] == [1]
    assert HOLDING.forget(team.pk, before, 200) == 1
    assert list(Check.objects.all()) == [fresh.check_of] and not default_storage.exists(stored)
    assert "secret" not in str(list(Run.objects.values("params", "text", "summary")))
    assert default_storage.exists(Row.objects.get().picture.name)


def test_everything_goes_with_its_team(team, other_team, provider, old, fresh):
    theirs = make_check(other_team, provider)
    Rules.objects.create(team=team, chat="stop")
    while HOLDING.delete(team.pk, 1):
        pass
    assert HOLDING.left(team.pk) == 0 and not Rules.objects.exists()
    assert list(Check.objects.all()) == [theirs.check_of]


def test_one_that_is_being_checked_waits_for_its_end(team, old):
    Run.objects.filter(parent_id=old.pk).update(status="sending")
    assert HOLDING.forget(team.pk, timezone.now(), 200) == 0
    Run.objects.filter(parent_id=old.pk).update(status="completed")
    assert HOLDING.forget(team.pk, timezone.now(), 200) == 1


def test_what_was_deleted_goes_after_a_while(team, fresh):
    Check.objects.update(deleted_at=timezone.now() - datetime.timedelta(days=29))
    assert HOLDING.tidy(200) == 0
    Check.objects.update(deleted_at=timezone.now() - datetime.timedelta(days=31))
    assert HOLDING.tidy(200) == 1


def test_one_whose_rows_never_came_goes_too(team):
    Check.objects.create(team=team, key="k")
    assert HOLDING.tidy(200) == 0
    Check.objects.update(created_at=timezone.now() - datetime.timedelta(hours=7))
    assert HOLDING.tidy(200) == 1


def test_an_export_has_rows_verdicts_and_pictures(team, other_team, provider, fresh):
    make_check(other_team, provider, text="Not ours")
    Rules.objects.create(team=team, limits={"hate": 0.3})
    parts = {part.path: b"".join(part.chunks) for part in HOLDING.export(team.pk)}
    (row,) = [json.loads(line) for line in parts["moderation_rows.jsonl"].splitlines()]
    assert row["text"] == "About clay pots" and parts[row["path"]].startswith(b"\xff\xd8")
    assert json.loads(parts["moderation_verdicts.jsonl"])["scores"] == {"harassment": 0.1, "violence": 0.2}
    assert json.loads(parts["moderation_rules.jsonl"])["limits"] == {"hate": 0.3}


def test_a_deleted_one_is_brought_back(team, fresh, as_editor):
    as_editor.post(reverse("moderation:delete", args=[fresh.check_of_id]))
    assert as_editor.get(reverse("moderation:check", args=[fresh.check_of_id])).status_code == 404
    as_editor.post(reverse("moderation:restore", args=[fresh.check_of_id]))
    assert as_editor.get(reverse("moderation:check", args=[fresh.check_of_id])).status_code == 200
