"""A map that shows what can be shown on a plane, and says how much that is."""

import numpy as np
import pytest

import vectors
from vectors.tests.made import hostile, topics, turned


def exact(units):
    moved = units.astype(np.float64) - units.mean(axis=0, dtype=np.float64)
    left, values, _right = np.linalg.svd(moved, full_matrices=False)
    return left[:, :2] * values[:2], values[:2] ** 2 / (values**2).sum()


@pytest.mark.parametrize(("of", "noise", "size"), [(3, 0.3, 64), (4, 0.7, 1536), (12, 1.0, 256), (1, 1.0, 8)])
def test_it_is_what_the_exact_way_finds(of, noise, size):
    units = topics(400, size=size, of=of, noise=noise)[1]
    plane, (points, shares) = vectors.flatten(units), exact(units)
    assert plane.shares == pytest.approx(shares, rel=0.03)
    assert plane.shares[0] >= plane.shares[1] > 0
    if of > 1 and of < 12:  # clear directions come out to the point
        assert np.abs(np.abs(plane.points) - np.abs(points)).max() < 0.02


def test_the_same_rows_give_the_same_points_and_one_more_row_turns_nothing_round():
    units = topics(300)[1]
    first, second, longer = vectors.flatten(units), vectors.flatten(units.copy()), vectors.flatten(np.vstack([units, units[:1]]))
    assert (first.points == second.points).all()
    assert np.abs(first.points - longer.points[:300]).max() < 0.02


def test_a_first_row_in_the_middle_does_not_decide_the_sides():
    maps = []
    for first in (-0.001, 0.001):
        angles = np.append(first, np.linspace(-0.4, 0.4, 30))
        maps.append(vectors.flatten(vectors.normalise(np.stack([np.cos(angles), np.sin(angles)], axis=1))).points)
    assert np.abs(maps[0] - maps[1]).max() < 0.01


def test_points_do_not_depend_on_how_a_model_turns_its_numbers():
    units = topics(300, of=3, noise=0.3)[1]
    assert np.abs(vectors.flatten(units).points - vectors.flatten(turned(units)).points).max() < 0.01


def test_rows_on_a_line_lie_on_a_line():
    angles = np.linspace(0, 0.4, 30)
    plane = vectors.flatten(vectors.normalise(np.stack([np.cos(angles), np.sin(angles), 0 * angles], axis=1)))
    assert plane.shares[0] > 0.99 and sum(plane.shares) == pytest.approx(1, abs=1e-6)
    steps = np.diff(plane.points[:, 0])
    assert (steps > 0).all() or (steps < 0).all()


@pytest.mark.parametrize("name", hostile())
def test_every_shape_has_a_map(name):
    units = hostile()[name]
    plane = vectors.flatten(units)
    assert plane.points.shape == (len(units), 2) and np.isfinite(plane.points).all()
    assert 0 <= plane.shares[1] <= plane.shares[0] <= 1 and sum(plane.shares) <= 1 + 1e-9


@pytest.mark.parametrize("name", ["none", "one", "twins", "same", "same numbers"])
def test_where_nothing_differs_all_is_in_one_point(name):
    plane = vectors.flatten(hostile()[name])
    assert not plane.points.any() and plane.shares == (0, 0)
