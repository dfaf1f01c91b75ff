"""What becomes of compared rows: kept, exported, forgotten, deleted; the numbers of a text go with the last set that has it."""

import datetime
import json

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from apps.runs.models import Run
from apps.similarity import bin, holdings, services
from apps.similarity.claiming import forget_vectors
from apps.similarity.holdings import SimilarityHolding
from apps.similarity.models import RowSet, Side, Vector, digest_of
from apps.similarity.tests.rows import TEXTS, make_set

HOLDING = SimilarityHolding()
LONG_AGO = datetime.timedelta(days=400)


@pytest.fixture
def old(team, provider):
    side = make_set(team, provider, moment=timezone.now() - LONG_AGO, texts=("An old secret", TEXTS[0], TEXTS[1]))
    side.set.file.save("brought", ContentFile(b"text\nAn old secret\n"))
    return side


@pytest.fixture
def fresh(team, provider):
    return make_set(team, provider)


def test_what_is_old_is_forgotten_with_its_file_and_its_words(team, old, fresh):
    run, stored = Run.objects.get(parent_id=old.pk), old.set.file.name
    before = timezone.now() - datetime.timedelta(days=30)
    assert [count for _label, count in HOLDING.count_old(team.pk, before)] == [1]
    assert HOLDING.forget(team.pk, before, 200) == 1
    assert list(Side.objects.all()) == [fresh]
    assert not default_storage.exists(stored)
    run.refresh_from_db()
    assert run.params == {}


def test_numbers_stay_while_another_set_has_the_text(team, old, fresh):
    assert HOLDING.forget(team.pk, timezone.now() - datetime.timedelta(days=30), 200) == 1
    left = set(Vector.objects.values_list("digest", flat=True))
    assert left == {digest_of(text) for text in (*TEXTS, "About glaze")}


def test_everything_goes_with_its_team(team, other_team, provider, old, fresh):
    theirs = make_set(other_team, provider)
    while HOLDING.delete(team.pk, 1):
        pass
    assert HOLDING.left(team.pk) == 0
    assert list(Side.objects.all()) == [theirs]
    assert not Vector.objects.filter(team=team).exists()
    assert Vector.objects.filter(team=other_team).count() == len(TEXTS) + 1


def test_one_that_is_being_read_waits_for_its_end(team, old):
    Run.objects.filter(parent_id=old.pk).update(status="sending")
    assert HOLDING.forget(team.pk, timezone.now(), 200) == 0
    Run.objects.filter(parent_id=old.pk).update(status="completed")
    assert HOLDING.forget(team.pk, timezone.now(), 200) == 1


def test_what_was_deleted_goes_after_a_while(fresh):
    RowSet.objects.update(deleted_at=timezone.now() - datetime.timedelta(days=29))
    assert HOLDING.tidy(200) == 0
    RowSet.objects.update(deleted_at=timezone.now() - datetime.timedelta(days=31))
    assert HOLDING.tidy(200) == 1


def test_a_large_set_is_removed_some_rows_at_a_time(team, editor, fresh, monkeypatch):
    """A kill in between leaves one that nobody sees or brings back, and that is taken again; no transaction removes all rows."""
    monkeypatch.setattr(holdings, "IN_ONE", 2)
    monkeypatch.setattr(holdings, "forget_vectors", killed_at_the_second())
    RowSet.objects.update(deleted_at=timezone.now() - datetime.timedelta(days=31))
    with pytest.raises(KeyboardInterrupt):
        HOLDING.tidy(200)
    assert fresh.set.rows.count() == len(TEXTS) - 2
    assert Vector.objects.count() == len(TEXTS) + 1 - 2
    assert bin.SETS.bring_back(editor, [fresh.set_id]) == []
    RowSet.objects.update(deleted_at=timezone.now())
    assert HOLDING.tidy(200) == 1
    assert not Vector.objects.exists()


def killed_at_the_second():
    left = [None, KeyboardInterrupt()]

    def forget(team_id, digests):
        why = left.pop(0) if left else None
        if why is not None:
            raise why
        return forget_vectors(team_id, digests)

    return forget


def test_what_one_model_was_asked_goes_with_it(fresh, provider):
    second = Side.objects.create(team=fresh.team, set=fresh.set, provider=provider, model="other", position=1, state="ready")
    assert services.remove_side(fresh)
    assert not Vector.objects.filter(digest=digest_of("About glaze")).exists()
    assert not services.remove_side(second)


def test_an_export_has_rows_and_files(team, other_team, provider, old):
    make_set(other_team, provider, texts=("Not ours", "Neither"))
    parts = {part.path: b"".join(part.chunks) for part in HOLDING.export(team.pk)}
    (line,) = parts["similarity.jsonl"].decode().splitlines()
    told = json.loads(line)
    assert told["models"][0]["questions"] == ["About glaze"]
    texts = [json.loads(row)["text"] for row in parts[f"similarity/{old.set_id}-rows.jsonl"].splitlines()]
    assert texts == ["An old secret", TEXTS[0], TEXTS[1]]
    assert parts[f"similarity/{old.set_id}-file"].startswith(b"text\n")
