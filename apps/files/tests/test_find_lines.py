"""Where lines begin: few places are kept, and any line is found from them."""

import io
import random

import pytest

from apps.files.line_places import MOST_PLACES, Places, begin_of, line_at


def counted(body: bytes, block: int) -> Places:
    places = Places()
    for start in range(0, len(body), block):
        places.add(body[start : start + block])
    return places


@pytest.mark.parametrize("block", [1, 7, 1000, 10**6])
@pytest.mark.parametrize("count", [1, 2, 255, 256, 257, 511, 512, 513, 3000])
def test_it_finds_every_line(count: int, block: int) -> None:
    rng = random.Random(count)
    lines = [b"x" * rng.choice([0, 1, 5, 40]) + str(number).encode() for number in range(1, count + 1)]
    body = b"\n".join(lines)
    places = counted(body, block)
    assert places.lines == count
    assert len(places.at) <= MOST_PLACES
    kept = {"each": places.each, "at": places.at}
    source = io.BufferedReader(io.BytesIO(body))
    for number in {1, min(2, count), count, max(1, count - 1), count // 2 + 1, *rng.sample(range(1, count + 1), min(count, 50))}:
        place = begin_of(source, number, kept)
        assert place is not None
        assert line_at(source, place) == (lines[number - 1], True)
    assert begin_of(source, count + 1, kept) is None


def test_it_counts_no_line_behind_the_last_break() -> None:
    assert counted(b"a\nb\n", 2).lines == 2
    assert counted(b"", 2).lines == 0
    assert counted(b"\n\n", 1).lines == 2


def test_it_reads_no_further_than_it_may() -> None:
    source = io.BufferedReader(io.BytesIO(b"a" * 100 + b"\nb"))
    assert line_at(source, 0, most=10) == (b"a" * 10, False)
