"""Rows that are made for tests: topics with some noise around them, all leaning to one side as those of real models do."""

import numpy as np

import vectors


def topics(count, size=64, of=4, noise=0.7, seed=0):
    """Which topic each row has, and the rows."""
    chance = np.random.default_rng(seed)
    middles, side = chance.standard_normal((of, size)) / np.sqrt(size), chance.standard_normal(size) / np.sqrt(size)
    chosen = chance.integers(of, size=count)
    return chosen, vectors.normalise(
        0.6 * side + 0.6 * middles[chosen] + noise * 0.6 * chance.standard_normal((count, size)) / np.sqrt(size)
    )


def turned(units, seed=0):
    """The same rows seen from elsewhere: every cosine stays."""
    size = units.shape[1]
    around, _triangle = np.linalg.qr(np.random.default_rng(seed).standard_normal((size, size)))
    return vectors.normalise(units @ around)


def hostile():
    """Shapes that everything must answer, by name."""
    one = vectors.normalise([[3.0, 4.0, 0.0]])
    return {
        "none": vectors.normalise([], size=3),
        "one": one,
        "two": vectors.normalise([[1, 0, 0], [0.6, 0.8, 0]]),
        "twins": np.repeat(one, 2, axis=0),
        "opposites": vectors.normalise([[1, 0, 0], [-1, 0, 0]]),
        "same numbers": np.repeat(topics(1, size=1_536)[1], 300, axis=0),
        "same": np.repeat(one, 70, axis=0),
        "corners": np.eye(3, dtype=np.float32),
        "one number": vectors.normalise([[2.0], [-3.0], [0.5]]),
        "two places": np.repeat(np.eye(2, 5, dtype=np.float32), [30, 40], axis=0),
        "wide": topics(12, size=3_000)[1],
    }
