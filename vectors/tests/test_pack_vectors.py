"""Numbers of providers become unit vectors and bytes, or are refused by their row."""

import io
import math

import numpy as np
import pytest

import vectors
from vectors import Refused
from vectors.tests.made import topics


@pytest.mark.parametrize("row", [[3, 4], (3.0, 4.0), np.array([3, 4], dtype=np.int16), np.array([3e-310, 4e-310]), [3e300, 4e300]])
def test_every_row_is_one_long_however_large_its_numbers(row):
    assert vectors.normalise([row]) == pytest.approx(np.array([[0.6, 0.8]]), abs=1e-6)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ([0, 0], "zero"),
        ([0.0, -0.0], "zero"),
        ([1, float("nan")], "not_finite"),
        ([1, float("-inf")], "not_finite"),
        ([float("nan"), 0], "not_finite"),
        ([1], "uneven"),
        ([1, 2, 3], "uneven"),
        ([], "not_numbers"),
        (None, "not_numbers"),
        ([1, None], "not_numbers"),
        (["1", "2"], "not_numbers"),
        ("AACAPwAAAAA=", "not_numbers"),
        ([[1], [2]], "not_numbers"),
        ([[1], [2, 3]], "not_numbers"),
        ([10**400, 1], "not_numbers"),
        ([True, False], "not_numbers"),
        ([1j, 2], "not_numbers"),
        ({"a": 1}, "not_numbers"),
        (7, "not_numbers"),
    ],
)
def test_it_refuses_what_cannot_be_compared_and_says_which(row, code):
    with pytest.raises(Refused) as refused:
        vectors.normalise([[1, 2], [2, 1], row])
    assert (refused.value.code, refused.value.index) == (code, 2)
    assert code in vectors.CODES


def test_it_asks_for_the_size_that_was_wanted():
    with pytest.raises(Refused, match="uneven at 0"):
        vectors.normalise([[1, 2]], size=3)
    assert vectors.normalise([], size=3).shape == (0, 3)


@pytest.mark.parametrize(("size", "off"), [(16, 1e-4), (256, 5e-5), (1536, 3e-5), (3072, 3e-5)])
def test_packing_hardly_moves_a_cosine(size, off):
    chance = np.random.default_rng(1)
    some = chance.standard_t(1.5, (500, size))  # some numbers are much larger than others
    others = some + 0.3 * chance.standard_normal(some.shape)
    exact = (some * others).sum(axis=1) / np.linalg.norm(some, axis=1) / np.linalg.norm(others, axis=1)
    kept = [vectors.unpack(vectors.pack(vectors.normalise(rows))) for rows in (some, others)]
    assert np.abs((kept[0] * kept[1]).sum(axis=1) - exact).max() < off


def test_packed_rows_take_two_bytes_a_number_and_come_back_one_long():
    units = topics(20, size=1536)[1]
    packed = vectors.pack(units)
    assert {len(row) for row in packed} == {3072}
    again = vectors.unpack(packed, size=1536)
    assert np.linalg.norm(again, axis=1) == pytest.approx(1, abs=1e-6)
    assert np.abs(again - units).max() < 1e-4
    assert vectors.unpack([], size=8).shape == (0, 8)


@pytest.mark.parametrize("broken", [b"", b"x", b"\0\0" * 2, b"\0\0" * 3, b"\xff\x7f" * 3, b"\0\x7c" * 3])
def test_it_refuses_stored_bytes_that_are_no_vector(broken):
    whole = vectors.pack(vectors.normalise([[1, 2, 3]]))
    with pytest.raises(Refused) as refused:
        vectors.unpack([*whole, broken])
    assert (refused.value.code, refused.value.index) == ("broken", 1)


@pytest.mark.parametrize("count", [0, 1, 512, 1_025])
def test_a_file_of_vectors_is_one_numpy_reads(count):
    units = topics(count, size=7)[1] if count else vectors.normalise([], size=7)
    read = np.load(io.BytesIO(b"".join(vectors.npy_pieces(units))), allow_pickle=False)
    assert read.dtype == np.dtype("<f4") and read.shape == (count, 7)
    assert (read == units).all()


def test_no_number_is_lost_in_the_middle():
    assert math.isclose(float(vectors.normalise([[1] * 10_000])[0, 5_000]), 0.01, rel_tol=1e-6)
