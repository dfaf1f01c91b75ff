"""What is near to what, also between two models, and what is almost the same."""

import itertools
import tracemalloc

import numpy as np
import pytest

import vectors
from vectors import nearness
from vectors.tests.made import hostile, topics, turned


def exact(units):
    return units.astype(np.float64) @ units.astype(np.float64).T


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(nearness, "HELD", 1_000)


def test_every_row_is_like_itself_and_both_sides_agree():
    found = vectors.cosines(topics(60)[1])
    assert (np.diag(found) == 1).all() and (found == found.T).all() and np.abs(found).max() <= 1


def test_closest_gives_the_nearest_first_and_twins_in_order():
    units = topics(300)[1]
    units[[7, 90, 200]] = units[5]
    found = vectors.closest(units[5], units, 10)
    expected = exact(units)[5]
    assert [index for index, _cosine in found[:4]] == [5, 7, 90, 200]
    assert [cosine for _index, cosine in found] == pytest.approx(sorted(expected, reverse=True)[:10], abs=1e-6)


@pytest.mark.parametrize("count", [0, 1, 512, 1_300])
def test_closest_of_packed_rows_is_the_same(count):
    units = vectors.unpack(vectors.pack(topics(1_300, noise=2)[1]))
    found, expected = (
        vectors.closest_packed(units[600], iter(vectors.pack(units[:count])), 7),
        vectors.closest(units[600], units[:count], 7),
    )
    assert [index for index, _cosine in found] == [index for index, _cosine in expected]
    assert [cosine for _index, cosine in found] == pytest.approx([cosine for _index, cosine in expected], abs=1e-4)


def test_packed_rows_of_another_size_are_refused():
    with pytest.raises(vectors.Refused, match="broken at 600"):
        vectors.closest_packed(topics(1)[1][0], [*vectors.pack(topics(600)[1]), *vectors.pack(topics(1, size=8)[1])], 3)


@pytest.mark.parametrize("k", [0, 1, 3, 50])
def test_neighbours_are_those_an_exact_count_finds(small_blocks, k):
    units = topics(40, noise=1.5)[1]
    indices, found = vectors.neighbours(units, k)
    expected = exact(units)
    np.fill_diagonal(expected, -2)
    order = np.argsort(-expected, axis=1)[:, : min(k, 39)]
    assert (indices == order).all()
    assert found == pytest.approx(np.take_along_axis(expected, order, axis=1), abs=1e-6)


@pytest.mark.parametrize("k", [1, 3])
def test_among_equal_neighbours_the_first_rows_come_first(small_blocks, k):
    indices, _found = vectors.neighbours(np.repeat(topics(1, size=999)[1], 200, axis=0), k)
    assert indices.tolist() == [[other for other in range(k + 1) if other != row][:k] for row in range(200)]


def test_neighbours_of_some_rows_are_those_of_all():
    units = topics(50)[1]
    some = np.array([3, 40, 41])
    assert (vectors.neighbours(units, 5, some)[0] == vectors.neighbours(units, 5)[0][some]).all()


def test_it_names_the_most_alike_pair_and_the_row_that_stands_alone():
    units = vectors.normalise([[1, 0, 0], [0, 1, 0.2], [1, 0.3, 0], [0, 1, 0], [-1, -1, 1]])
    found = vectors.standouts(units)
    assert (found.pair.first, found.pair.second, found.alone.row) == (1, 3, 4)
    assert found.pair.cosine == pytest.approx(1 / np.sqrt(1.04), abs=1e-6)
    assert found.alone.cosine == pytest.approx(exact(units)[4, :4].max(), abs=1e-6)


def test_nothing_stands_alone_where_all_are_equally_far():
    assert vectors.standouts(np.eye(4, dtype=np.float32)).alone is None
    assert vectors.standouts(np.eye(2, dtype=np.float32)).alone is None
    assert vectors.standouts(np.repeat(np.eye(1, 4, dtype=np.float32), 9, axis=0)).alone is None


def test_a_model_agrees_with_itself_however_it_is_turned():
    units = topics(200, noise=1.5)[1]
    assert vectors.agreement(units, turned(units), 10) == vectors.Agreement(2_000, 2_000, 200)


def test_models_agree_on_as_many_as_are_nearest_for_both():
    units = topics(20, noise=2)[1]
    others = units.copy()
    others[[0, 1, 2]] = topics(3, noise=2, seed=9)[1]
    before, after = (vectors.neighbours(each, 1)[0][:, 0] for each in (units, others))
    assert vectors.agreement(units, others) == vectors.Agreement(int((before == after).sum()), 20, 20)
    assert 0 < (before == after).sum() < 20


def test_twins_are_no_disagreement():
    units = np.repeat(topics(30, noise=2)[1], 3, axis=0)
    noisy = vectors.normalise(units + 1e-6 * np.random.default_rng(0).standard_normal(units.shape))
    assert vectors.agreement(units, noisy).same == 90


def test_models_without_anything_in_common_agree_by_chance_only():
    found = vectors.agreement(topics(400, noise=9)[1], topics(400, noise=9, seed=5)[1], 5)
    assert found.same < found.of * 0.05


def test_a_model_that_tells_nothing_apart_agrees_with_nobody():
    units = topics(100, noise=3)[1]
    nothing = np.repeat(units[:1], 100, axis=0)
    assert vectors.agreement(units, nothing, 3).same == vectors.agreement(nothing, units, 3).same < 30


def test_a_sample_stands_for_many_rows(monkeypatch):
    monkeypatch.setattr(nearness, "ASKED", 50)
    units = topics(300)[1]
    assert vectors.agreement(units, units, 2) == vectors.Agreement(100, 100, 50)


def test_it_finds_every_pair_once(small_blocks):
    units = topics(120, noise=0.5)[1]
    found = {(above.row, int(other)) for above in vectors.pairs_above(units, 0.8) for other in above.others}
    expected = exact(units)
    assert found == {pair for pair in itertools.combinations(range(120), 2) if expected[pair] >= 0.8}
    assert found and sum(len(above.others) for above in vectors.pairs_above(units, 0.8)) == len(found)


def test_sets_hang_together_by_their_pairs(small_blocks):
    angles = np.radians([0, 10, 20, 30, 90, 180, 185, 181])
    units = vectors.normalise(np.stack([np.cos(angles), np.sin(angles)], axis=1))
    found = vectors.sets_above(units, np.cos(np.radians(11)))
    assert [each.rows for each in found] == [[0, 1, 2, 3], [5, 6, 7]]
    assert found[0].cosines == pytest.approx(np.cos(np.radians([0, 10, 20, 30])), abs=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_sets_are_those_of_a_search_from_row_to_row(small_blocks, seed):
    units = topics(150, size=5, noise=0.6, seed=seed)[1]
    near = exact(units) >= 0.995
    left, expected = set(range(150)), []
    while left:
        seen, waiting = set(), [min(left)]
        while waiting:
            row = waiting.pop()
            if row not in seen:
                seen.add(row)
                waiting += np.flatnonzero(near[row]).tolist()
        left -= seen
        expected += [sorted(seen)] if len(seen) > 1 else []
    assert sorted(each.rows for each in vectors.sets_above(units, 0.995)) == sorted(expected)


def test_exactly_the_same_is_found_at_a_limit_of_one():
    units = vectors.unpack(vectors.pack(topics(50, size=1536)[1]))
    units[[20, 30]] = units[10]
    assert [each.rows for each in vectors.sets_above(units, 1.0)] == [[10, 20, 30]]


def test_ten_thousand_rows_that_are_all_the_same_take_no_memory():
    units = np.repeat(topics(1, size=4)[1], 10_000, axis=0)
    tracemalloc.start()
    try:
        [found] = vectors.sets_above(units, 0.9)
        assert tracemalloc.get_traced_memory()[1] < 100 << 20
    finally:
        tracemalloc.stop()
    assert found.rows == list(range(10_000))


@pytest.mark.parametrize("name", hostile())
def test_every_shape_has_an_answer(name):
    units = hostile()[name]
    count = len(units)
    assert vectors.cosines(units).shape == (count, count)
    assert len(vectors.closest(np.eye(1, units.shape[1], dtype=np.float32)[0], units, 10)) == min(count, 10)
    assert vectors.neighbours(units, 5)[0].shape == (count, max(0, min(5, count - 1)))
    assert vectors.agreement(units, units, 5).same == vectors.agreement(units, units, 5).of
    assert (vectors.standouts(units).pair is None) == (count < 2)
    assert all(len(each.rows) > 1 for each in vectors.sets_above(units, 0.95))
