"""The same bin holds what every app lets people delete."""

import pytest

from apps.accounts.bin import Bin
from apps.accounts.models import AuditEntry
from apps.files.bin import FILES
from apps.images.bin import PICTURES
from apps.moderation.bin import CHECKS
from apps.moderation.models import Check
from apps.similarity.bin import SETS
from apps.speech.bin import SPEECHES
from apps.transcription.bin import RECORDINGS

BINS = [PICTURES, CHECKS, FILES, SETS, SPEECHES, RECORDINGS]


@pytest.mark.django_db
@pytest.mark.parametrize("bin_", BINS, ids=[each.rows.__name__ for each in BINS])
def test_it_knows_rows_that_can_be_deleted(bin_: Bin, editor):
    assert bin_.put_away(editor, []) == bin_.bring_back(editor, []) == []
    assert not AuditEntry.objects.exists() and str(bin_.title)


@pytest.mark.django_db
def test_it_changes_what_the_team_has_and_writes_that_down_once(editor, make_member, other_team):
    stranger = make_member(other_team)
    row = Check.objects.create(team=editor.team, person=editor.user, name="Vase")
    assert CHECKS.put_away(stranger, [row.pk]) == CHECKS.bring_back(editor, [row.pk]) == []
    assert CHECKS.put_away(editor, [row.pk]) == [row.pk]
    assert CHECKS.put_away(editor, [row.pk]) == CHECKS.bring_back(stranger, [row.pk]) == []
    assert not Check.objects.alive().exists()
    assert CHECKS.bring_back(editor, [row.pk]) == [row.pk]
    assert Check.objects.alive().get() == row
    acts = [(entry.act, entry.details["numbers"]) for entry in AuditEntry.objects.order_by("pk")]
    assert acts == [("data.deleted", [str(row.pk)]), ("data.restored", [str(row.pk)])]
