"""Groups that are there are found, with their number and the row that stands for each; and the table in which they are seen."""

import itertools

import numpy as np
import pytest

import vectors
from vectors import grouping
from vectors.tests.made import hostile, topics, turned


def parted(labels):
    """Which rows are together, whatever the groups are called."""
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in np.unique(labels)}


@pytest.mark.parametrize(("count", "of"), [(12, 3), (60, 4), (500, 7), (3_000, 12)])
def test_it_finds_the_topics_and_how_many_there_are(count, of):
    chosen, units = topics(count, size=256, of=of)
    found = vectors.groups(units)
    assert parted(found.labels) == parted(chosen)
    assert found.apart > 0.1


def test_rows_without_topics_are_one_group():
    found = vectors.groups(topics(500, size=512, of=1, noise=1.5)[1])
    assert len(found.groups) == 1 and found.apart < grouping.LEAST_APART


def test_a_group_is_named_by_the_row_nearest_its_middle():
    _chosen, units = topics(200, of=3)
    for group in vectors.groups(units, 3).groups:
        middle = units[group.rows].mean(axis=0)
        nearness = units[group.rows] @ (middle / np.linalg.norm(middle))
        assert nearness[0] == pytest.approx(nearness.max(), abs=1e-5) and (np.diff(nearness) < 1e-5).all()
        assert group.middle == group.rows[0]
        assert group.closeness == pytest.approx(nearness.mean(), abs=1e-4)


def test_labels_and_groups_say_the_same_and_the_largest_comes_first():
    found = vectors.groups(topics(300, of=5)[1], 5)
    sizes = [len(group.rows) for group in found.groups]
    assert sizes == sorted(sizes, reverse=True) and sum(sizes) == 300
    assert all((found.labels[group.rows] == number).all() for number, group in enumerate(found.groups))


def test_the_same_rows_give_the_same_groups_also_turned_and_in_another_order():
    units = topics(400, of=6)[1]
    first = vectors.groups(units)
    assert (vectors.groups(units.copy()).labels == first.labels).all()
    assert parted(vectors.groups(turned(units)).labels) == parted(first.labels)
    order = np.random.default_rng(3).permutation(400)
    back = np.empty(400, dtype=int)
    back[order] = vectors.groups(units[order]).labels
    assert parted(back) == parted(first.labels)


@pytest.mark.parametrize("k", [1, 2, 5, 30, 60, 200])
def test_as_many_groups_as_were_wanted_when_there_are_so_many_rows(k):
    found = vectors.groups(topics(60, noise=1.5)[1], k)
    assert len(found.groups) == min(k, 60) and found.apart is None
    assert all(group.rows for group in found.groups)


def test_no_more_groups_than_different_rows():
    units = np.repeat(topics(4, noise=2)[1], 25, axis=0)
    found = vectors.groups(units, 9)
    assert parted(found.labels) == {frozenset(range(start, start + 25)) for start in (0, 25, 50, 75)}
    assert all(group.closeness == pytest.approx(1, abs=1e-5) for group in found.groups)
    assert len(vectors.groups(units).groups) == 4


def test_rows_that_are_the_same_stay_together_however_many_groups_are_wanted():
    units = np.repeat(topics(40, size=1_536, noise=2)[1], 6, axis=0)
    for k in (41, 70):
        assert parted(vectors.groups(units, k).labels) == {frozenset(range(start, start + 6)) for start in range(0, 240, 6)}
    assert len(vectors.groups(units[:6], 5).groups) == 1


def test_a_middle_without_rows_takes_the_row_that_is_served_worst():
    _chosen, units = topics(50, of=2)
    units[7] = topics(1, seed=5, noise=5)[1][0]
    labels, _middles = grouping._settle(units, np.stack([units[0], units[1], -units[0]]))
    assert np.flatnonzero(labels == 2).tolist() == [7]


def test_a_small_group_among_many_rows_is_kept():
    _chosen, units = topics(2_500, size=128, of=3, noise=0.4)
    units[:40] = vectors.normalise(topics(1, size=128, seed=8)[1] + 0.02 * np.random.default_rng(0).standard_normal((40, 128)))
    assert frozenset(range(40)) in parted(vectors.groups(units, 4).labels)


@pytest.mark.parametrize("name", hostile())
@pytest.mark.parametrize("k", [None, 1, 3, 500])
def test_every_shape_has_groups(name, k):
    units = hostile()[name]
    found = vectors.groups(units, k)
    assert sorted(row for group in found.groups for row in group.rows) == list(range(len(units)))
    assert all(np.isfinite(group.closeness) for group in found.groups)


@pytest.mark.parametrize(
    ("name", "count"), [("none", 0), ("one", 1), ("two", 1), ("twins", 1), ("same", 1), ("two places", 2), ("corners", 1)]
)
def test_how_many_groups_small_and_odd_sets_have(name, count):
    assert len(vectors.groups(hostile()[name]).groups) == count


# --- Order of a table ---------------------------------------------------------------------------
@pytest.mark.parametrize("seed", range(10))
def test_in_a_table_alike_is_beside_alike(seed):
    chosen, units = topics(60, size=256, of=5, seed=seed)
    order = vectors.order(vectors.cosines(units))
    assert sorted(order) == list(range(60))
    assert int((np.diff(chosen[order]) != 0).sum()) == len(set(chosen.tolist())) - 1


@pytest.mark.parametrize("seed", range(6))
def test_rows_on_a_line_stand_in_its_order(seed):
    angles = np.linspace(0, 1.5, 25)
    places = np.random.default_rng(seed).permutation(25)
    units = vectors.normalise(np.stack([np.cos(angles), np.sin(angles)], axis=1)[places])
    order = vectors.order(vectors.cosines(units))
    assert order[0] < order[-1]
    found = places[order].tolist()
    assert found in (list(range(25)), list(range(24, -1, -1)))


@pytest.mark.parametrize("seed", range(20))
def test_no_turned_stretch_would_be_better(seed):
    cosines = vectors.cosines(topics(12, size=6, noise=3, seed=seed)[1])
    order = vectors.order(cosines)

    def total(way):
        return sum(cosines[first, second] for first, second in itertools.pairwise(way))

    assert order[0] < order[-1]
    best = max(total(order[:start] + order[start:end][::-1] + order[end:]) for start in range(12) for end in range(start + 1, 13))
    assert best <= total(order) + 1e-4


@pytest.mark.parametrize("name", hostile())
def test_every_shape_has_an_order(name):
    units = hostile()[name]
    assert sorted(vectors.order(vectors.cosines(units))) == list(range(len(units)))


def test_where_all_are_the_same_the_order_stays():
    assert vectors.order(vectors.cosines(hostile()["same"])) == list(range(70))
