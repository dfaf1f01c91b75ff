"""What was found stays right when a text gets its numbers later, a model changes its length, or comparing never ends."""

import io
import json

import numpy as np
import pytest
from django.urls import reverse

from apps.providers.models import Model
from apps.similarity import comparing, services
from apps.similarity.models import Finding, Side, Vector, digest_of
from apps.similarity.tests.conftest import TEXTS, words_of
from apps.similarity.tests.rows import put_vectors
from tests.loopback.embedding_models import SILENT_PICKY, WORDS

pytestmark = pytest.mark.django_db(transaction=True)
BROKEN = ("a forbidden boat", "red apple", "green apple", "old boat", "new boat")
TABS = ("pairs", "map", "groups", "same", "rows")


def whole(page):
    return b"".join(page.streaming_content)


def calls(loopback):
    return [request.body["texts"] for request in loopback.requests(body=True) if request.path.endswith("/embeddings")]


def test_a_text_that_is_read_later_changes_nothing_of_what_was_found(compared, as_editor, carry_out):
    """The first row has no numbers when the set is compared, and gets them for another set."""
    address = compared("\n".join(BROKEN), model=SILENT_PICKY)
    side = Side.objects.get()
    pages = [words_of(as_editor.get(address, {"tab": tab}).text) for tab in TABS]
    files = [whole(as_editor.get(f"{address}export.csv")), json.loads(whole(as_editor.get(f"{address}export.json")))]
    assert "Most alike: row 2 and row 3" in pages[0]
    put_vectors(side, [BROKEN[0]], numbers=64)
    assert side.state == "partial"
    after = [words_of(as_editor.get(address, {"tab": tab}).text) for tab in TABS]
    for before, now in zip(pages, after, strict=True):
        assert now.split("Almost the same All rows")[1] == before.split("Almost the same All rows")[1]
    assert [whole(as_editor.get(f"{address}export.csv")), json.loads(whole(as_editor.get(f"{address}export.json")))] == files
    npy = reverse("similarity:export_npy", args=[side.pk])
    assert np.load(io.BytesIO(whole(as_editor.get(npy)))).shape == (4, 64)
    services.wish(side, groups=2)
    carry_out()
    assert sum(Finding.objects.get(kind="groups").told["sizes"]) == 4
    services.try_again(side)
    carry_out()
    assert Side.objects.get().state == "ready"
    assert np.load(io.BytesIO(whole(as_editor.get(npy)))).shape == (5, 64)


def test_two_models_agree_on_the_rows_that_were_compared(compared, as_editor, carry_out, reading):
    address = compared("\n".join(BROKEN), model=SILENT_PICKY)
    put_vectors(Side.objects.get(), [BROKEN[0]], numbers=64)
    model = Model.objects.get(provider=reading, name=WORDS)
    as_editor.post(f"{address}models/", {"model": str(model.pk), "shown.model": ""})
    carry_out()
    assert Finding.objects.get(kind="agreement").told["both"] == 4
    assert as_editor.get(address).status_code == 200


def test_a_model_that_gives_another_length_is_used_again_after_one_click(compare, carry_out, loopback):
    """Two texts are known in the length of before; nothing is paid twice, and older sets keep what they have."""
    old = compare(TEXTS[:2])
    Side.objects.update(numbers=16)
    put_vectors(old.sides.get(), list(TEXTS[:2]), numbers=16)
    [before] = carry_out(old)
    assert (before.state, before.numbers, calls(loopback)) == ("ready", 16, [])
    row = compare()
    [side] = carry_out(row)
    assert side.state == "partial"
    assert "gave 64 numbers for a text, and 16 before" in side.sentence
    assert services.try_again(side)
    [side] = carry_out(row)
    assert (side.state, side.sentence, side.numbers) == ("ready", "", 64)
    assert calls(loopback) == [3, 2]
    assert len(comparing.seen_by(before).units) == 2


def test_a_new_set_follows_a_model_that_gives_another_length(compare, carry_out):
    """None of its texts was known, so there is nothing to compare across."""
    old = compare(TEXTS[:2])
    put_vectors(old.sides.get(), list(TEXTS[:2]), numbers=16)
    carry_out(old)
    [side] = carry_out(compare(TEXTS[2:]))
    assert (side.state, side.numbers) == ("ready", 64)


def test_two_sides_with_answers_of_two_lengths_each_keep_their_own(compare, carry_out):
    first, second = compare(TEXTS[:3]), compare(TEXTS[2:])
    put_vectors(first.sides.get(), list(TEXTS), numbers=16)
    put_vectors(second.sides.get(), list(TEXTS), numbers=32)
    Side.objects.filter(set=first).update(numbers=16)
    Side.objects.filter(set=second).update(numbers=32)
    carry_out()
    assert [each.sides.get().state for each in (first, second)] == ["ready", "ready"]


def test_numbers_that_cannot_be_read_end_the_comparison(compare, carry_out):
    row = compare()
    put_vectors(row.sides.get(), list(TEXTS), numbers=16)
    Vector.objects.filter(digest=digest_of(TEXTS[1])).update(packed=b"\0" * 32)
    [side] = carry_out(row)
    assert side.state == "failed"
    assert "cannot be read" in side.sentence
    assert list(comparing.Comparing().due(9)) == []


def test_comparing_that_never_ends_is_given_up(compare, carry_out, monkeypatch):
    """Whatever ends the worker: the sweeper begins again a few times, and then says so. A person can try again."""
    acts = {**comparing.ACTS, Finding.Kind.MAP: lambda side, seen: 1 / 0}
    row = compare()
    with monkeypatch.context() as broken:
        broken.setattr(comparing, "ACTS", acts)
        for _attempt in range(comparing.MOST_ATTEMPTS):
            with pytest.raises(ZeroDivisionError):
                carry_out(row)
        [side] = carry_out(row)
    assert side.state == "failed"
    assert "never ended" in side.sentence
    services.try_again(side)
    [side] = carry_out(row)
    assert (side.state, side.attempts) == ("ready", 0)


def test_a_wish_that_never_ends_is_given_up(compare, carry_out, monkeypatch):
    row = compare()
    [side] = carry_out(row)
    services.wish(side, groups=3)
    Side.objects.update(attempts=comparing.MOST_ATTEMPTS)
    [side] = carry_out(row)
    assert (side.state, side.is_wished, side.wanted_groups) == ("ready", False, None)
    assert "never ended" in side.sentence
    services.wish(side, groups=3)
    [side] = carry_out(row)
    assert (side.sentence, side.wanted_groups) == ("", 3)


@pytest.mark.parametrize("model", ["embed-words-numbers9000", "embed-words-floats-numbers9000"])
def test_vectors_that_are_too_long_are_refused(compare, carry_out, reading, model):
    Model.objects.create(provider=reading, name=model)
    [side] = carry_out(compare(model=model))
    assert side.state == "failed"
    assert "more than 8,192 numbers" in side.sentence
    assert not Vector.objects.exists()


def test_more_numbers_than_can_be_compared_at_once_are_refused(compare, carry_out, monkeypatch):
    monkeypatch.setattr("apps.similarity.taking.MOST_AT_ONCE", 64 * 4)
    row = compare()
    [side] = carry_out(row)
    assert side.state == "failed"
    assert "5 rows with 64 numbers each are too many: 4 can be compared." in side.sentence
